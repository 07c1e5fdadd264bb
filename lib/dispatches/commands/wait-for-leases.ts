import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";

/** A worker's own lease is over sooner; a batch that is put off is, too. */
const LONGEST_MS = 10 * 60_000;
const LOOK_MS = 250;

/**
 * Waits until no worker has a request on its way: what it took before mail was held goes out all the same, and is on
 * nobody's list yet (R17). A lease ends when its answer is written down, or by its time.
 * @throws {Error} if that takes too long: somebody takes new ones, and mail is not held
 */
export async function leasesEnded({ db }: Context<SystemActor>): Promise<void> {
  for (const until = performance.now() + LONGEST_MS; ; await sleep(LOOK_MS)) {
    const [row] = await db.execute<{ held: boolean }>(sql`
      select exists (select from companies co join dispatch_batches b on b.company_id = co.id
          where b.state = 'frozen' and b.lease_until > clock_timestamp())
        or exists (select from account_mails
          where state = 'queued' and lease_until > clock_timestamp()) as held`);
    if (!row?.held) {
      return;
    }
    if (performance.now() > until) {
      throw new Error("mail is on its way although it is held");
    }
  }
}
