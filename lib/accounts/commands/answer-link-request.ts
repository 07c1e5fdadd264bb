import { and, desc, eq, isNotNull, isNull, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { accounts, linkRequests, signupAttempts, staff, tokens } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { hashToken, mailToken } from "@/lib/auth/token";
import { findBrand } from "@/lib/companies/queries";
import type { Language } from "@/lib/i18n/languages";
import { type AccountMailTemplate, queueAccountMail } from "@/lib/mail/account-mails";
import { CONFIRM_HOURS, RESET_MINUTES } from "../rules";

type Request = typeof linkRequests.$inferSelect;

/** A mail with a link, and what its token stands for. */
interface Answer {
  template: AccountMailTemplate;
  companyId: number;
  toEmail: string;
  language: Language;
  minutes: number;
  params?: Record<string, string>;
  token: Pick<typeof tokens.$inferInsert, "purpose" | "accountId" | "attemptId" | "staffId">;
}

/**
 * Answers a request for a link, once: to whoever has an account, or a registration that waits for its
 * confirmation. To any other address nothing goes, and the page said nothing else (R3).
 */
export async function answerLinkRequest(
  ctx: Context<SystemActor>,
  { requestId }: { requestId: string },
): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const [request] = await tx.db
      .update(linkRequests)
      .set({ decidedAt: sql`clock_timestamp()` })
      .where(and(eq(linkRequests.id, requestId), isNull(linkRequests.decidedAt)))
      .returning();
    const answer = request && !request.throttled ? await answerTo(tx, request) : null;
    if (!answer) {
      return;
    }
    const { token, minutes, ...mail } = answer;
    const id = uuidv7();
    await tx.db.insert(tokens).values({
      ...token,
      tokenHash: hashToken(mailToken(id)),
      expiresAt: sql`clock_timestamp() + make_interval(mins => ${minutes})`,
    });
    await queueAccountMail(tx, { ...mail, id, accountId: token.accountId ?? null });
    await recordAudit(tx, {
      action: "sent_link",
      subjectKind: token.accountId ? "account" : token.staffId ? "staff" : "signup_attempt",
      subjectId: token.accountId ?? token.staffId ?? token.attemptId ?? undefined,
      detail: { purpose: token.purpose },
    });
  });
}

async function answerTo(tx: TxContext<SystemActor>, request: Request): Promise<Answer | null> {
  switch (request.kind) {
    case "reset_password":
      return await resetAnswer(tx, request);
    case "confirm_account":
      return await confirmAnswer(tx, request);
    case "staff_password":
      return await staffAnswer(tx, request);
  }
}

async function resetAnswer(
  { db }: TxContext<SystemActor>,
  { email }: Request,
): Promise<Answer | null> {
  const [account] = await db
    .select({
      id: accounts.id,
      language: accounts.language,
    })
    .from(accounts)
    .where(and(eq(accounts.email, email), isNull(accounts.deletedAt)));
  const companyId = account ? await findBrand(db, account.id) : null;
  return account && companyId !== null
    ? {
        template: "reset-password",
        companyId,
        toEmail: email,
        language: account.language,
        minutes: RESET_MINUTES,
        token: { purpose: "reset_password", accountId: account.id },
      }
    : null;
}

/** The latest registration that was right and is not confirmed; its first link may have run out. */
async function confirmAnswer(
  { db }: TxContext<SystemActor>,
  { email }: Request,
): Promise<Answer | null> {
  const [attempt] = await db
    .select({
      id: signupAttempts.id,
      companyId: signupAttempts.companyId,
      language: signupAttempts.language,
    })
    .from(signupAttempts)
    .where(
      and(
        eq(signupAttempts.email, email),
        eq(signupAttempts.outcome, "confirm"),
        isNotNull(signupAttempts.passwordHash),
      ),
    )
    .orderBy(desc(signupAttempts.createdAt))
    .limit(1);
  return attempt
    ? {
        template: "confirm-account",
        companyId: attempt.companyId,
        toEmail: email,
        language: attempt.language,
        minutes: CONFIRM_HOURS * 60,
        params: { email },
        token: { purpose: "confirm_account", attemptId: attempt.id },
      }
    : null;
}

async function staffAnswer(
  { db }: TxContext<SystemActor>,
  { email, language }: Request,
): Promise<Answer | null> {
  const [member] = await db
    .select({ id: staff.id, first: isNull(staff.passwordHash).mapWith(Boolean) })
    .from(staff)
    .where(and(eq(staff.email, email), isNull(staff.disabledAt)));
  const companyId = await findBrand(db, null);
  return member && companyId !== null
    ? {
        template: "staff-password",
        companyId,
        toEmail: email,
        language,
        // An invitation may wait for a day; a forgotten password for an hour (R4).
        minutes: member.first ? CONFIRM_HOURS * 60 : RESET_MINUTES,
        params: { first: member.first ? "yes" : "no" },
        token: { purpose: "staff_password", staffId: member.id },
      }
    : null;
}
