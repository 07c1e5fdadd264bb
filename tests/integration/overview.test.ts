import { describe, expect } from "vitest";
import {
  consumptionFindings,
  contractLinks,
  type documents,
  selfReadings,
  selfReadingWindows,
} from "@/db/schema";
import { storeProfiles } from "@/lib/consumption/commands";
import { listSupplyNews } from "@/lib/consumption/queries/supply-news";
import { listOpenBills } from "@/lib/documents/queries/due-dates";
import { makeContract, makeCustomer, makeDocument } from "../factories/people";
import { makeDay } from "../factories/readings";
import { test, type World } from "../setup/database";

type Customer = Awaited<ReturnType<typeof makeCustomer>>;

const TODAY = "2026-11-20";

const of = ({ company, contract, holder }: Customer) => ({
  companyId: company.id,
  contractId: contract.id,
  holderId: holder.id,
});

const newsOf = (world: World, { actor }: Customer, today = TODAY) =>
  world.web(actor, (ctx) => listSupplyNews(ctx, today));

const openWindow = (world: World, { company }: Customer) =>
  world.db.insert(selfReadingWindows).values({
    ...{ companyId: company.id, commodity: "electricity", opensOnDay: 18, closesOnDay: 25 },
    validFrom: "2026-01-01",
  });

const findUnusual = (world: World, { companyId, contractId }: ReturnType<typeof of>, over = {}) =>
  world.db.insert(consumptionFindings).values({
    ...{ companyId, contractId, kind: "more_than_usual", measured: 4_321, usual: 1_000 },
    ...{ fromDay: "2026-11-01", toDay: "2026-11-10", ...over },
  });

describe("listOpenBills", () => {
  test("tells what is owed over all contracts, the first due first, and what a debit pays", async ({
    world,
  }) => {
    const mine = await makeCustomer(world.db);
    const ofHolder = { companyId: mine.company.id, holderId: mine.holder.id };
    const second = await makeContract(world.db, ofHolder);
    await world.db.insert(contractLinks).values({
      ...{ companyId: second.companyId, contractId: second.id, accountId: mine.account.id },
    });
    const add = (over: Partial<typeof documents.$inferInsert>) =>
      makeDocument(world.db, { ...of(mine), ...over });
    const late = await add({ dueDate: "2026-10-12", paymentStatus: "overdue" });
    const next = await add({ dueDate: "2026-12-01", contractId: second.id });
    const last = await add({ dueDate: "2026-12-12" });
    await add({ dueDate: "2026-12-13", paymentStatus: "paid" });
    await add({ dueDate: "2026-12-13", totalCents: 0 });
    await add({ dueDate: "2026-12-13", kind: "credit_note", totalCents: -5 });
    await add({ dueDate: "2026-12-13", publishedAt: null });
    await add({ dueDate: "2026-12-13", withdrawnAt: new Date() });
    const open = await world.web(mine.actor, (ctx) => listOpenBills(ctx, 10));
    expect(open.map(({ id, overdue, debited }) => [id, overdue, debited])).toEqual([
      [late.id, true, true],
      [next.id, false, false],
      [last.id, false, true],
    ]);
    expect(await world.web(mine.actor, (ctx) => listOpenBills(ctx, 1))).toHaveLength(1);
  });

  test("R28 tells another customer nothing", async ({ world }) => {
    const mine = await makeCustomer(world.db);
    const other = await makeCustomer(world.db, { company: mine.company });
    await makeDocument(world.db, of(mine));
    expect(await world.web(other.actor, (ctx) => listOpenBills(ctx, 10))).toEqual([]);
    // Without row-level security the scope alone must hold.
    expect(await listOpenBills({ db: world.db, actor: other.actor }, 10)).toEqual([]);
  });
});

describe("listSupplyNews", () => {
  test("R25 a meter waits to be read while its window is open and nothing was told in it", async ({
    world,
  }) => {
    const mine = await makeCustomer(world.db);
    await openWindow(world, mine);
    const { contract, account } = mine;
    const open = { from: "2026-11-18", to: "2026-11-25" };
    expect(await newsOf(world, mine)).toMatchObject([
      { contractId: contract.id, toRead: open, unusual: null },
    ]);
    expect(await newsOf(world, mine, "2026-11-26")).toEqual([]);
    const tell = (readOn: string, state: "refused" | "submitted") =>
      world.db.insert(selfReadings).values({
        ...{ companyId: contract.companyId, contractId: contract.id, accountId: account.id },
        ...{ contractNumber: contract.contractNumber, commodity: contract.commodity },
        ...{ readOn, countThousandths: 1, receiptCode: `AL-${readOn}`, state },
        ...(state === "refused"
          ? { decidedAt: new Date(), decidedBy: "prova", refusal: "implausible" as const }
          : {}),
      });
    await tell("2026-10-20", "submitted");
    await tell("2026-11-18", "refused");
    expect(await newsOf(world, mine)).toHaveLength(1);
    await tell("2026-11-19", "submitted");
    expect(await newsOf(world, mine)).toEqual([]);
  });

  test("R22 a meter that tells its count by itself waits for nobody, nor does one whose supply ended", async ({
    world,
  }) => {
    const mine = await makeCustomer(world.db);
    const ended = await makeCustomer(world.db, {
      company: mine.company,
      contract: { endsOn: "2026-11-19" },
    });
    await openWindow(world, mine);
    expect(await newsOf(world, ended)).toEqual([]);
    await world.worker((ctx) => storeProfiles(ctx, [makeDay(mine, "2026-11-10", 5)]));
    expect(await newsOf(world, mine)).toEqual([]);
  });

  test("R25 R5 tells what was unusual of late, in the present holder's days", async ({ world }) => {
    const mine = await makeCustomer(world.db, { contract: { heldSince: "2026-06-01" } });
    await findUnusual(world, of(mine), { fromDay: "2026-05-31", toDay: "2026-11-19" });
    await findUnusual(world, of(mine), { fromDay: "2026-09-01", toDay: "2026-10-01" });
    expect(await newsOf(world, mine)).toEqual([]);
    await findUnusual(world, of(mine));
    expect(await newsOf(world, mine)).toMatchObject([
      { toRead: null, unusual: { kind: "more_than_usual", toDay: "2026-11-10", measured: 4_321 } },
    ]);
  });

  test("R28 tells another customer nothing", async ({ world }) => {
    const mine = await makeCustomer(world.db);
    const other = await makeCustomer(world.db);
    await openWindow(world, mine);
    await findUnusual(world, of(mine));
    expect(await newsOf(world, other)).toEqual([]);
    // Without row-level security the scope alone must hold.
    expect(await listSupplyNews({ db: world.db, actor: other.actor }, TODAY)).toEqual([]);
  });
});
