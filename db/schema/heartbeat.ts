import { sql } from "drizzle-orm";
import { check, pgTable, text, timestamp } from "drizzle-orm/pg-core";

/** When a worker was last at work, and when a scheduler last called /api/cron/tick: a row each. */
export const heartbeats = pgTable(
  "heartbeats",
  {
    source: text({ enum: ["worker", "tick"] }).primaryKey(),
    at: timestamp({ withTimezone: true }).notNull().default(sql`clock_timestamp()`),
  },
  (table) => [check("heartbeats_source_known", sql`${table.source} in ('worker', 'tick')`)],
);
