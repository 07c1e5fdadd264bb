import { sql } from "drizzle-orm";
import { type Context, inTransaction } from "@/lib/auth/context";
import { jobsFor, requireWatcher, type Watcher } from "../rules";

export interface RecentFailure {
  kind: "job" | "run_order" | "bill_order" | "import";
  /** The job's task, the order's step, or the import's kind. */
  what: string;
  /** A closed code or the name of an error, never its sentence: that may quote somebody. */
  code: string;
  companyName: string | null;
  at: Date;
  /** Of a job: how often it was tried, and how often it will be at most. */
  attempts: number | null;
  maxAttempts: number | null;
  /** The import, for its page. */
  importId: string | null;
}

const SHOWN = 20;

/**
 * What went wrong in the last seven days as far as the database knows, newest first: jobs that failed and were
 * not done since, orders that were refused, files with faults.
 * @throws {ForbiddenError} for staff who are no admins
 */
export async function listRecentFailures(ctx: Context<Watcher>): Promise<RecentFailure[]> {
  requireWatcher(ctx.actor);
  return await inTransaction(ctx, async ({ db, actor }) => {
    const rows = await db.execute<
      Omit<RecentFailure, "at"> & { atMs: number } & Record<string, unknown>
    >(sql`
      select failure.*, co.name as "companyName", (extract(epoch from at) * 1000)::float8 as "atMs"
      from (
        select 'job' as kind, task_identifier as what, left(last_error, 60) as code, null::smallint as company_id,
          updated_at as at, attempts::int as attempts, max_attempts::int as "maxAttempts", null::uuid as "importId"
        from ${jobsFor(actor)} job where last_error is not null
        union all
        select 'run_order', step, outcome, company_id, finished_at, null, null, null
        from run_orders where outcome <> 'done'
        union all
        select 'bill_order', kind, outcome, company_id, finished_at, null, null, null
        from dispatch_orders where outcome <> 'done'
        union all
        select 'import', kind, case when faults > 0 then 'faults' else 'failed' end, company_id, finished_at,
          null, null, id
        from imports where state = 'failed'
      ) failure left join companies co on co.id = failure.company_id
      where at > clock_timestamp() - interval '7 days'
      order by at desc limit ${SHOWN}`);
    return rows.map(({ atMs, ...failure }) => ({ ...failure, at: new Date(atMs) }));
  });
}
