import { sql } from "drizzle-orm";
import { recordAudit } from "@/lib/audit/commands";
import type { VisitorActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { forgetLoginAttempts } from "@/lib/auth/sign-in";
import { fail, ok, type Result } from "@/lib/errors";
import { wakeSenders } from "@/lib/jobs/queue";
import { hashNewPassword, type PasswordRefusal } from "./change-password";

export interface ResetLogin {
  kind: "customer" | "staff";
  email: string;
}

/**
 * Sets the password of whoever shows the mailed token: once, within its time (R4). Every session of theirs
 * ends, and they are told. A second factor stays as it is.
 */
export async function resetPassword(
  ctx: Context<VisitorActor>,
  { newPassword }: { newPassword: string },
): Promise<Result<ResetLogin, PasswordRefusal | "link">> {
  const email = await inTransaction(ctx, async ({ db }) => {
    const [login] = await db.execute<{ email: string | null }>(
      sql`select app_token_login() as email`,
    );
    return login?.email ?? null;
  });
  if (email === null) {
    return fail("link");
  }
  const hashed = await hashNewPassword(newPassword, email);
  if (!hashed.ok) {
    return hashed;
  }
  const login = await inTransaction(ctx, async (tx) => {
    const [whose] = await tx.db.execute<{ account_id: string | null; staff_id: string | null }>(
      sql`select * from spend_password_token(${hashed.value})`,
    );
    const subjectId = whose?.account_id ?? whose?.staff_id;
    if (!subjectId) {
      return null;
    }
    await recordAudit(tx, {
      action: "reset_password",
      subjectKind: whose?.account_id ? "account" : "staff",
      subjectId,
    });
    await wakeSenders(tx);
    return { id: subjectId, kind: whose?.account_id ? ("customer" as const) : ("staff" as const) };
  });
  if (!login) {
    return fail("link");
  }
  await forgetLoginAttempts(ctx, { ...login, email });
  return ok({ kind: login.kind, email });
}
