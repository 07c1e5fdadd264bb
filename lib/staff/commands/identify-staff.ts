import { and, eq, isNull } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { staff } from "@/db/schema";
import { emailSchema } from "@/lib/accounts/email";
import { recordAudit } from "@/lib/audit/commands";
import type { StaffActor, SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { verifyPassword } from "@/lib/auth/password";
import { findSecondFactor, takeSignInCode } from "@/lib/auth/second-factor";

/**
 * Who somebody at the shell is, by their staff login and, where they have a second factor, its code; null
 * for anything wrong, and for who was disabled. Both are audited (R30). The command line only: a browser signs in with a session.
 */
export async function identifyStaff(
  ctx: Context<SystemActor>,
  given: { email: string; password: string; code: string },
): Promise<StaffActor | null> {
  const email = emailSchema.safeParse(given.email).data ?? "";
  const [found] = await inTransaction(ctx, ({ db }) =>
    db
      .select({
        id: staff.id,
        name: staff.name,
        role: staff.role,
        passwordHash: staff.passwordHash,
      })
      .from(staff)
      .where(and(eq(staff.email, email), isNull(staff.disabledAt))),
  );
  // Outside a transaction: the hash takes its time.
  if (!(await verifyPassword(found?.passwordHash, given.password)) || !found) {
    await inTransaction(ctx, (tx) =>
      recordAudit(tx, {
        action: "refused_at_shell",
        subjectKind: "staff",
        ...(found && { subjectId: found.id }),
      }),
    );
    return null;
  }
  const { id: staffId, name, role } = found;
  const actor: StaffActor = { kind: "staff", staffId, sessionId: uuidv7(), role, name, email };
  const as = { db: ctx.db, actor };
  if ((await findSecondFactor(as)).state === "on" && !(await takeSignInCode(as, given)).ok) {
    return null;
  }
  await inTransaction(as, (tx) =>
    recordAudit(tx, { action: "acted_at_shell", subjectKind: "staff", subjectId: staffId }),
  );
  return actor;
}
