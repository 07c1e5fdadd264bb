import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { seedBenchWorld } from "@/db/seed/bench-world";
import type { ImportReport } from "../faults/import-child";
import { billLines, billOf, type ManyBills, writeLines } from "../faults/import-files";
import { importInProcess } from "../faults/import-process";
import { type ImportDatabase, importDatabase } from "./import-database";
import { type ImportRound, importRows, inTurns } from "./import-rows";
import type { Row } from "./report";

const CONTRACTS = 100_000;

/**
 * `importBills` of a file without PDFs, into the archive, in a process of its own, against a COPY of the
 * same bills as PostgreSQL writes them and one INSERT … SELECT … ON CONFLICT into the same table with the
 * same indexes and checks: whatever is checked, those rows have to get there. In turns, the table emptied
 * before each. Further: how the time splits, and whether time per row and memory grow with the rows.
 */
export async function benchImportBills(quick: boolean): Promise<Row[]> {
  const database = await importDatabase();
  const folder = await mkdtemp(path.join(tmpdir(), "sportello-bench-"));
  try {
    const { company, companyId } = await seedBenchWorld(database.worker, { contracts: CONTRACTS });
    await database.owner.sql`vacuum analyze`;
    const sizes: { rows: number; rounds: ImportRound[] }[] = [];
    for (const bills of quick ? [10_000] : [10_000, 100_000, 1_000_000]) {
      const many = { bills, contracts: CONTRACTS, prefix: "I" };
      const file = path.join(folder, `bills-${bills}.csv`);
      const copied = path.join(folder, `bills-${bills}.copy`);
      await writeLines(file, billLines(many));
      await writeLines(copied, copyLines(many));
      const rounds: ImportRound[] = [];
      for (let round = 0; round < (bills < 1_000_000 ? 5 : 3); round += 1) {
        rounds.push(
          await inTurns(round, {
            ours: () => importBillsFile(database, company, file),
            limit: () => copyBills(database, companyId, copied),
            prepare: () => emptyDocuments(database),
          }),
        );
        await requireAll(database, bills);
      }
      sizes.push({ rows: bills, rounds });
    }
    return importRows("import-bills", "rows", sizes);
  } finally {
    await rm(folder, { recursive: true, force: true });
    await database.release();
  }
}

export async function importBillsFile(
  { workerUrl }: ImportDatabase,
  company: string,
  file: string,
): Promise<ImportReport> {
  return await importInProcess({
    imports: [{ kind: "bills", company, file }],
    workerUrl,
    name: "bench-import",
  });
}

/** The limit: COPY and one INSERT, in one transaction, by the same role. */
export async function copyBills(
  { worker }: ImportDatabase,
  companyId: number,
  copied: string,
): Promise<number> {
  const start = performance.now();
  await worker.sql.begin(async (sql) => {
    await sql`create unlogged table staging.bench_bills (bill_number text, contract_number text,
      kind text, issue_date date, due_date date, period_from date, period_to date, total_cents int,
      consumption numeric, consumption_unit text, estimated boolean, discount_cents int,
      payment_status text)`;
    await pipeline(
      createReadStream(copied, { highWaterMark: 2 ** 20 }),
      await sql`copy staging.bench_bills from stdin`.writable(),
    );
    await sql`insert into documents
        (company_id, contract_id, id, holder_id, bill_number, contract_number, commodity,
          supply_point, supply_address, origin, published_at, import_id, kind, issue_date, due_date,
          period_from, period_to, total_cents, consumption, consumption_unit, estimated,
          discount_cents, payment_status)
      select c.company_id, c.id, uuidv7(), c.holder_id, s.bill_number, c.contract_number,
        c.commodity, c.supply_point, c.supply_address, 'archive', now(), ${"0".repeat(32)}::uuid,
        s.kind, s.issue_date, s.due_date, s.period_from, s.period_to, s.total_cents, s.consumption,
        s.consumption_unit, s.estimated, s.discount_cents, s.payment_status
      from staging.bench_bills s
      join contracts c on c.company_id = ${companyId} and c.contract_number = s.contract_number
      on conflict (company_id, bill_number) where withdrawn_at is null do nothing`;
    await sql`drop table staging.bench_bills`;
  });
  return performance.now() - start;
}

/** The same bills as COPY takes them, columns as in `bench_bills`. */
export function* copyLines(many: ManyBills): Generator<string> {
  for (let n = 0; n < many.bills; n += 1) {
    const bill = billOf(n, many);
    yield [
      ...[bill.number, bill.contract, "bill", bill.issued, bill.due, bill.from, bill.to],
      ...[bill.cents, bill.consumption, "kWh", "f", 100, bill.status],
    ].join("\t");
  }
}

/** Both begin with an empty table, and with nothing that the server has still to write. */
async function emptyDocuments({ owner }: ImportDatabase): Promise<void> {
  await owner.sql`truncate documents cascade`;
  await owner.sql`truncate imports cascade`;
  await owner.sql`analyze documents`;
}

async function requireAll({ worker }: ImportDatabase, bills: number): Promise<void> {
  const [found] = await worker.sql<{ rows: number }[]>`
    select count(*)::int as rows from documents`;
  if (found?.rows !== bills) {
    throw new Error(`${found?.rows} bills are there, not ${bills}`);
  }
}
