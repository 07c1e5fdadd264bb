import { sql } from "drizzle-orm";
import {
  check,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import { accounts } from "./account";
import { companies } from "./company";
import { contracts } from "./contract";

const at = () => timestamp({ withTimezone: true });

export const DELIVERY_MODES = ["electronic", "paper"] as const;
/** R10's closed set. */
export const DELIVERY_REASONS = [
  "no_choice",
  "chosen",
  "no_mandate",
  "mandate_ended",
  "address_suspended",
  "account_deleted",
] as const;

/** A choice in "Modalità invio bollette": append-only, stamped by the database clock (R10). */
export const deliveryChoices = pgTable(
  "delivery_choices",
  {
    companyId: smallint().notNull(),
    contractId: uuid().notNull(),
    id: uuid().notNull().default(sql`uuidv7()`),
    /** Null for a choice taken over from another portal or from paper. */
    accountId: uuid().references(() => accounts.id),
    mode: text({ enum: DELIVERY_MODES }).notNull(),
    /** Null: the account's own e-mail. After deletion a keyed pseudonym (R7). */
    email: text(),
    noticeVersion: text(),
    origin: text({
      enum: ["customer", "import", "holder_changed", "removed", "account_deleted"],
    }).notNull(),
    chosenAt: at().notNull().default(sql`clock_timestamp()`),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.contractId, table.id] }),
    foreignKey({
      columns: [table.companyId, table.contractId],
      foreignColumns: [contracts.companyId, contracts.id],
    }),
    index("delivery_choices_latest").on(
      table.companyId,
      table.contractId,
      table.chosenAt.desc(),
      table.id.desc(),
    ),
    check("delivery_choices_mode_known", sql`${table.mode} in ('electronic', 'paper')`),
    check(
      "delivery_choices_notice_accepted",
      sql`${table.mode} = 'paper' or ${table.origin} <> 'customer' or ${table.noticeVersion} is not null`,
    ),
    check(
      "delivery_choices_electronic_has_an_address",
      sql`${table.mode} = 'paper' or ${table.accountId} is not null or ${table.email} is not null`,
    ),
  ],
);

/** An address that no mail may be sent to until it is confirmed again (R19). */
export const addressSuspensions = pgTable(
  "address_suspensions",
  {
    id: uuid().primaryKey().default(sql`uuidv7()`),
    email: text().notNull(),
    reason: text({ enum: ["hard_bounce", "complaint", "suppressed", "silence"] }).notNull(),
    suspendedAt: at().notNull().default(sql`clock_timestamp()`),
    liftedAt: at(),
  },
  (table) => [index("address_suspensions_by_email").on(table.email)],
);

/** An invoicing run (fatturazione) of one company, with its cut-off (R12). */
export const invoicingRuns = pgTable(
  "invoicing_runs",
  {
    companyId: smallint()
      .notNull()
      .references(() => companies.id),
    id: uuid().notNull().default(sql`uuidv7()`),
    /** What people call it, for example `2026-12`. */
    name: text().notNull(),
    cutOffAt: at().notNull(),
    state: text({
      enum: ["scheduled", "frozen", "loaded", "published", "closed", "cancelled"],
    })
      .notNull()
      .default("scheduled"),
    openedAt: at().notNull().default(sql`clock_timestamp()`),
    frozenAt: at(),
    publishedAt: at(),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.id] }),
    unique("invoicing_runs_name_unique_in_company").on(table.companyId, table.name),
    unique("invoicing_runs_cut_off_unique_in_company").on(table.companyId, table.cutOffAt),
  ],
);

/** The frozen delivery of one contract in one run; never changes (R12). */
export const deliveryPlans = pgTable(
  "delivery_plans",
  {
    companyId: smallint().notNull(),
    contractId: uuid().notNull(),
    runId: uuid().notNull(),
    mode: text({ enum: DELIVERY_MODES }).notNull(),
    email: text(),
    reason: text({ enum: DELIVERY_REASONS }).notNull(),
    discountCents: integer().notNull(),
    /** What the cents are for; null where there is no discount (R13). */
    discountBasis: text({ enum: ["per_year", "per_bill"] }),
    choiceId: uuid(),
    mandateId: uuid(),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.runId, table.contractId] }),
    foreignKey({
      columns: [table.companyId, table.runId],
      foreignColumns: [invoicingRuns.companyId, invoicingRuns.id],
    }),
    check(
      "delivery_plans_electronic_has_an_address",
      sql`(${table.mode} = 'electronic') = (${table.email} is not null)`,
    ),
  ],
);
