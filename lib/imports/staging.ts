import { type SQL, sql } from "drizzle-orm";
import type { DbOrTx, Transaction } from "@/db/client";
import { copyRows, type WRITTEN } from "@/db/copy";
import type { CopyType, CopyValue } from "@/db/copy-buffer";
import { rowsInPieces } from "@/db/cursor";
import type { FaultList } from "./errors";

/** A row of a file, by the columns of its kind. */
export interface StagedRow {
  line: number;
  [column: string]: CopyValue;
  /** The cells of the columns `written`. */
  readonly [WRITTEN]?: Uint8Array;
}

/** What a kind stages: columns and types from the file, and what the checks find out. */
export interface StagedColumns {
  read: Record<string, CopyType>;
  /** Those from the file whose cells its reader writes itself, in this order. */
  written?: Record<string, CopyType>;
  judged: Record<string, string>;
  /** What nobody joins or filters by and is dear to count: a day's quarter-hours, an invoice's lines. */
  uncounted?: readonly string[];
}

/**
 * A file's rows in a table of their own, so that checks and changes are statements about the whole file
 * and not one query per row. It outlives the process: an import that is killed goes on where it was.
 * Unlogged, since the file is still there: after a crash of the server it is empty, and read again.
 */
export class Staging {
  /** Of its table, in the schema `staging`. */
  readonly name: string;
  private readonly columns: Record<string, CopyType>;

  constructor(
    importId: string,
    private readonly kind: StagedColumns,
  ) {
    this.name = `import_${importId.replaceAll("-", "")}`;
    this.columns = { line: "int", ...kind.read };
  }

  get table(): SQL {
    return sql.raw(`staging.${this.name}`);
  }

  /** Where `replaceBy` keeps the rows as they were read. */
  get read(): SQL {
    return sql.raw(`staging.${this.name}_read`);
  }

  /** The rows to be applied of one batch. */
  batch(from: number, to: number): SQL {
    return sql`(select * from ${this.table}
      where batch_at > ${from} and batch_at <= ${to} and fate <> 'unchanged')`;
  }

  /** The same lines as they were read, of a kind that goes by lines. */
  batchAsRead(from: number, to: number): SQL {
    return sql`(select * from ${this.read} where line > ${from} and line <= ${to})`;
  }

  async create(db: Transaction): Promise<void> {
    const { read, written, judged } = this.kind;
    const columns = { line: "int", ...read, ...written, ...judged };
    const body = Object.entries({ ...columns, fate: "text", batch_at: "int" })
      .map(([column, type]) => `${column} ${type}`)
      .join(", ");
    await this.drop(db);
    await db.execute(sql.raw(`create unlogged table staging.${this.name} (${body})`));
    // Whoever goes on with it may have another login of the same role.
    await db.execute(sql.raw(`alter table staging.${this.name} owner to sportello_worker`));
  }

  async drop(db: DbOrTx): Promise<void> {
    await db.execute(
      sql.raw(`drop table if exists staging.${this.name}, staging.${this.name}_read`),
    );
  }

  /** Whether every row that was read is there. */
  async holds(db: DbOrTx, rows: number): Promise<boolean> {
    if (!(await this.exists(db))) {
      return false;
    }
    const [count] = await db.execute<{ rows: number }>(
      sql`select count(*)::int as rows from ${this.table}`,
    );
    return count?.rows === rows;
  }

  /**
   * Waits for transactions of whoever was at it before. Whoever holds the import already must not: they may be waiting
   * for that, and each would wait for the other.
   */
  async waitForOthers(db: Transaction): Promise<void> {
    if (await this.exists(db)) {
      await db.execute(sql`lock table ${this.table} in access exclusive mode`);
    }
  }

  private async exists(db: DbOrTx): Promise<boolean> {
    const [found] = await db.execute<{ exists: boolean }>(
      sql`select to_regclass(${`staging.${this.name}`}) is not null as exists`,
    );
    return found?.exists === true;
  }

