import { type Connection, connect } from "@/db/client";
import { env } from "./env";
import { currentPatience } from "./patience";

// On globalThis, so that a development reload does not open another pool.
const held = globalThis as {
  sportelloWeb?: Connection;
  sportelloWorker?: Connection;
  sportelloMail?: Connection;
  sportelloProbe?: Connection;
};

/** Where a platform starts many small processes, each takes few of the database's connections. */
const max = () => (process.env.VERCEL ? 3 : undefined);

/**
 * The web role's pool of this process: pages ask the same statements again and again, and whoever waits for a page
 * does so for seconds. PostgreSQL ends a statement before the connection counts as lost.
 */
export function webConnection(): Connection {
  held.sportelloWeb ??= connect(env().DATABASE_URL, {
    name: "sportello-web",
    max: max(),
    prepare: true,
    // Of a process that is gone without a word, PostgreSQL must not hold the rows for ever.
    transactionSettings: { statement_timeout: "8s", idle_in_transaction_session_timeout: "30s" },
    silenceSeconds: 9,
    patience: currentPatience,
  });
  return held.sportelloWeb;
}

/** A connection of the web role for probes alone: they answer also when all others are taken. */
export function probeConnection(): Connection {
  held.sportelloProbe ??= connect(env().DATABASE_URL, {
    name: "sportello-probe",
    max: 1,
    silenceSeconds: 3,
  });
  return held.sportelloProbe;
}

/** The worker role's pool: worker, command line and the cron route; never a page. */
export function workerConnection(): Connection {
  held.sportelloWorker ??= connect(workerUrl(), {
    name: "sportello-worker",
    max: max(),
    transactionSettings: { idle_in_transaction_session_timeout: "1h" },
    silenceSeconds: env().DATABASE_SILENCE_SECONDS,
  });
  return held.sportelloWorker;
}

/**
 * The worker role's pool for mail that goes out and for what the provider tells of it: few statements, asked
 * very often, in short transactions that must not stand still with bills held.
 */
export function mailConnection(): Connection {
  held.sportelloMail ??= connect(workerUrl(), {
    name: "sportello-mail",
    max: max(),
    prepare: true,
    transactionSettings: { transaction_timeout: "20s" },
    silenceSeconds: 30,
  });
  return held.sportelloMail;
}

function workerUrl(): string {
  const { DATABASE_WORKER_URL: url } = env();
  if (!url) {
    throw new Error("DATABASE_WORKER_URL is not set, and this work needs the worker's role.");
  }
  return url;
}

/** The pools that this process has opened, by what they are for. */
export function openPools(): [name: string, pool: Connection][] {
  const { sportelloWeb, sportelloWorker, sportelloMail } = held;
  return Object.entries({ web: sportelloWeb, worker: sportelloWorker, mail: sportelloMail }).filter(
    (entry): entry is [string, Connection] => entry[1] !== undefined,
  );
}

/** Ends this process's pools; the next use opens new ones. */
export async function closeConnections(): Promise<void> {
  const { sportelloWeb, sportelloWorker, sportelloMail, sportelloProbe } = held;
  const open = [sportelloWeb, sportelloWorker, sportelloMail, sportelloProbe];
  held.sportelloWeb = undefined;
  held.sportelloWorker = undefined;
  held.sportelloMail = undefined;
  held.sportelloProbe = undefined;
  await Promise.all(open.map((connection) => connection?.close()));
}
