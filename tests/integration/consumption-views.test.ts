import { eq, sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import { consumptionSpans, dailyConsumption, documents } from "@/db/schema";
import { storeProfiles } from "@/lib/consumption/commands";
import { exportedDays } from "@/lib/consumption/exports/exported-days";
import { daysOf, periodOf } from "@/lib/consumption/period";
import { listDays, listMeteredContracts } from "@/lib/consumption/queries";
import { listBilledPrices } from "@/lib/consumption/queries/billed-prices";
import { findDataExtent } from "@/lib/consumption/queries/data-extent";
import { supplyViews } from "@/lib/consumption/views/supply-view";
import { makeContract, makeCustomer, makeDocument, must } from "../factories/people";
import { makeDay } from "../factories/readings";
import { test, type World } from "../setup/database";

type Customer = Awaited<ReturnType<typeof makeCustomer>>;

const keyOf = ({ contract }: Pick<Customer, "contract">) => ({
  companyId: contract.companyId,
  contractId: contract.id,
});
const HOURLY = { intervalMinutes: 60 };
const september = { from: "2024-09-01", to: "2024-09-30" };
const store = (world: World, ...days: ReturnType<typeof makeDay>[]) =>
  world.worker((ctx) => storeProfiles(ctx, days));
const billed = (world: World, { contract, holder }: Customer, over = {}) =>
  makeDocument(world.db, {
    ...{ companyId: contract.companyId, contractId: contract.id, holderId: holder.id },
    ...{ periodFrom: "2024-08-01", periodTo: "2024-08-31", totalCents: 5_000 },
    ...{ consumption: "200.5", consumptionUnit: "kWh" },
    ...over,
  });

describe("aggregates", () => {
  test("R22 a later delivery refreshes the totals of its day, and of no other day or contract", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const other = await makeCustomer(world.db, { company: customer.company });
    const days = ["2024-09-01", "2024-09-02", "2024-09-03"];
    await store(world, ...days.flatMap((day) => [makeDay(customer, day), makeDay(other, day)]));
    const versions = async () =>
      await world.db
        .select({
          contractId: dailyConsumption.contractId,
          day: dailyConsumption.localDay,
          version: sql<string>`${dailyConsumption}.ctid::text`,
        })
        .from(dailyConsumption)
        .orderBy(dailyConsumption.contractId, dailyConsumption.localDay);
    const before = await versions();
    await store(world, makeDay(customer, "2024-09-02", 101), makeDay(customer, "2024-09-03"));
    const changed = (await versions()).filter(({ version }, at) => version !== before[at]?.version);
    expect(changed).toMatchObject([{ contractId: customer.contract.id, day: "2024-09-02" }]);
  });

  test("R22 the span of a contract's days grows to both sides and never shrinks", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const spans = async () =>
      await world.db
        .select({ first: consumptionSpans.firstDay, last: consumptionSpans.lastDay })
        .from(consumptionSpans);
    await store(world, makeDay(customer, "2024-09-02"));
    expect(await spans()).toEqual([{ first: "2024-09-02", last: "2024-09-02" }]);
    await store(world, makeDay(customer, "2024-10-27"), makeDay(customer, "2023-12-31"));
    await store(world, makeDay(customer, "2024-09-02", 5));
    expect(await spans()).toEqual([{ first: "2023-12-31", last: "2024-10-27" }]);
  });
});

describe("listDays with intervals", () => {
  test("R22 tells the latest revision's, both directions; R28 to nobody else", async ({
    world,
  }) => {
    const mine = await makeCustomer(world.db);
    const other = await makeCustomer(world.db);
    await store(world, makeDay(mine, "2024-09-02", 10));
    await store(
      world,
      makeDay(mine, "2024-09-02", 11),
      makeDay(mine, "2024-09-02", 3, { direction: "injection" }),
    );
    const asked = (actor: Customer["actor"]) =>
      world.web(actor, (ctx) => listDays(ctx, [keyOf(mine)], [september], { intervals: true }));
    const days = await asked(mine.actor);
    expect(days.map(({ direction, profile }) => [direction, profile?.values[0]]).sort()).toEqual([
      ["consumption", 11],
      ["injection", 3],
    ]);
    expect(days[0]?.profile).toMatchObject({ minutes: 15, quality: "a".repeat(96) });
    expect(await asked(other.actor)).toEqual([]);
  });

  test("R24 several contracts are asked for at once, and added up by commodity", async ({
    world,
  }) => {
    const mine = await makeCustomer(world.db);
    const { company, holder, account } = mine;
    const second = await makeContract(world.db, { companyId: company.id, holderId: holder.id });
    await world.db.execute(sql`insert into contract_links (company_id, contract_id, account_id)
      values (${company.id}, ${second.id}, ${account.id})`);
    await store(
      world,
      makeDay(mine, "2024-09-02", 10),
      makeDay({ contract: second }, "2024-09-02", 1),
      makeDay({ contract: second }, "2024-09-04", 1),
    );
    await world.web(mine.actor, async (ctx) => {
      const contracts = await listMeteredContracts(ctx);
      const keys = contracts.map(({ companyId, id }) => ({ companyId, contractId: id }));
      const days = await listDays(ctx, keys, [september]);
      const period = periodOf("month", "2024-09-01");
      const choice = { period, alignment: "date", measure: "quantity" } as const;
      const [view] = supplyViews(contracts, choice, { days, prices: [] });
      expect(view?.consumption.whole).toMatchObject({ total: 96 * 12, known: 2, absent: 1 });
    });
  });
});

