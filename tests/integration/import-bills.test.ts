import { truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { and, eq, sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import {
  accounts,
  contracts,
  deliveryChoices,
  dispatches,
  documents,
  imports,
  invoicingRuns,
} from "@/db/schema";
import { type BillImportInput, importBills } from "@/lib/imports/commands/import-bills";
import { faultSentence, ImportRefusedError } from "@/lib/imports/errors";
import { openRun } from "@/lib/runs/commands/open-run";
import { publishRun } from "@/lib/runs/commands/publish-run";
import { readDocument } from "@/lib/storage/document-storage";
import { billsFile, PDF, pdfFolder } from "../factories/import-files";
import { makeCompany, makeContract, makeCustomer, must } from "../factories/people";
import { choose, frozenRun } from "../factories/runs";
import { cloneDatabase, test, type World } from "../setup/database";

const archive = { kind: "archive" } as const;
const single = { kind: "single" } as const;

async function load(world: World, input: BillImportInput) {
  return await world.worker((ctx) => importBills(ctx, input));
}

async function refusal(world: World, input: BillImportInput): Promise<string[]> {
  const error = await load(world, input).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ImportRefusedError);
  return (error as ImportRefusedError).faults.map(faultSentence);
}

async function customer(world: World) {
  return await makeCustomer(world.db, { contract: { contractNumber: "C-1" } });
}

const documentsOf = async (world: World, companyId: number) =>
  await world.db
    .select()
    .from(documents)
    .where(eq(documents.companyId, companyId))
    .orderBy(documents.billNumber);

const dispatchesOf = async (world: World, companyId: number) =>
  await world.db.select().from(dispatches).where(eq(dispatches.companyId, companyId));

describe("importBills", () => {
  test("R15 archive: visible at once with its PDF, and never dispatched", async ({ world }) => {
    const { company, holder } = await customer(world);
    const input = {
      company: company.slug,
      file: await billsFile({ document: "one.pdf" }, { bill_number: "B-2" }),
      target: archive,
      documents: await pdfFolder({ "one.pdf": PDF }),
    };
    expect(await load(world, input)).toEqual({ rows: 2, added: 2, changed: 0, unchanged: 0 });
    const [first, second] = await documentsOf(world, company.id);
    expect(first).toMatchObject({
      origin: "archive",
      holderId: holder.id,
      contractNumber: "C-1",
      supplyPoint: "IT001E00000001",
      totalCents: 8340,
      discountCents: 100,
      consumption: "269.281",
      storageKey: `${company.id}/2026/${first?.id}.pdf`,
      pdfBytes: PDF.length,
    });
    expect(first?.publishedAt).not.toBeNull();
    expect(second?.storageKey).toBeNull();
    expect(Buffer.from(await readDocument(must(first?.storageKey))).toString()).toBe(PDF);
    expect(await dispatchesOf(world, company.id)).toEqual([]);
    expect(await load(world, input)).toEqual({ rows: 2, added: 0, changed: 0, unchanged: 2 });
  });

  test("R21 payment status may change after publication, amounts, dates and PDF may not", async ({
    world,
  }) => {
    const { company } = await customer(world);
    const folder = await pdfFolder({ "one.pdf": PDF });
    const of = async (row: Parameters<typeof billsFile>[0]) => ({
      company: company.slug,
      file: await billsFile({ document: "one.pdf", ...row }),
      target: archive,
      documents: folder,
    });
    await load(world, await of({}));
    expect(await load(world, await of({ payment_status: "paid" }))).toMatchObject({ changed: 1 });
    // An empty cell says nothing of it.
    expect(await load(world, await of({ payment_status: "" }))).toMatchObject({ unchanged: 1 });
    const [bill] = await documentsOf(world, company.id);
    expect(bill?.paymentStatus).toBe("paid");
    for (const [column, row] of [
      ["total_eur", { total_eur: "84" }],
      ["due_date", { due_date: "2026-11-13" }],
      ["consumption", { consumption: "270" }],
      ["discount_eur", { discount_eur: "" }],
    ] as const) {
      expect(await refusal(world, await of(row))).toEqual([
        `bills.csv, line 2, column ${column}: B-1 is published, so only its payment_status may still change`,
      ]);
    }
    await writeFile(path.join(folder, "one.pdf"), PDF.replace("much", "less"));
    expect(await refusal(world, await of({}))).toEqual([
      "bills.csv, line 2, column document: B-1 is published, so its PDF may not change any more",
    ]);
    expect(await documentsOf(world, company.id)).toEqual([bill]);
  });

  test("R15 single: published and queued in the mode of its issue instant, once", async ({
    world,
  }) => {
    const electronic = await customer(world);
    const { company } = electronic;
    await choose(world.db, electronic, "electronic", new Date("2026-03-10T12:00:00Z"));
    const input = {
      company: company.slug,
      file: await billsFile(
        { issue_date: "2026-03-09", due_date: "2026-04-09" },
        { bill_number: "B-2", issue_date: "2026-03-10", due_date: "2026-04-10" },
      ),
      target: single,
    };
    await load(world, input);
    const [before, after] = await documentsOf(world, company.id);
    const sent = await dispatchesOf(world, company.id);
    expect(before?.publishedAt).not.toBeNull();
    expect(sent.find((one) => one.documentId === before?.id)).toMatchObject({
      channel: "paper",
      state: "paper",
      email: null,
    });
    expect(sent.find((one) => one.documentId === after?.id)).toMatchObject({
      channel: "email",
      state: "queued",
      email: electronic.account.email,
    });
    expect(await load(world, input)).toMatchObject({ unchanged: 2 });
    expect(await dispatchesOf(world, company.id)).toHaveLength(2);
  });

  test("R7 a bill of a time before the account was deleted goes on paper, not to its pseudonym", async ({
    world,
  }) => {
    const gone = await customer(world);
    await choose(world.db, gone);
    await world.db
      .update(accounts)
      .set({ deletedAt: new Date(), passwordHash: null, email: "deleted-1" })
      .where(eq(accounts.id, gone.account.id));
    await load(world, { company: gone.company.slug, file: await billsFile({}), target: single });
    expect(await dispatchesOf(world, gone.company.id)).toMatchObject([
      { channel: "paper", email: null },
    ]);
  });

  test("R15 run: loaded, not yet visible, replaced until published; later only payment status", async ({
    world,
  }) => {
    const { company } = await customer(world);
    await world.worker((ctx) => frozenRun(ctx, company.slug));
    const folder = await pdfFolder({ "one.pdf": PDF, "two.pdf": `${PDF}2` });
    const of = async (row: Parameters<typeof billsFile>[0]) => ({
      company: company.slug,
      file: await billsFile({ document: "one.pdf", ...row }),
      target: { kind: "run", run: "2026-05" } as const,
      documents: folder,
    });
    await load(world, await of({}));
    const [run] = await world.db
      .select()
      .from(invoicingRuns)
      .where(eq(invoicingRuns.companyId, company.id));
    expect(run?.state).toBe("loaded");
    const [first] = await documentsOf(world, company.id);
    expect(first).toMatchObject({ publishedAt: null, origin: "run", runId: run?.id });
    const changed = await of({ total_eur: "90", document: "two.pdf" });
    expect(await load(world, changed)).toMatchObject({ changed: 1 });
    const [second] = await documentsOf(world, company.id);
    expect(second).toMatchObject({ id: first?.id, totalCents: 9000 });
    expect(Buffer.from(await readDocument(must(second?.storageKey))).toString()).toBe(`${PDF}2`);
    // Kept while the import can be reverted.
    expect(Buffer.from(await readDocument(must(first?.storageKey)))).toBeTruthy();
    await world.worker((ctx) => publishRun(ctx, { company: company.slug, run: "2026-05" }));
    const paid = await of({ total_eur: "90", document: "two.pdf", payment_status: "paid" });
    expect(await load(world, paid)).toMatchObject({ changed: 1 });
    expect(await refusal(world, await of({ bill_number: "B-2", document: "" }))).toEqual([
      "bills.csv, line 2: run 2026-05 is published and takes no more bills; use --single",
    ]);
  });

  test("R15 a run's document without a plan row is refused by line", async ({ world }) => {
    const { company, holder } = await customer(world);
    await world.worker((ctx) => frozenRun(ctx, company.slug));
    await makeContract(world.db, {
      companyId: company.id,
      holderId: holder.id,
      contractNumber: "C-LATE",
      startsOn: "2026-06-01",
    });
    const file = await billsFile({}, { bill_number: "B-2", contract_number: "C-LATE" });
    const target = { kind: "run", run: "2026-05" } as const;
    expect(await refusal(world, { company: company.slug, file, target })).toEqual([
      "bills.csv, line 3, column contract_number: C-LATE is not in the delivery plan of run 2026-05; use --single",
    ]);
    expect(await documentsOf(world, company.id)).toEqual([]);
  });

  test("R15 a run that is unknown, another company's, or not frozen is refused", async ({
    world,
  }) => {
    const { company } = await customer(world);
    const other = await makeCompany(world.db);
    await world.worker((ctx) =>
      openRun(ctx, { company: company.slug, cutOffAt: new Date("2020-01-01"), name: "early" }),
    );
    await world.worker((ctx) => frozenRun(ctx, other.slug, "theirs"));
    const file = await billsFile({});
    const into = (run: string) =>
      load(world, { company: company.slug, file, target: { kind: "run", run } });
    await expect(into("none")).rejects.toThrow('has no run "none"; known are: early.');
    await expect(into("theirs")).rejects.toThrow('has no run "theirs"; known are: early.');
    await expect(into("early")).rejects.toThrow("The run early is not frozen yet");
  });

  test("every fault of a file is told with line and column, and nothing is changed", async ({
    world,
  }) => {
    const { company } = await customer(world);
    const folder = await pdfFolder({ "no.pdf": "<html>", "large.pdf": PDF });
    await truncate(path.join(folder, "large.pdf"), 20 * 1024 * 1024 + 1);
    const file = await billsFile(
      { document: "gone.pdf" },
      { bill_number: "B-2", contract_number: "C-9" },
      { bill_number: "B-3", total_eur: "-12,00" },
      { bill_number: "B-4", kind: "credit_note", total_eur: "12,00" },
      { bill_number: "B-5", issue_date: "2026-02-30" },
      { bill_number: "B-6", period_to: "2026-08-31" },
      { bill_number: "B-7", document: "../secrets.pdf" },
      { bill_number: "B-8", document: "no.pdf" },
      { bill_number: "B-9", document: "large.pdf" },
      { bill_number: "B-1" },
      { bill_number: "B-10", kind: "credit_note", total_eur: "-12,00", due_date: "2026-10-20" },
    );
    const sentences = await refusal(world, {
      company: company.slug,
      file,
      target: archive,
      documents: folder,
    });
    expect(sentences).toEqual([
      expect.stringContaining('line 2, column document: "gone.pdf" is not in the documents folder'),
      expect.stringContaining(
        `line 3, column contract_number: ${company.slug} has no contract "C-9"`,
      ),
      expect.stringContaining("line 4, column total_eur: is negative"),
      expect.stringContaining("line 5, column total_eur: is positive"),
      expect.stringContaining('line 6, column issue_date: "2026-02-30" is not a date'),
      expect.stringContaining("line 7, column period_to: 2026-08-31 is before period_from"),
      expect.stringContaining('line 8, column document: "../secrets.pdf" must be the plain name'),
      expect.stringContaining('line 9, column document: "no.pdf" is not a PDF'),
      expect.stringContaining('line 10, column document: "large.pdf" has 21 MB'),
      expect.stringContaining("line 11, column bill_number: B-1 stands in line 2 already"),
    ]);
    expect(await documentsOf(world, company.id)).toEqual([]);
  });

  test("a PDF without a folder, and a folder that is not there, are told", async ({ world }) => {
    const { company } = await customer(world);
    const file = await billsFile({ document: "one.pdf" });
    const input = { company: company.slug, file, target: archive };
    expect(await refusal(world, input)).toEqual([
      "bills.csv, line 2, column document: names a PDF; say --documents with its folder or ZIP file",
    ]);
    await expect(load(world, { ...input, documents: "/nowhere/at/all" })).rejects.toThrow(
      "There is no folder or ZIP file /nowhere/at/all",
    );
  });

  test("R28 another company's contract and bill of the same number are not touched", async ({
    world,
  }) => {
    const mine = await customer(world);
    const other = await customer(world);
    const file = await billsFile({});
    await load(world, { company: mine.company.slug, file, target: archive });
    const theirs = await billsFile({ total_eur: "1" });
    await load(world, { company: other.company.slug, file: theirs, target: archive });
    expect(await documentsOf(world, mine.company.id)).toMatchObject([{ totalCents: 8340 }]);
    const empty = await makeCompany(world.db);
    expect(await refusal(world, { company: empty.slug, file, target: archive })).toEqual([
      expect.stringContaining(`${empty.slug} has no contract "C-1"`),
    ]);
  });

  test.for([
    ["archive", archive],
    ["single", single],
    ["run", { kind: "run", run: "2026-05" }],
  ] as const)(
    "R5 %s: what is of the former holder is refused by line, the new one's is taken",
    async ([kind, target], { world }) => {
      const { company, contract } = await customer(world);
      await world.worker((ctx) => frozenRun(ctx, company.slug));
      await world.db
        .update(contracts)
        .set({ heldSince: "2026-10-01" })
        .where(and(eq(contracts.companyId, company.id), eq(contracts.id, contract.id)));
      const former = await billsFile(
        { issue_date: "2026-09-30", period_from: "2026-10-01", period_to: "2026-10-31" },
        { bill_number: "B-2", issue_date: "2026-10-20", period_to: "2026-09-30" },
      );
      const hands =
        "is before the contract changed hands on 2026-10-01: the bill is the former holder's";
      expect(await refusal(world, { company: company.slug, file: former, target })).toEqual([
        expect.stringContaining(`line 2, column issue_date: ${hands}`),
        expect.stringContaining(`line 3, column period_to: ${hands}`),
      ]);
      expect(await documentsOf(world, company.id)).toEqual([]);
      const own = await billsFile({ issue_date: "2026-10-20", period_to: "2026-10-01" });
      expect(await load(world, { company: company.slug, file: own, target })).toMatchObject({
        added: 1,
      });
      expect(await documentsOf(world, company.id)).toMatchObject([{ origin: kind }]);
    },
  );

  test("R5 also when the contract is told to begin on the day it changed hands", async ({
    world,
  }) => {
    const { company, contract } = await customer(world);
    const file = await billsFile({});
    await world.db
      .update(contracts)
      .set({ heldSince: "2026-10-21", startsOn: "2026-10-21" })
      .where(and(eq(contracts.companyId, company.id), eq(contracts.id, contract.id)));
    await world.db.insert(deliveryChoices).values({
      companyId: company.id,
      contractId: contract.id,
      mode: "paper",
      origin: "holder_changed",
    });
    expect(await refusal(world, { company: company.slug, file, target: archive })).toEqual([
      expect.stringContaining("changed hands on 2026-10-21"),
    ]);
  });

  test("when the database refuses in the middle, the same file goes on from there", async () => {
    const clone = await cloneDatabase();
    try {
      const { company } = await clone.superuser.db.transaction(
        async (tx) => await makeCustomer(tx, { contract: { contractNumber: "C-1" } }),
      );
      await clone.superuser.db.execute(sql`create function refuse() returns trigger language plpgsql
        as $$ begin raise exception 'no more documents'; end $$`);
      await clone.superuser.db.execute(sql`create trigger refuse before insert on documents
        for each row execute function refuse()`);
      const ctx = { db: clone.worker.db, actor: { kind: "system", name: "test" } } as const;
      const input = {
        company: company.slug,
        file: await billsFile({ document: "one.pdf" }),
        target: archive,
        documents: await pdfFolder({ "one.pdf": PDF }),
      };
      await expect(importBills(ctx, input)).rejects.toThrow();
      expect(await clone.superuser.db.$count(documents)).toBe(0);
      const [stuck] = await clone.superuser.db.select().from(imports);
      expect(stuck).toMatchObject({ state: "applying", rows: 1, applied: 0 });
      await clone.superuser.db.execute(sql`drop trigger refuse on documents`);
      expect(await importBills(ctx, input)).toMatchObject({ rows: 1, added: 1 });
      expect(await clone.superuser.db.select().from(imports)).toMatchObject([
        { id: stuck?.id, state: "done", applied: 1 },
      ]);
      const [bill] = await clone.superuser.db.select().from(documents);
      expect(Buffer.from(await readDocument(must(bill?.storageKey))).toString()).toBe(PDF);
    } finally {
      await clone.drop();
    }
  });
});