  /** Takes rows in while they are read. */
  async add(db: Transaction, read: AsyncIterable<StagedRow[]>): Promise<void> {
    const written = Object.keys(this.kind.written ?? {});
    await copyRows(db, `staging.${this.name}`, this.columns, read, written);
  }

  /** Counts for the planner, once every row is there: a rough idea is enough for a table that is read whole. */
  async analyze(db: Transaction): Promise<void> {
    const uncounted = JSON.stringify(this.kind.uncounted ?? []);
    const [found] = await db.execute<{ columns: string }>(sql`
      select string_agg(attname, ', ') as columns from pg_attribute
      where attrelid = ${`staging.${this.name}`}::regclass and attnum > 0 and not attisdropped
        and attname not in (select json_array_elements_text(${uncounted}::json))`);
    await db.execute(sql`set local default_statistics_target = 10`);
    await db.execute(sql.raw(`analyze staging.${this.name} (${found?.columns})`));
    await db.execute(sql`set local default_statistics_target to default`);
  }

  /**
   * Puts the rows of a query in the place of the table's: one pass where updates would be several. With `keepsRead`
   * what the checks do not look at stays behind, in `read`, by its line: wide rows are dear to write again and to pass
   * over.
   */
  async replaceBy(db: Transaction, query: SQL, keepsRead = false): Promise<void> {
    await db.execute(
      sql`create unlogged table ${sql.raw(`staging.${this.name}_next`)} as ${query}`,
    );
    if (keepsRead) {
      await db.execute(sql.raw(`alter table staging.${this.name} rename to ${this.name}_read`));
      await db.execute(sql`create unique index on ${this.read} (line)`);
    } else {
      await this.drop(db);
    }
    await db.execute(sql.raw(`alter table staging.${this.name}_next rename to ${this.name}`));
    await db.execute(sql.raw(`alter table staging.${this.name} owner to sportello_worker`));
    await this.analyze(db);
  }

  /**
   * Makes ready what is to be applied in `batches` or in one: they go by `batch_at`, which is the line where
   * a kind says nothing else.
   */
  async order(db: Transaction, batches: boolean): Promise<void> {
    if (batches) {
      await db.execute(
        sql.raw(`create index on staging.${this.name} (batch_at) where fate <> 'unchanged'`),
      );
    }
    await this.analyze(db);
  }

  /** The next batch of `most` rows, or of a few more that belong together: where it ends, and its rows. */
  async nextBatch(
    db: DbOrTx,
    from: number,
    most: number,
  ): Promise<{ to: number | null; rows: number }> {
    const [next] = await db.execute<{ to: number | null; rows: number }>(sql`
      select max(batch_at) as to, count(*)::int as rows
      from (select batch_at from ${this.table} where batch_at > ${from} and fate <> 'unchanged'
        order by batch_at fetch first ${most} rows with ties) batch`);
    return next ?? { to: null, rows: 0 };
  }
}

/** Adds a fault for each row that a check finds. */
export async function addFaults(
  db: Transaction,
  faults: FaultList,
  check: SQL,
  toFault: (row: Record<string, string | number | null>) => { column?: string; reason: string },
): Promise<void> {
  type Row = Record<string, string | number | null> & { line: number };
  for await (const rows of rowsInPieces<Row>(db, check)) {
    for (const row of rows) {
      faults.add({ line: row.line, ...toFault(row) });
    }
  }
}

/** How many staged rows add, change or repeat something, by the column `fate` of the table. */
export async function countFates(
  db: DbOrTx,
  table: SQL,
): Promise<{ rows: number; added: number; changed: number; unchanged: number }> {
  const [counts] = await db.execute<{
    rows: number;
    added: number;
    changed: number;
    unchanged: number;
  }>(sql`select count(*)::int as rows,
    count(*) filter (where fate = 'added')::int as added,
    count(*) filter (where fate = 'changed')::int as changed,
    count(*) filter (where fate = 'unchanged')::int as unchanged from ${table} s`);
  if (!counts) {
    throw new Error("counting staged rows gave no row");
  }
  return counts;
}
