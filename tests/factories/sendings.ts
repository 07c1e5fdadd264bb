import { settleBatch } from "@/lib/dispatches/commands/settle-batch";
import { takeBatch } from "@/lib/dispatches/commands/take-batch";
import type { SendOutcome } from "@/lib/mail/outcome";
import type { World } from "../setup/database";

/** Takes the next batch, as the worker does, and settles it as if the provider had answered so. */
export async function sendNext(world: World, outcome?: SendOutcome) {
  return await world.worker(async (ctx) => {
    for (let taken = await takeBatch(ctx); taken; taken = await takeBatch(ctx)) {
      if (taken !== "passed") {
        const { batch } = taken;
        const ids = batch.mails.map((_, place) => `e-${batch.id}-${place}`);
        await settleBatch(ctx, batch, outcome ?? { kind: "accepted", ids, rejected: new Map() });
        return batch;
      }
    }
    throw new Error("nothing waited to be sent");
  });
}
