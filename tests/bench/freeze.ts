import type { ReservedSql } from "postgres";
import { type BenchWorld, findOrSeedBenchWorld } from "@/db/seed/bench-world";
import { type BenchDatabase, benchDatabase, type Cost, costOf } from "./database";
import { type Row, rowOf } from "./report";
import { type BenchRun, emptyPlans, freeze, growth, newRun, pairsOf, type Round } from "./runs";

/**
 * Freezing a run (R12) against a bare INSERT … SELECT of the very same rows into the same table,
 * with its key and its checks: whatever is judged, those rows have to be written. In turns, the
 * plan emptied before each. The second figure is the log written; the last ones tell whether the
 * time per contract grows with their number.
 */
export async function benchFreeze(quick: boolean): Promise<Row[]> {
  const database = await benchDatabase();
  try {
    const sizes = quick ? [2_000, 20_000] : [10_000, 100_000, 1_000_000];
    const worlds: [number, BenchWorld][] = [];
    for (const contracts of sizes) {
      const world = await findOrSeedBenchWorld(database.worker, { contracts, withChoices: true });
      worlds.push([contracts, world]);
    }
    await database.owner.sql`vacuum analyze`;
    const rows: Row[] = [];
    const perContract: { contracts: number; us: number[] }[] = [];
    for (const [contracts, world] of worlds) {
      const rounds = await freezeRounds(database, world, contracts >= 1_000_000 ? 3 : 5);
      const name = `freeze: ${contracts.toLocaleString("en")} contracts`;
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
      perContract.push({ contracts, us: rounds.map(({ ours }) => (ours.ms / contracts) * 1e3) });
    }
    return [...rows, ...growth("freeze", perContract)];
  } finally {
    await emptyPlans(database);
    await database.release();
  }
}

export async function freezeRounds(
  database: BenchDatabase,
  world: BenchWorld,
  rounds: number,
): Promise<Round[]> {
  const source = await database.worker.sql.reserve();
  try {
    // Not measured: it warms up, and gives the limit its rows.
    await freeze(database, await newRun(database, world));
    await source`create temp table bench_plan as
      select * from delivery_plans where company_id = ${world.companyId}`;
    const results: Round[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const run = await newRun(database, world);
      const measure = {
        ours: () => costOf(database, () => freeze(database, run)),
        limit: () => costOf(database, () => insertBare(source, run)),
      };
      results.push(await inTurns(round, measure, () => emptyPlans(database)));
    }
    return results;
  } finally {
    await source`drop table if exists bench_plan`;
    source.release();
  }
}

/** The limit: the rows alone, in one statement and one transaction. */
async function insertBare(source: ReservedSql, { run }: BenchRun): Promise<void> {
  await source`insert into delivery_plans (company_id, run_id, contract_id, mode, email, reason,
      discount_cents, discount_basis, choice_id, mandate_id)
    select company_id, ${run}::uuid, contract_id, mode, email, reason, discount_cents,
      discount_basis, choice_id, mandate_id
    from bench_plan`;
}

/** Ours first in even rounds, the limit in odd ones, after the same preparation. */
async function inTurns(
  round: number,
  measure: { ours: () => Promise<Cost>; limit: () => Promise<Cost> },
  prepare: () => Promise<void>,
): Promise<Round> {
  await prepare();
  const first = await (round % 2 ? measure.limit : measure.ours)();
  await prepare();
  const second = await (round % 2 ? measure.ours : measure.limit)();
  return round % 2 ? { ours: second, limit: first } : { ours: first, limit: second };
}

/** Freezes runs of a world one after the other, from `start()` until what it gave is called. */
export async function freezeAgainAndAgain(database: BenchDatabase, contracts: number) {
  const world = await findOrSeedBenchWorld(database.worker, { contracts, withChoices: true });
  await database.owner.sql`vacuum analyze`;
  return {
    start() {
      let going = true;
      const done = (async () => {
        while (going) {
          await freeze(database, await newRun(database, world));
        }
      })();
      return async () => {
        going = false;
        await done;
      };
    },
  };
}
