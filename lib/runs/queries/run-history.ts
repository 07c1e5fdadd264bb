import { and, asc, eq, sql } from "drizzle-orm";
import { auditLog, staff } from "@/db/schema";
import { type Context, inTransaction } from "@/lib/auth/context";
import { type RunActor, requireRunReader } from "../rules";
import { getRun, type RunReference } from "./run";

export interface RunStep {
  at: Date;
  /** As in the audit log: `froze_run`. */
  action: string;
  /** The staff member's name, or which machinery or shell account it was. */
  who: string;
  detail: Record<string, string | number | boolean | null>;
}

/**
 * Who did what with a run, and when, the oldest first. For the shell: the web role reads no audit log.
 * @throws {NotFoundError} if there is no such run
 * @throws {ForbiddenError} for a role that may not see runs
 */
export async function runHistory(
  ctx: Context<RunActor>,
  reference: RunReference,
): Promise<RunStep[]> {
  requireRunReader(ctx.actor);
  return await inTransaction(ctx, async (tx) => {
    const run = await getRun(tx, reference);
    const rows = await tx.db
      .select({
        at: auditLog.at,
        action: auditLog.action,
        actorId: auditLog.actorId,
        name: staff.name,
        detail: auditLog.detail,
      })
      .from(auditLog)
      .leftJoin(
        staff,
        and(eq(auditLog.actorKind, "staff"), eq(sql`${staff.id}::text`, auditLog.actorId)),
      )
      .where(
        and(
          eq(auditLog.companyId, run.companyId),
          eq(auditLog.subjectKind, "run"),
          eq(auditLog.subjectId, run.id),
        ),
      )
      .orderBy(asc(auditLog.id));
    return rows.map(({ name, actorId, ...step }) => ({ ...step, who: name ?? actorId ?? "" }));
  });
}
