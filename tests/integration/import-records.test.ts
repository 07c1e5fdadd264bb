import { readFile } from "node:fs/promises";
import { eq, sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import { auditLog, billLines, contracts, documents, importFaults, imports } from "@/db/schema";
import { inTransaction } from "@/lib/auth/context";
import { ForbiddenError, NotFoundError } from "@/lib/errors";
import { applyChecked, cancelImport } from "@/lib/imports/commands/decide-import";
import { forgetImports } from "@/lib/imports/commands/forget-imports";
import { importBillLines } from "@/lib/imports/commands/import-bill-lines";
import { importBills } from "@/lib/imports/commands/import-bills";
import { importContracts } from "@/lib/imports/commands/import-contracts";
import { importReadings } from "@/lib/imports/commands/import-readings";
import { receiveUpload } from "@/lib/imports/commands/receive-upload";
import { revertImport } from "@/lib/imports/commands/revert-import";
import { runUpload } from "@/lib/imports/commands/run-uploads";
import { uploadImport } from "@/lib/imports/commands/upload-import";
import { ImportRefusedError } from "@/lib/imports/errors";
import { faultLines, getImport, listFaults, listImports } from "@/lib/imports/queries";
import { errorsFileName, remedyOf } from "@/lib/imports/rules";
import { publishRun } from "@/lib/runs/commands/publish-run";
import { findDocument } from "@/lib/storage/document-storage";
import {
  billLinesFile,
  billsFile,
  contractsFile,
  PDF,
  pdfFolder,
  writeText,
} from "../factories/import-files";
import { makeCompany, makeCustomer, makeStaff, must } from "../factories/people";
import { frozenRun } from "../factories/runs";
import { test, type World } from "../setup/database";

const RUN = { kind: "run", run: "2026-05" } as const;

const one = async (world: World) => must((await world.db.select().from(imports))[0]);

const fileOf = async (path: string, name = "contracts.csv") =>
  new File([new Uint8Array(await readFile(path))], name);

async function sent(world: World, dryRun: boolean) {
  const company = await makeCompany(world.db);
  const operator = await makeStaff(world.db, "operator");
  const file = await fileOf(await contractsFile({}));
  const id = await world.web(operator, (ctx) =>
    uploadImport(ctx, {
      company: company.slug,
      kind: "contracts",
      file,
      dryRun: dryRun ? "yes" : undefined,
    }),
  );
  return { company, operator, importId: id.ok ? id.value : "" };
}

const work = (world: World, importId: string) => world.worker((ctx) => runUpload(ctx, importId));

describe("what is kept of an import", () => {
  test("every fault with line, column, value, remedy and row; as CSV no cell is a formula", async ({
    world,
  }) => {
    const { slug } = await makeCompany(world.db);
    const operator = await makeStaff(world.db, "operator");
    const file = await contractsFile(
      { product: "=HYPERLINK(1)", starts_on: "=2+3" },
      { contract_number: "C-2", mandate_status: "perhaps" },
    );
    const refused = await world
      .worker((ctx) => importContracts(ctx, { company: slug, file }))
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ImportRefusedError);
    const record = await one(world);
    expect(record).toMatchObject({ state: "failed", faults: 2, added: 0 });
    expect(record.failure).toContain("line 2, column starts_on");
    expect((refused as ImportRefusedError).importId).toBe(record.id);
    const faults = await world.web(operator, (ctx) => listFaults(ctx, { importId: record.id }));
    expect(faults).toMatchObject([
      { line: 2, column: "starts_on", value: "=2+3" },
      { line: 3, column: "mandate_status", value: "perhaps" },
    ]);
    expect(faults[0]?.raw).toContain("=HYPERLINK(1)");
    const lines: string[] = [];
    await world.web(operator, async (ctx) => {
      for await (const line of faultLines(ctx, record.id)) {
        lines.push(line);
      }
    });
    expect(lines).toHaveLength(3);
    expect(lines[0]).toBe("file;line;column;value;reason;remedy;row\n");
    expect(lines[1]).toContain(";'=2+3;");
    expect(await world.db.$count(contracts)).toBe(0);
  });

  test("a row that is kept stands there as in its file: quotation marks, formulas, its own delimiter", async ({
    world,
  }) => {
    const { slug } = await makeCompany(world.db);
    const header = "contract_number;start;end;value;unit;quality";
    const rows = [
      'C-1;2026-05-01T00:00:00Z;2026-05-01T00:15:00Z;"1,5";"parsecs";actual',
      "C-1;never;2026-05-01T00:30:00Z;1;kWh;actual",
    ];
    const ours = await writeText("r.csv", `${[header, ...rows].join("\r\n")}\r\n`);
    await world.worker((ctx) => importReadings(ctx, { company: slug, file: ours })).catch(() => {});
    const { id } = await one(world);
    const kept = await world.worker((ctx) => listFaults(ctx, { importId: id }));
    expect(kept).toMatchObject([
      { line: 2, column: "unit", value: "parsecs", raw: rows[0] },
      { line: 3, column: "start", value: "never", raw: rows[1] },
    ]);
    await world.db.delete(imports);
    const layout = await writeText(
      "mine.json",
      JSON.stringify({
        name: "mine",
        shape: "long",
        delimiter: ",",
        excelText: true,
        of: { by: "contract_number", column: "Contratto" },
        start: { column: "At", format: "yyyy-MM-dd HH:mm" },
        intervalMinutes: 15,
        value: "Wh",
        unit: "Wh",
      }),
    );
    const row = '="00123",2026-05-01 00:00,"many, many"';
    const excel = await writeText("x.csv", `CONTRATTO,at,wh\n${row}\n`);
    await world
      .worker((ctx) => importReadings(ctx, { company: slug, file: excel, layout }))
      .catch(() => {});
    const again = await one(world);
    expect(await world.worker((ctx) => listFaults(ctx, { importId: again.id }))).toMatchObject([
      { line: 2, value: "many, many", raw: row },
    ]);
  });

  test("a row over several lines is kept whole", async ({ world }) => {
    const { slug } = await makeCompany(world.db);
    const file = await contractsFile({ product: '"two\nlines"', starts_on: "never" });
    await world.worker((ctx) => importContracts(ctx, { company: slug, file })).catch(() => {});
    const { id } = await one(world);
    const [fault] = await world.worker((ctx) => listFaults(ctx, { importId: id }));
    const [, ...lines] = (await readFile(file, "utf8")).trimEnd().split("\n");
    expect(fault?.raw).toBe(lines.join("\n"));
  });

  test("a list of errors is CSV, whatever the file was", () => {
    expect(["a.csv", "b.XML", "c.d.zip", "e"].map(errorsFileName)).toEqual([
      ...["errors-a.csv", "errors-b.csv", "errors-c.d.csv", "errors-e.csv"],
    ]);
  });

  test("a remedy is what follows the semicolon", () => {
    expect(remedyOf("x has no contract; import it first")).toBe("import it first");
    expect(remedyOf("is empty")).toMatch(/^correct it/);
  });

  test("nothing is left in the schema of staged rows", async ({ world }) => {
    const { slug } = await makeCompany(world.db);
    for (const rows of [{}, { starts_on: "never" }]) {
      const file = await contractsFile(rows);
      await world.worker((ctx) => importContracts(ctx, { company: slug, file })).catch(() => {});
    }
    const left = await world.db.execute(
      sql`select from pg_class where relnamespace = 'staging'::regnamespace`,
    );
    expect(left).toHaveLength(0);
  });
});

