import { sql } from "drizzle-orm";
import {
  check,
  foreignKey,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { companies } from "./company";
import { documents } from "./document";

const at = () => timestamp({ withTimezone: true });

/**
 * Wrong documents taken back, with the reason (R21): asked for by one person and, when they are
 * many, approved by another before it is carried out. `person` is `staff:<id>` or `shell:<user>`.
 */
export const withdrawals = pgTable(
  "withdrawals",
  {
    companyId: smallint()
      .notNull()
      .references(() => companies.id),
    id: uuid().notNull().default(sql`uuidv7()`),
    /** Null for documents published outside a run. */
    runId: uuid(),
    reason: text().notNull(),
    documents: integer().notNull(),
    person: text().notNull(),
    askedAt: at().notNull().default(sql`clock_timestamp()`),
    approvedBy: text(),
    carriedOutAt: at(),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.id] }),
    check("withdrawals_reason_given", sql`length(trim(${table.reason})) > 0`),
    check("withdrawals_by_two_people", sql`${table.approvedBy} is distinct from ${table.person}`),
  ],
);

/** Which documents a withdrawal takes back; each is withdrawn once. */
export const withdrawnDocuments = pgTable(
  "withdrawn_documents",
  {
    companyId: smallint().notNull(),
    contractId: uuid().notNull(),
    documentId: uuid().notNull(),
    withdrawalId: uuid().notNull(),
  },
  (table) => [
    primaryKey({
      name: "withdrawn_documents_pk",
      columns: [table.companyId, table.contractId, table.documentId, table.withdrawalId],
    }),
    foreignKey({
      name: "withdrawn_documents_document_fk",
      columns: [table.companyId, table.contractId, table.documentId],
      foreignColumns: [documents.companyId, documents.contractId, documents.id],
    }),
    foreignKey({
      name: "withdrawn_documents_withdrawal_fk",
      columns: [table.companyId, table.withdrawalId],
      foreignColumns: [withdrawals.companyId, withdrawals.id],
    }),
  ],
);
