import { describe, expect } from "vitest";
import { billLines } from "@/db/schema";
import { listBilledParts } from "@/lib/consumption/queries/billed-parts";
import { makeCustomer, makeDocument } from "../factories/people";
import { test, type World } from "../setup/database";

type Customer = Awaited<ReturnType<typeof makeCustomer>>;
type Line = Pick<typeof billLines.$inferInsert, "section" | "unit" | "amountCents">;

async function bill(world: World, { contract, holder }: Customer, lines: Line[], over = {}) {
  const of = { companyId: contract.companyId, contractId: contract.id };
  const document = await makeDocument(world.db, {
    ...{ ...of, holderId: holder.id, consumption: "120", consumptionUnit: "kWh" },
    totalCents: lines.reduce((sum, { amountCents }) => sum + amountCents, 0),
    ...over,
  });
  if (lines.length > 0) {
    await world.db.insert(billLines).values(
      lines.map((line, at) => ({
        ...{ ...of, documentId: document.id, lineNumber: at + 1, description: "riga" },
        ...line,
      })),
    );
  }
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

describe("listBilledParts", () => {
  test("R25 takes a bill apart into parts that add up to its total", async ({ world }) => {
    const mine = await makeCustomer(world.db);
    const { id } = await bill(world, mine, LINES);
    await bill(world, mine, []);
    await bill(world, mine, LINES, { withdrawnAt: new Date() });
    await bill(world, mine, LINES, { consumption: null });
    const key = { companyId: mine.company.id, contractId: mine.contract.id };
    const found = await world.web(mine.actor, (ctx) => listBilledParts(ctx, key));
    expect(found).toMatchObject([
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
    expect(await world.web(other.actor, (ctx) => listBilledParts(ctx, key))).toEqual([]);
    expect(await listBilledParts({ db: world.db, actor: other.actor }, key)).toEqual([]);
  });
});
