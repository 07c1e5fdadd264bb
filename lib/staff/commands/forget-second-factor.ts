import { and, eq, isNull, sql } from "drizzle-orm";
import { secondFactors, sessions } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { fail, ok, type Result } from "@/lib/errors";
import { tellOfForgottenFactor } from "@/lib/mail/tell-of-credentials";
import { holdMember } from "../queries";
import { assertMayManageStaff, isOneself, type StaffManager } from "../rules";

/**
 * Forgets the authenticator app of a colleague who lost it: their sessions end, and the next sign-in sets up
 * another. Nobody's own. They are told by e-mail. Audited (R30).
 * @throws {ForbiddenError} for staff who are no admins
 * @throws {NotFoundError} if there is no such colleague
 */
export async function forgetSecondFactor(
  ctx: Context<StaffManager>,
  { staffId }: { staffId: string },
): Promise<Result<null, "own" | "none">> {
  return await inTransaction(ctx, async (tx) => {
    const { db, actor } = tx;
    assertMayManageStaff(actor);
    const { email } = await holdMember(tx, staffId);
    if (isOneself(actor, staffId)) {
      return fail("own");
    }
    const forgotten =
      actor.kind === "staff"
        ? (await db.execute(sql`select forget_staff_factor(${staffId}) as done`))[0]?.done === true
        : await forgetAsSystem({ db, actor }, staffId);
    if (!forgotten) {
      return fail("none");
    }
    await tellOfForgottenFactor(tx, email);
    await recordAudit(tx, {
      action: "forgot_second_factor",
      subjectKind: "staff",
      subjectId: staffId,
    });
    return ok(null);
  });
}

/** What `forget_staff_factor()` does for an admin. */
async function forgetAsSystem({ db }: TxContext<SystemActor>, staffId: string): Promise<boolean> {
  await db
    .update(sessions)
    .set({ endedAt: sql`clock_timestamp()` })
    .where(and(eq(sessions.staffId, staffId), isNull(sessions.endedAt)));
  const deleted = await db
    .delete(secondFactors)
    .where(eq(secondFactors.staffId, staffId))
    .returning({ id: secondFactors.id });
  return deleted.length > 0;
}
