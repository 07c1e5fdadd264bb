import { sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import { contractLinks, dailyConsumption, loadProfiles } from "@/db/schema";
import type { VisitorActor } from "@/lib/auth/actor";
import { type ProfileDay, storeProfiles } from "@/lib/consumption/commands";
import { listDays, listMeteredContracts } from "@/lib/consumption/queries";
import { MISSING } from "@/lib/consumption/rules";
import { NotFoundError } from "@/lib/errors";
import { makeCustomer, makeStaff } from "../factories/people";
import { makeDay } from "../factories/readings";
import { test, type World } from "../setup/database";

const store = (world: World, ...days: ProfileDay[]) =>
  world.worker((ctx) => storeProfiles(ctx, days));

type Customer = Awaited<ReturnType<typeof makeCustomer>>;
const september = [{ from: "2024-09-01", to: "2024-09-30" }] as const;
const daysOf = (world: World, actor: Customer["actor"] | VisitorActor, { contract }: Customer) =>
  world.web(actor, (ctx) =>
    listDays(ctx, [{ companyId: contract.companyId, contractId: contract.id }], [...september]),
  );

describe("storeProfiles", () => {
  test("R22 keeps 92, 96 and 100 quarter-hours and their totals as integers", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const days = ["2024-03-31", "2024-09-02", "2024-10-27"].map((day) => makeDay(customer, day, 7));
    expect(await store(world, ...days)).toEqual({ added: 3, changed: 0, unchanged: 0 });
    const totals = await world.db
      .select()
      .from(dailyConsumption)
      .orderBy(dailyConsumption.localDay);
    expect(totals.map(({ intervals, total, f1, f3 }) => [intervals, total, f1, f3])).toEqual([
      [92, 644, 0, 644],
      [96, 672, 308, 224],
      [100, 700, 0, 700],
    ]);
    const profiles = await world.db.select().from(loadProfiles).orderBy(loadProfiles.localDay);
    expect(profiles.map(({ intervals }) => intervals)).toEqual(days.map(({ values }) => values));
  });

  test("R22 a missing interval stays missing in profile and totals", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const day = makeDay(customer, "2024-09-02", 10);
    const values = day.values.with(40, MISSING);
    await store(world, { ...day, values, quality: `${"a".repeat(40)}m${"e".repeat(55)}` });
    const [totals] = await world.db.select().from(dailyConsumption);
    expect(totals).toMatchObject({ total: 950, missing: 1, estimated: 55, f1: 430 });
    const [profile] = await world.db.select().from(loadProfiles);
    expect(profile?.intervals[40]).toBe(-1);
  });

  test("R22 a later delivery becomes a revision beside the first, an identical one nothing", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const first = makeDay(customer, "2024-09-02", 10);
    const other = makeDay(customer, "2024-09-03", 10);
    await store(world, first, other);
    expect(await store(world, first, other)).toEqual({ added: 0, changed: 0, unchanged: 2 });
    const later = makeDay(customer, "2024-09-02", 11);
    expect(await store(world, later, other)).toEqual({ added: 0, changed: 1, unchanged: 1 });
    const kept = await world.db
      .select({ revision: loadProfiles.revision, intervals: loadProfiles.intervals })
      .from(loadProfiles)
      .where(sql`${loadProfiles.localDay} = '2024-09-02'`)
      .orderBy(loadProfiles.revision);
    expect(kept).toEqual([
      { revision: 1, intervals: first.values },
      { revision: 2, intervals: later.values },
    ]);
    const [totals] = await world.db
      .select()
      .from(dailyConsumption)
      .where(sql`${dailyConsumption.localDay} = '2024-09-02'`);
    expect(totals).toMatchObject({ revision: 2, total: 1056 });
  });

  test("R22 the same values as estimates are another content", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    await store(world, makeDay(customer, "2024-09-02", 10, { quality: "e".repeat(96) }));
    expect(await store(world, makeDay(customer, "2024-09-02", 10))).toMatchObject({ changed: 1 });
  });

  test("R23 measured bands win over computed ones, also when they come later", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const day = makeDay(customer, "2024-09-02", 10);
    const measured = { ...day, measuredBands: { f1: 500, f2: 200, f3: 260 } };
    await store(world, day);
    expect(await store(world, measured)).toMatchObject({ changed: 1 });
    expect(await store(world, measured)).toMatchObject({ unchanged: 1 });
    expect(await store(world, day)).toMatchObject({ unchanged: 1 });
    const [totals] = await world.db.select().from(dailyConsumption);
    expect(totals).toMatchObject({ f1: 500, f2: 200, f3: 260, bandsMeasured: true });
  });

  test("R23 only electricity has bands", async ({ world }) => {
    const customer = await makeCustomer(world.db, { contract: { commodity: "gas" } });
    await store(world, makeDay(customer, "2024-09-02", 2400, { intervalMinutes: 1440 }));
    const [totals] = await world.db.select().from(dailyConsumption);
    expect(totals).toMatchObject({ total: 2400, f1: null, f2: null, f3: null, intervals: 1 });
  });

  test("R22 a day that cannot be, or an unknown contract, changes nothing", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const good = makeDay(customer, "2024-09-02");
    const short = makeDay(customer, "2024-10-27", 1, { values: [1], quality: "a" });
    await expect(store(world, good, short)).rejects.toThrow(RangeError);
    const nobody = { ...good, contractId: "01890000-0000-7000-8000-000000000000" };
    await expect(store(world, good, nobody)).rejects.toThrow(NotFoundError);
    expect(await world.db.$count(loadProfiles)).toBe(0);
    expect(await world.db.$count(dailyConsumption)).toBe(0);
  });

  test("R22 more days than fit one statement arrive whole, from an async source", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    async function* source() {
      for (let at = 0; at < 1001; at += 1) {
        const date = new Date(Date.UTC(2022, 0, 1 + at)).toISOString().slice(0, 10);
        yield makeDay(customer, date, 1, {
          intervalMinutes: 1440,
          values: [at],
          quality: "a",
        });
      }
    }
    expect(await world.worker((ctx) => storeProfiles(ctx, source()))).toMatchObject({
      added: 1001,
    });
    expect(await world.db.$count(dailyConsumption)).toBe(1001);
  });
});

