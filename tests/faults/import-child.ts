import { readFileSync } from "node:fs";
import { eq } from "drizzle-orm";
import { type Connection, connect } from "@/db/client";
import { type IMPORT_KINDS, type ImportOptions, imports } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { describeFailure } from "@/lib/cli/failure";
import { lowerPriority } from "@/lib/cli/low-priority";
import { openKind } from "@/lib/imports/commands/open-kind";
import { takeOver } from "@/lib/imports/commands/take-over";
import type { ImportInput, ImportKind, ImportOutcome } from "@/lib/imports/kind";

/** A file that a process of its own is to import, as the command line does. */
export interface ImportOrder {
  kind: (typeof IMPORT_KINDS)[number];
  options?: ImportOptions;
  company: string;
  file: string;
  documents?: string;
  /** Small ones in the place of the kind's; before the `holdAt`-th it says so, and goes no further. */
  batches?: { rows: number; holdAt?: number };
}

export interface ImportOrders {
  /** Done one after the other. */
  imports: ImportOrder[];
  workerUrl: string;
  /** What its connections are called in pg_stat_activity. */
  name: string;
}

export interface ImportReport {
  /** Of each import: what it did, or the lines that the command line would show. */
  outcomes: (ImportOutcome | { lines: string[] })[];
  ms: number;
  /** How the time splits: until all rows are staged, until they are checked, until they are applied. */
  parts: { reading: number; checking: number; applying: number };
  /** The most memory the process ever had. */
  peakMb: number;
}

const ACTOR: SystemActor = { kind: "system", name: "faults" };
/** How often an import is asked whether it was checked: that is no progress it tells of. */
const LOOK_MS = 20;

async function importOne(
  worker: Connection,
  order: ImportOrder,
  parts: ImportReport["parts"],
): Promise<ImportOutcome | { lines: string[] }> {
  const { kind, input } = openKind(order.kind, { target: "archive", ...order.options }, order);
  const batched = order.batches ? inBatches(kind, order.batches) : kind;
  const start = performance.now();
  let staged = start;
  let checked = 0;
  let look: NodeJS.Timeout | undefined;
  const lookAt = async (id: string) => {
    const rows = await worker.db.select().from(imports).where(eq(imports.id, id));
    if (rows[0]?.state === "applying" && checked === 0) {
      checked = performance.now();
      clearInterval(look);
    }
  };
  try {
    let importId = "";
    return await takeOver({ db: worker.db, actor: ACTOR }, batched, {
      ...input,
      onReceived(id) {
        importId = id;
      },
      onProgress(step) {
        if (step === "checking") {
          staged = performance.now();
          look = setInterval(() => void lookAt(importId).catch(() => {}), LOOK_MS);
        } else if (step === "applying") {
          checked ||= performance.now();
        }
      },
    });
  } catch (error) {
    return { lines: describeFailure(error).lines };
  } finally {
    clearInterval(look);
    const end = performance.now();
    parts.reading += staged - start;
    parts.checking += (checked || end) - staged;
    parts.applying += checked ? end - checked : 0;
  }
}

function inBatches(
  kind: ImportKind<ImportInput>,
  { rows, holdAt }: NonNullable<ImportOrder["batches"]>,
): ImportKind<ImportInput> {
  let batch = 0;
  return {
    ...kind,
    batchRows: rows,
    async apply(...of) {
      batch += 1;
      if (batch === holdAt) {
        process.send?.("held");
        await new Promise(() => {});
      }
      return await kind.apply(...of);
    },
  };
}

/** The most resident memory so far; what the system keeps of children counts their parent's too. */
export function peakMb(): number {
  const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"));
  return Number(found?.[1]) / 1024;
}

/** Says it is ready once it is connected, waits for the word, imports, and reports. */
async function main(): Promise<void> {
  const { imports: orders, workerUrl, name } = JSON.parse(process.argv[2] ?? "") as ImportOrders;
  lowerPriority();
  const worker = connect(workerUrl, { max: 3, name });
  await worker.db.execute("select 1");
  process.once("message", async () => {
    const parts = { reading: 0, checking: 0, applying: 0 };
    const outcomes: ImportReport["outcomes"] = [];
    const start = performance.now();
    for (const order of orders) {
      outcomes.push(await importOne(worker, order, parts));
    }
    const ms = performance.now() - start;
    const report: ImportReport = { outcomes, ms, parts, peakMb: peakMb() };
    await worker.close();
    process.send?.(report, () => process.exit(0));
  });
  process.once("disconnect", () => process.exit(1));
  process.send?.("ready");
}

await main();
