import { describe, expect } from "vitest";
import { getBilled } from "@/lib/consumption/queries/billed-parts";
import { listBilledPrices } from "@/lib/consumption/queries/billed-prices";
import { addBillLines, type NewLine } from "../factories/bill-lines";
import { makeCustomer, makeDocument } from "../factories/people";
import { test, type World } from "../setup/database";

type Customer = Awaited<ReturnType<typeof makeCustomer>>;
type Line = Pick<NewLine, "section" | "unit" | "amountCents">;

async function bill(world: World, { contract, holder }: Customer, lines: Line[], over = {}) {
  const of = { companyId: contract.companyId, contractId: contract.id };
  const document = await makeDocument(world.db, {
    ...{ ...of, holderId: holder.id, consumption: "120", consumptionUnit: "kWh" },
    totalCents: lines.reduce((sum, { amountCents }) => sum + amountCents, 0),
    ...over,
  });
  await addBillLines(
    world.db,
    lines.map((line, at) => ({
      ...{ ...of, documentId: document.id, lineNumber: at + 1, description: "riga" },
      ...line,
    })),
  );
  return document;
}

const LINES: Line[] = [
  { section: "energy", unit: "kWh", amountCents: 2_000 },
  { section: "network", unit: "mese", amountCents: 500 },
  { section: "network", unit: "kW", amountCents: 300 },
  { section: "system", unit: "kWh", amountCents: 100 },
  { section: "taxes", unit: "kWh", amountCents: 50 },
  { section: "taxes", unit: null, amountCents: 295 },
  { section: "energy", unit: null, amountCents: 7 },
  { section: "other", unit: null, amountCents: -60 },
];

describe("getBilled", () => {
  test("R25 takes a bill apart into parts that add up to its total", async ({ world }) => {
    const mine = await makeCustomer(world.db);
    const { id } = await bill(world, mine, LINES);
    await bill(world, mine, []);
    await bill(world, mine, LINES, { withdrawnAt: new Date() });
    await bill(world, mine, LINES, { consumption: null });
    const key = { companyId: mine.company.id, contractId: mine.contract.id };
    const found = await world.web(mine.actor, (ctx) => getBilled(ctx, key));
    expect(found.bills).toMatchObject([
      {
        ...{ id, base: 120_000, totalCents: 3_192 },
        ...{ byQuantityCents: 2_150, fixedCents: 807, vatCents: 295, otherCents: -60 },
      },
    ]);
  });

  test("R28 tells another customer nothing", async ({ world }) => {
    const mine = await makeCustomer(world.db);
    const other = await makeCustomer(world.db, { company: mine.company });
    await bill(world, mine, LINES);
    const key = { companyId: mine.company.id, contractId: mine.contract.id };
    const nothing = { bills: [], to: null, closed: false, endsOn: null };
    expect(await world.web(other.actor, (ctx) => getBilled(ctx, key))).toEqual(nothing);
    expect(await getBilled({ db: world.db, actor: other.actor }, key)).toEqual(nothing);
  });

  test("R25 tells up to when bills go, with those that cannot be taken apart, and of the closing one", async ({
    world,
  }) => {
    const mine = await makeCustomer(world.db, { contract: { endsOn: "2025-05-31" } });
    const key = { companyId: mine.company.id, contractId: mine.contract.id };
    const look = () => world.web(mine.actor, (ctx) => getBilled(ctx, key));
    await bill(world, mine, LINES, { periodFrom: "2025-03-01", periodTo: "2025-03-31" });
    await bill(world, mine, [], { periodFrom: "2025-04-01", periodTo: "2025-04-30" });
    expect(await look()).toMatchObject({ to: "2025-04-30", closed: false, endsOn: "2025-05-31" });
    const last = { periodFrom: "2025-05-01", periodTo: "2025-05-31" };
    await bill(world, mine, LINES, { kind: "closing_bill", ...last });
    expect(await look()).toMatchObject({ to: "2025-05-31", closed: true });
  });

  test("R22 R25 cubic metres of gas count by the coefficient C; a unit that is not the contract's says nothing", async ({
    world,
  }) => {
    const mine = await makeCustomer(world.db, {
      contract: { commodity: "gas", gasCoefficientC: "1.05" },
    });
    const key = { companyId: mine.company.id, contractId: mine.contract.id };
    const period = { periodFrom: "2025-03-01", periodTo: "2025-03-31" };
    await bill(world, mine, LINES, { consumption: "100", consumptionUnit: "m3", ...period });
    await bill(world, mine, LINES, { consumption: "100", consumptionUnit: "kWh", ...period });
    await bill(world, mine, LINES, { consumption: "0.0004", consumptionUnit: "Smc", ...period });
    const { bills } = await world.web(mine.actor, (ctx) => getBilled(ctx, key));
    expect(bills.map(({ base }) => base)).toEqual([105_000]);
    const prices = await world.web(mine.actor, (ctx) =>
      listBilledPrices(ctx, [key], { from: "2025-01-01", to: "2025-12-31" }),
    );
    expect(prices.map(({ base }) => base)).toEqual([105_000]);
  });
});
