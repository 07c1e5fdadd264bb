import { type SQL, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import type { FaultList } from "./errors";

/** Rows that go to the database in one statement. */
const CHUNK = 2_000;

/**
 * A file's rows in a table of this transaction, so that checks and changes are statements about
 * the whole file and not one query per row. `columns` is the body of CREATE TABLE.
 */
export class Staging<Row extends { line: number }> {
  private waiting: Row[] = [];

  private constructor(
    private readonly db: Transaction,
    readonly table: SQL,
    private readonly name: string,
  ) {}

  static async create<Row extends { line: number }>(
    db: Transaction,
    name: string,
    columns: string,
  ): Promise<Staging<Row>> {
    await db.execute(sql.raw(`drop table if exists pg_temp.${name}`));
    await db.execute(sql.raw(`create temp table ${name} (${columns}) on commit drop`));
    return new Staging<Row>(db, sql.raw(`pg_temp.${name}`), name);
  }

  async add(row: Row): Promise<void> {
    this.waiting.push(row);
    if (this.waiting.length >= CHUNK) {
      await this.flush();
    }
  }

  /** To be called after the last row: writes what waits and counts for the planner. */
  async finish(): Promise<void> {
    await this.flush();
    await this.db.execute(sql.raw(`analyze pg_temp.${this.name}`));
  }

  private async flush(): Promise<void> {
    if (this.waiting.length > 0) {
      const rows = JSON.stringify(this.waiting);
      this.waiting = [];
      await this.db.execute(
        sql`insert into ${this.table}
          select * from json_populate_recordset(null::${this.table}, ${rows}::json)`,
      );
    }
  }
}

/** Adds a fault for each row that a check finds. */
export async function addFaults(
  db: Transaction,
  faults: FaultList,
  check: SQL,
  toFault: (row: Record<string, string | number | null>) => { column?: string; reason: string },
): Promise<void> {
  const rows = await db.execute<Record<string, string | number | null> & { line: number }>(check);
  for (const row of rows) {
    faults.add({ line: row.line, ...toFault(row) });
  }
}

/** How many staged rows add, change or repeat something, by the column `fate` of the table. */
export async function countFates(
  db: Transaction,
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
    count(*) filter (where fate = 'unchanged')::int as unchanged from ${table}`);
  if (!counts) {
    throw new Error("counting staged rows gave no row");
  }
  return counts;
}
