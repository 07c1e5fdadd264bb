import { sql } from "drizzle-orm";
import {
  check,
  foreignKey,
  index,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { bytea } from "./bytes";
import { companies } from "./company";
import { contracts, holders } from "./contract";
import { staff } from "./staff";

const at = () => timestamp({ withTimezone: true });

/** A person's portal login; its e-mail is its identity (R6) and belongs to one holder (R5). */
export const accounts = pgTable(
  "accounts",
  {
    id: uuid().primaryKey().default(sql`uuidv7()`),
    holderId: uuid()
      .notNull()
      .references(() => holders.id),
    /** After deletion a keyed pseudonym stands here (R7). */
    email: text().notNull(),
    passwordHash: text(),
    language: text({ enum: ["it", "en", "de"] }).notNull(),
    createdAt: at().notNull().defaultNow(),
    deletedAt: at(),
  },
  (table) => [
    uniqueIndex("accounts_email_unique_while_live").on(table.email).where(sql`deleted_at is null`),
    index("accounts_by_holder").on(table.holderId),
    check(
      "accounts_live_have_a_password",
      sql`(${table.deletedAt} is null) = (${table.passwordHash} is not null)`,
    ),
  ],
);

/** A contract in an account; in one account only while it is live (R5). */
export const contractLinks = pgTable(
  "contract_links",
  {
    companyId: smallint().notNull(),
    contractId: uuid().notNull(),
    id: uuid().notNull().default(sql`uuidv7()`),
    accountId: uuid()
      .notNull()
      .references(() => accounts.id),
    linkedAt: at().notNull().default(sql`clock_timestamp()`),
    endedAt: at(),
    endedBecause: text({ enum: ["removed", "holder_changed", "account_deleted", "released"] }),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.contractId, table.id] }),
    foreignKey({
      columns: [table.companyId, table.contractId],
      foreignColumns: [contracts.companyId, contracts.id],
    }),
    uniqueIndex("contract_links_one_live_per_contract")
      .on(table.companyId, table.contractId)
      .where(sql`ended_at is null`),
    index("contract_links_by_account").on(table.accountId),
    check(
      "contract_links_end_has_a_cause",
      sql`(${table.endedAt} is null) = (${table.endedBecause} is null)`,
    ),
  ],
);

/** A sign-in of a customer or of staff; the cookie's token is kept as SHA-256 only. */
export const sessions = pgTable(
  "sessions",
  {
    id: uuid().primaryKey().default(sql`uuidv7()`),
    tokenHash: bytea().notNull().unique(),
    accountId: uuid().references(() => accounts.id),
    staffId: uuid().references(() => staff.id),
    createdAt: at().notNull().default(sql`clock_timestamp()`),
    lastSeenAt: at().notNull().default(sql`clock_timestamp()`),
    expiresAt: at().notNull(),
    endedAt: at(),
    userAgent: text(),
    /** The password was right and this is still missing: until then the session opens nothing. */
    awaiting: text({ enum: ["code", "enrolment"] }),
  },
  (table) => [
    index("sessions_by_account").on(table.accountId),
    index("sessions_by_staff").on(table.staffId),
    check(
      "sessions_belong_to_one",
      sql`(${table.accountId} is null) <> (${table.staffId} is null)`,
    ),
  ],
);

/** A try to register (R1–R4): matched by a job, answered by e-mail only. */
export const signupAttempts = pgTable(
  "signup_attempts",
  {
    id: uuid().primaryKey().default(sql`uuidv7()`),
    companyId: smallint()
      .notNull()
      .references(() => companies.id),
    taxId: text().notNull(),
    customerCode: text().notNull(),
    billNumber: text().notNull(),
    email: text().notNull(),
    /** Null once the attempt is decided without an account, or used. */
    passwordHash: text(),
    language: text({ enum: ["it", "en", "de"] }).notNull(),
    outcome: text({
      enum: [
        "pending",
        "confirm",
        "no_match",
        "mandate_missing",
        "account_exists",
        "contract_taken",
        "confirmed",
        "throttled",
      ],
    })
      .notNull()
      .default("pending"),
    contractId: uuid(),
    createdAt: at().notNull().default(sql`clock_timestamp()`),
    decidedAt: at(),
    confirmedAt: at(),
  },
  (table) => [
    index("signup_attempts_by_creation").on(table.createdAt),
    // What a confirmation is sent again for, and what is forgotten with an account.
    index("signup_attempts_by_email").on(table.email),
  ],
);

/** A single-use secret that went out by e-mail; SHA-256 only (R4). */
export const tokens = pgTable(
  "tokens",
  {
    id: uuid().primaryKey().default(sql`uuidv7()`),
    purpose: text({
      enum: ["confirm_account", "reset_password", "confirm_address", "staff_password"],
    }).notNull(),
    tokenHash: bytea().notNull().unique(),
    attemptId: uuid().references(() => signupAttempts.id, { onDelete: "cascade" }),
    accountId: uuid().references(() => accounts.id),
    /** Whose first or forgotten password it sets, where the purpose is `staff_password`. */
    staffId: uuid().references(() => staff.id),
    /** The address to be confirmed, where the purpose is `confirm_address` (R8). */
    email: text(),
    createdAt: at().notNull().default(sql`clock_timestamp()`),
    expiresAt: at().notNull(),
    usedAt: at(),
  },
  (table) => [index("tokens_by_account").on(table.accountId)],
);

/** A dedicated e-mail of an account; it counts once confirmed (R8). */
export const deliveryAddresses = pgTable(
  "delivery_addresses",
  {
    accountId: uuid()
      .notNull()
      .references(() => accounts.id),
    email: text().notNull(),
    confirmedAt: at(),
    createdAt: at().notNull().default(sql`clock_timestamp()`),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.email] }),
    index("delivery_addresses_by_email").on(table.email),
  ],
);
