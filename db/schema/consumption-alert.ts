import { sql } from "drizzle-orm";
import {
  check,
  date,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { accounts } from "./account";
import { accountMails } from "./account-mail";
import { contracts } from "./contract";

const at = () => timestamp({ withTimezone: true });

export const FINDING_KINDS = ["night_flow", "base_load", "more_than_usual"] as const;

/** That a customer wants a mail when a contract's consumption is unusual, and from how much on. */
export const consumptionAlerts = pgTable(
  "consumption_alerts",
  {
    companyId: smallint().notNull(),
    contractId: uuid().notNull(),
    accountId: uuid()
      .notNull()
      .references(() => accounts.id),
    /** More than usual by this many per cent. */
    thresholdPercent: smallint().notNull(),
    since: at().notNull().default(sql`clock_timestamp()`),
    /** What came later than that is still to be looked at; null before the first look. */
    lookedAt: at(),
    /** The contract's last day when it was looked at last. */
    lookedTo: date(),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.contractId, table.accountId] }),
    foreignKey({
      columns: [table.companyId, table.contractId],
      foreignColumns: [contracts.companyId, contracts.id],
    }),
    index("consumption_alerts_of_account").on(table.accountId),
    check(
      "consumption_alerts_threshold_in_range",
      sql`${table.thresholdPercent} between 10 and 500`,
    ),
  ],
);

/** Unusual consumption that was noticed: one row for a kind from its first day on. */
export const consumptionFindings = pgTable(
  "consumption_findings",
  {
    companyId: smallint().notNull(),
    contractId: uuid().notNull(),
    id: uuid().notNull().default(sql`uuidv7()`),
    kind: text({ enum: FINDING_KINDS }).notNull(),
    fromDay: date().notNull(),
    /** The last day on which it was still so. */
    toDay: date().notNull(),
    /** Base units an hour (night_flow, base_load) or a day (more_than_usual). */
    measured: integer().notNull(),
    usual: integer().notNull(),
    noticedAt: at().notNull().default(sql`clock_timestamp()`),
    /** The mail that told of it, once: null when nobody asked to be told. */
    mailId: uuid().references(() => accountMails.id),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.contractId, table.id] }),
    foreignKey({
      columns: [table.companyId, table.contractId],
      foreignColumns: [contracts.companyId, contracts.id],
    }),
    uniqueIndex("consumption_findings_once").on(
      table.companyId,
      table.contractId,
      table.kind,
      table.fromDay,
    ),
    check("consumption_findings_days_in_order", sql`${table.fromDay} <= ${table.toDay}`),
  ],
);
