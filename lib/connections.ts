import { type Connection, connect } from "@/db/client";
import { env } from "./env";

// On globalThis, so that a development reload does not open another pool.
const held = globalThis as {
  sportelloWeb?: Connection;
  sportelloWorker?: Connection;
  sportelloSender?: Connection;
};

/** The web role's pool of this process. */
export function webConnection(): Connection {
  held.sportelloWeb ??= connect(env().DATABASE_URL, { name: "sportello-web" });
  return held.sportelloWeb;
}

/** The worker role's pool: worker, command line and the cron route; never a page. */
export function workerConnection(): Connection {
  held.sportelloWorker ??= connect(workerUrl(), { name: "sportello-worker" });
  return held.sportelloWorker;
}

/** The worker role's pool for sending mail: few statements, asked very often, and so prepared. */
export function senderConnection(): Connection {
  held.sportelloSender ??= connect(workerUrl(), { name: "sportello-sender", prepare: true });
  return held.sportelloSender;
}

function workerUrl(): string {
  const { DATABASE_WORKER_URL: url } = env();
  if (!url) {
    throw new Error("DATABASE_WORKER_URL is not set, and this work needs the worker's role.");
  }
  return url;
}

/** Ends this process's pools; the next use opens new ones. */
export async function closeConnections(): Promise<void> {
  const open = [held.sportelloWeb, held.sportelloWorker, held.sportelloSender];
  held.sportelloWeb = undefined;
  held.sportelloWorker = undefined;
  held.sportelloSender = undefined;
  await Promise.all(open.map((connection) => connection?.close()));
}
