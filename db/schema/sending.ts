import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  smallint,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { companies } from "./company";

const at = () => timestamp({ withTimezone: true });

/**
 * How fast the mail provider may be asked, by all workers together: one row, unlogged, since it is
 * learnt again from the next answer. `next_at` is the next free place in line.
 */
export const sendingPace = pgTable(
  "sending_pace",
  {
    id: smallint().primaryKey().default(1),
    /** Requests a second, as the provider's headers say. */
    perSecond: doublePrecision().notNull(),
    nextAt: at().notNull(),
  },
  (table) => [check("sending_pace_is_one_row", sql`${table.id} = 1`)],
);

/**
 * Why no mail goes out for now, of all companies or of one: the provider refuses the key or the sender,
 * or its quota is used up. One worker tries again at `probe_at`; the first mail taken ends the pause.
 */
export const sendingPauses = pgTable(
  "sending_pauses",
  {
    id: uuid().primaryKey().default(sql`uuidv7()`),
    /** Null: everybody's mail waits. */
    companyId: smallint().references(() => companies.id),
    /** The provider's name of the error. */
    reason: text().notNull(),
    since: at().notNull().default(sql`clock_timestamp()`),
    probeAt: at().notNull(),
    probes: integer().notNull().default(0),
    endedAt: at(),
  },
  (table) => [
    uniqueIndex("sending_pauses_one_open")
      .on(sql`coalesce(${table.companyId}, 0)`)
      .where(sql`ended_at is null`),
  ],
);

/**
 * When the provider was last heard: one row. Mails that go out while its events stop coming would
 * stay "sent" for ever (R18).
 */
export const providerContact = pgTable(
  "provider_contact",
  {
    id: smallint().primaryKey().default(1),
    lastEventAt: at(),
    /** The first mails accepted after the last event; null again with the next event. */
    unansweredSince: at(),
    /** When it was last asked for what it did not tell. */
    askedAt: at(),
  },
  (table) => [check("provider_contact_is_one_row", sql`${table.id} = 1`)],
);

/** Events of the provider as they came in, until they are folded into what they are about (R18). */
export const providerEvents = pgTable(
  "provider_events",
  {
    /** svix-id: the same however often it is told. */
    id: text().primaryKey(),
    type: text().notNull(),
    occurredAt: at().notNull(),
    receivedAt: at().notNull().default(sql`clock_timestamp()`),
    companyId: smallint().notNull(),
    /** What it is about: a bill's dispatch and its sending, or a mail about an account. */
    dispatchId: uuid(),
    batchId: uuid(),
    mailId: uuid(),
    /** Codes only: the provider's sentences may quote an address. */
    detail: jsonb().$type<Record<string, string>>().notNull().default({}),
    /** It could not be folded; looked at again after that. */
    failedAt: at(),
  },
  (table) => [
    index("provider_events_in_order").on(table.receivedAt),
    check(
      "provider_events_about_one",
      sql`(${table.dispatchId} is null) <> (${table.mailId} is null)`,
    ),
  ],
);

/**
 * How far this database has come with sending, counted once a minute by whoever sends: one row. The same number stands
 * in the storage; a database that is behind it, or on another server, was restored, and its mail waits (R17).
 */
export const sendingMark = pgTable(
  "sending_mark",
  {
    id: smallint().primaryKey().default(1),
    /** Names the mark in the storage: another installation's is none of ours. */
    installationId: uuid().notNull().default(sql`gen_random_uuid()`),
    number: bigint({ mode: "number" }).notNull(),
    /** PostgreSQL's system identifier and timeline, which a recovery changes; null where it does not tell. */
    server: text(),
    markedAt: at().notNull().default(sql`clock_timestamp()`),
  },
  (table) => [check("sending_mark_is_one_row", sql`${table.id} = 1`)],
);

/**
 * Mails that the provider took and a restored database knows nothing of: a bill that would say the same to the same
 * address takes one over instead of being sent again (R17).
 */
export const sentBeforeRestore = pgTable(
  "sent_before_restore",
  {
    providerId: text().primaryKey(),
    /** A keyed hash of address and subject: the table names nobody. */
    digest: text().notNull(),
    sentAt: at().notNull(),
    /** The bill that it was of, by now. */
    dispatchId: uuid(),
  },
  (table) => [
    index("sent_before_restore_free").on(table.digest).where(sql`dispatch_id is null`),
    index("sent_before_restore_by_time").on(table.sentAt),
  ],
);