describe("listMeteredContracts", () => {
  test("R22 R5 tells the days of both directions, those of injected energy, and the contract's last", async ({
    world,
  }) => {
    const made = { heldSince: "2024-09-03", endsOn: "2024-09-30" };
    const mine = await makeCustomer(world.db, { contract: made });
    const injected = { direction: "injection" } as const;
    await store(
      world,
      makeDay(mine, "2024-09-01"),
      makeDay(mine, "2024-09-05"),
      ...["2024-09-02", "2024-09-04", "2024-09-06"].map((day) => makeDay(mine, day, 1, injected)),
    );
    expect(await world.web(mine.actor, listMeteredContracts)).toMatchObject([
      {
        ...{ firstDay: "2024-09-03", lastDay: "2024-09-06", endsOn: "2024-09-30" },
        ...{ injectedFrom: "2024-09-03", injectedTo: "2024-09-06" },
      },
    ]);
  });

  test("R22 a contract that only gives energy has days", async ({ world }) => {
    const mine = await makeCustomer(world.db);
    const days = daysOf({ from: "2025-01-01", to: "2025-01-05" });
    const injected = { direction: "injection" } as const;
    await store(world, ...days.map((day) => makeDay(mine, day, 1, injected)));
    expect(await world.web(mine.actor, listMeteredContracts)).toMatchObject([
      { firstDay: "2025-01-01", lastDay: "2025-01-05", injectedFrom: "2025-01-01" },
    ]);
  });
});

describe("listBilledPrices", () => {
  test("R24 tells what bills came to; R21 none of withdrawn ones, and none of credit notes", async ({
    world,
  }) => {
    const mine = await makeCustomer(world.db);
    await billed(world, mine);
    const wrong = await billed(world, mine, { totalCents: 9_999 });
    await world.db
      .update(documents)
      .set({ withdrawnAt: new Date() })
      .where(eq(documents.id, wrong.id));
    await billed(world, mine, { kind: "credit_note", totalCents: -100 });
    await billed(world, mine, { publishedAt: null, totalCents: 7_777 });
    await billed(world, mine, { periodFrom: "2020-01-01", periodTo: "2020-01-31" });
    const prices = await world.web(mine.actor, (ctx) =>
      listBilledPrices(ctx, [keyOf(mine)], september),
    );
    expect(prices).toEqual([
      {
        contractId: mine.contract.id,
        from: "2024-08-01",
        to: "2024-08-31",
        issueDate: expect.any(String),
        cents: 5_000,
        base: 200_500,
      },
    ]);
  });

  test("R28 tells another customer nothing", async ({ world }) => {
    const mine = await makeCustomer(world.db);
    const other = await makeCustomer(world.db, { company: mine.company });
    await billed(world, mine);
    const asked = world.web(other.actor, (ctx) => listBilledPrices(ctx, [keyOf(mine)], september));
    expect(await asked).toEqual([]);
    const asSuperuser = { db: world.db, actor: other.actor };
    expect(await listBilledPrices(asSuperuser, [keyOf(mine)], september)).toEqual([]);
  });

  test("R28 row-level security alone hides another customer's span of days", async ({ world }) => {
    const mine = await makeCustomer(world.db);
    const other = await makeCustomer(world.db);
    await store(world, makeDay(mine, "2024-09-02"));
    const seen = (actor: Customer["actor"]) =>
      world.web(actor, async (ctx) => {
        await listMeteredContracts(ctx);
        return [...(await ctx.db.execute(sql`select 1 from consumption_spans`))];
      });
    expect(await seen(mine.actor)).toHaveLength(1);
    expect(await seen(other.actor)).toEqual([]);
  });
});

