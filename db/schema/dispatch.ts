import { sql } from "drizzle-orm";
import {
  check,
  foreignKey,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { companies } from "./company";
import { documents } from "./document";

const at = () => timestamp({ withTimezone: true });

/** Where a dispatch stands; the words of the provider's events, folded (R18). */
export const DISPATCH_STATES = [
  "queued",
  "batched",
  "accepted",
  "delayed",
  "delivered",
  "failed",
  "bounced",
  "complained",
  "suppressed",
  "paper",
  "withdrawn",
] as const;

/** At most 100 dispatches, frozen before their first attempt; its id is the idempotency key (R17). */
export const dispatchBatches = pgTable(
  "dispatch_batches",
  {
    companyId: smallint()
      .notNull()
      .references(() => companies.id),
    id: uuid().notNull().default(sql`uuidv7()`),
    state: text({ enum: ["frozen", "accepted", "failed", "quarantined"] })
      .notNull()
      .default("frozen"),
    members: integer().notNull(),
    /** The addresses its mails come from and are answered at, as frozen. */
    sender: jsonb().$type<MailSender>().notNull(),
    /** SHA-256 of all its mails, in order: what a later attempt rebuilds must match (R17). */
    digest: text().notNull(),
    createdAt: at().notNull().default(sql`clock_timestamp()`),
    /** When a request first went out that may have been taken; null again after a clear "no". */
    firstAttemptAt: at(),
    attempts: integer().notNull().default(0),
    /** Nobody else takes the batch before; after a failed attempt, also its next time. */
    leaseUntil: at(),
    /** Grows with each lease; a worker that lost its lease finds another number here. */
    fence: integer().notNull().default(0),
    finishedAt: at(),
    failure: text(),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.id] }),
    index("dispatch_batches_open").on(table.companyId, table.id).where(sql`state = 'frozen'`),
    index("dispatch_batches_set_aside")
      .on(table.companyId, table.id)
      .where(sql`state = 'quarantined'`),
  ],
);

interface MailSender {
  from: string;
  replyTo: string;
}

/** The one sending of one document, by e-mail or paper (R15, R17). */
export const dispatches = pgTable(
  "dispatches",
  {
    companyId: smallint().notNull(),
    contractId: uuid().notNull(),
    documentId: uuid().notNull(),
    id: uuid().notNull().default(sql`uuidv7()`),
    runId: uuid(),
    channel: text({ enum: ["email", "paper"] }).notNull(),
    email: text(),
    language: text({ enum: ["it", "en", "de"] }).notNull(),
    state: text({ enum: DISPATCH_STATES }).notNull(),
    batchId: uuid(),
    /** Place in its batch, from 0: frozen with it. */
    position: integer(),
    providerId: text(),
    createdAt: at().notNull().default(sql`clock_timestamp()`),
    acceptedAt: at(),
    failure: text(),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.contractId, table.documentId] }),
    foreignKey({
      columns: [table.companyId, table.contractId, table.documentId],
      foreignColumns: [documents.companyId, documents.contractId, documents.id],
    }),
    unique("dispatches_id_unique").on(table.companyId, table.id),
    unique("dispatches_place_in_batch").on(table.companyId, table.batchId, table.position),
    index("dispatches_queued").on(table.companyId, table.id).where(sql`state = 'queued'`),
    // A run's counts are read from the index alone.
    index("dispatches_of_run").on(table.companyId, table.runId, table.state, table.failure),
    index("dispatches_returned")
      .on(table.companyId, table.id)
      .where(sql`state = 'paper' and failure is not null`),
    index("dispatches_undelivered")
      .on(table.companyId, table.id)
      .where(sql`state in ('failed', 'bounced')`),
    index("dispatches_unsettled")
      .on(table.companyId, table.acceptedAt)
      .where(sql`state in ('accepted', 'delayed', 'bounced', 'failed')`),
    check(
      "dispatches_email_has_an_address",
      sql`${table.channel} = 'paper' or ${table.email} is not null`,
    ),
  ],
);

/**
 * The words of a bill's e-mail before a recipient's facts are filled in: rendered once per kind, brand
 * and language, kept for ever. Its digest is the version of the template. Holds nothing of anybody.
 */
export const mailForms = pgTable("mail_forms", {
  /** SHA-256 of all its parts. */
  digest: text().primaryKey(),
  template: text().notNull(),
  language: text({ enum: ["it", "en", "de"] }).notNull(),
  subject: text().notNull(),
  preheader: text().notNull(),
  html: text().notNull(),
  text: text().notNull(),
  madeAt: at().notNull().default(sql`clock_timestamp()`),
});

/**
 * What one sending of a dispatch says: a form and the facts that fill it. Written before the first
 * attempt; an attempt sends just this (R17), and the archive shows it as long as the bill is kept.
 */
export const dispatchMails = pgTable(
  "dispatch_mails",
  {
    companyId: smallint().notNull(),
    contractId: uuid().notNull(),
    documentId: uuid().notNull(),
    batchId: uuid().notNull(),
    /** After deletion of its account a keyed pseudonym (R7). */
    email: text().notNull(),
    form: text().notNull(),
    /** In the order of the form's marks. */
    facts: json().$type<string[]>().notNull(),
    frozenAt: at().notNull().default(sql`clock_timestamp()`),
  },
  (table) => [
    primaryKey({
      columns: [table.companyId, table.contractId, table.documentId, table.batchId],
    }),
  ],
);

/** What happened to a dispatch; provider events come once each, in any order (R18). */
export const dispatchEvents = pgTable(
  "dispatch_events",
  {
    companyId: smallint().notNull(),
    contractId: uuid().notNull(),
    documentId: uuid().notNull(),
    id: uuid().notNull().default(sql`uuidv7()`),
    type: text().notNull(),
    occurredAt: at().notNull(),
    receivedAt: at().notNull().default(sql`clock_timestamp()`),
    providerEventId: text(),
    /** The sending that an event of the provider is about; null for what happened here. */
    batchId: uuid(),
    detail: jsonb().$type<Record<string, string>>().notNull().default({}),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.contractId, table.documentId, table.id] }),
    unique("dispatch_events_provider_event_once").on(table.companyId, table.providerEventId),
    uniqueIndex("dispatch_events_opened_once")
      .on(table.companyId, table.contractId, table.documentId)
      .where(sql`type = 'opened'`),
  ],
);
