import { sql } from "drizzle-orm";
import { integer, pgTable, smallint, text, timestamp, uuid } from "drizzle-orm/pg-core";

/** A file taken over from the billing system: which, by whom, how many rows. */
export const imports = pgTable("imports", {
  id: uuid().primaryKey().default(sql`uuidv7()`),
  companyId: smallint().notNull(),
  kind: text({ enum: ["contracts", "choices", "bills", "bill-lines", "readings"] }).notNull(),
  fileName: text().notNull(),
  sha256: text().notNull(),
  rows: integer().notNull(),
  changed: integer().notNull(),
  importedBy: text().notNull(),
  importedAt: timestamp({ withTimezone: true }).notNull().default(sql`clock_timestamp()`),
});
