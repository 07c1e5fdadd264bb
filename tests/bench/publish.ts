import type { ReservedSql } from "postgres";
import { type BenchWorld, findOrSeedBenchWorld } from "@/db/seed/bench-world";
import { publishRun } from "@/lib/runs/commands/publish-run";
import { type BenchDatabase, benchDatabase, costOf } from "./database";
import { type Row, rowOf } from "./report";
import {
  BENCH,
  type BenchRun,
  emptyPlans,
  freeze,
  growth,
  newRun,
  pairsOf,
  type Round,
} from "./runs";

/**
 * Publishing a run (R15) against a bare INSERT … SELECT of the very same dispatches into the same
 * table, with its keys and its checks: one dispatch has to be written for each document. That the
 * documents become visible, and who reads each one, is what ours does more. Every round has a run
 * of its own with documents that were never touched, as a real one has.
 */
export async function benchPublish(quick: boolean): Promise<Row[]> {
  const database = await benchDatabase();
  try {
    const rows: Row[] = [];
    const each: { contracts: number; us: number[] }[] = [];
    for (const contracts of quick ? [2_000, 20_000] : [10_000, 100_000, 1_000_000]) {
      const world = await findOrSeedBenchWorld(database.worker, { contracts, withChoices: true });
      const rounds = await publishRounds(database, world, contracts >= 1_000_000 ? 3 : 5);
      const name = `publish: ${contracts.toLocaleString("en")} documents`;
      rows.push(
        rowOf(
          name,
          "ms",
          pairsOf(rounds, ({ ms }) => ms),
        ),
        rowOf(
          `${name}, log`,
          "MB",
          pairsOf(rounds, ({ walBytes }) => walBytes / 1e6),
        ),
      );
      each.push({ contracts, us: rounds.map(({ ours }) => (ours.ms / contracts) * 1e3) });
    }
    return [...rows, ...growth("publish", each)];
  } finally {
    await removeRuns(database);
    await database.release();
  }
}

export async function publishRounds(
  database: BenchDatabase,
  world: BenchWorld,
  rounds: number,
): Promise<Round[]> {
  const { worker, owner } = database;
  const source = await worker.sql.reserve();
  const results: Round[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      const run = await loadedRun(database, world);
      const ours = await costOf(database, () => publish(database, run));
      await source`create temp table bench_dispatch as
        select * from dispatches where company_id = ${world.companyId} and run_id = ${run.run}`;
      await owner.sql`truncate dispatches`;
      const limit = await costOf(database, () => insertBare(source));
      await owner.sql`truncate dispatches`;
      await source`drop table bench_dispatch`;
      results.push({ ours, limit });
    }
    return results;
  } finally {
    source.release();
  }
}

/** A frozen run with one bill for each contract of its plan. */
export async function loadedRun(database: BenchDatabase, world: BenchWorld): Promise<BenchRun> {
  const { worker, owner } = database;
  const run = await newRun(database, world);
  await freeze(database, run);
  await worker.sql`insert into documents (company_id, contract_id, id, holder_id, kind, bill_number,
      contract_number, commodity, supply_point, supply_address, origin, run_id, issue_date,
      due_date, period_from, period_to, total_cents, consumption, consumption_unit)
    select c.company_id, c.id, uuidv7(), c.holder_id, 'bill', ${run.run} || c.contract_number,
      c.contract_number, c.commodity, c.supply_point, c.supply_address, 'run', ${run.run},
      current_date, current_date + 25, current_date - 60, current_date - 30, 8000, 200, 'kWh'
    from delivery_plans p join contracts c on c.company_id = p.company_id and c.id = p.contract_id
    where p.company_id = ${world.companyId} and p.run_id = ${run.run}`;
  await worker.sql`update invoicing_runs set state = 'loaded', loaded_at = clock_timestamp()
    where company_id = ${world.companyId} and id = ${run.run}`;
  // A second person's approval is not what is measured.
  await worker.sql`update companies set approval_above = 2000000000 where id = ${world.companyId}`;
  await owner.sql`vacuum analyze documents, delivery_plans, dispatches`;
  return run;
}

async function publish({ worker }: BenchDatabase, run: BenchRun): Promise<void> {
  const published = await publishRun({ db: worker.db, actor: BENCH }, run);
  if (!published.ok || published.value.already) {
    throw new Error("the bench's run was not published");
  }
}

/** The limit: the rows alone, in one statement and one transaction. */
async function insertBare(source: ReservedSql): Promise<void> {
  await source`insert into dispatches select * from bench_dispatch`;
}

/** What the rounds left: their documents, plans and queued work. */
export async function removeRuns(database: BenchDatabase): Promise<void> {
  const { worker, owner } = database;
  await owner.sql`truncate dispatches`;
  await worker.sql`delete from documents d using invoicing_runs r
    where r.company_id = d.company_id and r.id = d.run_id and r.name like 'bench-%'`;
  await emptyPlans(database);
  await owner.sql`vacuum documents`;
}
