import { sql } from "drizzle-orm";
import {
  index,
  integer,
  jsonb,
  pgTable,
  smallint,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { accounts } from "./account";
import { companies } from "./company";

const at = () => timestamp({ withTimezone: true });

/** An e-mail about the account itself; its content is kept as sent, without its secrets. */
export const accountMails = pgTable(
  "account_mails",
  {
    id: uuid().primaryKey().default(sql`uuidv7()`),
    template: text().notNull(),
    companyId: smallint()
      .notNull()
      .references(() => companies.id),
    accountId: uuid().references(() => accounts.id),
    toEmail: text().notNull(),
    language: text({ enum: ["it", "en", "de"] }).notNull(),
    /** What the template shows; ids and plain facts, never a token or a tax id. */
    params: jsonb().$type<Record<string, string>>().notNull().default({}),
    state: text({ enum: ["queued", "sent", "failed"] })
      .notNull()
      .default("queued"),
    providerId: text(),
    createdAt: at().notNull().default(sql`clock_timestamp()`),
    /** When a request first went out that may have been taken; null again after a clear "no". */
    firstAttemptAt: at(),
    attempts: integer().notNull().default(0),
    /** Nobody else sends it before; after a failed attempt, also its next time. */
    leaseUntil: at(),
    /** Grows with each lease; a worker that lost its lease finds another number here. */
    fence: integer().notNull().default(0),
    sentAt: at(),
    failure: text(),
    /** As it was sent, its token cut out (R4): kept for the customer's archive. */
    content: jsonb().$type<MailContentKept>(),
    /** What the provider's events say since it was sent (R18). */
    outcome: text({
      enum: ["delayed", "delivered", "failed", "suppressed", "bounced", "complained"],
    }),
  },
  (table) => [
    index("account_mails_by_account").on(table.accountId),
    // The last one of a template, for staff; and how many tests were sent.
    index("account_mails_by_template").on(table.template, table.companyId, table.createdAt),
    index("account_mails_queued").on(table.createdAt).where(sql`state = 'queued'`),
  ],
);

/** A mail's parts and the version of what rendered it; a token's place holds a mark. */
export interface MailContentKept {
  version: string;
  from: string;
  replyTo: string;
  subject: string;
  preheader: string;
  html: string;
  text: string;
}

/** The provider's events about it; each comes once, in any order. */
export const accountMailEvents = pgTable(
  "account_mail_events",
  {
    providerEventId: text().primaryKey(),
    mailId: uuid()
      .notNull()
      .references(() => accountMails.id),
    type: text().notNull(),
    occurredAt: at().notNull(),
    detail: jsonb().$type<Record<string, string>>().notNull().default({}),
  },
  (table) => [index("account_mail_events_by_mail").on(table.mailId)],
);
