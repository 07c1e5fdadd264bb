import { pipeline } from "node:stream/promises";
import type { PostgresJsSession } from "drizzle-orm/postgres-js";
import type { Sql } from "postgres";
import type { Transaction } from "./client";
import { CopyBuffer, type CopyType, type CopyValue } from "./copy-buffer";

/** A row by its columns; of columns that whoever reads it has written itself, their cells one after the other. */
export type CopyRow<Column extends string> = Partial<Record<Column, CopyValue>> & {
  readonly [WRITTEN]?: Uint8Array;
};

/** The key of cells that are written already, as `CopyBuffer.cell` does it. */
export const WRITTEN = Symbol("written cells");

/**
 * Writes rows into a table by COPY, in the transaction, while they come. `columns` are names that need no
 * quotes, with the types that the table has; of a row what they name is taken, and then its cells of the columns
 * `written`. The fastest way in: no parameter, no plan, and no number that is written as text here and read as
 * text there.
 */
export async function copyRows<Column extends string>(
  db: Transaction,
  table: string,
  columns: Readonly<Record<Column, CopyType>>,
  rows: AsyncIterable<readonly CopyRow<Column>[]>,
  written: readonly string[] = [],
): Promise<void> {
  // Drizzle's transaction holds the driver's: COPY is no statement that Drizzle knows.
  const { client } = db._.session as unknown as PostgresJsSession<Sql, never, never>;
  const names = [...Object.keys(columns), ...written].join(", ");
  const sink = await client
    .unsafe(`copy ${table} (${names}) from stdin (format binary)`)
    .writable();
  await pipeline(pieces(columns, rows, written.length), sink);
}

/**
 * Each in the memory of the one before: memory outside of the heap is dear to collect. `pipeline` asks for the next once
 * the stream has nothing left of one that is as large as what it holds, and all but the last are.
 */
async function* pieces<Column extends string>(
  columns: Readonly<Record<Column, CopyType>>,
  rows: AsyncIterable<readonly CopyRow<Column>[]>,
  written: number,
): AsyncGenerator<Buffer> {
  const cells = Object.entries(columns) as [Column, CopyType][];
  const buffer = new CopyBuffer();
  buffer.head();
  for await (const some of rows) {
    for (const row of some) {
      buffer.row(cells.length + written);
      for (const [column, type] of cells) {
        buffer.cell(type, (row as Partial<Record<Column, CopyValue>>)[column] ?? null);
      }
      const more = row[WRITTEN];
      if (more) {
        buffer.cells(more);
      }
      if (buffer.isFull) {
        yield buffer.lend();
      }
    }
  }
  buffer.end();
  yield buffer.lend();
}
