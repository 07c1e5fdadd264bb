import { sql } from "drizzle-orm";
import { type Context, inTransaction } from "@/lib/auth/context";
import { type Outcome, runOutcomes } from "@/lib/runs/queries/outcome";
import { requireWatcher, type Watcher } from "../rules";

/** Where a published run's electronic documents are: R20's sum, which `open` keeps from closing. */
export interface OpenRun extends Record<Outcome, number> {
  companySlug: string;
  companyName: string;
  run: string;
  publishedSeconds: number;
  electronic: number;
}

/** More are not judged: each is counted document by document. */
const RUNS = 12;

/**
 * The published runs that are not closed, oldest first, each reconciled. Reads a run's whole plan: about a
 * second for a million documents, so callers ask once a minute at most.
 * @throws {ForbiddenError} for staff who are no admins
 */
export async function listOpenRuns(ctx: Context<Watcher>): Promise<OpenRun[]> {
  requireWatcher(ctx.actor);
  return await inTransaction(ctx, async ({ db }) => {
    const runs = await db.execute<
      Omit<OpenRun, Outcome | "electronic"> & { companyId: number; id: string } & Record<
          string,
          unknown
        >
    >(sql`
      select co.slug as "companySlug", co.name as "companyName", r.company_id as "companyId", r.id, r.name as run,
        extract(epoch from clock_timestamp() - r.published_at)::float8 as "publishedSeconds"
      from invoicing_runs r join companies co on co.id = r.company_id
      where r.state = 'published' order by r.published_at limit ${RUNS}`);
    const open: OpenRun[] = [];
    for (const { companyId, id, ...run } of runs) {
      const [counts] = await db.execute<Record<Outcome | "electronic", number>>(sql`
        select count(*)::int as electronic,
          count(*) filter (where category = 'delivered')::int as delivered,
          count(*) filter (where category = 'fallback')::int as fallback,
          count(*) filter (where category = 'excluded')::int as excluded,
          count(*) filter (where category = 'open')::int as open
        from (${runOutcomes({ companyId, id })}) outcome`);
      open.push({
        ...run,
        ...(counts ?? { electronic: 0, delivered: 0, fallback: 0, excluded: 0, open: 0 }),
      });
    }
    return open;
  });
}
