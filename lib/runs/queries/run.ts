import { and, desc, eq, or, type SQL, sql } from "drizzle-orm";
import { validate as isUuid } from "uuid";
import { companies, invoicingRuns } from "@/db/schema";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { NotFoundError } from "@/lib/errors";
import { alsoUnder } from "@/lib/log-context";
import { type RunActor, type RunState, requireRunReader } from "../rules";

export interface Run {
  companyId: number;
  id: string;
  name: string;
  state: RunState;
  /** Made ahead from the company's calendar, or opened (or taken over) by an operator. */
  origin: "calendar" | "operator";
  cutOffAt: Date;
  openedAt: Date;
  frozenAt: Date | null;
  /** When documents last came in or changed. */
  loadedAt: Date | null;
  publishedAt: Date | null;
  closedAt: Date | null;
  cancelledAt: Date | null;
  cancelReason: string | null;
}

/** `run` is a run's name or id; `company` the slug that it must belong to. */
export interface RunReference {
  company: string;
  run: string;
}

const RUN = {
  companyId: invoicingRuns.companyId,
  id: invoicingRuns.id,
  name: invoicingRuns.name,
  state: invoicingRuns.state,
  origin: invoicingRuns.origin,
  cutOffAt: invoicingRuns.cutOffAt,
  openedAt: invoicingRuns.openedAt,
  frozenAt: invoicingRuns.frozenAt,
  loadedAt: invoicingRuns.loadedAt,
  publishedAt: invoicingRuns.publishedAt,
  closedAt: invoicingRuns.closedAt,
  cancelledAt: invoicingRuns.cancelledAt,
  cancelReason: invoicingRuns.cancelReason,
};

/** Which run a reference means; another company's run is not found. */
function referredTo({ company, run }: RunReference): SQL | undefined {
  const byId = isUuid(run) ? eq(invoicingRuns.id, run) : undefined;
  return and(eq(companies.slug, company), or(eq(invoicingRuns.name, run), byId));
}

/** A run by name or id; null if the company has none such. What is logged from here on bears its id. */
export async function findRun({ db }: TxContext, reference: RunReference): Promise<Run | null> {
  const [run] = await db
    .select(RUN)
    .from(invoicingRuns)
    .innerJoin(companies, eq(companies.id, invoicingRuns.companyId))
    .where(referredTo(reference));
  if (run) {
    alsoUnder({ run: run.id });
  }
  return run ?? null;
}

/** A run by name or id. @throws {NotFoundError} if the company has none such. */
export async function getRun(ctx: TxContext, reference: RunReference): Promise<Run> {
  const run = await findRun(ctx, reference);
  if (!run) {
    throw new NotFoundError(`run "${reference.run}" of ${reference.company}`);
  }
  return run;
}

/**
 * The same, and nobody else takes a step with it, nor loads documents into it, until the
 * transaction ends. For commands.
 * @throws {NotFoundError} if the company has none such
 */
export async function lockRun(ctx: TxContext, reference: RunReference): Promise<Run> {
  const { companyId, id } = await getRun(ctx, reference);
  await ctx.db
    .select({ id: invoicingRuns.id })
    .from(invoicingRuns)
    .where(and(eq(invoicingRuns.companyId, companyId), eq(invoicingRuns.id, id)))
    .for("no key update");
  return await getRun(ctx, { company: reference.company, run: id });
}

/** A run's documents, and how many of them have no row in its plan: none, or it is not published. */
export async function countDocuments(
  { db }: TxContext,
  { companyId, id }: Run,
): Promise<{ documents: number; unplanned: number }> {
  const [counts] = await db.execute<{ documents: number; unplanned: number }>(sql`
    select count(*)::int as documents,
      count(*) filter (where p.contract_id is null)::int as unplanned
    from documents d
    left join delivery_plans p on p.company_id = d.company_id and p.run_id = d.run_id
      and p.contract_id = d.contract_id
    where d.company_id = ${companyId} and d.run_id = ${id}`);
  return counts ?? { documents: 0, unplanned: 0 };
}

/** Whether an import into the run is half applied: what is there is not yet what is to be published. */
export async function isLoading({ db }: TxContext, { companyId, id }: Run): Promise<boolean> {
  const [loading] = await db.execute(sql`select from imports
    where company_id = ${companyId} and run_id = ${id} and state = 'applying' and applied > 0 limit 1`);
  return loading !== undefined;
}

/**
 * A company's runs, the latest cut-off first.
 * @throws {ForbiddenError} for a role that may not see runs
 */
export async function listRuns(ctx: Context<RunActor>, company: string): Promise<Run[]> {
  requireRunReader(ctx.actor);
  return await inTransaction(ctx, async ({ db }) => {
    return await db
      .select(RUN)
      .from(invoicingRuns)
      .innerJoin(companies, eq(companies.id, invoicingRuns.companyId))
      .where(eq(companies.slug, company))
      .orderBy(desc(invoicingRuns.cutOffAt), desc(invoicingRuns.id));
  });
}
