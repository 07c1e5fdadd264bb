import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir, totalmem } from "node:os";
import path from "node:path";
import { spawnProvider } from "../../provider/remote";
import { buildAppCopy, builtAppCopy } from "../app-copy";
import { tenYears } from "../consumption";
import { type ImportDatabase, importDatabase } from "../import-database";
import { type BenchOptions, machine } from "../report";
import { cookieOf, type Server, serve } from "../server";
import { CURVES, measureAtSize } from "./growth";
import { listCpu } from "./list-cpu";
import { memoryByTenths, memoryRows, probed } from "./memory";
import { readingCsv, sendingMails } from "./peers";
import type { Report, ReportRow } from "./report";
import { underSending } from "./under-sending";
import { addWorld, storageOf } from "./world";
import { writeReport } from "./write";

const LIMIT_ROUTE = "bench-limit";
const BILLS_OF_THE_CUSTOMER = 24;
/** With a million contracts, ten million bills with those that imports and publications add. */
const BILLS_OF_OTHERS = 9;
/** Enough for a report of half an hour; `bench memory` asks for a hundred thousand and takes their place. */
const REQUESTS = 20_000;

/**
 * `npm run bench`: all that matters in one run on one fresh database, written as report, pictures and the
 * README's section. One customer with 24 bills and ten years of readings is looked at while companies of ten
 * thousand, a hundred thousand and a million contracts are added beside.
 */
export async function runReport(
  quick: boolean,
  { requests, built = false }: BenchOptions = {},
): Promise<ReportRow[]> {
  const began = performance.now();
  const tell = (what: string) => {
    const minutes = (performance.now() - began) / 60_000;
    console.error(`${minutes.toFixed(1).padStart(5)} min  ${what}`);
  };
  const sizes = quick ? [1_000, 2_000, 5_000] : [10_000, 100_000, 1_000_000];
  const database = await importDatabase("bench_report");
  const folder = await mkdtemp(path.join(tmpdir(), "sportello-bench-"));
  let server: Server | undefined;
  try {
    tell("building");
    const probe = await probed();
    const routes = {
      [`app/[locale]/(portal)/${LIMIT_ROUTE}/page.tsx`]: "tests/bench/list-limit.tsx",
    };
    const build = built ? builtAppCopy() : buildAppCopy(routes);
    tell("a customer, files and mails");
    const first = await addWorld(database, 100, BILLS_OF_THE_CUSTOMER);
    const email = first.emails[0] ?? "";
    const household = await tenYears(database, email);
    const rows: ReportRow[] = await readingCsv(folder, quick);
    const sending = await mails(database, quick);
    rows.push(...sending.rows);
    server = await serve(build, probe.env);
    const cookie = await cookieOf(database, email);
    const page = (route: string) => ({ url: `${server?.url}/${route}`, cookie });
    const pages = { bills: page("bills"), limit: page(LIMIT_ROUTE) };

    const curves = CURVES.map((curve) => ({
      ...curve,
      points: [] as Report["curves"][0]["points"],
    }));
    let last = first;
    for (const contracts of sizes) {
      tell(`${contracts.toLocaleString("en")} contracts`);
      const before = await databaseBytes(database);
      last = await addWorld(database, contracts, BILLS_OF_OTHERS);
      const bytes = (await databaseBytes(database)) - before;
      tell("measuring");
      const at = await measureAtSize({
        ...{ database, world: last, contracts, household, pages, folder, quick, bytes },
      });
      rows.push(...at.rows);
      for (const curve of curves) {
        const point = at.points[curve.id];
        curve.points.push(...(point ? [{ contracts, ...point }] : []));
      }
    }
    tell("the bill list's CPU");
    const cpu = await listCpu(database, server, pages, household.actor, quick);
    rows.unshift(...cpu.rows);
    tell("the bill list while mails go out");
    rows.unshift(await underSending(database, last.companyId, pages.bills, quick));
    tell("the web process's memory");
    const many = requests ?? (quick ? 500 : REQUESTS);
    const memory = await memoryByTenths(server, probe.port, pages.bills, many);
    rows.push(...memoryRows(memory));
    await database.owner.sql`vacuum analyze dispatches, dispatch_mails, delivery_plans, documents`;
    const perContract = (id: string) =>
      (curves.find((curve) => curve.id === id)?.points.at(-1)?.ours ?? 0) / 1e6;
    const report: Report = {
      made: {
        at: new Date().toISOString(),
        minutes: (performance.now() - began) / 60_000,
        quick,
        machine: machine().machine,
        commit: machine().commit,
        versions: await versions(database),
      },
      ...{ rows, curves, memory },
      storage: await storageOf(database, 100 + sizes.reduce((sum, size) => sum + size, 0)),
      figures: {
        listWebMs: cpu.webMs,
        listDatabaseMs: cpu.databaseMs,
        mailMs: sending.mailMs,
        mailsPerSecond: sending.mailsPerSecond,
        freezeSeconds: perContract("freeze"),
        publishSeconds: perContract("publish"),
        importSeconds: perContract("import"),
        cores: cpus().length,
        memoryGb: Math.round(totalmem() / 2 ** 30),
      },
    };
    tell(`written to ${writeReport(report)}`);
    return rows;
  } finally {
    server?.stop();
    await rm(folder, { recursive: true, force: true });
    await database.release();
  }
}

async function mails(database: ImportDatabase, quick: boolean) {
  const provider = await spawnProvider({ keepMails: false });
  try {
    return await sendingMails(database, provider, quick);
  } finally {
    provider.stop();
  }
}

async function databaseBytes({ owner }: ImportDatabase): Promise<number> {
  const [row] = await owner.sql<{ bytes: string }[]>`
    select pg_database_size(current_database()) as bytes`;
  return Number(row?.bytes);
}

/** Of what a figure depends on. */
async function versions({ owner }: ImportDatabase): Promise<Record<string, string>> {
  const [row] = await owner.sql<{ version: string }[]>`
    select current_setting('server_version') as version`;
  const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
    packages: Record<string, { version: string }>;
  };
  const of = (name: string) =>
    [name, lock.packages[`node_modules/${name}`]?.version ?? ""] as const;
  return {
    "Node.js": process.version.slice(1),
    PostgreSQL: row?.version ?? "",
    ...Object.fromEntries(
      ["next", "react", "postgres", "fastify", "csv-parse", "papaparse", "graphile-worker"].map(of),
    ),
  };
}