describe("exportedDays", () => {
  test("R28 R5 reads a range by the hundred days: one's own, since one holds the contract", async ({
    world,
  }) => {
    const mine = await makeCustomer(world.db, { contract: { heldSince: "2024-01-05" } });
    const other = await makeCustomer(world.db, { company: mine.company });
    const range = { from: "2024-01-01", to: "2024-05-20" };
    const asked = { ...range, resolution: "intervals" } as const;
    await store(world, ...daysOf(range).map((day) => makeDay(mine, day, 1, HOURLY)));
    const read = (actor: Customer["actor"], of: Parameters<typeof exportedDays>[2]) =>
      world.web(actor, async (ctx) => {
        const [contract] = await world.web(mine.actor, listMeteredContracts);
        const found: string[] = [];
        for await (const { localDay } of exportedDays(ctx, must(contract), of)) {
          found.push(localDay);
        }
        return found;
      });
    const own = daysOf({ ...range, from: "2024-01-05" });
    expect(await read(mine.actor, asked)).toEqual(own);
    expect(await read(other.actor, asked)).toEqual([]);
    // Of totals more come at once, and as many in all.
    const all = { from: "2000-01-01", to: "2100-12-31", resolution: "days" } as const;
    expect(await read(mine.actor, all)).toEqual(own);
    expect(await read(other.actor, all)).toEqual([]);
  });
});

describe("exportedDays in both directions", () => {
  test("are in one order, whatever order they came in", async ({ world }) => {
    const mine = await makeCustomer(world.db);
    const fed = { ...HOURLY, direction: "injection" } as const;
    await store(world, makeDay(mine, "2024-09-02", 1, fed), makeDay(mine, "2024-09-01", 1, fed));
    await store(
      world,
      makeDay(mine, "2024-09-01", 1, HOURLY),
      makeDay(mine, "2024-09-02", 1, HOURLY),
    );
    // Without indexes days come as they lie.
    await world.db.execute(sql`select set_config(name, 'off', true) from pg_settings
      where name in ('enable_indexscan', 'enable_indexonlyscan', 'enable_bitmapscan')`);
    for (const resolution of ["days", "intervals"] as const) {
      const found = await world.web(mine.actor, async (ctx) => {
        const [contract] = await listMeteredContracts(ctx);
        const days: string[] = [];
        for await (const day of exportedDays(ctx, must(contract), { ...september, resolution })) {
          days.push(`${day.localDay} ${day.direction}`);
        }
        return days;
      });
      expect(found).toEqual([
        ...["2024-09-01 consumption", "2024-09-01 injection"],
        ...["2024-09-02 consumption", "2024-09-02 injection"],
      ]);
    }
  });
});

describe("findDataExtent", () => {
  const extent = (world: World, { actor }: Customer, of: Customer) =>
    world.web(actor, (ctx) => findDataExtent(ctx, keyOf(of)));

  test("R22 counts the days that there are, those without data between them, and those with gaps", async ({
    world,
  }) => {
    const mine = await makeCustomer(world.db);
    expect(await extent(world, mine, mine)).toBeNull();
    const quality = `${"m".repeat(3)}${"a".repeat(21)}`;
    const values = [...quality].map((letter) => (letter === "m" ? -1 : 5));
    await store(
      world,
      makeDay(mine, "2024-03-30", 1, HOURLY),
      makeDay(mine, "2024-03-31", 1, HOURLY),
      makeDay(mine, "2024-04-03", 1, { ...HOURLY, values, quality }),
      makeDay(mine, "2024-04-03", 1, { ...HOURLY, values, quality, direction: "injection" }),
      makeDay(mine, "2024-04-04", 1, { ...HOURLY, direction: "injection" }),
    );
    expect(await extent(world, mine, mine)).toEqual({
      ...{ firstDay: "2024-03-30", lastDay: "2024-04-04" },
      ...{ days: 4, emptyDays: 2, daysWithGaps: 1 },
    });
    expect(await world.worker((ctx) => findDataExtent(ctx, keyOf(mine)))).toMatchObject({
      days: 4,
    });
  });

  test("R28 R5 of another customer's contract there is none, nor of the holder before", async ({
    world,
  }) => {
    const mine = await makeCustomer(world.db, { contract: { heldSince: "2024-09-03" } });
    const other = await makeCustomer(world.db, { company: mine.company });
    await store(world, ...daysOf(september).map((day) => makeDay(mine, day, 1, HOURLY)));
    expect(await extent(world, mine, mine)).toMatchObject({ firstDay: "2024-09-03", days: 28 });
    expect(await extent(world, other, mine)).toBeNull();
    expect(await findDataExtent({ db: world.db, actor: other.actor }, keyOf(mine))).toBeNull();
  });
});
