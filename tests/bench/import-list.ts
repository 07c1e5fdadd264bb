import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { seedBenchWorld } from "@/db/seed/bench-world";
import type { ImportOrder } from "../faults/import-child";
import { billLines, writeLines } from "../faults/import-files";
import { readyImport } from "../faults/import-process";
import { writeInvoices } from "../faults/invoice-files";
import { buildAppCopy } from "./app-copy";
import { type ImportDatabase, importDatabase } from "./import-database";
import { steady } from "./pace";
import { type Row, rowOf } from "./report";
import { customerSession, type Page, type Server, serve } from "./server";

const EVERY_MS = 100;

/**
 * The signed-in bill list at 10 requests a second while an import of very many bills runs, from its first
 * row to its last, against the same when nothing else happens: the 95th percentile of its times. Then the same with
 * e-invoices, which several processes read.
 */
export async function benchImportList(quick: boolean): Promise<Row[]> {
  const database = await importDatabase();
  const folder = await mkdtemp(path.join(tmpdir(), "sportello-bench-"));
  let server: Server | undefined;
  try {
    const contracts = quick ? 10_000 : 100_000;
    const bills = quick ? 100_000 : 1_000_000;
    const invoices = quick ? 10_000 : 100_000;
    const { company } = await seedBenchWorld(database.worker, { contracts });
    const cookie = await customerSession(database, quick ? 1_000 : 10_000);
    await database.owner.sql`vacuum analyze`;
    server = await serve(buildAppCopy());
    const page = { url: `${server.url}/bills`, cookie };
    await steady(page, 50);
    // Other bills in each round: what was imported stays, as it does in life.
    const orders: [string, (round: number) => Promise<Order>][] = [
      [
        `${bills.toLocaleString("en")} bills`,
        async (round) => {
          const file = path.join(folder, `bills-${round}.csv`);
          await writeLines(file, billLines({ bills, contracts, prefix: `L${round}-` }));
          return { kind: "bills", company, file };
        },
      ],
      [
        `${invoices.toLocaleString("en")} e-invoices`,
        async (round) => {
          const into = path.join(folder, `invoices-${round}`);
          const file = await writeInvoices(database.worker, into, invoices, {
            prefix: `X${round}-`,
          });
          return { kind: "e-invoices", company, file };
        },
      ],
    ];
    const rows: Row[] = [];
    for (const [what, write] of orders) {
      const rounds: { ours: number; limit: number }[] = [];
      for (let round = 0; round < (quick ? 1 : 3); round += 1) {
        const order = await write(round);
        const quiet = await steady(page, quick ? 100 : 300);
        rounds.push({ ours: await duringImport(page, database, order), limit: quiet.p95 });
      }
      rows.push(rowOf(`list: p95 while ${what} come in`, "ms", rounds));
    }
    return rows;
  } finally {
    server?.stop();
    await rm(folder, { recursive: true, force: true });
    await database.release();
  }
}

type Order = Pick<ImportOrder, "kind" | "company" | "file">;

async function duringImport(
  page: Page,
  { workerUrl }: ImportDatabase,
  order: Order,
): Promise<number> {
  const child = await readyImport({
    imports: [order],
    workerUrl,
    name: "bench-import",
  });
  let going = true;
  const report = child.report.finally(() => {
    going = false;
  });
  child.go();
  const times: Promise<number>[] = [];
  const start = performance.now();
  for (let at = 0; going; at += 1) {
    const due = start + at * EVERY_MS;
    await sleep(Math.max(0, due - performance.now()));
    times.push(timeOf(page, due));
  }
  const outcome = (await report)?.outcomes[0];
  if (!outcome || "lines" in outcome) {
    throw new Error(`the import broke off: ${JSON.stringify(outcome)}`);
  }
  const sorted = (await Promise.all(times)).sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
}

/** Milliseconds from when a request was due to its whole answer: waiting counts. */
async function timeOf({ url, cookie }: Page, due: number): Promise<number> {
  const answer = await fetch(url, { headers: { cookie }, redirect: "manual" });
  await answer.arrayBuffer();
  if (answer.status !== 200) {
    throw new Error(`${url} answered ${answer.status}`);
  }
  return performance.now() - due;
}
