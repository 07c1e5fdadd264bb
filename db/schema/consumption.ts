import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  date,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";

export const DIRECTIONS = ["consumption", "injection"] as const;

/**
 * One local day of intervals (Europe/Rome), as integers in the commodity's base unit (Wh, litre,
 * thousandth of Smc): 92, 96 or 100 for quarter-hours. `-1` is missing, never zero (R22). A later
 * delivery of a day is a further revision. Partitioned by month of `local_day` in SQL.
 */
export const loadProfiles = pgTable(
  "load_profiles",
  {
    companyId: smallint().notNull(),
    contractId: uuid().notNull(),
    direction: text({ enum: DIRECTIONS }).notNull(),
    localDay: date().notNull(),
    revision: integer().notNull(),
    intervalMinutes: smallint().notNull(),
    intervals: integer().array().notNull(),
    /** One letter per interval: a actual, e estimated, m missing. */
    quality: text().notNull(),
    source: text().notNull(),
    receivedAt: timestamp({ withTimezone: true }).notNull().default(sql`clock_timestamp()`),
  },
  (table) => [
    primaryKey({
      name: "load_profiles_pk",
      columns: [table.companyId, table.contractId, table.direction, table.localDay, table.revision],
    }),
    check(
      "load_profiles_quality_per_interval",
      sql`length(${table.quality}) = cardinality(${table.intervals})`,
    ),
  ],
);

/** The totals of a day's latest revision, narrow. Partitioned by month of `local_day` in SQL. */
export const dailyConsumption = pgTable(
  "daily_consumption",
  {
    companyId: smallint().notNull(),
    contractId: uuid().notNull(),
    direction: text({ enum: DIRECTIONS }).notNull(),
    localDay: date().notNull(),
    revision: integer().notNull(),
    /** Base units, present intervals only. */
    total: integer().notNull(),
    f1: integer(),
    f2: integer(),
    f3: integer(),
    /** True: the distributor measured the bands; false: computed after ARERA 181/06 (R23). */
    bandsMeasured: boolean().notNull().default(false),
    intervals: smallint().notNull(),
    estimated: smallint().notNull(),
    missing: smallint().notNull(),
    /** Highest interval, base units. */
    peak: integer(),
  },
  (table) => [
    primaryKey({
      name: "daily_consumption_pk",
      columns: [table.companyId, table.contractId, table.direction, table.localDay],
    }),
  ],
);

/** From which to which day a contract has rows of daily consumption; kept by a trigger of theirs, and only ever wider. */
export const consumptionSpans = pgTable(
  "consumption_spans",
  {
    companyId: smallint().notNull(),
    contractId: uuid().notNull(),
    direction: text({ enum: DIRECTIONS }).notNull(),
    firstDay: date().notNull(),
    lastDay: date().notNull(),
  },
  (table) => [
    primaryKey({
      name: "consumption_spans_pk",
      columns: [table.companyId, table.contractId, table.direction],
    }),
  ],
);
