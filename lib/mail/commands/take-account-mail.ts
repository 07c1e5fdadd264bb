import { asc, eq, type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { accountMails, companies, type MailContentKept, tokens } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { hashToken, mailToken, mailTokens } from "@/lib/auth/token";
import { env } from "@/lib/env";
import { localizedPath } from "@/lib/i18n/languages";
import { log } from "@/lib/log";
import {
  ACCOUNT_MAIL_TEMPLATES,
  type AccountMailTemplate,
  carriesToken,
  TEST_MAIL,
  templatePage,
} from "../account-mails";
import { renderAccountMail } from "../rendered-mail";
import { brandOf, bytesOf, type MailRequest, mailRequest, senderOf } from "../resend";
import { accountMailVersion } from "../template-version";
import { takePlace } from "./pace";
import { maySend, type Probe } from "./pause";
import { finishAccountMail } from "./settle-account-mail";
import { testMailContent } from "./test-mail-content";

/** A mailed token is dead after a day; so is the provider's memory of the mail's id. */
const SAFE_HOURS = 23;

/** Stands where the token does, in what is kept of a mail. */
const TOKEN_MARK = "{{token}}";

/** Every mail that is not a bill's. */
const SENT_BY_ITSELF = [...ACCOUNT_MAIL_TEMPLATES, TEST_MAIL] as const;

/** A mail about an account in this worker's hands, until its lease ends. */
export interface TakenMail {
  id: string;
  companyId: number;
  template: string;
  toEmail: string;
  accountId: string | null;
  fence: number;
  attempts: number;
  /** No earlier request may have been taken: a clear "no" leaves the mail as if never tried. */
  firstAttempt: boolean;
  /** How long to wait before the provider is asked, in milliseconds. */
  waitMs: number;
  bytes: Buffer;
  /** The pause that this attempt may end. */
  probe: Probe | null;
}

interface QueuedMail {
  mail: typeof accountMails.$inferSelect;
  company: typeof companies.$inferSelect;
  tooOld: boolean;
  /** An attempt so long ago may have been taken, and repeating it may double the mail (R17). */
  unknownTooLong: boolean;
}

interface TakeOptions {
  probe?: Probe | null;
  leaseSeconds: number;
}

/**
 * Takes the mail about an account that has waited longest, by a lease on the database's clock. What it
 * says is rendered and kept before its first attempt, without its token (R4), so that every attempt
 * sends the same (R17). `passed` when the one at hand is not to be sent any more: call again.
 */
export async function takeAccountMail(
  ctx: Context<SystemActor>,
  { probe = null, leaseSeconds }: TakeOptions,
): Promise<{ mail: TakenMail } | "passed" | null> {
  return await inTransaction(ctx, async (tx) => {
    const queued = await nextMail(tx, probe);
    if (!queued) {
      return null;
    }
    const { mail } = queued;
    const template = SENT_BY_ITSELF.find((known) => known === mail.template);
    const failure = hindrance(queued) ?? (template ? null : "unknown_template");
    if (failure !== null || !template) {
      await finishAccountMail(tx, mail, { failure: failure ?? "unknown_template" });
      return "passed";
    }
    const content = mail.content ?? (await contentOrNone(tx, queued, template));
    if (!content) {
      await finishAccountMail(tx, mail, { failure: "not_renderable" });
      return "passed";
    }
    const waitMs = await takePlace(tx);
    await lease(tx, mail, { content, seconds: leaseSeconds + waitMs / 1000 });
    const { id, companyId, toEmail, accountId } = mail;
    return {
      mail: {
        ...{ id, companyId, template, toEmail, accountId, waitMs, probe },
        fence: mail.fence + 1,
        attempts: mail.attempts + 1,
        firstAttempt: mail.firstAttemptAt === null,
        bytes: bytesOf(requestOf(mail, content, await tokenOf(tx, mail, content))),
      },
    };
  });
}

async function nextMail(
  { db }: TxContext<SystemActor>,
  probe: Probe | null,
): Promise<QueuedMail | null> {
  const [row] = await db
    .select({
      mail: accountMails,
      company: companies,
      tooOld: isOlder(accountMails.createdAt),
      unknownTooLong: sql<boolean>`coalesce(${isOlder(accountMails.firstAttemptAt)}, false)`,
    })
    .from(accountMails)
    .innerJoin(companies, eq(companies.id, accountMails.companyId))
    .where(
      sql`${accountMails.state} = 'queued' and coalesce(${accountMails.leaseUntil} < clock_timestamp(), true)
        and ${maySend(sql`${accountMails.companyId}`, probe)}`,
    )
    .orderBy(asc(accountMails.createdAt))
    .limit(1)
    .for("update", { of: accountMails, skipLocked: true });
  return row ?? null;
}

const isOlder = (column: PgColumn): SQL<boolean> =>
  sql`${column} < clock_timestamp() - make_interval(hours => ${SAFE_HOURS})`;

/** Why a queued mail is not sent any more; null when it is. */
function hindrance({ mail, tooOld, unknownTooLong }: QueuedMail): string | null {
  // R7: the account was deleted before its mail went out; nothing is left to write to.
  if (!mail.toEmail.includes("@")) {
    return "account_deleted";
  }
  if (tooOld && carriesToken(mail.template)) {
    return "expired";
  }
  return unknownTooLong ? "unknown_for_23_hours" : null;
}

/** Null, and told aloud, where it cannot be made: one such mail must not hold up all others. */
async function contentOrNone(
  tx: TxContext<SystemActor>,
  queued: QueuedMail,
  template: (typeof SENT_BY_ITSELF)[number],
): Promise<MailContentKept | null> {
  try {
    return await inTransaction(tx, (inner) => contentOf(inner, queued, template));
  } catch (error) {
    log.error({ err: error, mail: queued.mail.id }, "a mail could not be rendered");
    return null;
  }
}

async function contentOf(
  tx: TxContext<SystemActor>,
  { mail, company }: QueuedMail,
  template: AccountMailTemplate | typeof TEST_MAIL,
): Promise<MailContentKept | null> {
  const { language, params } = mail;
  if (template === TEST_MAIL) {
    return await testMailContent(tx, params, senderOf(company));
  }
  const page = templatePage(template, company.slug, params);
  const link = `${env().APP_URL}${localizedPath(language, page)}`;
  const brand = brandOf(company);
  const { subject, preheader, html, text } = await renderAccountMail(template, {
    language,
    brand,
    params,
    link: carriesToken(template) ? `${link}?token=${TOKEN_MARK}` : link,
  });
  const version = await accountMailVersion(template, language, brand);
  return { version, ...senderOf(company), subject, preheader, html, text };
}

/** The token whose hash was stored when the mail was queued, perhaps before AUTH_SECRET was changed. */
async function tokenOf(
  { db }: TxContext<SystemActor>,
  { id }: QueuedMail["mail"],
  content: MailContentKept,
): Promise<string> {
  if (!content.html.includes(TOKEN_MARK)) {
    return "";
  }
  const [newest = mailToken(id), ...earlier] = mailTokens(id);
  for (const token of earlier) {
    if ((await db.$count(tokens, eq(tokens.tokenHash, hashToken(token)))) > 0) {
      return token;
    }
  }
  return newest;
}

function requestOf(mail: QueuedMail["mail"], content: MailContentKept, token: string): MailRequest {
  const { from, replyTo, subject } = content;
  return mailRequest({
    sender: { from, replyTo },
    to: mail.toEmail,
    mail: {
      subject,
      html: content.html.replaceAll(TOKEN_MARK, token),
      text: content.text.replaceAll(TOKEN_MARK, token),
    },
    entity: mail.id,
    company: mail.companyId,
    kind: mail.template,
    tags: { mail: mail.id },
  });
}

async function lease(
  { db }: TxContext<SystemActor>,
  { id, fence, attempts }: QueuedMail["mail"],
  { content, seconds }: { content: MailContentKept; seconds: number },
) {
  await db
    .update(accountMails)
    .set({
      content,
      fence: fence + 1,
      attempts: attempts + 1,
      // Written before the request goes out: a process may end before it hears the answer.
      firstAttemptAt: sql`coalesce(${accountMails.firstAttemptAt}, clock_timestamp())`,
      leaseUntil: sql`clock_timestamp() + make_interval(secs => ${seconds})`,
    })
    .where(eq(accountMails.id, id));
}
