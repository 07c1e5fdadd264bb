import { sql } from "drizzle-orm";
import {
  check,
  date,
  foreignKey,
  index,
  numeric,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import { companies } from "./company";

export const COMMODITIES = ["electricity", "gas", "district_heating", "water"] as const;
export const MANDATE_STATUSES = [
  "none",
  "requested",
  "active",
  "rejected",
  "revoked",
  "expired",
] as const;

/** A contract holder (intestatario) of the whole group, keyed by tax id. */
export const holders = pgTable("holders", {
  id: uuid().primaryKey().default(sql`uuidv7()`),
  taxId: text().notNull().unique(),
  vatNumber: text(),
  name: text().notNull(),
  language: text({ enum: ["it", "en", "de"] })
    .notNull()
    .default("it"),
  createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
});

/** A supply contract (contratto di fornitura) as the billing system last told it. */
export const contracts = pgTable(
  "contracts",
  {
    companyId: smallint()
      .notNull()
      .references(() => companies.id),
    id: uuid().notNull().default(sql`uuidv7()`),
    contractNumber: text().notNull(),
    customerCode: text().notNull(),
    holderId: uuid()
      .notNull()
      .references(() => holders.id),
    commodity: text({ enum: COMMODITIES }).notNull(),
    supplyPoint: text().notNull(),
    supplyAddress: text().notNull(),
    billingAddress: text().notNull(),
    product: text().notNull(),
    productEndsOn: date(),
    contractedPowerKw: numeric(),
    availablePowerKw: numeric(),
    meterSerial: text(),
    /** In the commodity's billing unit: kWh, Smc, kWh of heat, m³. */
    annualConsumption: numeric(),
    gasCoefficientC: numeric(),
    startsOn: date().notNull(),
    endsOn: date(),
    /** First day of the present holder (R5): earlier consumption is another person's. */
    heldSince: date().notNull(),
    importedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.id] }),
    unique("contracts_number_unique_in_company").on(table.companyId, table.contractNumber),
    index("contracts_by_customer_code").on(table.companyId, table.customerCode),
    index("contracts_by_holder").on(table.holderId),
    check(
      "contracts_commodity_known",
      sql`${table.commodity} in ('electricity', 'gas', 'district_heating', 'water')`,
    ),
  ],
);

/**
 * A direct-debit mandate (domiciliazione) on one contract. It is active on a day from `since`
 * until the day before `until`; revoked and expired ones carry `until`.
 */
export const mandates = pgTable(
  "mandates",
  {
    companyId: smallint().notNull(),
    contractId: uuid().notNull(),
    id: uuid().notNull().default(sql`uuidv7()`),
    /** Who gave it: it neither shows to nor pays for whoever takes the contract over (R5). */
    holderId: uuid()
      .notNull()
      .references(() => holders.id),
    reference: text().notNull(),
    iban: text().notNull(),
    debtor: text().notNull(),
    creditorId: text().notNull(),
    status: text({ enum: MANDATE_STATUSES }).notNull(),
    since: date(),
    until: date(),
    recordedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.contractId, table.id] }),
    foreignKey({
      columns: [table.companyId, table.contractId],
      foreignColumns: [contracts.companyId, contracts.id],
    }),
    unique("mandates_reference_unique_on_contract").on(
      table.companyId,
      table.contractId,
      table.holderId,
      table.reference,
    ),
    // Ends are few: the freeze (R10) and the hourly warning (R14) need not read all mandates.
    index("mandates_ending").on(table.companyId, table.until).where(sql`until is not null`),
    check(
      "mandates_status_known",
      sql`${table.status} in ('requested', 'active', 'rejected', 'revoked', 'expired')`,
    ),
    check(
      "mandates_dates_fit_status",
      sql`case ${table.status} when 'active' then ${table.since} is not null
          when 'revoked' then ${table.until} is not null
          when 'expired' then ${table.until} is not null else true end`,
    ),
  ],
);
