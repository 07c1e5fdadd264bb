import { afterAll, beforeAll, expect, test } from "vitest";
import { seedBenchWorld } from "@/db/seed/bench-world";
import { importBills } from "@/lib/imports/commands/import-bills";
import { freezeRun } from "@/lib/runs/commands/freeze-run";
import { publishRun } from "@/lib/runs/commands/publish-run";
import { BENCH, newRun } from "../bench/runs";
import { billsFile } from "../factories/import-files";
import { must } from "../factories/people";
import { type Clone, cloneDatabase } from "../setup/database";

const CONTRACTS = 1_200;
const EARLIER_RUNS = 20;

let clone: Clone;
beforeAll(async () => {
  clone = await cloneDatabase();
});
afterAll(() => clone.drop());

/** How many rows of a run the planner expects in a table. */
async function expected(table: string, { run }: { run: string }): Promise<number> {
  const [row] = await clone.superuser.sql.unsafe<
    { "QUERY PLAN": { Plan: { "Plan Rows": number } }[] }[]
  >(`explain (format json) select from ${table} where run_id = '${run}'`);
  return must(must(row)["QUERY PLAN"][0]).Plan["Plan Rows"];
}

test("R12 R15 each step of a run tells the planner what it wrote, so that the next one joins it", async () => {
  const { superuser, worker } = clone;
  const { sql } = superuser;
  // As after some years: no run is a tenth of the table, so autovacuum would not look at it.
  await sql`alter table delivery_plans set (autovacuum_enabled = off)`;
  await sql`alter table documents set (autovacuum_enabled = off)`;
  await sql`alter table dispatches set (autovacuum_enabled = off)`;
  const world = await seedBenchWorld(worker, { contracts: CONTRACTS, withChoices: true });
  await sql`insert into invoicing_runs (company_id, name, cut_off_at, state)
    select ${world.companyId}, 'earlier-' || n, now() - n * interval '40 days', 'published'
    from generate_series(1, ${EARLIER_RUNS}::int) n`;
  await sql`insert into delivery_plans
      (company_id, run_id, contract_id, mode, reason, discount_cents)
    select r.company_id, r.id, c.id, 'paper', 'no_choice', 0 from invoicing_runs r
    join contracts c on c.company_id = r.company_id where r.name like 'earlier-%'`;
  await sql`analyze delivery_plans, documents, dispatches`;
  await sql`update companies set approval_above = ${CONTRACTS}`;
  const ctx = { db: worker.db, actor: BENCH };
  const run = await newRun({ worker }, world);

  expect(await freezeRun(ctx, run)).toMatchObject({ ok: true, value: { already: false } });
  expect(await expected("delivery_plans", run)).toBeGreaterThan(CONTRACTS / 2);

  const numbers = await sql<{ contract_number: string }[]>`select contract_number from contracts`;
  const bills = numbers.map((row, n) => ({ ...row, bill_number: `B-${n}` }));
  const file = await billsFile(...bills);
  await importBills(ctx, { company: world.company, file, target: { kind: "run", run: run.run } });
  expect(await expected("documents", run)).toBeGreaterThan(CONTRACTS / 2);

  expect(await publishRun(ctx, run)).toMatchObject({ ok: true, value: { documents: CONTRACTS } });
  expect(await expected("dispatches", run)).toBeGreaterThan(CONTRACTS / 2);
});
