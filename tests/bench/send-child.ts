import { type Connection, connect } from "@/db/client";
import { lowerPriority } from "@/lib/cli/low-priority";
import { drainMails } from "@/lib/jobs/sender";
import { BENCH } from "./runs";
import { bareLoop } from "./send-limit";

/** What a child of the send bench is to do, as its one argument. */
export interface SendOrder {
  what: "ours" | "limit";
  workerUrl: string;
  providerUrl: string;
  lanes: number;
}

export interface SendResult {
  ms: number;
  /** User and system, of this process. */
  cpuMs: number;
  mails: number;
  /** The most memory that the process held, in bytes. */
  peakRss: number;
  /** Of the same length: what it held in the first and in the last quarter of the time, in bytes. */
  earlyRss: number;
  lateRss: number;
}

/** One process that sends all that is queued, by the product's sender or by the bare loop. */
async function main(): Promise<void> {
  const order = JSON.parse(process.argv[2] ?? "{}") as SendOrder;
  // As the worker does.
  lowerPriority();
  Object.assign(process.env, {
    RESEND_BASE_URL: order.providerUrl,
    RESEND_API_KEY: "re_faults",
  });
  const worker = connect(order.workerUrl, { max: order.lanes + 2, prepare: true });
  await worker.db.execute("select 1");
  process.send?.("ready");
  await new Promise((resolve) => process.once("message", resolve));
  const samples: number[] = [];
  const sampling = setInterval(() => samples.push(process.memoryUsage.rss()), 500);
  const cpu = process.cpuUsage();
  const start = performance.now();
  const mails = await send(order, worker);
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(sampling);
  const quarter = Math.max(1, Math.floor(samples.length / 4));
  const result: SendResult = {
    ms,
    cpuMs: (user + system) / 1000,
    mails,
    peakRss: Math.max(process.memoryUsage.rss(), ...samples),
    earlyRss: mean(samples.slice(quarter, 2 * quarter)),
    lateRss: mean(samples.slice(-quarter)),
  };
  process.send?.(result, () => process.exit(0));
}

async function send({ what, providerUrl, lanes }: SendOrder, worker: Connection): Promise<number> {
  if (what === "limit") {
    return await bareLoop(worker, providerUrl, lanes);
  }
  const ctx = { db: worker.db, actor: BENCH };
  const { batches } = await drainMails(ctx, { lanes, longestMs: 6 * 3600_000 });
  return batches * 100;
}

const mean = (values: number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

await main();
