import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";
import type { Asked } from "@/lib/dispatches/commands/ask-provider";
import type { SenderPoint } from "@/lib/mail/sender-points";
import { program } from "../setup/program";

export interface WorkerOptions {
  /** Seconds of its leases; without it those of production. */
  leaseSeconds?: number;
  /** Ends itself by SIGKILL the nth time it comes to this point. */
  killAt?: { point: SenderPoint; nth: number };
  /** Its own clock is ahead by so much. */
  clockAheadMs?: number;
  /** The whole worker as operators start it, queue and crontab included. */
  whole?: boolean;
  lanes?: number;
}

export interface MailWorker {
  pid: number;
  kill(signal?: NodeJS.Signals): void;
  /** Settles when the process is gone: its code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals | null>;
}

const envOf = (workerUrl: string, providerUrl: string) => ({
  ...process.env,
  NODE_ENV: "production" as const,
  DATABASE_URL: workerUrl,
  DATABASE_WORKER_URL: workerUrl,
  RESEND_BASE_URL: providerUrl,
  RESEND_API_KEY: "re_faults",
  // The provider of these tests forgets nothing, and an outage lasts for 30 hours.
  RESEND_LIST_DAYS: "7",
});

/** Asks the provider once, in a process of its own, for what it did not tell. */
export async function askOnce(workerUrl: string, providerUrl: string): Promise<Asked> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    program("tests/faults/ask-child.ts"),
    { env: envOf(workerUrl, providerUrl) },
  );
  return JSON.parse(stdout) as Asked;
}

/** A worker in a process of its own, connected and at work. */
export async function spawnWorker(
  workerUrl: string,
  providerUrl: string,
  { whole = false, ...options }: WorkerOptions,
): Promise<MailWorker> {
  const child = spawn(
    process.execPath,
    whole
      ? program("lib/cli/worker.ts")
      : [...program("tests/faults/worker-child.ts"), JSON.stringify(options)],
    {
      // The driver complains aloud when the database ends its connection.
      stdio: ["ignore", "pipe", "ignore", "ipc"],
      env: { ...envOf(workerUrl, providerUrl), LOG_LEVEL: whole ? "info" : "silent" },
    },
  );
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once("close", (code, signal) => resolve(code ?? signal));
  });
  await new Promise<void>((resolve, reject) => {
    child.once("message", () => resolve());
    child.stdout?.on("data", (text: Buffer) => {
      if (text.includes("worker started")) {
        resolve();
      }
    });
    ended.then((how) => reject(new Error(`the worker ended with ${how} before it was ready`)));
  });
  return { pid: child.pid ?? 0, kill: (signal = "SIGKILL") => child.kill(signal), ended };
}