describe("uploads", () => {
  test("are imported by the worker, and stay for a week", async ({ world }) => {
    const { importId, operator } = await sent(world, false);
    expect(await one(world)).toMatchObject({ state: "received", importedBy: operator.staffId });
    await work(world, importId);
    const record = await one(world);
    expect(record).toMatchObject({ state: "done", added: 1, applied: 1, rows: 1 });
    expect(await world.db.$count(contracts)).toBe(1);
    await work(world, importId);
    expect(await one(world)).toEqual(record);
    await world.worker(forgetImports);
    expect(await findDocument(must(record.storageKey))).not.toBeNull();
    await world.db.update(imports).set({ finishedAt: sql`now() - interval '8 days'` });
    await world.worker(forgetImports);
    expect(await findDocument(must(record.storageKey))).toBeNull();
    expect((await one(world)).storageKey).toBeNull();
  });

  test("that are only checked wait for somebody's yes, or are given up", async ({ world }) => {
    const { importId, operator } = await sent(world, true);
    await work(world, importId);
    expect(await one(world)).toMatchObject({ state: "checked", added: 1, applied: 0 });
    expect(await world.db.$count(contracts)).toBe(0);
    const applied = await world.web(operator, (ctx) => applyChecked(ctx, importId));
    expect(applied).toEqual({ ok: true, value: null });
    await work(world, importId);
    expect(await one(world)).toMatchObject({ state: "done", applied: 1 });
    expect(await world.web(operator, (ctx) => applyChecked(ctx, importId))).toEqual({
      ok: false,
      code: "not_checked",
    });
    expect(await world.web(operator, (ctx) => cancelImport(ctx, importId))).toEqual({
      ok: false,
      code: "ended",
    });
    const other = await sent(world, true);
    expect(await world.web(operator, (ctx) => cancelImport(ctx, other.importId))).toEqual({
      ok: true,
      value: { applied: 0 },
    });
    await work(world, other.importId);
    expect(await world.web(operator, (ctx) => getImport(ctx, other.importId))).toMatchObject({
      state: "cancelled",
      cancelledBy: operator.name,
    });
    const third = await sent(world, true);
    await world.worker((ctx) => cancelImport(ctx, third.importId));
    expect(await world.web(operator, (ctx) => getImport(ctx, third.importId))).toMatchObject({
      cancelledBy: "test",
    });
    const deeds = await world.db.select({ action: auditLog.action }).from(auditLog);
    expect(deeds.map(({ action }) => action)).toEqual(
      expect.arrayContaining([
        "received_import",
        "applied_checked_import",
        "imported_contracts",
        "cancelled_import",
      ]),
    );
  });

  test("a refused file's faults stand in its record; the job does not fail", async ({ world }) => {
    const { company, operator } = await sent(world, false);
    const file = await fileOf(await contractsFile({ starts_on: "never" }));
    const id = await world.web(operator, (ctx) =>
      uploadImport(ctx, { company: company.slug, kind: "contracts", file }),
    );
    await work(world, id.ok ? id.value : "");
    expect(await world.db.select().from(importFaults)).toMatchObject([{ column: "starts_on" }]);
  });

  test("R28 wrong role: support neither sends nor sees nor decides, in commands and by SQL", async ({
    world,
  }) => {
    const { company, importId } = await sent(world, true);
    await work(world, importId);
    const support = await makeStaff(world.db, "support");
    const file = await fileOf(await contractsFile({}));
    for (const attempt of [
      () =>
        world.web(support, (ctx) =>
          uploadImport(ctx, { company: company.slug, kind: "contracts", file }),
        ),
      () => world.web(support, (ctx) => applyChecked(ctx, importId)),
      () => world.web(support, (ctx) => cancelImport(ctx, importId)),
      () => world.web(support, (ctx) => listImports(ctx)),
      () => world.web(support, (ctx) => getImport(ctx, importId)),
      () => world.web(support, (ctx) => listFaults(ctx, { importId })),
      () =>
        world.web(support, async (ctx) => {
          const lines = faultLines(ctx, importId);
          await lines.next();
          await lines.next();
        }),
      () =>
        world.web(support, (ctx) =>
          receiveUpload(ctx, {
            ...{ companyId: company.id, kind: "contracts", options: {}, fileName: "x.csv" },
            ...{ storageKey: "imports/x", bytes: 1, sha256: "" },
          }),
        ),
    ]) {
      await expect(attempt()).rejects.toBeInstanceOf(ForbiddenError);
    }
    const changed = await world.web(support, ({ db }) =>
      db.update(imports).set({ state: "cancelled" }).returning({ id: imports.id }),
    );
    expect(changed).toEqual([]);
    await expect(
      world.web(await makeStaff(world.db, "admin"), (ctx) => getImport(ctx, crypto.randomUUID())),
    ).rejects.toBeInstanceOf(NotFoundError);
  });

  test("R28 the web role cannot have a file of the machine read", async ({ world }) => {
    const { company, operator } = await sent(world, true);
    await expect(
      world.web(operator, (ctx) =>
        inTransaction(ctx, ({ db }) =>
          db.insert(imports).values({
            companyId: company.id,
            kind: "contracts",
            fileName: "x",
            importedBy: "x",
            path: "/etc/passwd",
          }),
        ),
      ),
    ).rejects.toMatchObject({ cause: { code: "42501" } });
    await expect(
      world.web(operator, (ctx) =>
        receiveUpload(ctx, {
          companyId: company.id,
          kind: "readings",
          options: { layout: "../profile.json" },
          fileName: "x.csv",
          storageKey: "imports/x",
          bytes: 1,
          sha256: "",
        }),
      ),
    ).rejects.toThrow("shipped");
  });
});

