import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  index,
  integer,
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
import { staff } from "./staff";

const at = () => timestamp({ withTimezone: true });

/** Somebody asked for a link by e-mail; a job answers, so that the page tells nothing (R3). */
export const linkRequests = pgTable(
  "link_requests",
  {
    id: uuid().primaryKey().default(sql`uuidv7()`),
    kind: text({ enum: ["reset_password", "confirm_account", "staff_password"] }).notNull(),
    email: text().notNull(),
    language: text({ enum: ["it", "en", "de"] }).notNull(),
    /** Asked too often: nothing is sent. */
    throttled: boolean().notNull().default(false),
    createdAt: at().notNull().default(sql`clock_timestamp()`),
    decidedAt: at(),
  },
  (table) => [index("link_requests_by_creation").on(table.createdAt)],
);

/** An authenticator app (TOTP, RFC 6238) of a customer or a member of staff, since its first code was right. */
export const secondFactors = pgTable(
  "second_factors",
  {
    id: uuid().primaryKey().default(sql`uuidv7()`),
    accountId: uuid().references(() => accounts.id),
    staffId: uuid().references(() => staff.id),
    /** Encrypted with a key made from AUTH_SECRET (lib/auth/sealed.ts). */
    secret: text().notNull(),
    confirmedAt: at().notNull().default(sql`clock_timestamp()`),
    /** The 30-second step of the last code that was taken: each code counts once. */
    lastStep: bigint({ mode: "number" }),
  },
  (table) => [
    uniqueIndex("second_factors_one_of_account").on(table.accountId),
    uniqueIndex("second_factors_one_of_staff").on(table.staffId),
    check(
      "second_factors_belong_to_one",
      sql`(${table.accountId} is null) <> (${table.staffId} is null)`,
    ),
  ],
);

/** A way in without the authenticator app, once; SHA-256 only. */
export const recoveryCodes = pgTable(
  "recovery_codes",
  {
    id: uuid().primaryKey().default(sql`uuidv7()`),
    secondFactorId: uuid()
      .notNull()
      .references(() => secondFactors.id, { onDelete: "cascade" }),
    codeHash: bytea().notNull(),
    usedAt: at(),
  },
  (table) => [uniqueIndex("recovery_codes_of_factor").on(table.secondFactorId, table.codeHash)],
);

/** How often something was tried of late (lib/auth/limits.ts); keys are keyed hashes and tell nobody. */
export const rateLimits = pgTable(
  "rate_limits",
  {
    key: text().primaryKey(),
    points: integer().notNull(),
    expire: timestamp({ withTimezone: true }),
  },
  (table) => [index("rate_limits_by_expiry").on(table.expire)],
);

/**
 * R6: the contracts of an account whose mailbox is lost are released by two members of staff, after a code
 * that went by post to the billing address.
 */
export const contractReleases = pgTable(
  "contract_releases",
  {
    id: uuid().primaryKey().default(sql`uuidv7()`),
    accountId: uuid()
      .notNull()
      .references(() => accounts.id),
    companyId: smallint()
      .notNull()
      .references(() => companies.id),
    /** The contract whose billing address the letter goes to. */
    contractId: uuid().notNull(),
    reason: text().notNull(),
    /** SHA-256 of the code in the letter. */
    codeHash: bytea().notNull(),
    startedBy: uuid()
      .notNull()
      .references(() => staff.id),
    startedAt: at().notNull().default(sql`clock_timestamp()`),
    expiresAt: at().notNull(),
    /** Wrong codes typed by now: after a few the letter is void. */
    wrongCodes: integer().notNull().default(0),
    finishedBy: uuid().references(() => staff.id),
    finishedAt: at(),
    outcome: text({ enum: ["released", "cancelled"] }),
  },
  (table) => [
    uniqueIndex("contract_releases_one_open").on(table.accountId).where(sql`finished_at is null`),
    check(
      "contract_releases_by_two",
      sql`${table.outcome} is distinct from 'released' or ${table.finishedBy} <> ${table.startedBy}`,
    ),
  ],
);

/** The right to download one's own data, given after the password and good for a day. */
export const dataExports = pgTable(
  "data_exports",
  {
    id: uuid().primaryKey().default(sql`uuidv7()`),
    accountId: uuid()
      .notNull()
      .references(() => accounts.id),
    createdAt: at().notNull().default(sql`clock_timestamp()`),
    expiresAt: at().notNull(),
    downloadedAt: at(),
  },
  (table) => [index("data_exports_by_account").on(table.accountId)],
);

/** R7: which accounts were deleted, for the ledger outside the database that outlives a restore. */
export const deletions = pgTable(
  "deletions",
  {
    accountId: uuid()
      .primaryKey()
      .references(() => accounts.id),
    deletedAt: at().notNull().default(sql`clock_timestamp()`),
    /** When the ledger had it. */
    recordedAt: at(),
  },
  (table) => [index("deletions_unrecorded").on(table.deletedAt).where(sql`recorded_at is null`)],
);
