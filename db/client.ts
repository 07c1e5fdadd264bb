import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres, { type Sql } from "postgres";
import * as schema from "./schema";

export type Database = PostgresJsDatabase<typeof schema>;
export type Transaction = Parameters<Parameters<Database["transaction"]>[0]>[0];
export type DbOrTx = Database | Transaction;

export interface Connection {
  db: Database;
  /** Drizzle changes the client it is given, so raw SQL and COPY have one of their own. */
  sql: Sql;
  close(): Promise<void>;
}

/**
 * Opens a pool. `url` decides the role: DATABASE_URL the web role, DATABASE_WORKER_URL the worker.
 * Connections are made when first used.
 */
export function connect(url: string, options: { max?: number; name?: string } = {}): Connection {
  const settings = {
    max: options.max ?? 10,
    connect_timeout: 5,
    idle_timeout: 60,
    onnotice: () => {},
    connection: {
      application_name: options.name ?? "sportello",
      // Plain times everywhere: whoever wants Rome asks for it.
      TimeZone: "UTC",
    },
  };
  const client = postgres(url, settings);
  let raw: Sql | undefined;
  return {
    db: drizzle(client, { schema, casing: "snake_case" }),
    get sql() {
      raw ??= postgres(url, { ...settings, max: Math.min(settings.max, 4) });
      return raw;
    },
    async close() {
      await Promise.all([client.end({ timeout: 5 }), raw?.end({ timeout: 5 })]);
    },
  };
}
