import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder: where Next.js, tsx and tsconfig.json are found. */
export const PROJECT = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * Loaded into each child before its own code: when the channel to the demo closes, the demo is gone,
 * however it went, and so goes the child. Its own children inherit this and must not heed it.
 */
const TIE = `data:text/javascript,${encodeURIComponent(`
if (process.ppid === ${process.pid}) {
  process.channel?.unref();
  process.on("disconnect", () => {
    process.kill(process.pid, "SIGTERM");
    setTimeout(() => process.exit(1), 4000).unref();
  });
}`)}`;

export interface Child {
  name: string;
  pid: number;
  /** Settles when the process has ended, whatever the reason. */
  ended: Promise<void>;
  hasEnded(): boolean;
  exitCode(): number | null;
  /** The last lines it wrote. */
  lastWords(): Promise<string>;
  /** Asks it to end, and makes it end after `patienceMs`. */
  stop(patienceMs: number): Promise<void>;
}

/**
 * Starts Node.js with a program of the project as a child that cannot outlive us. What it writes goes
 * to `log`, or to our own terminal with "inherit".
 */
export function startChild(
  name: string,
  args: string[],
  environment: Record<string, string | undefined>,
  log: string,
): Child {
  let output: number | "inherit" = "inherit";
  if (log !== "inherit") {
    mkdirSync(path.dirname(log), { recursive: true });
    output = openSync(log, "w", 0o600);
  }
  const child = spawn(process.execPath, ["--import", TIE, ...args], {
    cwd: PROJECT,
    // Next.js and we do not agree on what NODE_ENV may be: any string is allowed here.
    env: environment as NodeJS.ProcessEnv,
    stdio: ["ignore", output, output, "ipc"],
  });
  if (typeof output === "number") {
    closeSync(output);
  }
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  return {
    name,
    pid: child.pid ?? 0,
    ended,
    hasEnded: () => hasEnded(child),
    exitCode: () => child.exitCode,
    lastWords: async () => {
      const text = log === "inherit" ? "" : await readFile(log, "utf8").catch(() => "");
      return text.trim().split("\n").slice(-12).join("\n");
    },
    stop: async (patienceMs) => {
      if (hasEnded(child)) {
        return;
      }
      child.kill("SIGTERM");
      const force = setTimeout(() => child.kill("SIGKILL"), patienceMs);
      await ended;
      clearTimeout(force);
    },
  };
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;
