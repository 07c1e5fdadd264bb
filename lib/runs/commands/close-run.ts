import { and, eq, sql } from "drizzle-orm";
import { invoicingRuns } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import { type Context, inTransaction } from "@/lib/auth/context";
import { fail, ok, type Result } from "@/lib/errors";
import { countOpen } from "../queries/reconciliation";
import { lockRun, type Run, type RunReference } from "../queries/run";
import { type RunActor, requireRunOperator } from "../rules";

export type CloseRunFailure = "not_published" | "cancelled" | "does_not_add_up";

/**
 * Closes a published run once every electronic bill of it was delivered, went on paper instead or is
 * excluded with its reason (R20); `reconcileRun` lists what keeps it open. Twice it is closed once.
 * Events that come later still change their dispatch, and a wrong bill can still be withdrawn.
 * @throws {NotFoundError} if there is no such run
 * @throws {ForbiddenError} for a role that may not change runs
 */
export async function closeRun(
  ctx: Context<RunActor>,
  reference: RunReference,
): Promise<Result<Run & { already: boolean }, CloseRunFailure>> {
  requireRunOperator(ctx.actor);
  return await inTransaction(ctx, async (tx) => {
    const run = await lockRun(tx, reference);
    if (run.state === "closed") {
      return ok({ ...run, already: true });
    }
    if (run.state !== "published") {
      return fail(run.state === "cancelled" ? "cancelled" : "not_published");
    }
    if ((await countOpen(tx, run)) > 0) {
      return fail("does_not_add_up");
    }
    await tx.db
      .update(invoicingRuns)
      .set({ state: "closed", closedAt: sql`clock_timestamp()` })
      .where(and(eq(invoicingRuns.companyId, run.companyId), eq(invoicingRuns.id, run.id)));
    await recordAudit(tx, {
      action: "closed_run",
      companyId: run.companyId,
      subjectKind: "run",
      subjectId: run.id,
      detail: { name: run.name },
    });
    return ok({ ...(await lockRun(tx, reference)), already: false });
  });
}