describe("reverting bills of a run", () => {
  test("R15 R21 what was added goes, what was changed is as before, with lines and PDF", async ({
    world,
  }) => {
    const { company } = await makeCustomer(world.db, { contract: { contractNumber: "C-1" } });
    await world.worker((ctx) => frozenRun(ctx, company.slug));
    const load = async (...rows: Parameters<typeof billsFile>) => {
      let importId = "";
      const file = await billsFile(...rows);
      const documentsPath = await pdfFolder({ "one.pdf": PDF, "two.pdf": `${PDF}2` });
      await world.worker((ctx) =>
        importBills(ctx, {
          company: company.slug,
          file,
          target: RUN,
          documents: documentsPath,
          onReceived: (id) => {
            importId = id;
          },
        }),
      );
      return importId;
    };
    const first = await load({ document: "one.pdf" });
    const lines = await billLinesFile({ amount_eur: "83,40" });
    await world.worker((ctx) => importBillLines(ctx, { company: company.slug, file: lines }));
    const state = async () => ({
      documents: await world.db.select().from(documents),
      lines: await world.db.select().from(billLines),
    });
    const before = await state();
    expect(before).toMatchObject({ documents: [{ importId: first }], lines: [{}] });
    const second = await load(
      { document: "two.pdf", total_eur: "90" },
      { bill_number: "B-2", document: "" },
    );
    const changed = await state();
    expect(changed.documents).toHaveLength(2);
    expect(changed.lines).toHaveLength(0);
    const revert = (id: string) => world.worker((ctx) => revertImport(ctx, id));
    expect(await revert(first)).toEqual({ ok: false, code: "imported_over" });
    expect(await revert(second)).toEqual({ ok: true, value: { removed: 1, restored: 1 } });
    expect(await state()).toEqual(before);
    expect(await findDocument(must(before.documents[0]?.storageKey))).not.toBeNull();
    const came = changed.documents.find(({ billNumber }) => billNumber === "B-1");
    expect(await findDocument(must(came?.storageKey))).toBeNull();
    expect(await revert(second)).toEqual({ ok: false, code: "reverted" });
    expect(await revert(first)).toEqual({ ok: true, value: { removed: 1, restored: 0 } });
    expect(await state()).toEqual({ documents: [], lines: [] });
  });

  test("R15 not once the run is published, nor of the archive, nor of contracts", async ({
    world,
  }) => {
    const { company } = await makeCustomer(world.db, { contract: { contractNumber: "C-1" } });
    await world.worker((ctx) => frozenRun(ctx, company.slug));
    const file = await billsFile({});
    await world.worker((ctx) => importBills(ctx, { company: company.slug, file, target: RUN }));
    await world.worker((ctx) => publishRun(ctx, { company: company.slug, run: "2026-05" }));
    const ids = await world.db.select({ id: imports.id }).from(imports);
    const revert = (id: string) => world.worker((ctx) => revertImport(ctx, id));
    expect(await revert(must(ids[0]).id)).toEqual({ ok: false, code: "published" });
    const archive = await billsFile({ bill_number: "B-9" });
    let archived = "";
    await world.worker((ctx) =>
      importBills(ctx, {
        company: company.slug,
        file: archive,
        target: { kind: "archive" },
        onReceived: (id) => {
          archived = id;
        },
      }),
    );
    expect(await revert(archived)).toEqual({ ok: false, code: "not_a_run" });
    await expect(revert(crypto.randomUUID())).rejects.toBeInstanceOf(NotFoundError);
  });

  test("R15 a run with a half applied import is not published", async ({ world }) => {
    const { company } = await makeCustomer(world.db, { contract: { contractNumber: "C-1" } });
    await world.worker((ctx) => frozenRun(ctx, company.slug));
    const file = await billsFile({});
    await world.worker((ctx) => importBills(ctx, { company: company.slug, file, target: RUN }));
    const record = await one(world);
    await world.db.update(imports).set({ state: "applying" }).where(eq(imports.id, record.id));
    const publish = () =>
      world.worker((ctx) => publishRun(ctx, { company: company.slug, run: "2026-05" }));
    expect(await publish()).toEqual({ ok: false, code: "loading" });
    expect(await world.worker((ctx) => revertImport(ctx, record.id))).toEqual({
      ok: true,
      value: { removed: 1, restored: 0 },
    });
    expect(await publish()).toEqual({ ok: false, code: "no_documents" });
  });
});
