import { runApprovals } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import { type Context, inTransaction } from "@/lib/auth/context";
import { fail, ok, type Result } from "@/lib/errors";
import { countDocuments, isLoading, lockRun, type RunReference } from "../queries/run";
import { approvalAbove, approvalsOf } from "../queries/run-status";
import { personOf, type RunActor, requireRunOperator } from "../rules";

export type ApproveRunFailure =
  | "not_frozen"
  | "no_documents"
  | "loading"
  | "already_published"
  | "cancelled";

export interface GivenApproval {
  /** What was approved: another number, or documents that change, need another approval. */
  documents: number;
  /** Whether the run has so many documents that it needs one. */
  needed: boolean;
  /** True when this person's approval stood already. */
  already: boolean;
}

/**
 * A second person's yes to publishing what is loaded into a run. Who publishes must be another; an
 * import that changes anything afterwards takes the approval's force away.
 * @throws {NotFoundError} if there is no such run
 * @throws {ForbiddenError} unless the actor may operate runs
 */
export async function approveRun(
  ctx: Context<RunActor>,
  reference: RunReference,
): Promise<Result<GivenApproval, ApproveRunFailure>> {
  requireRunOperator(ctx.actor);
  return await inTransaction(ctx, async (tx) => {
    // An import into the run holds it too: what is counted is what is there.
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
        return fail("already_published");
      case "loaded":
        break;
    }
    if (await isLoading(tx, run)) {
      return fail("loading");
    }
    const { documents } = await countDocuments(tx, run);
    if (documents === 0) {
      return fail("no_documents");
    }
    const needed = documents > (await approvalAbove(tx, run));
    const person = personOf(tx.actor);
    const given = await approvalsOf(tx, run, documents);
    if (given.some((approval) => approval.stands && approval.person === person)) {
      return ok({ documents, needed, already: true });
    }
    await tx.db
      .insert(runApprovals)
      .values({ companyId: run.companyId, runId: run.id, person, documents });
    await recordAudit(tx, {
      action: "approved_run",
      companyId: run.companyId,
      subjectKind: "run",
      subjectId: run.id,
      detail: { name: run.name, documents },
    });
    return ok({ documents, needed, already: false });
  });
}
