import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { seedBenchWorld } from "@/db/seed/bench-world";
import { importInProcess } from "../faults/import-process";
import { type ImportDatabase, importDatabase } from "./import-database";
import { writeReadings } from "./import-readings-file";
import { type ImportRound, importRows, inTurns } from "./import-rows";
import type { Row } from "./report";

/**
 * `importReadings` of days of quarter-hours, in a process of its own, against a COPY of the same days,
 * packed and added up, and one INSERT … ON CONFLICT into each of the two tables that keep them. In turns,
 * both tables emptied before each. Further: how the time splits, and whether time per day and memory
 * grow with the days.
 */
export async function benchImportReadings(quick: boolean): Promise<Row[]> {
  const database = await importDatabase();
  const folder = await mkdtemp(path.join(tmpdir(), "sportello-bench-"));
  try {
    const { company, companyId } = await seedBenchWorld(database.worker, { contracts: 10_000 });
    // Months are made once and for both.
    await database.owner
      .sql`select ensure_consumption_months('2025-01-01'::date, '2025-12-31'::date)`;
    await database.owner.sql`vacuum analyze`;
    const sizes: { rows: number; rounds: ImportRound[] }[] = [];
    for (const contracts of quick ? [10] : [10, 100, 1_000]) {
      const { orders, copied, days } = await writeReadings(folder, company, contracts);
      const rounds: ImportRound[] = [];
      for (let round = 0; round < (contracts < 1_000 ? 5 : 3); round += 1) {
        rounds.push(
          await inTurns(round, {
            ours: () =>
              importInProcess({
                imports: orders,
                workerUrl: database.workerUrl,
                name: "bench-import",
              }),
            limit: () => limit(database, companyId, copied),
            prepare: () => emptyReadings(database),
          }),
        );
        await requireAll(database, days);
      }
      sizes.push({ rows: days, rounds });
    }
    return importRows("import-readings", "days", sizes);
  } finally {
    await rm(folder, { recursive: true, force: true });
    await database.release();
  }
}

/** The limit: COPY and an INSERT per table, in one transaction, by the same role. */
async function limit(
  { worker }: ImportDatabase,
  companyId: number,
  copied: string,
): Promise<number> {
  const start = performance.now();
  await worker.sql.begin(async (sql) => {
    await sql`create unlogged table staging.bench_days (contract_number text, local_day date,
      intervals int[], quality text, total int, f1 int, f2 int, f3 int, peak int)`;
    await pipeline(
      createReadStream(copied, { highWaterMark: 2 ** 20 }),
      await sql`copy staging.bench_days from stdin`.writable(),
    );
    await sql`insert into load_profiles (company_id, contract_id, direction, local_day, revision,
        interval_minutes, intervals, quality, source)
      select c.company_id, c.id, 'consumption', s.local_day, 1, 15, s.intervals, s.quality, 'bench'
      from staging.bench_days s
      join contracts c on c.company_id = ${companyId} and c.contract_number = s.contract_number
      on conflict do nothing`;
    await sql`insert into daily_consumption (company_id, contract_id, direction, local_day,
        revision, total, f1, f2, f3, intervals, estimated, missing, peak)
      select c.company_id, c.id, 'consumption', s.local_day, 1, s.total, s.f1, s.f2, s.f3,
        cardinality(s.intervals), 0, 0, s.peak
      from staging.bench_days s
      join contracts c on c.company_id = ${companyId} and c.contract_number = s.contract_number
      on conflict (company_id, contract_id, direction, local_day) do nothing`;
    await sql`drop table staging.bench_days`;
  });
  return performance.now() - start;
}

async function emptyReadings({ owner }: ImportDatabase): Promise<void> {
  await owner.sql`truncate load_profiles, daily_consumption`;
  await owner.sql`truncate imports cascade`;
}

async function requireAll({ worker }: ImportDatabase, days: number): Promise<void> {
  const [found] = await worker.sql<{ profiles: number; totals: number }[]>`
    select (select count(*)::int from load_profiles) as profiles,
      (select count(*)::int from daily_consumption) as totals`;
  if (found?.profiles !== days || found.totals !== days) {
    throw new Error(`${found?.profiles} days and ${found?.totals} totals are there, not ${days}`);
  }
}
