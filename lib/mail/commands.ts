import { and, eq, type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { accountMails, companies } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { mailToken, pseudonym } from "@/lib/auth/token";
import { env } from "@/lib/env";
import { localizedPath } from "@/lib/i18n/languages";
import {
  ACCOUNT_MAIL_TEMPLATES,
  type AccountMailTemplate,
  carriesToken,
  templatePage,
} from "./account-mails";
import type { SendOutcome } from "./outcome";
import { renderAccountMail } from "./rendered-mail";
import { mailRequest, sendMail } from "./resend";

/** A mailed token is dead after a day; so is the provider's memory of the mail's id. */
const SAFE_HOURS = 23;

/** The provider could not be asked, or its answer got lost: the job runs again, with the same id. */
export class MailNotSentError extends Error {
  override name = "MailNotSentError";
}

interface QueuedMail {
  mail: typeof accountMails.$inferSelect;
  company: typeof companies.$inferSelect;
  tooOld: boolean;
  /** An attempt so long ago may have been taken, and repeating it may double the mail (R17). */
  unknownTooLong: boolean;
}

/**
 * Sends one queued mail about an account; nothing if it is not queued any more. Its link's token
 * is derived from its id and stored nowhere (R4). What may have been taken is repeated for as long
 * as the provider knows its id, never afterwards (R17).
 * @throws MailNotSentError when it should be tried again.
 */
export async function sendAccountMail(ctx: Context<SystemActor>, mailId: string): Promise<void> {
  const queued = await queuedMail(ctx, mailId);
  const template = ACCOUNT_MAIL_TEMPLATES.find((known) => known === queued?.mail.template);
  if (!queued) {
    return;
  }
  const { mail, company } = queued;
  if (!template) {
    return await finish(ctx, mail, { failure: "unknown_template" });
  }
  // R7: the account was deleted before its mail went out; nothing is left to write to.
  if (!mail.toEmail.includes("@")) {
    return await finish(ctx, mail, { failure: "account_deleted" });
  }
  if (queued.tooOld && carriesToken(template)) {
    return await finish(ctx, mail, { failure: "expired" });
  }
  if (queued.unknownTooLong) {
    return await finish(ctx, mail, { failure: "unknown_for_23_hours" });
  }
  const rendered = await renderAccountMail(template, {
    language: mail.language,
    brand: company,
    params: mail.params,
    link: linkOf(template, mail, company.slug),
  });
  await rememberAttempt(ctx, mail, sql`coalesce(first_attempt_at, clock_timestamp())`);
  const outcome = await sendMail(
    mail.id,
    mailRequest({
      sender: { name: company.name, email: company.senderEmail },
      to: mail.toEmail,
      mail: rendered,
      tags: { mail: mail.id, company: String(company.id), kind: template },
    }),
  );
  switch (outcome.kind) {
    case "accepted":
      return await finish(ctx, mail, { providerId: outcome.ids[0] ?? null });
    case "refused":
      return await finish(ctx, mail, { failure: outcome.reason });
    case "retry":
    case "stopped":
    case "sender_refused":
      if (mail.firstAttemptAt === null) {
        await rememberAttempt(ctx, mail, null);
      }
      throw notSent(mail, outcome);
    case "unknown":
      throw notSent(mail, outcome);
  }
}

const notSent = ({ id }: QueuedMail["mail"], { kind }: SendOutcome) =>
  new MailNotSentError(`account mail ${id}: ${kind}`);

/** Written before the request goes out: a process may end before it hears the answer. */
async function rememberAttempt(
  ctx: Context<SystemActor>,
  { id }: QueuedMail["mail"],
  firstAttemptAt: SQL | null,
): Promise<void> {
  await inTransaction(ctx, async ({ db }) => {
    await db
      .update(accountMails)
      .set({ firstAttemptAt })
      .where(and(eq(accountMails.id, id), eq(accountMails.state, "queued")));
  });
}

function linkOf(
  template: AccountMailTemplate,
  { id, language, params }: QueuedMail["mail"],
  slug: string,
): string {
  const page = `${env().APP_URL}${localizedPath(language, templatePage(template, slug, params))}`;
  return carriesToken(template) ? `${page}?token=${mailToken(id)}` : page;
}

async function queuedMail(ctx: Context<SystemActor>, mailId: string): Promise<QueuedMail | null> {
  return await inTransaction(ctx, async ({ db }) => {
    const [row] = await db
      .select({
        mail: accountMails,
        company: companies,
        tooOld: isOlder(accountMails.createdAt),
        unknownTooLong: sql<boolean>`coalesce(${isOlder(accountMails.firstAttemptAt)}, false)`,
      })
      .from(accountMails)
      .innerJoin(companies, eq(companies.id, accountMails.companyId))
      .where(and(eq(accountMails.id, mailId), eq(accountMails.state, "queued")));
    return row ?? null;
  });
}

const isOlder = (column: PgColumn) =>
  sql<boolean>`${column} < clock_timestamp() - make_interval(hours => ${SAFE_HOURS})`;

async function finish(
  ctx: Context<SystemActor>,
  mail: QueuedMail["mail"],
  result: { providerId: string | null } | { failure: string },
): Promise<void> {
  const sent = "providerId" in result;
  // R7: the farewell needs the address after the account is gone; and what is told of a bill to an
  // address of no account, no account's deletion would find.
  const last =
    mail.template === "account-deleted" ||
    (mail.template === "bill-withdrawn" && mail.accountId === null);
  await inTransaction(ctx, async (tx) => {
    const done = await tx.db
      .update(accountMails)
      .set({
        state: sent ? "sent" : "failed",
        sentAt: sent ? sql`clock_timestamp()` : null,
        providerId: sent ? result.providerId : null,
        failure: sent ? null : result.failure,
        ...(last ? { toEmail: pseudonym(mail.toEmail) } : {}),
      })
      .where(and(eq(accountMails.id, mail.id), eq(accountMails.state, "queued")))
      .returning({ id: accountMails.id });
    if (done.length > 0) {
      await recordAudit(tx, {
        action: sent ? "sent_account_mail" : "failed_account_mail",
        subjectKind: "account_mail",
        subjectId: mail.id,
        companyId: mail.companyId,
        detail: { template: mail.template, ...(sent ? {} : { failure: result.failure }) },
      });
    }
  });
}
