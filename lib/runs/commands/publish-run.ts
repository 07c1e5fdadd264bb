import { and, eq, sql } from "drizzle-orm";
import { invoicingRuns } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { publishDocuments } from "@/lib/documents/commands/publish-documents";
import { fail, ok, type Result } from "@/lib/errors";
import {
  countDocuments,
  getRun,
  isLoading,
  lockRun,
  type Run,
  type RunReference,
} from "../queries/run";
import { approvalAbove, approvalsOf } from "../queries/run-status";
import { personOf, type RunActor, requireRunOperator } from "../rules";

export interface Publication {
  run: Run;
  documents: number;
  electronic: number;
  paper: number;
  /** True when the run was published before: nothing was changed and nothing is sent again. */
  already: boolean;
}

export type PublishRunFailure =
  | "not_frozen"
  | "no_documents"
  | "loading"
  | "cancelled"
  | "approval_needed";

/**
 * Makes every document of a loaded run visible and queues one dispatch each, all or nothing (R15).
 * Twice, or from many machines at once, it is published once. With more documents than the company
 * lets one person publish, another's approval of exactly these is needed.
 * @throws {NotFoundError} if there is no such run
 * @throws {ForbiddenError} unless the actor may operate runs
 */
export async function publishRun(
  ctx: Context<RunActor>,
  reference: RunReference,
): Promise<Result<Publication, PublishRunFailure>> {
  requireRunOperator(ctx.actor);
  return await inTransaction(ctx, async (tx) => {
    const run = await lockRun(tx, reference);
    switch (run.state) {
      case "scheduled":
        return fail("not_frozen");
      case "frozen":
        return fail("no_documents");
      case "cancelled":
        return fail("cancelled");
      case "published":
      case "closed":
        return ok({ run, ...(await countChannels(tx, run)), already: true });
      case "loaded":
        break;
    }
    if (await isLoading(tx, run)) {
      return fail("loading");
    }
    const { documents, unplanned } = await countDocuments(tx, run);
    if (documents === 0) {
      return fail("no_documents");
    }
    if (unplanned > 0) {
      // The import refuses such documents. All or nothing, so it is looked at again.
      throw new Error(`${unplanned} documents of the run have no plan row`);
    }
    if (!(await mayPublish(tx, run, documents))) {
      return fail("approval_needed");
    }
    await tx.db
      .update(invoicingRuns)
      .set({ state: "published", publishedAt: sql`clock_timestamp()` })
      .where(and(eq(invoicingRuns.companyId, run.companyId), eq(invoicingRuns.id, run.id)));
    const counts = await publishDocuments(tx, plannedDocuments(run));
    await recordAudit(tx, {
      action: "published_run",
      companyId: run.companyId,
      subjectKind: "run",
      subjectId: run.id,
      detail: { name: run.name, ...counts },
    });
    return ok({ run: await getRun(tx, reference), ...counts, already: false });
  });
}

/** One person alone publishes so many; for more, another must have approved what is there now. */
async function mayPublish(tx: TxContext<RunActor>, run: Run, documents: number): Promise<boolean> {
  if (documents <= (await approvalAbove(tx, run))) {
    return true;
  }
  const publisher = personOf(tx.actor);
  const given = await approvalsOf(tx, run, documents);
  return given.some(({ stands, person }) => stands && person !== publisher);
}

const plannedDocuments = ({ companyId, id }: Run) => ({
  modes: sql`select company_id, contract_id, run_id, mode, email, choice_id from delivery_plans
    where company_id = ${companyId} and run_id = ${id}`,
  which: sql`d.company_id = ${companyId} and d.run_id = ${id}`,
});

async function countChannels({ db }: TxContext, run: Run) {
  const [row] = await db.execute<{ documents: number; electronic: number; paper: number }>(sql`
    select count(*)::int as documents,
      count(*) filter (where channel = 'email')::int as electronic,
      count(*) filter (where channel = 'paper')::int as paper
    from dispatches where company_id = ${run.companyId} and run_id = ${run.id}`);
  return row ?? { documents: 0, electronic: 0, paper: 0 };
}
