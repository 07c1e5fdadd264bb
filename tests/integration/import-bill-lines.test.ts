import { eq } from "drizzle-orm";
import { describe, expect } from "vitest";
import { billLines } from "@/db/schema";
import { importBillLines } from "@/lib/imports/commands/import-bill-lines";
import { faultSentence, ImportRefusedError } from "@/lib/imports/errors";
import { billLinesFile } from "../factories/import-files";
import { makeCustomer, makeDocument } from "../factories/people";
import { test, type World } from "../setup/database";

async function billOf(world: World, over: { publishedAt?: Date | null; billNumber?: string } = {}) {
  const { company, contract, holder } = await makeCustomer(world.db);
  const bill = await makeDocument(world.db, {
    companyId: company.id,
    contractId: contract.id,
    holderId: holder.id,
    billNumber: "B-1",
    totalCents: 8340,
    ...over,
  });
  return { company: company.slug, bill };
}

const load = async (world: World, company: string, file: string) =>
  await world.worker((ctx) => importBillLines(ctx, { company, file }));

async function refusal(world: World, company: string, file: string) {
  const error = await load(world, company, file).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ImportRefusedError);
  return (error as ImportRefusedError).faults.map(faultSentence);
}

const two = () =>
  billLinesFile(
    { amount_eur: "60,00" },
    { line_number: "2", section: "taxes", description: "Accise", amount_eur: "23,40" },
  );

describe("importBillLines", () => {
  test("adds the lines of a bill that has none; the same file again changes nothing", async ({
    world,
  }) => {
    const { company, bill } = await billOf(world);
    const file = await two();
    expect(await load(world, company, file)).toEqual({
      rows: 2,
      added: 2,
      changed: 0,
      unchanged: 0,
    });
    expect(await load(world, company, file)).toMatchObject({ unchanged: 2 });
    const lines = await world.db
      .select()
      .from(billLines)
      .where(eq(billLines.documentId, bill.id))
      .orderBy(billLines.lineNumber);
    expect(lines).toMatchObject([
      { section: "energy", quantity: "269.281", unitPriceEur: "0.31", amountCents: 6000 },
      { section: "taxes", amountCents: 2340 },
    ]);
  });

  test("R27 lines that do not add up to the bill's total are refused", async ({ world }) => {
    const { company, bill } = await billOf(world);
    const file = await billLinesFile(
      { amount_eur: "60,00" },
      { line_number: "2", amount_eur: "23,41" },
    );
    expect(await refusal(world, company, file)).toEqual([
      "bill-lines.csv, line 2, column amount_eur: the lines of B-1 add up to 83.41 €, and its total is 83.40 €",
    ]);
    expect(await world.db.$count(billLines, eq(billLines.documentId, bill.id))).toBe(0);
  });

  test("R21 a published bill's lines may not change any more; an unpublished one's are replaced", async ({
    world,
  }) => {
    const published = await billOf(world);
    await load(world, published.company, await two());
    expect(await refusal(world, published.company, await billLinesFile({}))).toEqual([
      "bill-lines.csv, line 2, column bill_number: B-1 is published with other lines, which may not change any more",
    ]);
    const draft = await billOf(world, { publishedAt: null });
    await load(world, draft.company, await two());
    const other = await billLinesFile({});
    expect(await load(world, draft.company, other)).toMatchObject({ changed: 1 });
    expect(await world.db.$count(billLines, eq(billLines.documentId, draft.bill.id))).toBe(1);
  });

  test("R28 an unknown or another company's bill, and a line twice, are refused by line", async ({
    world,
  }) => {
    const { company } = await billOf(world);
    const other = await billOf(world, { billNumber: "B-OTHER" });
    const file = await billLinesFile({}, {}, { bill_number: "B-OTHER" });
    expect(await refusal(world, company, file)).toEqual([
      "bill-lines.csv, line 3, column line_number: 1 of B-1 stands in line 2 already",
      `bill-lines.csv, line 4, column bill_number: ${company} has no bill "B-OTHER"; import it first`,
    ]);
    expect(await world.db.$count(billLines, eq(billLines.documentId, other.bill.id))).toBe(0);
  });
});
