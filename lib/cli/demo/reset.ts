import { rm } from "node:fs/promises";
import path from "node:path";
import { removeEmbedded } from "@/db/embedded/launcher";
import { RefusalError } from "@/lib/errors";
import { otherDemos } from "./running";

/** What a demo keeps under its data folder; whatever else lies there is not ours to remove. */
const KEPT = ["storage", "mailbox", "mailbox.json", "demo.json", "secrets.json", "seed", "logs"];

/**
 * Removes the demo's data for good.
 * @throws {RefusalError} while another demo runs with it.
 */
export async function resetDemo(data: string): Promise<void> {
  const [other] = await otherDemos(data);
  if (other) {
    throw new RefusalError(
      `The demo at ${other.url} (process ${other.pid}) runs with this data; end it before --reset.`,
    );
  }
  await removeEmbedded(data);
  for (const name of KEPT) {
    await rm(path.join(data, name), { recursive: true, force: true });
  }
}
