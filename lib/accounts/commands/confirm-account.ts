import { and, eq, isNull, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { accounts, contractLinks, signupAttempts, tokens } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { VisitorActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { fail, ok, type Result, violatedConstraint } from "@/lib/errors";
import { findConfirmation } from "../queries";
import { mailedToken } from "../scope";

export type ConfirmRefusal =
  | "unknown"
  | "used"
  | "expired"
  | "email_taken"
  | "contract_taken"
  | "contract_changed";

/** What PostgreSQL refuses when somebody was faster. */
const TAKEN: Record<string, ConfirmRefusal> = {
  accounts_email_unique_while_live: "email_taken",
  contract_links_one_live_per_contract: "contract_taken",
};

/**
 * Turns a matched registration into an account with its one contract (R4, R5), for whoever shows the
 * mailed token: once, within 24 hours, all or nothing. Returns the e-mail to sign in with.
 */
export async function confirmAccount(
  ctx: Context<VisitorActor>,
): Promise<Result<{ email: string }, ConfirmRefusal>> {
  try {
    return await inTransaction(ctx, confirm);
  } catch (error) {
    const refusal = TAKEN[violatedConstraint(error)];
    if (refusal) {
      return fail(refusal);
    }
    throw error;
  }
}

async function confirm(
  tx: TxContext<VisitorActor>,
): Promise<Result<{ email: string }, ConfirmRefusal>> {
  const { db, actor } = tx;
  const unspent = and(
    mailedToken(actor),
    eq(tokens.purpose, "confirm_account"),
    isNull(tokens.usedAt),
  );
  // Held first and spent last: what it allows, the database allows only while it is not spent.
  const [token] = await db
    .select({ attemptId: tokens.attemptId })
    .from(tokens)
    .where(and(unspent, sql`${tokens.expiresAt} > clock_timestamp()`))
    .for("update");
  if (!token?.attemptId) {
    const { state } = await findConfirmation(tx);
    return fail(state === "expired" || state === "unknown" ? state : "used");
  }
  const [attempt] = await db
    .select({
      companyId: signupAttempts.companyId,
      contractId: signupAttempts.contractId,
      email: signupAttempts.email,
      language: signupAttempts.language,
      holderId: sql<string | null>`app_token_holder()`,
    })
    .from(signupAttempts)
    .where(and(eq(signupAttempts.id, token.attemptId), eq(signupAttempts.outcome, "confirm")));
  if (!attempt?.holderId || !attempt.contractId) {
    const { state } = await findConfirmation(tx);
    return fail(state === "confirmed" ? "used" : "contract_changed");
  }
  const { holderId, companyId, contractId, email, language } = attempt;
  const accountId = uuidv7();
  await db.insert(accounts).values({
    id: accountId,
    holderId,
    email,
    passwordHash: sql`app_token_password_hash()`,
    language,
  });
  await db.insert(contractLinks).values({ companyId, contractId, accountId });
  await db
    .update(signupAttempts)
    .set({ outcome: "confirmed", confirmedAt: sql`clock_timestamp()`, passwordHash: null })
    .where(
      and(
        eq(signupAttempts.id, token.attemptId),
        sql`${signupAttempts.id} = app_token_attempt()`,
        eq(signupAttempts.outcome, "confirm"),
      ),
    );
  await db.update(tokens).set({ usedAt: sql`clock_timestamp()` }).where(unspent);
  await recordAudit(tx, {
    action: "confirmed_account",
    subjectKind: "account",
    subjectId: accountId,
    companyId,
  });
  return ok({ email });
}
