import { sql } from "drizzle-orm";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { countOutcomes, fixedCounts, type Outcome } from "@/lib/runs/queries/outcome";
import { requireWatcher, type Watcher } from "../rules";

/** Where a published run's electronic documents are: R20's sum, which `open` keeps from closing. */
export interface OpenRun extends Record<Outcome, number> {
  companySlug: string;
  companyName: string;
  run: string;
  publishedSeconds: number;
  electronic: number;
}

/** More are not judged. */
const RUNS = 12;

/** What never changes of a run once it is published: read once in a process, since it takes the run's whole plan. */
const fixed = new Map<string, Promise<{ electronic: number; noDocument: number }>>();

/**
 * The published runs that are not closed, oldest first, each reconciled by counts that go by index alone; a process
 * reads a run's plan once.
 * @throws {ForbiddenError} for staff who are no admins
 */
export async function listOpenRuns(ctx: Context<Watcher>): Promise<OpenRun[]> {
  requireWatcher(ctx.actor);
  return await inTransaction(ctx, async (tx) => {
    const runs = await tx.db.execute<
      Omit<OpenRun, Outcome | "electronic"> & { companyId: number; id: string } & Record<
          string,
          unknown
        >
    >(sql`
      select co.slug as "companySlug", co.name as "companyName", r.company_id as "companyId", r.id, r.name as run,
        extract(epoch from clock_timestamp() - r.published_at)::float8 as "publishedSeconds"
      from invoicing_runs r join companies co on co.id = r.company_id
      where r.state = 'published' order by r.published_at limit ${RUNS}`);
    for (const id of fixed.keys()) {
      if (!runs.some((run) => run.id === id)) {
        fixed.delete(id);
      }
    }
    const open: OpenRun[] = [];
    for (const { companyId, id, ...run } of runs) {
      const counts = await countsOf(tx, { companyId, id });
      open.push({ ...run, ...counts });
    }
    return open;
  });
}

async function countsOf({ db }: TxContext<Watcher>, run: { companyId: number; id: string }) {
  let known = fixed.get(run.id);
  if (!known) {
    known = Promise.resolve(
      db.execute<{ electronic: number; noDocument: number }>(fixedCounts(run)),
    ).then(([row]) => row ?? { electronic: 0, noDocument: 0 });
    fixed.set(run.id, known);
    known.catch(() => fixed.delete(run.id));
  }
  const [counts] = await db.execute<Record<Outcome | "electronic", number>>(
    countOutcomes(run, await known),
  );
  return counts ?? { electronic: 0, delivered: 0, fallback: 0, excluded: 0, open: 0 };
}
