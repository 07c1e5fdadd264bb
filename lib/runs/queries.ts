import { and, asc, count, desc, eq, gt, isNotNull, or, type SQL } from "drizzle-orm";
import {
  companies,
  contracts,
  deliveryPlans,
  dispatches,
  documents,
  invoicingRuns,
} from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { NotFoundError } from "@/lib/errors";
import type { RunState } from "./rules";

/** Plan rows that are fetched at once; memory stays flat however long the plan is. */
const PLAN_PAGE = 5_000;

export interface Run {
  companyId: number;
  id: string;
  name: string;
  state: RunState;
  cutOffAt: Date;
  frozenAt: Date | null;
  publishedAt: Date | null;
}

/** `run` is a run's name or id; `company` the slug that it must belong to. */
export interface RunReference {
  company: string;
  run: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Which run a reference means; another company's run is not found. */
function referredTo({ company, run }: RunReference): SQL | undefined {
  const byId = UUID.test(run) ? eq(invoicingRuns.id, run) : undefined;
  return and(eq(companies.slug, company), or(eq(invoicingRuns.name, run), byId));
}

/** A run by name or id; null if the company has none such. */
export async function findRun(ctx: TxContext, reference: RunReference): Promise<Run | null> {
  const [run] = await ctx.db
    .select({
      companyId: invoicingRuns.companyId,
      id: invoicingRuns.id,
      name: invoicingRuns.name,
      state: invoicingRuns.state,
      cutOffAt: invoicingRuns.cutOffAt,
      frozenAt: invoicingRuns.frozenAt,
      publishedAt: invoicingRuns.publishedAt,
    })
    .from(invoicingRuns)
    .innerJoin(companies, eq(companies.id, invoicingRuns.companyId))
    .where(referredTo(reference));
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

export interface PlanRow {
  contractNumber: string;
  mode: "electronic" | "paper";
  /** Only where the mode is electronic. */
  email: string | null;
  reason: string;
  discountCents: number;
  discountBasis: "per_year" | "per_bill" | null;
}

/**
 * The frozen plan of a run by contract number, page by page: what the billing system and the print
 * house get (R12).
 * @throws {NotFoundError} if there is no such run
 */
export async function* planRows(
  ctx: Context<SystemActor>,
  reference: RunReference,
): AsyncGenerator<PlanRow> {
  let after: string | undefined;
  do {
    const page = await planPage(ctx, reference, after);
    yield* page;
    after = page.length < PLAN_PAGE ? undefined : page.at(-1)?.contractNumber;
  } while (after !== undefined);
}

async function planPage(
  ctx: Context<SystemActor>,
  reference: RunReference,
  after: string | undefined,
): Promise<PlanRow[]> {
  return await inTransaction(ctx, async (tx) => {
    const run = await getRun(tx, reference);
    return await tx.db
      .select({
        contractNumber: contracts.contractNumber,
        mode: deliveryPlans.mode,
        email: deliveryPlans.email,
        reason: deliveryPlans.reason,
        discountCents: deliveryPlans.discountCents,
        discountBasis: deliveryPlans.discountBasis,
      })
      .from(deliveryPlans)
      .innerJoin(
        contracts,
        and(
          eq(contracts.companyId, deliveryPlans.companyId),
          eq(contracts.id, deliveryPlans.contractId),
        ),
      )
      .where(
        and(
          eq(deliveryPlans.companyId, run.companyId),
          eq(deliveryPlans.runId, run.id),
          after === undefined ? undefined : gt(contracts.contractNumber, after),
        ),
      )
      .orderBy(asc(contracts.contractNumber))
      .limit(PLAN_PAGE);
  });
}

export interface RunStatus extends Run {
  plan: { electronic: number; paper: number };
  documents: { imported: number; published: number };
  /** Dispatches by state; states without one are absent. */
  dispatches: Partial<Record<(typeof dispatches.$inferSelect)["state"], number>>;
}

/** Where a run stands, in counts. @throws {NotFoundError} if there is no such run. */
export async function runStatus(
  ctx: Context<SystemActor>,
  reference: RunReference,
): Promise<RunStatus> {
  return await inTransaction(ctx, async (tx) => {
    const { db } = tx;
    const run = await getRun(tx, reference);
    const modes = await db
      .select({ mode: deliveryPlans.mode, rows: count() })
      .from(deliveryPlans)
      .where(and(eq(deliveryPlans.companyId, run.companyId), eq(deliveryPlans.runId, run.id)))
      .groupBy(deliveryPlans.mode);
    const ofRun = and(eq(documents.companyId, run.companyId), eq(documents.runId, run.id));
    const imported = await db.$count(documents, ofRun);
    const published = await db.$count(documents, and(ofRun, isNotNull(documents.publishedAt)));
    const states = await db
      .select({ state: dispatches.state, rows: count() })
      .from(dispatches)
      .where(and(eq(dispatches.companyId, run.companyId), eq(dispatches.runId, run.id)))
      .groupBy(dispatches.state);
    const inMode = (mode: string) => modes.find((row) => row.mode === mode)?.rows ?? 0;
    return {
      ...run,
      plan: { electronic: inMode("electronic"), paper: inMode("paper") },
      documents: { imported, published },
      dispatches: Object.fromEntries(states.map(({ state, rows }) => [state, rows])),
    };
  });
}

/** A company's runs, the latest cut-off first. */
export async function listRuns(ctx: Context<SystemActor>, company: string): Promise<Run[]> {
  return await inTransaction(ctx, async ({ db }) => {
    return await db
      .select({
        companyId: invoicingRuns.companyId,
        id: invoicingRuns.id,
        name: invoicingRuns.name,
        state: invoicingRuns.state,
        cutOffAt: invoicingRuns.cutOffAt,
        frozenAt: invoicingRuns.frozenAt,
        publishedAt: invoicingRuns.publishedAt,
      })
      .from(invoicingRuns)
      .innerJoin(companies, eq(companies.id, invoicingRuns.companyId))
      .where(eq(companies.slug, company))
      .orderBy(desc(invoicingRuns.cutOffAt));
  });
}
