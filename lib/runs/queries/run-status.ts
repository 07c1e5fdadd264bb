import { and, asc, count, eq, isNotNull, isNull, sql } from "drizzle-orm";
import {
  companies,
  deliveryPlans,
  dispatches,
  documents,
  invoicingRuns,
  runApprovals,
} from "@/db/schema";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { type RunActor, requireRunReader } from "../rules";
import { getRun, type Run, type RunReference } from "./run";

export interface Approval {
  /** `staff:<id>` or `shell:<user>`. */
  person: string;
  /** How many documents the run had then. */
  documents: number;
  approvedAt: Date;
  /** False once documents came in or changed after it: it does not count any more. */
  stands: boolean;
}

export interface RunStatus extends Run {
  plan: { electronic: number; paper: number };
  documents: { imported: number; published: number };
  /** Dispatches by state; states without one are absent. */
  dispatches: Partial<Record<(typeof dispatches.$inferSelect)["state"], number>>;
  /** Of the publication; more documents than `above` need a second person's. */
  approval: { above: number; needed: boolean; given: Approval[] };
}

/**
 * Where a run stands, in counts, and who approved its publication.
 * @throws {NotFoundError} if there is no such run
 * @throws {ForbiddenError} for a role that may not see runs
 */
export async function runStatus(
  ctx: Context<RunActor>,
  reference: RunReference,
): Promise<RunStatus> {
  requireRunReader(ctx.actor);
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
      approval: await approvalOf(tx, run, imported),
    };
  });
}

async function approvalOf(tx: TxContext, run: Run, imported: number) {
  const above = await approvalAbove(tx, run);
  const given = await approvalsOf(tx, run, imported);
  return { above, needed: imported > above, given };
}

/** How many documents of a run one person alone may publish. */
export async function approvalAbove({ db }: TxContext, run: Run): Promise<number> {
  const [company] = await db
    .select({ above: companies.approvalAbove })
    .from(invoicingRuns)
    .innerJoin(companies, eq(companies.id, invoicingRuns.companyId))
    .where(and(eq(invoicingRuns.companyId, run.companyId), eq(invoicingRuns.id, run.id)));
  return company?.above ?? 0;
}

/** The approvals of a run's publication, oldest first; `documentsNow` is what it holds now. */
export async function approvalsOf(
  { db }: TxContext,
  run: Run,
  documentsNow: number,
): Promise<Approval[]> {
  return await db
    .select({
      person: runApprovals.person,
      documents: runApprovals.documents,
      approvedAt: runApprovals.approvedAt,
      // Compared in the database: its clock counts microseconds.
      stands: sql<boolean>`${runApprovals.documents} = ${documentsNow}
        and ${runApprovals.approvedAt} > coalesce(${invoicingRuns.loadedAt}, '-infinity')`,
    })
    .from(runApprovals)
    .innerJoin(
      invoicingRuns,
      and(
        eq(invoicingRuns.companyId, runApprovals.companyId),
        eq(invoicingRuns.id, runApprovals.runId),
      ),
    )
    .where(
      and(
        eq(runApprovals.companyId, run.companyId),
        eq(runApprovals.runId, run.id),
        isNull(runApprovals.withdrawalId),
      ),
    )
    .orderBy(asc(runApprovals.approvedAt));
}
