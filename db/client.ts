import type { Logger } from "drizzle-orm";
import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres, { type Sql } from "postgres";
import { type Changes, changed } from "./changed-client";
import { PoolLoad } from "./patience";
import * as schema from "./schema";

export type Database = PostgresJsDatabase<typeof schema>;
export type Transaction = Parameters<Parameters<Database["transaction"]>[0]>[0];
export type DbOrTx = Database | Transaction;

export interface Connection {
  db: Database;
  /** Drizzle changes the client it is given, so raw SQL and COPY have one of their own. */
  sql: Sql;
  /** How many connections Drizzle's client may have. */
  size: number;
  /** False where the address says so: a pooler in between knows no prepared statements. */
  prepares: boolean;
  /** Its transactions that have not ended; those above `size` wait for a connection. */
  inHand(): number;
  /** How much waits for a connection, and for how many ms what came first has. */
  waiting(): { count: number; oldestMs: number };
  close(): Promise<void>;
}

interface ConnectOptions extends Changes {
  max?: number;
  name?: string;
  /**
   * Without a sign of the server for so long, while something is asked of it, a connection counts as lost: a network
   * may swallow everything and say nothing. Longer than the longest statement.
   */
  silenceSeconds?: number;
  /** Is told each of Drizzle's statements. */
  logger?: Logger;
}

/**
 * Opens a pool. `url` decides the role: DATABASE_URL the web role, DATABASE_WORKER_URL the worker.
 * Connections are made when first used.
 */
export function connect(url: string, options: ConnectOptions = {}): Connection {
  const settings = {
    max: options.max ?? 10,
    connect_timeout: 5,
    idle_timeout: 60,
    keep_alive: 20,
    silence_timeout: options.silenceSeconds ?? null,
    // The driver's own would let a statement wait for up to 20 s once the database is back.
    backoff: (retries: number) => Math.min(0.05 * 2 ** retries, 1),
    onnotice: () => {},
    connection: {
      application_name: options.name ?? "sportello",
      // Plain times everywhere: whoever wants Rome asks for it.
      TimeZone: "UTC",
    },
  };
  const client = postgres(url, settings);
  const load = new PoolLoad();
  // A pooler that knows no prepared statements is told of by ?prepare=false in the address.
  const changes = { ...options, prepare: options.prepare === true && client.options.prepare };
  let raw: Sql | undefined;
  return {
    db: drizzle(changed(client, changes, load), {
      schema,
      casing: "snake_case",
      logger: options.logger,
    }),
    get sql() {
      raw ??= postgres(url, { ...settings, max: Math.min(settings.max, 4) });
      return raw;
    },
    size: settings.max,
    prepares: client.options.prepare,
    inHand: () => load.inHand,
    waiting: () => load.waiting(),
    async close() {
      await Promise.all([client.end({ timeout: 5 }), raw?.end({ timeout: 5 })]);
    },
  };
}
