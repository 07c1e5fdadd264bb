import { sql } from "drizzle-orm";
import { bigint, jsonb, pgTable, smallint, text, timestamp, uuid } from "drizzle-orm/pg-core";

/** What was done by whom (R30); rows can be added, never changed or removed. */
export const auditLog = pgTable("audit_log", {
  id: bigint({ mode: "bigint" }).primaryKey().generatedAlwaysAsIdentity(),
  at: timestamp({ withTimezone: true }).notNull().default(sql`clock_timestamp()`),
  actorKind: text().notNull(),
  actorId: text(),
  action: text().notNull(),
  companyId: smallint(),
  subjectKind: text().notNull(),
  subjectId: uuid(),
  detail: jsonb().$type<Record<string, string | number | boolean | null>>().notNull().default({}),
});

/** R30: a sealed range of the audit log; each block's hash goes over the one before. */
export const auditBlocks = pgTable("audit_blocks", {
  number: bigint({ mode: "number" }).primaryKey(),
  /** Rows with an id above the last block's and up to this one belong to it. */
  lastId: bigint({ mode: "bigint" }).notNull(),
  entries: bigint({ mode: "number" }).notNull(),
  /** SHA-256, hexadecimal. */
  previousHash: text().notNull(),
  hash: text().notNull(),
  sealedAt: timestamp({ withTimezone: true }).notNull().default(sql`clock_timestamp()`),
});
