import { sql } from "drizzle-orm";
import {
  check,
  foreignKey,
  index,
  pgTable,
  smallint,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { accounts } from "./account";
import { bytea } from "./bytes";
import { companies } from "./company";
import { COMMODITIES, contracts } from "./contract";
import { staff } from "./staff";

const at = () => timestamp({ withTimezone: true });

export const CASE_KINDS = ["complaint", "question"] as const;
export const CASE_TOPICS = [
  "access",
  "bills",
  "consumption",
  "accessibility",
  "privacy",
  "other",
] as const;

/** What somebody wrote to a company, with or without an account: a complaint (reclamo), or a question. */
export const supportCases = pgTable(
  "support_cases",
  {
    id: uuid().primaryKey().default(sql`uuidv7()`),
    companyId: smallint()
      .notNull()
      .references(() => companies.id),
    kind: text({ enum: CASE_KINDS }).notNull(),
    /** On the receipt; what people name when asking. */
    caseCode: text().notNull(),
    receivedAt: at().notNull().default(sql`clock_timestamp()`),
    /** Of the page it was written on, or of the account: the answer's language. */
    language: text({ enum: ["it", "en", "de"] }).notNull(),
    /** Whose it is; null for whoever wrote without signing in. */
    accountId: uuid().references(() => accounts.id),
    contractId: uuid(),
    name: text().notNull(),
    /** Where the answer goes; a pseudonym once the account is deleted (R7). */
    email: text(),
    postalAddress: text(),
    phone: text(),
    /** As it was typed: nothing is looked up by it (R3). */
    customerCode: text(),
    commodity: text({ enum: COMMODITIES }),
    topic: text({ enum: CASE_TOPICS }),
    message: text().notNull(),
    /** SHA-256 of the secret in the browser that sent it, which may read its receipt. */
    receiptHash: bytea(),
    /** SHA-256 of who sent what by which form: the same again is this one. */
    sendingHash: bytea(),
    /** When the copy was handed to the mail queue. */
    receiptMailedAt: at(),
    answer: text(),
    answeredAt: at(),
    answeredBy: uuid().references(() => staff.id),
    answerMailedAt: at(),
  },
  (table) => [
    uniqueIndex("support_cases_case_code_unique").on(table.caseCode),
    uniqueIndex("support_cases_sending_hash_unique").on(table.sendingHash),
    foreignKey({
      columns: [table.companyId, table.contractId],
      foreignColumns: [contracts.companyId, contracts.id],
    }),
    index("support_cases_by_account").on(table.accountId),
    index("support_cases_by_email").on(table.email),
    index("support_cases_open").on(table.kind, table.receivedAt).where(sql`answered_at is null`),
    index("support_cases_answered")
      .on(table.kind, table.answeredAt)
      .where(sql`answered_at is not null`),
    check(
      "support_cases_reachable",
      sql`${table.email} is not null or ${table.postalAddress} is not null`,
    ),
    check(
      "support_cases_about_something",
      sql`case ${table.kind} when 'complaint' then ${table.commodity} is not null and ${table.topic} is null
        else ${table.topic} is not null end`,
    ),
    check(
      "support_cases_contract_of_account",
      sql`${table.contractId} is null or ${table.accountId} is not null`,
    ),
    check(
      "support_cases_answered_whole",
      sql`(${table.answeredAt} is null) = (${table.answer} is null)
        and (${table.answeredAt} is null) = (${table.answeredBy} is null)`,
    ),
  ],
);
