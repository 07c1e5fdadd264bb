import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  index,
  integer,
  jsonb,
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
import { imports } from "./import";

const at = () => timestamp({ withTimezone: true });

/** What a key of the HTTP API may be used for. */
export const API_SCOPES = ["imports:write", "imports:read", "runs:write", "runs:read"] as const;

/** What an endpoint can be told of. */
export const WEBHOOK_EVENTS = [
  "import.checked",
  "import.done",
  "import.failed",
  "import.cancelled",
  "run.frozen",
  "run.published",
  "run.closed",
] as const;

/** A secret that a machine of the operator's calls the HTTP API with. */
export const apiKeys = pgTable(
  "api_keys",
  {
    id: uuid().primaryKey().default(sql`uuidv7()`),
    name: text().notNull(),
    /** Null: of every company. */
    companyId: smallint().references(() => companies.id),
    scopes: text({ enum: API_SCOPES }).array().notNull(),
    /** SHA-256 of the key, which is shown once. */
    secretHash: bytea().notNull(),
    createdBy: text().notNull(),
    createdAt: at().notNull().default(sql`clock_timestamp()`),
    expiresAt: at(),
    /** Written at most once a minute. */
    lastUsedAt: at(),
    revokedAt: at(),
  },
  (table) => [
    uniqueIndex("api_keys_by_hash").on(table.secretHash),
    // The audit log and approvals name a key by its name.
    uniqueIndex("api_keys_one_of_name").on(table.name).where(sql`revoked_at is null`),
    check("api_keys_have_scopes", sql`cardinality(${table.scopes}) > 0`),
    check("api_keys_hash_is_sha256", sql`length(${table.secretHash}) = 32`),
  ],
);

/** What was asked under an Idempotency-Key, so that asking again gives the first answer. */
export const apiRequests = pgTable(
  "api_requests",
  {
    apiKeyId: uuid()
      .notNull()
      .references(() => apiKeys.id),
    idempotencyKey: text().notNull(),
    /** Whose attempt holds it: another takes over only once the lease is over. */
    attemptId: uuid().notNull(),
    leaseUntil: at().notNull(),
    createdAt: at().notNull().default(sql`clock_timestamp()`),
    /** SHA-256 over parameters and body, and what came of it; null while it is in flight. */
    digest: text(),
    importId: uuid().references(() => imports.id, { onDelete: "cascade" }),
  },
  (table) => [
    primaryKey({ columns: [table.apiKeyId, table.idempotencyKey] }),
    check(
      "api_requests_answered_whole",
      sql`(${table.digest} is null) = (${table.importId} is null)`,
    ),
  ],
);

/** A ZIP with PDFs that waits for the bills which name it. */
export const apiDocuments = pgTable(
  "api_documents",
  {
    id: uuid().primaryKey(),
    companyId: smallint()
      .notNull()
      .references(() => companies.id),
    storageKey: text().notNull(),
    bytes: bigint({ mode: "number" }).notNull(),
    sha256: text().notNull(),
    createdBy: text().notNull(),
    createdAt: at().notNull().default(sql`clock_timestamp()`),
    /** The last import that named it: its file is kept and forgotten with that import's. */
    importId: uuid().references(() => imports.id, { onDelete: "cascade" }),
  },
  (table) => [index("api_documents_unused").on(table.createdAt).where(sql`import_id is null`)],
);

/** Where a machine of the operator's wants to be told of what happens. */
export const webhookEndpoints = pgTable(
  "webhook_endpoints",
  {
    id: uuid().primaryKey().default(sql`uuidv7()`),
    /** Null: of every company. */
    companyId: smallint().references(() => companies.id),
    url: text().notNull(),
    events: text({ enum: WEBHOOK_EVENTS }).array().notNull(),
    createdBy: text().notNull(),
    createdAt: at().notNull().default(sql`clock_timestamp()`),
    removedAt: at(),
  },
  (table) => [check("webhook_endpoints_have_events", sql`cardinality(${table.events}) > 0`)],
);

/** What an endpoint's deliveries are signed with: two for a day while one takes the other's place. */
export const webhookSecrets = pgTable(
  "webhook_secrets",
  {
    id: uuid().primaryKey().default(sql`uuidv7()`),
    endpointId: uuid()
      .notNull()
      .references(() => webhookEndpoints.id),
    /** Encrypted with a key made from AUTH_SECRET (lib/auth/sealed.ts). */
    secret: text().notNull(),
    createdAt: at().notNull().default(sql`clock_timestamp()`),
    /** From then on nothing is signed with it. */
    retiresAt: at(),
  },
  (table) => [index("webhook_secrets_of_endpoint").on(table.endpointId)],
);

/** What an endpoint is told: ids, states and counts. Written by triggers, with what it tells of. */
export const webhookDeliveries = pgTable(
  "webhook_deliveries",
  {
    /** The message's id: the same at every attempt. */
    id: uuid().primaryKey().default(sql`uuidv7()`),
    endpointId: uuid()
      .notNull()
      .references(() => webhookEndpoints.id),
    event: text({ enum: WEBHOOK_EVENTS }).notNull(),
    payload: jsonb().$type<Record<string, unknown>>().notNull(),
    createdAt: at().notNull().default(sql`clock_timestamp()`),
    attempts: integer().notNull().default(0),
    /** When it is due; while it is under way, when another worker may take it. */
    nextAttemptAt: at().notNull().default(sql`clock_timestamp()`),
    /** What the last attempt came to: a status, or why there was none. */
    lastAnswer: text(),
    deliveredAt: at(),
    givenUpAt: at(),
  },
  (table) => [
    index("webhook_deliveries_due")
      .on(table.nextAttemptAt)
      .where(sql`delivered_at is null and given_up_at is null`),
    index("webhook_deliveries_of_endpoint").on(table.endpointId, table.createdAt),
  ],
);
