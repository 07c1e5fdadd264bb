import { spawn } from "node:child_process";
import { findOrSeedBenchWorld } from "@/db/seed/bench-world";
import { queueMails } from "../factories/queued-mails";
import { type RemoteProvider, spawnProvider } from "../provider/remote";
import { type BenchDatabase, benchDatabase } from "./database";
import { type Row, rowOf } from "./report";
import type { SendOrder, SendResult } from "./send-child";
import { paced } from "./send-paced";
import { renderingMs } from "./send-rendering";

const LANES = 6;
/** Mails whose rendering is measured. */
const RENDERED = 20_000;

/**
 * Sending (R17) against send-limit.ts, the bare loop of the same durable steps, on the same server and in
 * turns; both have the same lanes, and provider and database have processes of their own. Then what of
 * the time is rendering, and a million mails at the pace of a provider's limit.
 */
export async function benchSend(quick: boolean): Promise<Row[]> {
  const database = await benchDatabase();
  const provider = await spawnProvider({ keepMails: false });
  try {
    // Whatever pace an earlier run has learnt.
    await empty(database);
    const mails = quick ? 5_000 : 20_000;
    const pairs: { ours: SendResult; limit: SendResult }[] = [];
    for (let round = -1; round < (quick ? 3 : 5); round += 1) {
      const what = round % 2 ? (["limit", "ours"] as const) : (["ours", "limit"] as const);
      const results: Partial<Record<"ours" | "limit", SendResult>> = {};
      for (const which of what) {
        await queue(database, mails, `round${round}${which}`);
        results[which] = await send(provider, which);
        await empty(database);
      }
      const { ours, limit } = results;
      // The first round warms up server and database.
      if (ours && limit && round >= 0) {
        pairs.push({ ours, limit });
      }
    }
    const of = (figure: (result: SendResult) => number) =>
      pairs.map(({ ours, limit }) => ({ ours: figure(ours), limit: figure(limit) }));
    await queue(database, RENDERED, "roundrendering");
    const rendering = await renderingMs(database);
    await empty(database);
    const slow = quick ? 5_000 : 1_000_000;
    await queue(database, slow, "roundpaced");
    return [
      rowOf(
        `send: ${mails.toLocaleString("en")} mails without a limit`,
        "/s",
        of((result) => mails / (result.ms / 1000)),
      ),
      rowOf(
        "send: CPU of the worker, each mail",
        "ms",
        of((result) => result.cpuMs / mails),
      ),
      rowOf(
        "send: rendering of all the time, 1,000 mails",
        "ms",
        pairs.map(({ ours }) => ({ ours: rendering, limit: (ours.ms / mails) * 1000 })),
      ),
      ...(await paced(provider, slow, () => send(provider, "ours"))),
    ];
  } finally {
    provider.stop();
    await empty(database);
    await database.release();
  }
}

export async function queue({ worker, owner }: BenchDatabase, count: number, round: string) {
  const { companyId } = await findOrSeedBenchWorld(worker, { contracts: 10_000 });
  await queueMails(worker.sql, { companyId, count, round });
  await owner.sql`vacuum analyze documents, dispatches`;
}

export async function empty({ owner, worker }: BenchDatabase): Promise<void> {
  await owner.sql`truncate dispatches, dispatch_mails, dispatch_batches, dispatch_events, sending_pace`;
  await worker.sql`delete from documents where bill_number like 'round%'`;
}

/** Sends all that is queued, in a process of its own. */
export async function send(provider: RemoteProvider, what: SendOrder["what"]): Promise<SendResult> {
  const order: SendOrder = {
    what,
    workerUrl: process.env.DATABASE_WORKER_URL ?? "",
    providerUrl: provider.url,
    lanes: LANES,
  };
  const child = spawn(
    process.execPath,
    ["--import", "tsx", "tests/bench/send-child.ts", JSON.stringify(order)],
    {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      env: { ...process.env, LOG_LEVEL: "silent", NODE_ENV: "production" },
    },
  );
  return await new Promise<SendResult>((resolve, reject) => {
    child.on("message", (message) => {
      if (message === "ready") {
        child.send("go");
      } else {
        resolve(message as SendResult);
      }
    });
    child.once("exit", (code) => reject(new Error(`the sending process ended with ${code}`)));
  });
}
