import type { dispatches } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { foldEvents } from "@/lib/dispatches/commands/fold-events";
import { receiveEvent } from "@/lib/dispatches/commands/receive-event";
import type { ProviderEvent } from "@/lib/dispatches/schema";

let serial = 0;

/** An event of the provider about a dispatch's present sending. */
export function eventOf(
  dispatch: Pick<typeof dispatches.$inferSelect, "companyId" | "id" | "batchId">,
  type: string,
  over: Partial<ProviderEvent> = {},
): ProviderEvent {
  serial += 1;
  return {
    id: `msg_${process.pid}_${serial}`,
    companyId: dispatch.companyId,
    dispatchId: dispatch.id,
    batchId: dispatch.batchId,
    mailId: null,
    type,
    occurredAt: new Date(),
    detail: { emailId: "e1" },
    ...over,
  };
}

/** A bounce that the provider calls permanent, or whatever `bounceType` says. */
export const bounceOf = (
  dispatch: Parameters<typeof eventOf>[0],
  bounceType = "Permanent",
): ProviderEvent => eventOf(dispatch, "email.bounced", { detail: { emailId: "e1", bounceType } });

/** What the webhook does with events: each is received, and then all are folded. */
export async function tellEvents(
  ctx: Context<SystemActor>,
  ...events: ProviderEvent[]
): Promise<void> {
  for (const event of events) {
    await receiveEvent(ctx, event);
  }
  await foldEvents(ctx);
}
