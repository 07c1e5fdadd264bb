import { readFileSync } from "node:fs";
import path from "node:path";
import { freePort } from "../../run/demo-server";
import { buildAppCopy, builtAppCopy } from "../app-copy";
import { benchDatabase } from "../database";
import { type BenchOptions, median, type Row, rowOf } from "../report";
import { customerSession, type Page, type Server, sample, serve } from "../server";
import type { MemoryTenth, ReportRow } from "./report";
import { rewriteReport } from "./write";

const TENTHS = 10;
const REQUESTS = 100_000;
const NAME = "memory of the web process";
const PAGE_BYTES = 4096;
const SAMPLE_MS = 500;

/** What a process holds of the machine's memory, in MB. */
function residentMb(pid: number): number {
  const [, pages] = readFileSync(`/proc/${pid}/statm`, "utf8").split(" ");
  return (Number(pages) * PAGE_BYTES) / 2 ** 20;
}

/** The environment by which a web process tells of its memory at a port. */
export async function probed(): Promise<{ port: number; env: Record<string, string> }> {
  const port = await freePort();
  const probe = path.resolve("tests/bench/report/memory-probe.mjs");
  return {
    port,
    env: { BENCH_PROBE_PORT: String(port), NODE_OPTIONS: `--import ${probe}` },
  };
}

/**
 * The web process's memory over each tenth of so many bill lists: the heap at its end, after a collection, and
 * the median of what was resident meanwhile. At any one moment that hangs on when V8 last gave pages back.
 */
export async function memoryByTenths(
  server: Pick<Server, "pid">,
  port: number,
  page: Page,
  requests: number,
): Promise<MemoryTenth[]> {
  const tenths: MemoryTenth[] = [];
  // Not among the tenths: compilation and caches that fill once.
  await sample(server.pid, page, Math.ceil(requests / TENTHS / 5));
  for (let tenth = 1; tenth <= TENTHS; tenth += 1) {
    const resident = [residentMb(server.pid)];
    const sampling = setInterval(() => resident.push(residentMb(server.pid)), SAMPLE_MS);
    await sample(server.pid, page, Math.ceil(requests / TENTHS)).finally(() =>
      clearInterval(sampling),
    );
    const answer = await fetch(`http://127.0.0.1:${port}`);
    const { heapUsed } = (await answer.json()) as { heapUsed: number };
    const requestsSoFar = Math.ceil((requests / TENTHS) * tenth);
    tenths.push({
      requests: requestsSoFar,
      heapMb: heapUsed / 2 ** 20,
      rssMb: median(resident),
    });
  }
  return tenths;
}

/** The last three tenths against the first three: 1.0 is flat. */
export function memoryRows(tenths: MemoryTenth[]): ReportRow[] {
  const ends = (figure: "heapMb" | "rssMb") =>
    [0, 1, 2].map((at) => ({
      ours: tenths.at(-1 - at)?.[figure] ?? Number.NaN,
      limit: tenths[at]?.[figure] ?? Number.NaN,
    }));
  const after = `after ${tenths.at(-1)?.requests.toLocaleString("en")} bill lists`;
  const limit = { limitIs: "the first three of ten parts", goal: { atMost: 1.1 } };
  return [
    { ...rowOf(`${NAME} ${after}, heap`, "MB", ends("heapMb")), ...limit },
    { ...rowOf(`${NAME} ${after}, resident`, "MB", ends("rssMb")), ...limit },
  ];
}

/**
 * `bench memory`: whether a web process's memory grows with what it answered; `--requests N` for another
 * number than 100,000. In full it takes the place of what the report has of it, which has fewer requests.
 */
export async function benchMemory(
  quick: boolean,
  { requests, built = false }: BenchOptions = {},
): Promise<Row[]> {
  const database = await benchDatabase();
  let server: Server | undefined;
  try {
    const cookie = await customerSession(database, 1_000);
    const { port, env } = await probed();
    server = await serve(built ? builtAppCopy() : buildAppCopy(), env);
    const page = { url: `${server.url}/bills`, cookie };
    const tenths = await memoryByTenths(server, port, page, requests ?? (quick ? 1_000 : REQUESTS));
    for (const { requests: answered, heapMb, rssMb } of tenths) {
      console.log(
        `${answered} requests: heap ${heapMb.toFixed(1)} MB, resident ${rssMb.toFixed(0)} MB`,
      );
    }
    const rows = memoryRows(tenths);
    if (!quick) {
      rewriteReport((report) => ({
        ...report,
        memory: tenths,
        rows: [...report.rows.filter(({ name }) => !name.startsWith(NAME)), ...rows],
      }));
    }
    return rows;
  } finally {
    server?.stop();
    await database.release();
  }
}
