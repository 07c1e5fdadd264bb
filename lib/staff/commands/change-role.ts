import { eq } from "drizzle-orm";
import { staff } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { StaffRole } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { fail, NotFoundError, ok, type Result } from "@/lib/errors";
import { holdMember } from "../queries";
import { assertMayManageStaff, isOneself, type StaffManager } from "../rules";

/**
 * Gives a colleague another role, from their next click on; nobody their own. Audited (R30).
 * @throws {ForbiddenError} for staff who are no admins
 * @throws {NotFoundError} if there is no such colleague
 */
export async function changeRole(
  ctx: Context<StaffManager>,
  { staffId, role }: { staffId: string; role: StaffRole },
): Promise<Result<null, "own">> {
  return await inTransaction(ctx, async (tx) => {
    assertMayManageStaff(tx.actor);
    const before = await holdMember(tx, staffId);
    if (isOneself(tx.actor, staffId)) {
      return fail("own");
    }
    const changed = await tx.db
      .update(staff)
      .set({ role })
      .where(eq(staff.id, staffId))
      .returning({ id: staff.id });
    // Whoever was admin a moment ago and is none now.
    if (changed.length === 0) {
      throw new NotFoundError("staff");
    }
    await recordAudit(tx, {
      action: "changed_staff_role",
      subjectKind: "staff",
      subjectId: staffId,
      detail: { from: before.role, to: role },
    });
    return ok(null);
  });
}
