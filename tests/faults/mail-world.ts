import { connect } from "@/db/client";
import { seedBenchWorld } from "@/db/seed/bench-world";
import { queueMails } from "../factories/queued-mails";
import { spawnProvider } from "../provider/remote";
import type { Settings } from "../provider/settings";
import type { DatabaseUrls } from "../setup/urls";
import { askOnce, type MailWorker, spawnWorker, type WorkerOptions } from "./mail-worker";

/** Of so many bills one has an address that the provider will not take. */
export const POISONED_OF = 100;

export type MailWorld = Awaited<ReturnType<typeof mailWorld>>;

/** What became of the mails, by the provider's ledger and by the database. */
export interface MailCheck {
  /** Mails that the provider has taken. */
  taken: number;
  /** Bills that should have gone out and never did. */
  lost: number;
  /** Acceptances beyond the first of a bill. */
  doubled: number;
  wrong: string[];
}

/**
 * A company with contracts, a mail provider in a process of its own, and workers in processes of their own
 * that send what is queued.
 */
export async function mailWorld(urls: DatabaseUrls, settings: Partial<Settings> = {}) {
  const worker = connect(urls.workerUrl, { max: 3 });
  const superuser = connect(urls.superuserUrl, { max: 2 });
  const { sql } = superuser;
  const { companyId } = await seedBenchWorld(worker, { contracts: 500 });
  const provider = await spawnProvider(settings);
  const workers = new Set<MailWorker>();
  let rounds = 0;

  const open = async () => {
    const [row] = await sql<{ open: number }[]>`
      select count(*)::int as open from dispatches d
      where d.state in ('queued', 'batched') and not exists (select from dispatch_batches b
        where b.company_id = d.company_id and b.id = d.batch_id and b.state = 'quarantined')`;
    return row?.open ?? 0;
  };

  return {
    sql,
    companyId,
    provider,
    open,

    /** Queues so many bills; of a hundred one has a poisoned address if asked. */
    async queue(count: number, poisonedOf = 0): Promise<void> {
      rounds += 1;
      await queueMails(sql, { companyId, count, round: `r${rounds}`, poisonedOf });
      await sql`analyze dispatches, documents`;
    },

    async worker(options: WorkerOptions = {}): Promise<MailWorker> {
      const made = await spawnWorker(urls.workerUrl, provider.url, options);
      workers.add(made);
      made.ended.then(() => workers.delete(made));
      return made;
    },

    ask: () => askOnce(urls.workerUrl, provider.url),

    /** Waits until nothing waits to be sent; false when that takes too long. */
    async untilSent(withinMs: number): Promise<boolean> {
      for (const until = Date.now() + withinMs; Date.now() < until; ) {
        if ((await open().catch(() => 1)) === 0) {
          return true;
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return false;
    },

    /** Lets so much time pass for the database and for the provider. */
    async shift(ms: number): Promise<void> {
      const by = `${ms} milliseconds`;
      await sql`update dispatch_batches set created_at = created_at - ${by}::interval,
        first_attempt_at = first_attempt_at - ${by}::interval,
        lease_until = lease_until - ${by}::interval, finished_at = finished_at - ${by}::interval`;
      await sql`update sending_pauses set since = since - ${by}::interval,
        probe_at = probe_at - ${by}::interval`;
      await sql`update sending_pace set next_at = next_at - ${by}::interval`;
      await provider.advance(ms);
    },

    /** Compares the ledger with the database, dispatch by dispatch. */
    async check(): Promise<MailCheck> {
      const times = await provider.times();
      const rows = await sql<{ id: string; state: string; email: string; provider_id: string }[]>`
        select id, state, email, provider_id from dispatches`;
      const check: MailCheck = { taken: 0, lost: 0, doubled: 0, wrong: [] };
      for (const { id, state, email, provider_id: providerId } of rows) {
        const taken = times.get(id) ?? 0;
        check.taken += taken;
        check.doubled += Math.max(0, taken - 1);
        const poisoned = !email.includes("@");
        if (poisoned ? taken > 0 || state !== "failed" : taken === 0) {
          check.lost += poisoned ? 0 : 1;
          check.wrong.push(...(poisoned ? [`${id}: poisoned, and ${state}`] : []));
        } else if (!poisoned && (state !== "accepted" || !providerId)) {
          check.wrong.push(`${id}: taken, and ${state}`);
        }
      }
      const known = new Set(rows.map(({ id }) => id));
      check.wrong.push(
        ...[...times.keys()].filter((id) => !known.has(id)).map((id) => `${id}: nobody's`),
      );
      return check;
    },

    async close(): Promise<void> {
      for (const one of workers) {
        one.kill();
      }
      provider.stop();
      await Promise.all([worker.close(), superuser.close()]);
    },
  };
}