describe("listDays", () => {
  test("R28 shows one's own days and no other customer's", async ({ world }) => {
    const mine = await makeCustomer(world.db);
    const other = await makeCustomer(world.db, { company: mine.company });
    await store(world, makeDay(mine, "2024-09-02"), makeDay(other, "2024-09-02"));
    expect(await daysOf(world, mine.actor, mine)).toMatchObject([
      { localDay: "2024-09-02", total: 9600, f1: 4400 },
    ]);
    expect(await daysOf(world, mine.actor, other)).toEqual([]);
    expect(await daysOf(world, { kind: "visitor" }, mine)).toEqual([]);
  });

  test("R28 the scope alone hides another customer's days, without row-level security", async ({
    world,
  }) => {
    const mine = await makeCustomer(world.db);
    const other = await makeCustomer(world.db, { company: mine.company });
    await store(world, makeDay(other, "2024-09-02"));
    const id = { companyId: other.company.id, contractId: other.contract.id };
    const asSuperuser = { db: world.db, actor: mine.actor };
    expect(await listDays(asSuperuser, [id], [...september])).toEqual([]);
    const contracts = await listMeteredContracts(asSuperuser);
    expect(contracts.map(({ id: contractId }) => contractId)).toEqual([mine.contract.id]);
  });

  test("R28 row-level security alone hides another customer's days", async ({ world }) => {
    const mine = await makeCustomer(world.db);
    const other = await makeCustomer(world.db);
    await store(world, makeDay(other, "2024-09-02"));
    const rows = await world.web(mine.actor, async (ctx) => {
      await listMeteredContracts(ctx);
      return [
        ...(await ctx.db.execute(sql`select 1 from daily_consumption`)),
        ...(await ctx.db.execute(sql`select 1 from load_profiles`)),
      ];
    });
    expect(rows).toEqual([]);
  });

  test("R5 the days of the holder before are not shown", async ({ world }) => {
    const mine = await makeCustomer(world.db, { contract: { heldSince: "2024-09-03" } });
    await store(world, ...["2024-09-02", "2024-09-03"].map((day) => makeDay(mine, day)));
    const days = await daysOf(world, mine.actor, mine);
    expect(days.map(({ localDay }) => localDay)).toEqual(["2024-09-03"]);
    const asSuperuser = { db: world.db, actor: mine.actor };
    expect(await listMeteredContracts(asSuperuser)).toMatchObject([{ firstDay: "2024-09-03" }]);
    const id = { companyId: mine.company.id, contractId: mine.contract.id };
    expect(await listDays(asSuperuser, [id], [...september])).toHaveLength(1);
  });

  test("R28 a contract that left the account shows no more days", async ({ world }) => {
    const mine = await makeCustomer(world.db);
    await store(world, makeDay(mine, "2024-09-02"));
    await world.db.update(contractLinks).set({ endedAt: new Date(), endedBecause: "removed" });
    const id = { companyId: mine.company.id, contractId: mine.contract.id };
    const asSuperuser = { db: world.db, actor: mine.actor };
    expect(await listDays(asSuperuser, [id], [...september])).toEqual([]);
    expect(await listMeteredContracts(asSuperuser)).toEqual([]);
  });

  test("staff see a customer's days", async ({ world }) => {
    const mine = await makeCustomer(world.db);
    await store(world, makeDay(mine, "2024-09-02"));
    const support = await makeStaff(world.db, "support");
    const days = await world.web(support, (ctx) =>
      listDays(ctx, [{ companyId: mine.company.id, contractId: mine.contract.id }], [...september]),
    );
    expect(days).toHaveLength(1);
  });
});

describe("listMeteredContracts", () => {
  test("R28 lists one's own contracts with the days their data spans", async ({ world }) => {
    const mine = await makeCustomer(world.db);
    const other = await makeCustomer(world.db, { company: mine.company });
    await store(world, makeDay(mine, "2023-12-31"), makeDay(mine, "2024-09-02"));
    await store(world, makeDay(other, "2024-09-20"));
    const contracts = await world.web(mine.actor, listMeteredContracts);
    expect(contracts).toMatchObject([
      { id: mine.contract.id, firstDay: "2023-12-31", lastDay: "2024-09-02" },
    ]);
    expect(await world.web({ kind: "visitor" }, listMeteredContracts)).toEqual([]);
  });
});
