import { and, eq, sql } from "drizzle-orm";
import { invoicingRuns } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import { type Context, inTransaction } from "@/lib/auth/context";
import { fail, ok, type Result } from "@/lib/errors";
import { getRun, lockRun, type Run, type RunReference } from "../queries/run";
import { type RunActor, requireRunOperator } from "../rules";

/** What a reason may take up. */
const REASON_MAX = 500;

export type CancelRunFailure = "reason_missing" | "reason_too_long" | "already_published";

/**
 * Cancels a run that was not published, with the reason. Its cut-off is free again, under another
 * name; its documents stay invisible, and may be imported into another run. Cancelling twice keeps
 * the first reason.
 * @throws {NotFoundError} if there is no such run
 * @throws {ForbiddenError} unless the actor may operate runs
 */
export async function cancelRun(
  ctx: Context<RunActor>,
  { reason, ...reference }: RunReference & { reason: string },
): Promise<Result<Run & { already: boolean }, CancelRunFailure>> {
  requireRunOperator(ctx.actor);
  const cancelReason = reason.trim();
  if (cancelReason === "") {
    return fail("reason_missing");
  }
  if (cancelReason.length > REASON_MAX) {
    return fail("reason_too_long");
  }
  return await inTransaction(ctx, async (tx) => {
    const run = await lockRun(tx, reference);
    switch (run.state) {
      case "published":
      case "closed":
        return fail("already_published");
      case "cancelled":
        return ok({ ...run, already: true });
      case "scheduled":
      case "frozen":
      case "loaded":
        break;
    }
    await tx.db
      .update(invoicingRuns)
      .set({ state: "cancelled", cancelReason, cancelledAt: sql`clock_timestamp()` })
      .where(and(eq(invoicingRuns.companyId, run.companyId), eq(invoicingRuns.id, run.id)));
    await recordAudit(tx, {
      action: "cancelled_run",
      companyId: run.companyId,
      subjectKind: "run",
      subjectId: run.id,
      detail: { name: run.name, was: run.state, reason: cancelReason },
    });
    const cancelled = await getRun(tx, { company: reference.company, run: run.id });
    return ok({ ...cancelled, already: false });
  });
}
