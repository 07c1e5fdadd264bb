import { sql } from "drizzle-orm";
import { check, index, pgTable, text, timestamp, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { accounts } from "./account";
import { bytea } from "./bytes";

const at = () => timestamp({ withTimezone: true });

export const CUSTOMER_TOKEN_PURPOSES = ["consumption", "calendar"] as const;

/**
 * A secret with which a program of the customer's own reads their consumption, or their calendar the due
 * dates of their bills. It reads and nothing else; gone with the account (R7).
 */
export const customerTokens = pgTable(
  "customer_tokens",
  {
    id: uuid().primaryKey().default(sql`uuidv7()`),
    accountId: uuid()
      .notNull()
      .references(() => accounts.id),
    purpose: text({ enum: CUSTOMER_TOKEN_PURPOSES }).notNull(),
    /** What the customer calls it. */
    name: text().notNull(),
    /** SHA-256 of the secret, which is shown once. */
    secretHash: bytea().notNull(),
    createdAt: at().notNull().default(sql`clock_timestamp()`),
    /** Written at most once a minute. */
    lastUsedAt: at(),
    revokedAt: at(),
  },
  (table) => [
    uniqueIndex("customer_tokens_by_hash").on(table.secretHash),
    index("customer_tokens_of_account").on(table.accountId),
    check("customer_tokens_hash_is_sha256", sql`length(${table.secretHash}) = 32`),
  ],
);
