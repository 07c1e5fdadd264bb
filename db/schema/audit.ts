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
