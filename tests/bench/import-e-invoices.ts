import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { seedBenchWorld } from "@/db/seed/bench-world";
import { importInProcess } from "../faults/import-process";
import { INVOICE_LINES, writeInvoices } from "../faults/invoice-files";
import { program } from "../setup/program";
import { type ImportDatabase, importDatabase } from "./import-database";
import { type ImportRound, importRows, inTurns } from "./import-rows";
import { type Row, rowOf } from "./report";

const CONTRACTS = 10_000;

/**
 * `importEInvoices` of a folder, in a process of its own, against a bare pass of the same XML parser over the same
 * bytes in another: whatever is read out of them, kept and matched, they have to be parsed. In turns, the tables emptied
 * before each.
 */
export async function benchImportEInvoices(quick: boolean): Promise<Row[]> {
  const database = await importDatabase();
  const folder = await mkdtemp(path.join(tmpdir(), "sportello-bench-"));
  try {
    const { company } = await seedBenchWorld(database.worker, { contracts: CONTRACTS });
    await database.owner.sql`vacuum analyze`;
    const sizes: { rows: number; rounds: ImportRound[] }[] = [];
    for (const invoices of quick ? [2_000] : [2_000, 20_000, 100_000]) {
      const files = await writeInvoices(
        database.worker,
        path.join(folder, String(invoices)),
        invoices,
      );
      const rounds: ImportRound[] = [];
      for (let round = 0; round < 3; round += 1) {
        rounds.push(
          await inTurns(round, {
            async ours() {
              const report = await importInProcess({
                imports: [{ kind: "e-invoices", company, file: files }],
                workerUrl: database.workerUrl,
                name: "bench-import",
              });
              await requireAll(database, invoices);
              return report;
            },
            limit: () => parseAll(files),
            prepare: () => emptyDocuments(database),
          }),
        );
      }
      sizes.push({ rows: invoices, rounds });
    }
    const reading = sizes.map(({ rows, rounds }) =>
      rowOf(
        `import-e-invoices: ${rows.toLocaleString("en")} invoices, reading alone`,
        "/s",
        rounds.map(({ ours, limit }) => ({
          ours: rows / (ours.parts.reading / 1e3),
          limit: rows / (limit / 1e3),
        })),
      ),
    );
    return [...importRows("import-e-invoices", "invoices", sizes), ...reading];
  } finally {
    await rm(folder, { recursive: true, force: true });
    await database.release();
  }
}

/**
 * The limit, in a process of its own as well.
 * @throws {Error} if that breaks off
 */
export async function parseAll(folder: string): Promise<number> {
  const child = spawn(process.execPath, [...program("tests/bench/parse-child.ts"), folder], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  let ms: number | undefined;
  child.once("message", (told: number) => {
    ms = told;
  });
  await once(child, "close");
  if (ms === undefined) {
    throw new Error("the bare parser broke off");
  }
  return ms;
}

async function emptyDocuments({ owner }: ImportDatabase): Promise<void> {
  await owner.sql`truncate documents, bill_line_sets, imports, waiting_invoices cascade`;
}

async function requireAll({ worker }: ImportDatabase, invoices: number): Promise<void> {
  const [found] = await worker.sql<{ bills: number; lines: number }[]>`
    select (select count(*)::int from documents) as bills,
      (select count(*)::int from bill_lines) as lines`;
  if (found?.bills !== invoices || found.lines < invoices * INVOICE_LINES) {
    throw new Error(`${found?.bills} bills with ${found?.lines} lines are there, not ${invoices}`);
  }
}
