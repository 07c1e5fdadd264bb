import { queueMails } from "../../factories/queued-mails";
import { type RemoteProvider, spawnProvider } from "../../provider/remote";
import type { BenchDatabase } from "../database";
import { steady } from "../pace";
import { rowOf } from "../report";
import { send } from "../send";
import type { Page } from "../server";
import type { ReportRow } from "./report";

const PER_SECOND = 40;
/** What a provider takes at most: ten requests a second of a hundred mails. */
const PROVIDER_PER_SECOND = 10;
const BATCH = 100;

/**
 * The bill list at a steady 40 requests a second while a run's mails go out, against the same when nothing
 * else happens: each counted from the moment it was due, and none may fail (issue: p95 at most three times).
 */
export async function underSending(
  database: BenchDatabase,
  companyId: number,
  page: Page,
  quick: boolean,
): Promise<ReportRow> {
  const seconds = quick ? 5 : 20;
  const provider = await spawnProvider({ keepMails: false });
  try {
    await provider.set({ perSecond: PROVIDER_PER_SECOND });
    await steady(page, 2 * PER_SECOND, PER_SECOND);
    const rounds: { ours: number; limit: number }[] = [];
    for (let round = 0; round < (quick ? 1 : 3); round += 1) {
      const quiet = await steady(page, seconds * PER_SECOND, PER_SECOND);
      // Enough to be on their way for as long as pages are asked for.
      const count = (seconds + 5) * PROVIDER_PER_SECOND * BATCH;
      await queueMails(database.worker.sql, { companyId, count, round: `sending${round}` });
      await database.owner.sql`analyze dispatches, documents`;
      const sending = await startSending(provider);
      const busy = await steady(page, seconds * PER_SECOND, PER_SECOND);
      const stillGoing = await sending.stillGoing();
      await sending.done;
      if (!stillGoing && !quick) {
        throw new Error("the mails were sent before the pages were answered");
      }
      rounds.push({ ours: busy.p95, limit: quiet.p95 });
    }
    const [known] = await database.owner.sql<{ bills: number }[]>`
      select reltuples::int as bills from pg_class where oid = 'documents'::regclass`;
    const among = `among ${known?.bills.toLocaleString("en")} bills`;
    return {
      ...rowOf(
        `bill list ${among} at ${PER_SECOND} requests/s while a run is sent, p95`,
        "ms",
        rounds,
      ),
      limitIs: "the same when nothing is sent",
      goal: { atMost: 3 },
    };
  } finally {
    provider.stop();
  }
}

/** Sends what is queued in a process of its own; resolves once the provider has taken the first of it. */
async function startSending(provider: RemoteProvider) {
  const before = await provider.facts();
  let going = true;
  const done = send(provider, "ours").finally(() => {
    going = false;
  });
  while (going && (await provider.facts()).taken === before.taken) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { done, stillGoing: async () => going };
}
