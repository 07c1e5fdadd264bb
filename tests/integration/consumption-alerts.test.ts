import { eq, sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import {
  accountMails,
  auditLog,
  consumptionAlerts,
  consumptionFindings,
  contractLinks,
  contracts,
} from "@/db/schema";
import { eraseAccount } from "@/lib/accounts/commands/erase-account";
import { inTransaction } from "@/lib/auth/context";
import { storeProfiles } from "@/lib/consumption/commands";
import { noticeUnusual } from "@/lib/consumption/commands/notice-unusual";
import { setAlert } from "@/lib/consumption/commands/set-alert";
import { daysOf } from "@/lib/consumption/period";
import { listDays } from "@/lib/consumption/queries";
import { getAlertState } from "@/lib/consumption/queries/alerts";
import { NotFoundError } from "@/lib/errors";
import { addDays, romeDay } from "@/lib/time";
import { makeCustomer } from "../factories/people";
import { makeDay } from "../factories/readings";
import { test, type World } from "../setup/database";

const TODAY = romeDay(new Date());
const day = (ago: number) => addDays(TODAY, -ago);

/** A household with a water meter that was dry at night, until some nights ago. */
async function household(world: World, { leakNights }: { leakNights: number }) {
  const customer = await makeCustomer(world.db, {
    contract: { commodity: "water", heldSince: "2020-01-01" },
  });
  await store(world, customer, 60, 1, leakNights);
  return customer;
}
type Customer = Awaited<ReturnType<typeof household>>;

const store = (world: World, customer: Customer, from: number, to: number, leakNights: number) =>
  world.worker((ctx) =>
    storeProfiles(
      ctx,
      daysOf({ from: day(from), to: day(to) }).map((localDay) => {
        const made = makeDay(customer, localDay, 10, { intervalMinutes: 60 });
        const leaks = localDay > day(leakNights + 1);
        return { ...made, values: made.values.map((wh, at) => (at < 6 ? (leaks ? 24 : 0) : wh)) };
      }),
    ),
  );

/** Days whose hours all have the same. */
const storeEven = (
  world: World,
  customer: Customer,
  [from, to]: [number, number],
  hour: number,
  quality: "a" | "e" = "a",
) =>
  world.worker((ctx) =>
    storeProfiles(
      ctx,
      daysOf({ from: day(from), to: day(to) }).map((localDay) => {
        const made = makeDay(customer, localDay, hour, { intervalMinutes: 60 });
        return { ...made, quality: quality.repeat(made.values.length) };
      }),
    ),
  );

const tell = (world: World, { actor, contract }: Customer, percent: number | null = 400) =>
  world.web(actor, (ctx) => setAlert(ctx, { contractId: contract.id, thresholdPercent: percent }));
const look = (world: World, today = TODAY) => world.worker((ctx) => noticeUnusual(ctx, today));
/** An hour goes by: whatever has come came well before the last look. */
const anHourLater = (world: World) =>
  world.db.execute(sql`update load_profiles set received_at = received_at - interval '1 hour'`);
const mailsTo = async (world: World, { account }: Customer) =>
  await world.db
    .select({ template: accountMails.template, params: accountMails.params })
    .from(accountMails)
    .where(eq(accountMails.accountId, account.id));
const stateOf = (world: World, actor: Customer["actor"], { contract }: Customer) =>
  world.web(actor, (ctx) =>
    getAlertState(ctx, { companyId: contract.companyId, contractId: contract.id }),
  );

/** From when to when water ran at night, the latest first. */
const leaksOf = async (world: World, customer: Customer) =>
  (await stateOf(world, customer.actor, customer)).findings
    .filter(({ kind }) => kind === "night_flow")
    .map(({ fromDay, toDay }) => [fromDay, toDay]);

describe("setAlert", () => {
  test("R30 turns mails on and off, once each, and says so in the audit log", async ({ world }) => {
    const mine = await household(world, { leakNights: 0 });
    await tell(world, mine, 50);
    await tell(world, mine, 50);
    expect(await stateOf(world, mine.actor, mine)).toEqual({
      ...{ thresholdPercent: 50, lookedTo: null, findings: [] },
    });
    await tell(world, mine, 80);
    await tell(world, mine, null);
    await tell(world, mine, null);
    expect((await stateOf(world, mine.actor, mine)).thresholdPercent).toBeNull();
    const entries = await world.db
      .select({ detail: auditLog.detail })
      .from(auditLog)
      .where(eq(auditLog.action, "set_alert"));
    expect(entries.map(({ detail }) => detail)).toEqual([
      { thresholdPercent: 50 },
      { thresholdPercent: 80 },
      { thresholdPercent: null },
    ]);
  });

  test("R28 is of one's own contracts, and its findings are nobody else's", async ({ world }) => {
    const mine = await household(world, { leakNights: 4 });
    const other = await makeCustomer(world.db);
    const foreign = { contractId: mine.contract.id, thresholdPercent: 50 };
    await expect(world.web(other.actor, (ctx) => setAlert(ctx, foreign))).rejects.toThrow(
      NotFoundError,
    );
    await tell(world, mine);
    await look(world);
    const state = await stateOf(world, mine.actor, mine);
    expect(state).toMatchObject({ lookedTo: day(1), findings: [{ kind: "night_flow" }] });
    expect(await stateOf(world, other.actor, mine)).toEqual({
      ...{ thresholdPercent: null, lookedTo: null, findings: [] },
    });
  });
});

describe("noticeUnusual", () => {
  test("R25 a leak is kept and told in one mail; as long as it goes on it is the same one", async ({
    world,
  }) => {
    const mine = await household(world, { leakNights: 4 });
    await tell(world, mine);
    expect(await look(world)).toEqual({ looked: 1, told: 1 });
    expect(await mailsTo(world, mine)).toEqual([
      {
        template: "unusual-consumption",
        params: {
          contractNumber: mine.contract.contractNumber,
          ...{ kind: "night_flow", fromDay: day(4), toDay: day(1), unit: "m³" },
          ...{ measured: "0,024", usual: "0,000" },
        },
      },
    ]);
    const [finding] = await world.db.select().from(consumptionFindings);
    expect(finding).toMatchObject({ kind: "night_flow", fromDay: day(4), toDay: day(1) });
    expect(finding?.mailId).not.toBeNull();
    // Nothing new has come: nobody is looked at.
    await anHourLater(world);
    expect(await look(world)).toEqual({ looked: 0, told: 0 });
    await store(world, mine, 0, 0, 5);
    expect(await look(world)).toEqual({ looked: 1, told: 0 });
    const [longer] = await world.db.select().from(consumptionFindings);
    expect(longer).toMatchObject({ fromDay: day(4), toDay: day(0), mailId: finding?.mailId });
    expect(await mailsTo(world, mine)).toHaveLength(1);
  });

  test("R25 nobody is told who did not ask, and nothing where nothing is unusual", async ({
    world,
  }) => {
    const silent = await household(world, { leakNights: 4 });
    const dry = await household(world, { leakNights: 0 });
    await tell(world, dry);
    expect(await look(world)).toEqual({ looked: 1, told: 0 });
    expect(await mailsTo(world, silent)).toEqual([]);
    expect(await world.db.$count(consumptionFindings)).toBe(0);
  });

  test("R25 a month that comes in the middle of the next is looked at, each of its days", async ({
    world,
  }) => {
    const mine = await makeCustomer(world.db, {
      contract: { commodity: "water", heldSince: "2020-01-01" },
    });
    await storeEven(world, mine, [75, 46], 0);
    await tell(world, mine);
    expect(await look(world, day(46))).toEqual({ looked: 1, told: 0 });
    await anHourLater(world);
    await storeEven(world, mine, [45, 40], 0);
    await storeEven(world, mine, [39, 25], 20);
    await storeEven(world, mine, [24, 15], 0);
    expect(await look(world)).toMatchObject({ looked: 1 });
    const leaks = (await stateOf(world, mine.actor, mine)).findings.filter(
      ({ kind }) => kind === "night_flow",
    );
    expect(leaks).toMatchObject([{ fromDay: day(39), toDay: day(25), measured: 20 }]);
  });

  test("R22 R25 a night that was missing is looked at when it comes", async ({ world }) => {
    const mine = await makeCustomer(world.db, {
      contract: { commodity: "water", heldSince: "2020-01-01" },
    });
    await storeEven(world, mine, [75, 5], 0);
    await storeEven(world, mine, [3, 3], 20);
    await storeEven(world, mine, [1, 1], 20);
    await tell(world, mine);
    expect(await look(world)).toEqual({ looked: 1, told: 0 });
    await anHourLater(world);
    await storeEven(world, mine, [2, 2], 20);
    expect(await look(world)).toEqual({ looked: 1, told: 1 });
  });

  test("R22 R25 a correction takes back what it shows to be wrong, and estimates tell nothing", async ({
    world,
  }) => {
    const mine = await household(world, { leakNights: 4 });
    await tell(world, mine);
    expect(await look(world)).toEqual({ looked: 1, told: 1 });
    await anHourLater(world);
    await store(world, mine, 5, 1, 0);
    expect(await look(world)).toEqual({ looked: 1, told: 0 });
    expect((await stateOf(world, mine.actor, mine)).findings).toEqual([]);
    await anHourLater(world);
    await storeEven(world, mine, [4, 1], 20, "e");
    expect(await look(world)).toEqual({ looked: 1, told: 0 });
  });

  test("R25 a leak that goes on behind nights without data is the same one, and holds up no look", async ({
    world,
  }) => {
    const mine = await makeCustomer(world.db, {
      contract: { commodity: "water", heldSince: "2020-01-01" },
    });
    await storeEven(world, mine, [75, 31], 0);
    await storeEven(world, mine, [30, 22], 20);
    await tell(world, mine);
    await look(world, day(21));
    await anHourLater(world);
    await storeEven(world, mine, [12, 10], 20);
    expect(await look(world, day(9))).toMatchObject({ looked: 1 });
    expect(await leaksOf(world, mine)).toEqual([[day(30), day(10)]]);
    const told = (await mailsTo(world, mine)).filter(({ params }) => params.kind === "night_flow");
    expect(told).toHaveLength(1);
  });

  test("R22 R25 a correction leaves of a finding what still shows it, and nothing else", async ({
    world,
  }) => {
    const lamp = await makeCustomer(world.db, {
      contract: { commodity: "electricity", heldSince: "2020-01-01" },
    });
    await storeEven(world, lamp, [60, 8], 10);
    await storeEven(world, lamp, [7, 1], 45);
    await tell(world, lamp, 200);
    expect(await look(world)).toEqual({ looked: 1, told: 2 });
    await anHourLater(world);
    // Three days alone are no week.
    await storeEven(world, lamp, [4, 1], 10);
    expect(await look(world)).toEqual({ looked: 1, told: 0 });
    expect((await stateOf(world, lamp.actor, lamp)).findings).toEqual([]);
  });

  test("R22 R25 where a correction ends a finding sooner, or parts it in two, its days are those that are left", async ({
    world,
  }) => {
    const spans = async (corrected: [[number, number], number][]) => {
      const mine = await makeCustomer(world.db, {
        contract: { commodity: "water", heldSince: "2020-01-01" },
      });
      await storeEven(world, mine, [75, 21], 0);
      await storeEven(world, mine, [20, 1], 20);
      await tell(world, mine);
      await look(world);
      await anHourLater(world);
      for (const [days, hour] of corrected) {
        await storeEven(world, mine, days, hour);
      }
      await look(world);
      await anHourLater(world);
      return await leaksOf(world, mine);
    };
    // Ten days come again: of the first six the same as before, but finer.
    expect(
      await spans([
        [[10, 5], 21],
        [[4, 1], 0],
      ]),
    ).toEqual([[day(20), day(5)]]);
    expect(
      await spans([
        [[12, 7], 0],
        [[6, 1], 21],
      ]),
    ).toEqual([
      [day(6), day(1)],
      [day(20), day(13)],
    ]);
  });

  test("R25 one lasting change is told once, however its days come, with what all of them were", async ({
    world,
  }) => {
    for (const batch of [1, 10]) {
      const mine = await makeCustomer(world.db, {
        contract: { commodity: "electricity", heldSince: "2020-01-01" },
      });
      await storeEven(world, mine, [80, 21], 10);
      await tell(world, mine, 100);
      for (let from = 20; from > 0; from -= batch) {
        const to = from - batch + 1;
        await storeEven(world, mine, [from, to], from > 10 ? 45 : 90);
        await look(world, day(to));
        await anHourLater(world);
      }
      const kinds = (await mailsTo(world, mine)).map(({ params }) => params.kind);
      expect(kinds.toSorted()).toEqual(["base_load", "more_than_usual"]);
      const { findings } = await stateOf(world, mine.actor, mine);
      const week = findings.find(({ kind }) => kind === "more_than_usual");
      const of = { companyId: mine.contract.companyId, contractId: mine.contract.id };
      const days = await world.web(mine.actor, (ctx) =>
        listDays(ctx, [of], [{ from: week?.fromDay ?? "", to: week?.toDay ?? "" }]),
      );
      const mean = days.reduce((sum, { total }) => sum + total, 0) / days.length;
      expect(week?.toDay).toBe(day(1));
      expect(week?.measured).toBe(Math.round(mean));
    }
  });

  test("R5 the days of the holder before are not the past that counts", async ({ world }) => {
    const mine = await household(world, { leakNights: 4 });
    await world.db
      .update(contracts)
      .set({ heldSince: day(3) })
      .where(eq(contracts.id, mine.contract.id));
    await tell(world, mine);
    expect(await look(world)).toEqual({ looked: 1, told: 0 });
  });

  test("R7 an alert ends with the account, and with the contract's place in it", async ({
    world,
  }) => {
    const mine = await household(world, { leakNights: 4 });
    const gone = await household(world, { leakNights: 4 });
    await tell(world, mine);
    await tell(world, gone);
    await world.db
      .update(contractLinks)
      .set({ endedAt: new Date(), endedBecause: "holder_changed" })
      .where(eq(contractLinks.contractId, gone.contract.id));
    await world.web(mine.actor, (ctx) =>
      inTransaction(ctx, (tx) => eraseAccount(tx, { farewell: false })),
    );
    expect(await look(world)).toEqual({ looked: 0, told: 0 });
    const left = await world.db.select().from(consumptionAlerts);
    expect(left.map(({ contractId }) => contractId)).toEqual([gone.contract.id]);
  });
});
