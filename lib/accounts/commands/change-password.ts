import { sql } from "drizzle-orm";
import { recordAudit } from "@/lib/audit/commands";
import { type CustomerActor, loginOf, type StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { type Attempt, forgetAttempts, takeAttempt, undoAttempt } from "@/lib/auth/limits";
import { hashPassword, unlessBusy, verifyPassword } from "@/lib/auth/password";
import { isGuessable } from "@/lib/auth/password-strength";
import { endOtherSessions } from "@/lib/auth/sessions";
import { fail, NotFoundError, ok, type Result } from "@/lib/errors";
import { tellOfCredentials } from "@/lib/mail/tell-of-credentials";
import { passwordSlip } from "../rules";

type Person = CustomerActor | StaffActor;

export type PasswordRefusal =
  | "passwordWrong"
  | "passwordHasEmail"
  | "passwordCommon"
  | "passwordGuessable"
  | "passwordSame"
  | "passwordWait"
  | "busy";

/** Why a password that was asked for again did not do. */
export type ConfirmRefusal = "passwordWrong" | "passwordWait" | "busy";

/**
 * Whether the actor knows their own password: asked again before what cannot be undone. Wrong ones are
 * followed by a delay that grows, as at sign-in.
 * @throws {NotFoundError} when the login is not there any more
 */
export async function confirmPassword(
  ctx: Context<Person>,
  password: string,
): Promise<Result<null, ConfirmRefusal>> {
  const attempt: [Attempt, string][] = [["confirm", ctx.actor.sessionId]];
  const verdict = await takeAttempt(ctx.db, attempt);
  if (!verdict.allowed) {
    return fail("passwordWait");
  }
  const passwordHash = await inTransaction(ctx, async ({ db }) => {
    const [own] = await db.execute<{ hash: string | null }>(
      sql`select own_password_hash() as hash`,
    );
    if (!own?.hash) {
      throw new NotFoundError("account");
    }
    return own.hash;
  });
  // Outside the transaction: the hash takes its time, and nothing must be locked meanwhile.
  const right = await unlessBusy(verifyPassword(passwordHash, password));
  if (right.ok && !right.value) {
    return fail("passwordWrong");
  }
  if (!right.ok) {
    await undoAttempt(ctx.db, verdict.taken);
    return right;
  }
  await forgetAttempts(ctx.db, attempt);
  return ok(null);
}

/** A password that may be chosen for this e-mail, hashed; else what is wrong with it (a key of `errors`). */
export async function hashNewPassword(
  password: string,
  email: string,
): Promise<Result<string, PasswordRefusal>> {
  const slip = passwordSlip(password, email);
  if (slip) {
    return fail(slip);
  }
  if (await isGuessable(password, email)) {
    return fail("passwordGuessable");
  }
  return await unlessBusy(hashPassword(password));
}

/**
 * Changes the actor's password after the present one: every other session of theirs and every link that
 * would set another ends, and they are told by e-mail.
 */
export async function changePassword(
  ctx: Context<Person>,
  { password, newPassword }: { password: string; newPassword: string },
): Promise<Result<null, PasswordRefusal>> {
  const confirmed = await confirmPassword(ctx, password);
  if (!confirmed.ok) {
    return confirmed;
  }
  if (password.normalize("NFKC") === newPassword) {
    return fail("passwordSame");
  }
  const hashed = await hashNewPassword(newPassword, ctx.actor.email);
  if (!hashed.ok) {
    return hashed;
  }
  await inTransaction(ctx, async (tx) => {
    const [set] = await tx.db.execute<{ done: boolean }>(
      sql`select set_own_password(${hashed.value}) as done`,
    );
    if (!set?.done) {
      throw new NotFoundError("account");
    }
    await endOtherSessions(tx);
    await recordAudit(tx, { action: "changed_password", ...loginOf(tx.actor) });
    await tellOfCredentials(tx, "password-changed");
  });
  return ok(null);
}
