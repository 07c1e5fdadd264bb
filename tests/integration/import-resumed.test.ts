import { appendFile } from "node:fs/promises";
import { eq, sql } from "drizzle-orm";
import { expect } from "vitest";
import { contracts, documents, imports } from "@/db/schema";
import { cancelImport } from "@/lib/imports/commands/decide-import";
import { type BillImportInput, billsKind, importBills } from "@/lib/imports/commands/import-bills";
import { CONTRACTS, importContracts } from "@/lib/imports/commands/import-contracts";
import { runImport } from "@/lib/imports/commands/run-import";
import { takeOver } from "@/lib/imports/commands/take-over";
import type { ImportInput, ImportKind } from "@/lib/imports/kind";
import { publishRun } from "@/lib/runs/commands/publish-run";
import { findDocument } from "@/lib/storage/document-storage";
import { billsFile, contractsFile, PDF, pdfFolder } from "../factories/import-files";
import { makeCompany, makeCustomer, must } from "../factories/people";
import { frozenRun } from "../factories/runs";
import { test, type World } from "../setup/database";

const RUN = { kind: "run", run: "2026-05" } as const;

/** An import that dies once its file is checked, before anything of it is applied. */
async function killed<Input extends ImportInput>(
  world: World,
  kind: ImportKind<Input>,
  input: Input,
): Promise<string> {
  let importId = "";
  const dying: ImportKind<Input> = {
    ...kind,
    async prepare() {
      throw new Error("killed");
    },
  };
  const onReceived = (id: string) => {
    importId = id;
  };
  await expect(
    world.worker((ctx) => takeOver(ctx, dying, { ...input, onReceived })),
  ).rejects.toThrow("killed");
  return importId;
}

const stateOf = async (world: World, id: string) =>
  must((await world.db.select().from(imports).where(eq(imports.id, id)))[0]).state;

test("R15 bills of an import that was killed do not get into a run that was published meanwhile", async ({
  world,
}) => {
  const { company } = await makeCustomer(world.db, { contract: { contractNumber: "C-1" } });
  await world.worker((ctx) => frozenRun(ctx, company.slug));
  const into = (file: string): BillImportInput => ({ company: company.slug, file, target: RUN });
  await world.worker(async (ctx) => importBills(ctx, into(await billsFile({}))));
  const late = await billsFile({ bill_number: "LATE-1" });
  const id = await killed(world, billsKind(), into(late));
  expect(await stateOf(world, id)).toBe("applying");
  const published = await world.worker((ctx) =>
    publishRun(ctx, { company: company.slug, run: RUN.run }),
  );
  expect(published.ok).toBe(true);
  await expect(world.worker((ctx) => importBills(ctx, into(late)))).rejects.toThrow(
    /is published and takes no more bills/,
  );
  expect(await stateOf(world, id)).toBe("failed");
  expect(await world.db.$count(documents)).toBe(1);
});

test("a resumed import of bills stores its PDFs", async ({ world }) => {
  const { company } = await makeCustomer(world.db, { contract: { contractNumber: "C-1" } });
  const file = await billsFile({ document: "a.pdf" });
  const id = await killed(world, billsKind(), {
    company: company.slug,
    file,
    target: { kind: "archive" },
    documents: await pdfFolder({ "a.pdf": PDF }),
  });
  await world.worker((ctx) => runImport(ctx, { importId: id }));
  const [bill] = await world.db.select().from(documents);
  expect(await findDocument(bill?.storageKey ?? "")).not.toBeNull();
});

test("PDFs of a batch that was never committed do not stay when the import is begun again", async ({
  world,
}) => {
  const { company } = await makeCustomer(world.db, { contract: { contractNumber: "C-1" } });
  const kind = billsKind();
  let stored = "";
  const dying: typeof kind = {
    ...kind,
    async apply(tx, source, batch, read) {
      await kind.apply(tx, source, batch, read);
      const [row] = await tx.db.execute<{ key: string }>(
        sql`select pdf_key as key from ${batch} b`,
      );
      stored = row?.key ?? "";
      throw new Error("killed");
    },
  };
  const input: BillImportInput = {
    company: company.slug,
    file: await billsFile({ document: "a.pdf" }),
    target: { kind: "archive" },
    documents: await pdfFolder({ "a.pdf": PDF }),
  };
  await expect(world.worker((ctx) => takeOver(ctx, dying, input))).rejects.toThrow("killed");
  expect(await world.db.$count(documents)).toBe(0);
  expect(await findDocument(stored)).not.toBeNull();
  await world.worker((ctx) => importBills(ctx, input));
  const [bill] = await world.db.select().from(documents);
  expect(await findDocument(bill?.storageKey ?? "")).not.toBeNull();
  expect(await findDocument(stored)).toBeNull();
});

