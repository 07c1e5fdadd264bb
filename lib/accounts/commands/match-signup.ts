import { and, eq, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { signupAttempts, tokens } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { hashToken, mailToken } from "@/lib/auth/token";
import { type AccountMailTemplate, queueAccountMail } from "@/lib/mail/account-mails";
import { emailHasAccount, findSignupMatch, hasActiveMandate, type SignupMatch } from "../queries";
import { CONFIRM_HOURS } from "../rules";
import { taxIdChecksumHolds } from "../tax-id";

type Attempt = typeof signupAttempts.$inferSelect;

type Verdict =
  | { outcome: "confirm" | "contract_taken" | "mandate_missing"; match: SignupMatch }
  | { outcome: "account_exists" | "no_match"; match: null };

const TEMPLATES: Record<Verdict["outcome"], AccountMailTemplate> = {
  confirm: "confirm-account",
  contract_taken: "contract-taken",
  mandate_missing: "mandate-missing",
  account_exists: "account-exists",
  no_match: "no-match",
};

/**
 * Decides a registration once and tells the outcome by e-mail only (R3). A second run, or one beside
 * it, finds the attempt decided and does nothing.
 */
export async function matchSignup(
  ctx: Context<SystemActor>,
  { attemptId }: { attemptId: string },
): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const [attempt] = await tx.db
      .select()
      .from(signupAttempts)
      .where(and(eq(signupAttempts.id, attemptId), eq(signupAttempts.outcome, "pending")))
      .for("update");
    if (!attempt) {
      return;
    }
    const verdict = await judge(tx, attempt);
    await tx.db
      .update(signupAttempts)
      .set({
        outcome: verdict.outcome,
        contractId: verdict.match?.contractId ?? null,
        decidedAt: sql`clock_timestamp()`,
        // Only a registration that can still become an account keeps its password's hash.
        ...(verdict.outcome === "confirm" ? {} : { passwordHash: null }),
      })
      .where(and(eq(signupAttempts.id, attemptId), eq(signupAttempts.outcome, "pending")));
    await tell(tx, attempt, verdict);
    await recordAudit(tx, {
      action: "decided_signup",
      subjectKind: "signup_attempt",
      subjectId: attempt.id,
      companyId: attempt.companyId,
      detail: { outcome: verdict.outcome },
    });
  });
}

async function judge(tx: TxContext<SystemActor>, attempt: Attempt): Promise<Verdict> {
  // First: whatever else is right, an e-mail opens one account (R6), and its owner should know.
  if (await emailHasAccount(tx, attempt.email)) {
    return { outcome: "account_exists", match: null };
  }
  const match = await findSignupMatch(tx, attempt);
  if (!match) {
    return { outcome: "no_match", match: null };
  }
  if (match.taken) {
    return { outcome: "contract_taken", match };
  }
  const { companyId } = attempt;
  const gateOpen = await hasActiveMandate(tx, { companyId, holderId: match.holderId });
  return { outcome: gateOpen ? "confirm" : "mandate_missing", match };
}

async function tell(
  tx: TxContext<SystemActor>,
  attempt: Attempt,
  { outcome, match }: Verdict,
): Promise<void> {
  const id = uuidv7();
  if (outcome === "confirm") {
    await tx.db.insert(tokens).values({
      purpose: "confirm_account",
      tokenHash: hashToken(mailToken(id)),
      attemptId: attempt.id,
      expiresAt: sql`clock_timestamp() + make_interval(hours => ${CONFIRM_HOURS})`,
    });
  }
  // A check character that is wrong stops nobody (R1); the likeliest reason why nothing was found.
  const slip: Record<string, string> = taxIdChecksumHolds(attempt.taxId) ? {} : { check: "tax_id" };
  const facts = match
    ? { contractNumber: match.contractNumber }
    : outcome === "no_match"
      ? slip
      : {};
  await queueAccountMail(tx, {
    id,
    template: TEMPLATES[outcome],
    companyId: attempt.companyId,
    accountId: null,
    toEmail: attempt.email,
    language: attempt.language,
    params: outcome === "confirm" ? { email: attempt.email } : facts,
  });
}
