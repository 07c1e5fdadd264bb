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
  uniqueIndex,
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

/** The closed set of origins; the last four leave the contract on paper. */
export const CHOICE_ORIGINS = [
  "customer",
  "import",
  "paper_form",
  "undone",
  "holder_changed",
  "removed",
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
    /**
     * Who or what made it: the customer here; another portal or a paper form, taken over at go-live;
     * or an end of what was chosen before. `undone` takes a first choice back to none.
     */
    origin: text({ enum: CHOICE_ORIGINS }).notNull(),
    /** The choice of the customer that this one takes back (until its cut-off). */
    undoes: uuid(),
    /** The file it was taken over from. */
    importId: uuid(),
    /** For a choice taken over, when it was made there; else the database's clock. */
    chosenAt: at().notNull().default(sql`clock_timestamp()`),
    recordedAt: at().notNull().default(sql`clock_timestamp()`),
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
    index("delivery_choices_taken_over")
      .on(table.email)
      .where(sql`account_id is null and email is not null`),
    check("delivery_choices_mode_known", sql`${table.mode} in ('electronic', 'paper')`),
    check(
      "delivery_choices_notice_accepted",
      sql`${table.mode} = 'paper' or ${table.origin} <> 'customer' or ${table.noticeVersion} is not null`,
    ),
    check(
      "delivery_choices_ends_are_paper",
      sql`${table.mode} = 'paper' or ${table.origin} in ('customer', 'import', 'paper_form')`,
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
    /** Made ahead from the company's calendar, or opened by an operator. */
    origin: text({ enum: ["calendar", "operator"] })
      .notNull()
      .default("operator"),
    openedAt: at().notNull().default(sql`clock_timestamp()`),
    frozenAt: at(),
    /** When documents last came in or changed: an approval given before does not count. */
    loadedAt: at(),
    publishedAt: at(),
    closedAt: at(),
    cancelledAt: at(),
    cancelReason: text(),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.id] }),
    unique("invoicing_runs_name_unique_in_company").on(table.companyId, table.name),
    uniqueIndex("invoicing_runs_cut_off_unique_while_not_cancelled")
      .on(table.companyId, table.cutOffAt)
      .where(sql`state <> 'cancelled'`),
    index("invoicing_runs_due").on(table.cutOffAt).where(sql`state = 'scheduled'`),
    check(
      "invoicing_runs_state_known",
      sql`${table.state} in ('scheduled', 'frozen', 'loaded', 'published', 'closed', 'cancelled')`,
    ),
    check(
      "invoicing_runs_cancelled_with_reason",
      sql`(${table.state} = 'cancelled') = (${table.cancelReason} is not null)`,
    ),
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