test("bills begun again without their PDFs name none that nobody stored", async ({ world }) => {
  const { company } = await makeCustomer(world.db, { contract: { contractNumber: "C-1" } });
  const file = await billsFile({ document: "a.pdf" });
  const into = { company: company.slug, file, target: { kind: "archive" } } as const;
  const folder = await pdfFolder({ "a.pdf": PDF });
  await killed(world, billsKind(), { ...into, documents: folder });
  await world.worker((ctx) => importBills(ctx, into)).catch(() => {});
  for (const { storageKey } of await world.db.select().from(documents)) {
    expect(storageKey && (await findDocument(storageKey))).toBeNull();
  }
  expect(
    await world.worker((ctx) => importBills(ctx, { ...into, documents: folder })),
  ).toMatchObject({ rows: 1 });
  const [bill] = await world.db.select().from(documents);
  expect(await findDocument(bill?.storageKey ?? "")).not.toBeNull();
});

test("what was checked before another file was applied is checked again", async ({ world }) => {
  const company = await makeCompany(world.db);
  const input = async (over: Record<string, string>) => ({
    company: company.slug,
    file: await contractsFile(over),
  });
  const first = await killed(world, CONTRACTS, await input({ product: "Luce" }));
  await world.worker(async (ctx) => importContracts(ctx, await input({ product: "Gas" })));
  expect(await world.worker((ctx) => runImport(ctx, { importId: first }))).toMatchObject({
    added: 0,
    changed: 1,
  });
  expect(await world.db.select({ product: contracts.product }).from(contracts)).toEqual([
    { product: "Luce" },
  ]);
});

test("an import that outlives a crash of the server, which empties what was staged, reads its file again", async ({
  world,
}) => {
  const company = await makeCompany(world.db);
  let crashes = 0;
  const outliving: typeof CONTRACTS = {
    ...CONTRACTS,
    async prepare({ db }, _, { table }) {
      crashes += 1;
      if (crashes === 1) {
        await db.execute(sql`truncate ${table}`);
      }
      // Without end it would go round and round here.
      stop.throwIfAborted();
    },
  };
  const stop = AbortSignal.timeout(20_000);
  const input = { company: company.slug, file: await contractsFile({}), stop };
  expect(await world.worker((ctx) => takeOver(ctx, outliving, input))).toMatchObject({ added: 1 });
  expect(await world.db.$count(contracts)).toBe(1);
});

test("an import that is told to stop stops, whatever of it was ended first", async ({ world }) => {
  const company = await makeCompany(world.db);
  const stop = new AbortController();
  const ended: typeof CONTRACTS = {
    ...CONTRACTS,
    // biome-ignore lint/correctness/useYield: it never comes to a row
    async *read() {
      stop.abort(new Error("told to stop"));
      throw new Error("a process that reads was lost");
    },
  };
  const input = { company: company.slug, file: await contractsFile({}), stop: stop.signal };
  await expect(world.worker((ctx) => takeOver(ctx, ended, input))).rejects.toThrow("told to stop");
});

test("an import that is given up while it is checked applies nothing", async ({ world }) => {
  const company = await makeCompany(world.db);
  const givenUp: typeof CONTRACTS = {
    ...CONTRACTS,
    async check(tx, source, staging) {
      await CONTRACTS.check(tx, source, staging);
      await cancelImport(tx, source.importId);
    },
  };
  const input = { company: company.slug, file: await contractsFile({}) };
  await expect(world.worker((ctx) => takeOver(ctx, givenUp, input))).rejects.toThrow(
    "The import was cancelled meanwhile.",
  );
  expect(await world.db.$count(contracts)).toBe(0);
});

test("an import that is given up while it is read reads no further than its share", async ({
  world,
}) => {
  const company = await makeCompany(world.db);
  let shares = 0;
  const givenUp: typeof CONTRACTS = {
    ...CONTRACTS,
    async *read(source) {
      for await (const [row] of CONTRACTS.read(source)) {
        for (; row && shares < 3; shares += 1) {
          yield Array.from({ length: 20_000 }, () => row);
        }
      }
    },
  };
  let cancelled: Promise<unknown> | undefined;
  const onProgress = () => {
    cancelled ??= world.db
      .update(imports)
      .set({ state: "cancelled", finishedAt: sql`now()` })
      .execute();
  };
  const input = { company: company.slug, file: await contractsFile({}), onProgress };
  await expect(world.worker((ctx) => takeOver(ctx, givenUp, input))).rejects.toThrow(
    "The import was cancelled meanwhile.",
  );
  await cancelled;
  expect(shares).toBeLessThan(3);
});

test("a file that was changed since is not resumed", async ({ world }) => {
  const company = await makeCompany(world.db);
  const file = await contractsFile({});
  const id = await killed(world, CONTRACTS, { company: company.slug, file });
  await world.db.update(imports).set({ state: "received" }).where(eq(imports.id, id));
  await appendFile(file, "\n");
  await expect(world.worker((ctx) => runImport(ctx, { importId: id }))).rejects.toThrow(
    "The file is not what it was; import it again.",
  );
});
