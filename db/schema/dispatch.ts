import { sql } from "drizzle-orm";
import {
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import { bytea } from "./bytes";
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
    /** SHA-256 of the request body, set before the first attempt; a later one must match. */
    bodyDigest: text(),
    /** The request body itself, gzipped: frozen with the digest, gone once the batch is finished. */
    body: bytea(),
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
  ],
);

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
    index("dispatches_by_run").on(table.companyId, table.runId),
    check(
      "dispatches_email_has_an_address",
      sql`${table.channel} = 'paper' or ${table.email} is not null`,
    ),
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
    detail: jsonb().$type<Record<string, string>>().notNull().default({}),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.contractId, table.documentId, table.id] }),
    unique("dispatch_events_provider_event_once").on(table.companyId, table.providerEventId),
  ],
);
