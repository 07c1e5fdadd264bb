import { and, eq, isNull } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { staff } from "@/db/schema";
import { emailSchema } from "@/lib/accounts/email";
import { recordAudit } from "@/lib/audit/commands";
import type { StaffActor, SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { verifyPassword } from "@/lib/auth/password";

/**
 * Who somebody at the shell is, by their staff login; null for any wrong pair, and for who was
 * disabled. Both are audited (R30). The command line only: a browser signs in with a session.
 */
export async function identifyStaff(
  ctx: Context<SystemActor>,
  given: { email: string; password: string },
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
  await inTransaction({ db: ctx.db, actor }, (tx) =>
    recordAudit(tx, { action: "acted_at_shell", subjectKind: "staff", subjectId: staffId }),
  );
  return actor;
}
