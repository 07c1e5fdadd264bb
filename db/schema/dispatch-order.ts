import { sql } from "drizzle-orm";
import {
  check,
  foreignKey,
  index,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { companies } from "./company";
import { staff } from "./staff";

const at = () => timestamp({ withTimezone: true });

export const DISPATCH_ORDERS = ["resend", "paper", "note"] as const;

/**
 * What a member of staff did about a bill that could not be delivered: send it again, let it go on paper,
 * or note a call. The worker carries out the first two and answers here.
 */
export const dispatchOrders = pgTable(
  "dispatch_orders",
  {
    companyId: smallint().notNull(),
    contractId: uuid().notNull(),
    documentId: uuid().notNull(),
    id: uuid().notNull().default(sql`uuidv7()`),
    kind: text({ enum: DISPATCH_ORDERS }).notNull(),
    /** What was said on the telephone, or why. */
    note: text(),
    orderedBy: uuid()
      .notNull()
      .references(() => staff.id),
    orderedAt: at().notNull().default(sql`clock_timestamp()`),
    /** Null while the worker has not answered; a note is finished when it is written. */
    finishedAt: at(),
    /** `done`, or the code why not; null while it is not finished. */
    outcome: text(),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.contractId, table.documentId, table.id] }),
    index("dispatch_orders_open").on(table.orderedAt).where(sql`finished_at is null`),
    check("dispatch_orders_kind_known", sql`${table.kind} in ('resend', 'paper', 'note')`),
    check(
      "dispatch_orders_note_says_something",
      sql`${table.kind} <> 'note' or length(trim(${table.note})) > 0`,
    ),
  ],
);

/** A list of what the mail room has to print, as it was handed over: each document once (R19). */
export const mailRoomExports = pgTable(
  "mail_room_exports",
  {
    companyId: smallint()
      .notNull()
      .references(() => companies.id),
    id: uuid().notNull().default(sql`uuidv7()`),
    /** `staff:<id>` or `shell:<user>`. */
    person: text().notNull(),
    exportedAt: at().notNull().default(sql`clock_timestamp()`),
  },
  (table) => [primaryKey({ columns: [table.companyId, table.id] })],
);

/** A document on such a list, with what was told about it then. */
export const mailRoomItems = pgTable(
  "mail_room_items",
  {
    companyId: smallint().notNull(),
    contractId: uuid().notNull(),
    documentId: uuid().notNull(),
    exportId: uuid().notNull(),
    /** Why it is printed: R10's reason of the plan, or R19's of the fallback. */
    reason: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.contractId, table.documentId] }),
    index("mail_room_items_of_export").on(table.companyId, table.exportId),
    foreignKey({
      name: "mail_room_items_export_fk",
      columns: [table.companyId, table.exportId],
      foreignColumns: [mailRoomExports.companyId, mailRoomExports.id],
    }),
  ],
);
