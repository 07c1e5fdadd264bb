import { sql } from "drizzle-orm";
import {
  date,
  foreignKey,
  index,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { accounts } from "./account";
import { contracts, holders } from "./contract";

const at = () => timestamp({ withTimezone: true });

/** A customer's wish for a direct debit on a contract, for the back office; it opens no gate (R2). */
export const mandateRequests = pgTable(
  "mandate_requests",
  {
    companyId: smallint().notNull(),
    contractId: uuid().notNull(),
    id: uuid().notNull().default(sql`uuidv7()`),
    holderId: uuid()
      .notNull()
      .references(() => holders.id),
    accountId: uuid()
      .notNull()
      .references(() => accounts.id),
    /** Whose account it is, and the account itself, without spaces. */
    debtor: text().notNull(),
    iban: text().notNull(),
    requestedAt: at().notNull().default(sql`clock_timestamp()`),
    /** When the back office got it. */
    exportedAt: at(),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.contractId, table.id] }),
    foreignKey({
      name: "mandate_requests_contract_fk",
      columns: [table.companyId, table.contractId],
      foreignColumns: [contracts.companyId, contracts.id],
    }),
    index("mandate_requests_to_export")
      .on(table.companyId, table.requestedAt)
      .where(sql`exported_at is null`),
    index("mandate_requests_by_account").on(table.accountId),
  ],
);

/** That the customer was told of a mandate's end (R14): once for each end. */
export const mandateEndNotices = pgTable(
  "mandate_end_notices",
  {
    companyId: smallint().notNull(),
    contractId: uuid().notNull(),
    mandateId: uuid().notNull(),
    until: date().notNull(),
    accountId: uuid()
      .notNull()
      .references(() => accounts.id),
    mailId: uuid().notNull(),
    toldAt: at().notNull().default(sql`clock_timestamp()`),
  },
  (table) => [
    primaryKey({
      name: "mandate_end_notices_pk",
      columns: [table.companyId, table.contractId, table.mandateId, table.until, table.accountId],
    }),
  ],
);
