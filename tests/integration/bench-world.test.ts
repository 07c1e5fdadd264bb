import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BenchWorld, findOrSeedBenchWorld, seedBenchWorld } from "@/db/seed/bench-world";
import { type Clone, cloneDatabase } from "../setup/database";

let clone: Clone;
let world: BenchWorld;

beforeAll(async () => {
  clone = await cloneDatabase();
  await seedBenchWorld(clone.worker, { contracts: 30 });
  world = await seedBenchWorld(clone.worker, {
    contracts: 120,
    billsPerContract: 24,
    withIntervals: true,
    now: new Date("2026-11-22T12:00:00Z"),
  });
});

afterAll(() => clone.drop());

const count = async (query: string) =>
  Number((await clone.superuser.sql.unsafe(query, [world.companyId]))[0]?.count);

describe("the bench world", () => {
  test("has as many contracts as asked for, beside the world that was there", async () => {
    expect(world.company).toBe("bench-2");
    expect(await count("select count(*) from contracts where company_id = $1")).toBe(120);
    expect(await count("select count(*) from contracts where company_id <> $1")).toBe(30);
    expect(
      await count("select count(*) from mandates where company_id = $1 and status = 'active'"),
    ).toBe(96);
    expect(world.emails).toHaveLength(60);
  });

  test("R10 half of it chose, and where a mandate is active the mode is electronic", async () => {
    const modes = await clone.superuser.sql`
      select mode, count(*)::int as contracts
      from delivery_modes(${world.companyId}::smallint, null, now()) group by mode order by mode`;
    expect(modes.map((row) => ({ ...row }))).toEqual([
      { mode: "electronic", contracts: 48 },
      { mode: "paper", contracts: 72 },
    ]);
  });

  test("R27 each contract has its bills, whose lines add up", async () => {
    expect(await count("select count(*) from documents where company_id = $1")).toBe(120 * 24);
    expect(
      await count(`select count(*) from (select d.id from documents d
        left join bill_lines l on l.company_id = d.company_id and l.contract_id = d.contract_id
          and l.document_id = d.id
        where d.company_id = $1 group by d.id, d.total_cents
        having sum(l.amount_cents) is distinct from d.total_cents) wrong`),
    ).toBe(0);
  });

  test("R22 each contract has a year of days, and totals that fit them", async () => {
    expect(await count("select count(*) from load_profiles where company_id = $1")).toBe(120 * 365);
    expect(
      await count(`select count(*) from load_profiles p
        join daily_consumption d using (company_id, contract_id, direction, local_day)
        where p.company_id = $1
          and d.total = (select sum(value) from unnest(p.intervals) value)
          and d.f1 + d.f2 + d.f3 = d.total`),
    ).toBe(120 * 365);
  });

  test("R10 with choices every reason occurs, and the same world is found again", async () => {
    const options = { contracts: 2_000, withChoices: true };
    const made = await findOrSeedBenchWorld(clone.worker, options);
    expect(await findOrSeedBenchWorld(clone.worker, options)).toEqual(made);
    const { sql } = clone.superuser;
    const [choices] = await sql`
      select count(*)::int as count from delivery_choices where company_id = ${made.companyId}`;
    expect(choices?.count).toBe(6_000);
    const reasons = await sql`select distinct mode || ' ' || reason as verdict
      from delivery_modes(${made.companyId}::smallint, null, now() - interval '1 day') order by 1`;
    expect(reasons.map(({ verdict }) => verdict)).toEqual([
      "electronic chosen",
      "paper account_deleted",
      "paper address_suspended",
      "paper chosen",
      "paper mandate_ended",
      "paper no_choice",
      "paper no_mandate",
    ]);
  });

  test("R10 a few contracts and the whole company are judged alike", async () => {
    const made = await findOrSeedBenchWorld(clone.worker, { contracts: 2_000, withChoices: true });
    const [difference] = await clone.superuser.sql`
      with everyone as (select * from delivery_modes(${made.companyId}::smallint, null, now()))
      select count(*)::int as contracts,
        count(*) filter (where to_jsonb(everyone) is distinct from to_jsonb(one))::int as different
      from everyone
      left join lateral delivery_modes(${made.companyId}::smallint, array[everyone.contract_id], now())
        one on true`;
    expect(difference).toEqual({ contracts: 2_000, different: 0 });
  });
});
