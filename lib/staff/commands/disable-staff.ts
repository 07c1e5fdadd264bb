import { and, eq, isNull, sql } from "drizzle-orm";
import { sessions, staff } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { fail, NotFoundError, ok, type Result } from "@/lib/errors";
import { holdMember } from "../queries";
import { assertMayManageStaff, isOneself, type StaffManager } from "../rules";

/**
 * Shuts a colleague out at once: all sessions end, and no sign-in or link works until they are enabled again.
 * Nobody disables themselves. Audited (R30).
 * @throws {ForbiddenError} for staff who are no admins
 * @throws {NotFoundError} if there is no such colleague
 */
export async function disableStaff(
  ctx: Context<StaffManager>,
  { staffId }: { staffId: string },
): Promise<Result<null, "own">> {
  return await inTransaction(ctx, async (tx) => {
    assertMayManageStaff(tx.actor);
    await holdMember(tx, staffId);
    if (isOneself(tx.actor, staffId)) {
      return fail("own");
    }
    await setDisabled(tx, staffId, true);
    const ended = await tx.db
      .update(sessions)
      .set({ endedAt: sql`clock_timestamp()` })
      .where(and(eq(sessions.staffId, staffId), isNull(sessions.endedAt)))
      .returning({ id: sessions.id });
    await recordAudit(tx, {
      action: "disabled_staff",
      subjectKind: "staff",
      subjectId: staffId,
      detail: { sessions: ended.length },
    });
    return ok(null);
  });
}

/**
 * Lets a disabled colleague in again, with the password and second factor they had. Audited (R30).
 * @throws {ForbiddenError} for staff who are no admins
 * @throws {NotFoundError} if there is no such colleague
 */
export async function enableStaff(
  ctx: Context<StaffManager>,
  { staffId }: { staffId: string },
): Promise<Result<null, "own">> {
  return await inTransaction(ctx, async (tx) => {
    assertMayManageStaff(tx.actor);
    await holdMember(tx, staffId);
    if (isOneself(tx.actor, staffId)) {
      return fail("own");
    }
    await setDisabled(tx, staffId, false);
    await recordAudit(tx, { action: "enabled_staff", subjectKind: "staff", subjectId: staffId });
    return ok(null);
  });
}

async function setDisabled({ db }: TxContext, staffId: string, disabled: boolean): Promise<void> {
  const changed = await db
    .update(staff)
    .set({
      disabledAt: disabled ? sql`coalesce(${staff.disabledAt}, clock_timestamp())` : null,
    })
    .where(eq(staff.id, staffId))
    .returning({ id: staff.id });
  // Whoever was admin a moment ago and is none now.
  if (changed.length === 0) {
    throw new NotFoundError("staff");
  }
}
