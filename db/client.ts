import type { Logger } from "drizzle-orm";
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
  /** How many connections Drizzle's client may have. */
  size: number;
  /** Its transactions that have not ended; those above `size` wait for a connection. */
  inHand(): number;
  close(): Promise<void>;
}

interface ConnectOptions {
  max?: number;
  name?: string;
  /** Keeps the plans of Drizzle's statements, of `MOST_PREPARED` at most. */
  prepare?: boolean;
  /** PostgreSQL ends a transaction of Drizzle's that is open for longer, say "20s": its process stands still. */
  transactionTimeout?: string;
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
  const inHand = countTransactions(client);
  const known = new Set<string>();
  const own =
    options.prepare || options.transactionTimeout ? changed(client, options, known) : client;
  let raw: Sql | undefined;
  return {
    db: drizzle(own, { schema, casing: "snake_case", logger: options.logger }),
    get sql() {
      raw ??= postgres(url, { ...settings, max: Math.min(settings.max, 4) });
      return raw;
    },
    size: settings.max,
    inHand,
    async close() {
      await Promise.all([client.end({ timeout: 5 }), raw?.end({ timeout: 5 })]);
    },
  };
}

/** Each statement's plan stays in the server's memory, so that texts that vary without end must not all be kept. */
const MOST_PREPARED = 400;

/** Counts the client's transactions from now on: the driver does not tell what waits for a connection. */
function countTransactions(client: Sql): () => number {
  let inHand = 0;
  const begin = client.begin as (...given: unknown[]) => Promise<unknown>;
  Object.assign(client, {
    begin: (...given: unknown[]) => {
      inHand += 1;
      return begin(...given).finally(() => {
        inHand -= 1;
      });
    },
  });
  return () => inHand;
}

/**
 * The same client, whose `unsafe` prepares each statement once for each connection: Drizzle sends all its
 * statements that way, and to plan one behind row-level security mostly costs more than to carry it out. Of
 * texts that are not `known` by then, none is prepared once there are many. Its transactions begin with their
 * limit, sent along with their first statement.
 */
function changed<Client extends object>(
  client: Client,
  options: ConnectOptions,
  known: Set<string>,
): Client {
  const inside = (given: unknown, begun: boolean) =>
    typeof given !== "function"
      ? given
      : (inner: Sql) => {
          if (begun && options.transactionTimeout) {
            // Awaited by nobody: where it fails, so does what follows.
            inner
              .unsafe(`set local transaction_timeout = '${options.transactionTimeout}'`)
              .catch(() => {});
          }
          return given(changed(inner, options, known));
        };
  return new Proxy(client, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") {
        return value;
      }
      switch (name) {
        case "unsafe":
          return options.prepare
            ? (text: string, parameters: unknown, own?: object) =>
                value.call(target, text, parameters, { ...own, prepare: isKept(text, known) })
            : value;
        case "begin":
        case "savepoint":
          return (...given: unknown[]) =>
            value.apply(
              target,
              given.map((one) => inside(one, name === "begin")),
            );
        default:
          return value;
      }
    },
  });
}

function isKept(text: string, known: Set<string>): boolean {
  if (known.size < MOST_PREPARED) {
    known.add(text);
  }
  return known.has(text);
}
