import { setImmediate } from "node:timers/promises";
import type { SQL } from "drizzle-orm";
import { PgDialect } from "drizzle-orm/pg-core";
import type { PostgresJsSession } from "drizzle-orm/postgres-js";
import type { Sql } from "postgres";
import type { Transaction } from "./client";

/** Rows that come at once. */
const PIECE = 1_000;
const dialect = new PgDialect();

/**
 * The rows of a query, some at a time, for results as long as a file. Nothing else may be asked in the transaction
 * before the last ones have come.
 */
export async function* rowsInPieces<Row extends Record<string, unknown>>(
  db: Transaction,
  query: SQL,
): AsyncGenerator<Row[]> {
  // What was asked before goes first: Drizzle hands it on a moment later than a cursor is.
  await setImmediate();
  // Drizzle's transaction holds the driver's: a cursor is no statement that Drizzle knows.
  const { client } = db._.session as unknown as PostgresJsSession<Sql, never, never>;
  const { sql: text, params } = dialect.sqlToQuery(query);
  yield* client.unsafe<Row[]>(text, params as never[]).cursor(PIECE) as AsyncIterable<Row[]>;
}
