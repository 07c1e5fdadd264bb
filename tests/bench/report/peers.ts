import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { parse } from "csv-parse";
import { Logger, makeWorkerUtils, run } from "graphile-worker";
import Papa from "papaparse";
import { csvRecords } from "@/lib/imports/csv-records";
import { FaultList } from "@/lib/imports/errors";
import { billLines, writeLines } from "../../faults/import-files";
import type { RemoteProvider } from "../../provider/remote";
import type { ImportDatabase } from "../import-database";
import { rowOf } from "../report";
import { empty, queue, send } from "../send";
import type { SendResult } from "../send-child";
import type { ReportRow } from "./report";

const LANES = 6;
/** A line for each job would be what is measured. */
const SILENT = new Logger(() => () => {});

/** Reading a file of bills by our reader, and by the two that are used most. */
export async function readingCsv(folder: string, quick: boolean): Promise<ReportRow[]> {
  const bills = quick ? 20_000 : 200_000;
  const file = path.join(folder, "peers.csv");
  await writeLines(file, billLines({ bills, contracts: bills, prefix: "P" }));
  const ways = [ourReader, csvParse, papaparse];
  const turns: number[][] = [];
  for (let round = -1; round < (quick ? 1 : 3); round += 1) {
    const perSecond: number[] = [];
    for (const way of ways) {
      const start = performance.now();
      const lines = await way(file);
      if (lines !== bills + 1) {
        throw new Error(`${lines} lines were read, not ${bills + 1}`);
      }
      perSecond.push((lines / (performance.now() - start)) * 1_000);
    }
    // The first round compiles.
    turns.push(...(round < 0 ? [] : [perSecond]));
  }
  await rm(file);
  const against = (at: number, limitIs: string): ReportRow => ({
    ...rowOf(
      "reading a CSV file, lines",
      "/s",
      turns.map((turn) => ({ ours: turn[0] ?? Number.NaN, limit: turn[at] ?? Number.NaN })),
    ),
    limitIs,
  });
  return [against(1, "csv-parse"), against(2, "Papa Parse")];
}

async function ourReader(file: string): Promise<number> {
  let lines = 0;
  for await (const records of csvRecords(file, new FaultList(file))) {
    for (const { cells } of records) {
      lines += cells.length > 0 ? 1 : 0;
    }
  }
  return lines;
}

async function csvParse(file: string): Promise<number> {
  let lines = 0;
  for await (const cells of createReadStream(file).pipe(parse({ delimiter: ";" }))) {
    lines += cells.length > 0 ? 1 : 0;
  }
  return lines;
}

function papaparse(file: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let lines = 0;
    Papa.parse<string[]>(createReadStream(file), {
      ...{ delimiter: ";", skipEmptyLines: true },
      step: ({ data }) => {
        lines += data.length > 0 ? 1 : 0;
      },
      complete: () => resolve(lines),
      error: reject,
    });
  });
}

/**
 * Mails a second without a provider's limit: ours against the bare loop of the same durable steps (bare
 * undici), and against graphile-worker with a job for each mail that does nothing at all.
 */
export async function sendingMails(
  database: ImportDatabase,
  provider: RemoteProvider,
  quick: boolean,
): Promise<{ rows: ReportRow[]; mailMs: number; mailsPerSecond: number }> {
  const mails = quick ? 2_000 : 20_000;
  const pairs: { ours: SendResult; limit: SendResult; jobs: number }[] = [];
  for (let round = -1; round < (quick ? 1 : 3); round += 1) {
    await queue(database, mails, `round${round}ours`);
    const ours = await send(provider, "ours");
    await empty(database);
    await queue(database, mails, `round${round}limit`);
    const limit = await send(provider, "limit");
    await empty(database);
    const jobs = await jobsPerSecond(database, mails);
    pairs.push(...(round < 0 ? [] : [{ ours, limit, jobs }]));
  }
  const perSecond = ({ ms }: SendResult) => mails / (ms / 1_000);
  const bare = rowOf(
    "sending mails",
    "/s",
    pairs.map(({ ours, limit }) => ({ ours: perSecond(ours), limit: perSecond(limit) })),
  );
  const peer = rowOf(
    "sending mails (peer)",
    "/s",
    pairs.map(({ ours, jobs }) => ({ ours: perSecond(ours), limit: jobs })),
  );
  const cpu = rowOf(
    "sending mails, CPU of the worker each",
    "ms",
    pairs.map(({ ours, limit }) => ({ ours: ours.cpuMs / mails, limit: limit.cpuMs / mails })),
  );
  const loop = "bare undici and the same durable steps";
  return {
    rows: [
      { ...bare, limitIs: loop },
      { ...cpu, limitIs: loop },
      { ...peer, limitIs: "graphile-worker, a job a mail, which does nothing" },
    ],
    mailMs: cpu.ours,
    mailsPerSecond: bare.ours,
  };
}

async function jobsPerSecond({ owner }: ImportDatabase, jobs: number): Promise<number> {
  const connectionString = process.env.DATABASE_OWNER_URL ?? "";
  const utils = await makeWorkerUtils({ connectionString, logger: SILENT });
  await utils.release();
  await owner.sql`select graphile_worker.add_job('bench_nothing', json_build_object('mail', n))
    from generate_series(1, ${jobs}::int) n`;
  let done = 0;
  const start = performance.now();
  let allDone = () => {};
  const promise = new Promise<void>((resolve) => {
    allDone = resolve;
  });
  const runner = await run({
    ...{ connectionString, concurrency: LANES, noHandleSignals: true, logger: SILENT },
    taskList: {
      bench_nothing: () => {
        done += 1;
        if (done === jobs) {
          allDone();
        }
      },
    },
  });
  await promise;
  const ms = performance.now() - start;
  await runner.stop();
  return jobs / (ms / 1_000);
}
