import { and, asc, desc, eq, ne, or, type SQL, sql } from "drizzle-orm";
import { companies, invoicingRuns } from "@/db/schema";
import type { StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { type RunState, requireRunReader } from "../rules";

/** Cut-offs that the board looks ahead, for each company. */
const AHEAD = 6;
/** Runs on the board: those in hand first, then the latest. */
const RUNS_SHOWN = 100;

export interface BoardCompany {
  id: number;
  slug: string;
  name: string;
  /** Day of the month and hour on Rome's clock. */
  cutOffDay: number;
  cutOffHour: number;
  approvalAbove: number;
  withdrawAbove: number;
}

export interface CutOffAhead {
  companyId: number;
  cutOffAt: Date;
  /** The run's name; null where the calendar has the cut-off and no run is opened yet. */
  run: string | null;
}

export interface BoardRun {
  companySlug: string;
  companyName: string;
  id: string;
  name: string;
  state: RunState;
  cutOffAt: Date;
}

export interface RunBoard {
  companies: BoardCompany[];
  ahead: CutOffAhead[];
  runs: BoardRun[];
}

/**
 * The companies' calendars, their next cut-offs and their runs; of one company where `company` is its
 * slug. Runs in hand stand first, scheduled ones last.
 * @throws {ForbiddenError} for a role that may not look at runs
 */
export async function listRunBoard(
  ctx: Context<StaffActor>,
  { company, state }: { company?: string; state?: RunState } = {},
): Promise<RunBoard> {
  return await inTransaction(ctx, async ({ db, actor }) => {
    requireRunReader(actor);
    const ofCompany = company ? eq(companies.slug, company) : undefined;
    return {
      companies: await db
        .select({
          id: companies.id,
          slug: companies.slug,
          name: companies.name,
          cutOffDay: companies.cutOffDay,
          cutOffHour: companies.cutOffHour,
          approvalAbove: companies.approvalAbove,
          withdrawAbove: companies.withdrawAbove,
        })
        .from(companies)
        .where(ofCompany)
        .orderBy(asc(companies.name)),
      ahead: await listAhead(db, ofCompany),
      runs: await db
        .select({
          companySlug: companies.slug,
          companyName: companies.name,
          id: invoicingRuns.id,
          name: invoicingRuns.name,
          state: invoicingRuns.state,
          cutOffAt: invoicingRuns.cutOffAt,
        })
        .from(invoicingRuns)
        .innerJoin(companies, eq(companies.id, invoicingRuns.companyId))
        .where(and(ofCompany, state ? eq(invoicingRuns.state, state) : dueOrPassed()))
        .orderBy(
          sql`${invoicingRuns.state} in ('closed', 'cancelled')`,
          desc(invoicingRuns.cutOffAt),
          asc(companies.name),
        )
        .limit(RUNS_SHOWN),
    };
  });
}

/** Scheduled runs still to come stand among the cut-offs ahead. */
const dueOrPassed = () =>
  or(ne(invoicingRuns.state, "scheduled"), sql`${invoicingRuns.cutOffAt} <= clock_timestamp()`);

async function listAhead(db: Context["db"], ofCompany: SQL | undefined): Promise<CutOffAhead[]> {
  const rows = await db.execute<{ companyId: number; at: string; run: string | null }>(sql`
    select ${companies.id} as "companyId", next.run,
      to_char(next.cut_off_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "at"
    from ${companies}
    cross join lateral (
      select r.cut_off_at, r.name as run from invoicing_runs r
      where r.company_id = ${companies.id} and r.state = 'scheduled'
        and r.cut_off_at > clock_timestamp()
      union all
      select cut_off, null
      from calendar_cut_offs(${companies.id}, clock_timestamp(), ${AHEAD + 1}) cut_off
      where cut_off > clock_timestamp() and not month_has_run(${companies.id}, cut_off)
      order by 1
      limit ${AHEAD}
    ) next
    where ${ofCompany ?? sql`true`}
    order by next.cut_off_at, ${companies.name}`);
  return rows.map(({ companyId, at, run }) => ({ companyId, cutOffAt: new Date(at), run }));
}
