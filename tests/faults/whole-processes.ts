import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { ensureBuild, releaseBuild } from "@/lib/cli/demo/build";
import { freePort } from "../run/demo-server";

export interface Process {
  pid: number;
  /** What it wrote: lines of its log. */
  log(): string;
  kill(signal: NodeJS.Signals): void;
  ended: Promise<void>;
  hasEnded(): boolean;
}

export interface WebProcess extends Process {
  url: string;
}

interface Start {
  env: Record<string, string>;
  /** What Node.js is started with besides, such as a file to load first. */
  node?: string[];
}

/** Where `npm run build` left what a machine runs; built now if the sources are others. FAULTS_BUILD names another one. */
export async function builtFolder(): Promise<string> {
  if (process.env.FAULTS_BUILD) {
    return process.env.FAULTS_BUILD;
  }
  process.env.SPORTELLO_BUILD_DIR ??= ".next-test";
  await ensureBuild(path.resolve(".sportello-faults"), () => {});
  process.once("exit", () => void releaseBuild());
  const folder = path.resolve(process.env.SPORTELLO_BUILD_DIR, "standalone");
  if (!existsSync(path.join(folder, "cli/start.js"))) {
    throw new Error(`there is no build in ${folder}`);
  }
  return folder;
}

/** The built web server as `npm start` starts it, once it answers /healthz. */
export async function startWeb(folder: string, { env, node = [] }: Start): Promise<WebProcess> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const web = start(folder, [...node, "cli/start.js", "-H", "localhost", "-p", String(port)], {
    APP_URL: url,
    ...env,
  });
  for (;;) {
    const up = await fetch(`${url}/healthz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (up) {
      return { ...web, url };
    }
    if (web.hasEnded()) {
      throw new Error(`the web server ended: ${web.log().slice(-500)}`);
    }
    await soon(100);
  }
}

/** The built worker as `npm run worker` starts it, once it works. */
export async function startWorker(folder: string, { env, node = [] }: Start): Promise<Process> {
  const worker = start(folder, [...node, "cli/worker.js"], env);
  while (!worker.log().includes("worker started")) {
    if (worker.hasEnded()) {
      throw new Error(`the worker ended: ${worker.log().slice(-500)}`);
    }
    await soon(50);
  }
  return worker;
}

function start(folder: string, args: string[], env: Record<string, string>): Process {
  const { PORT: _port, HOSTNAME: _host, ...shell } = process.env;
  const child: ChildProcess = spawn(process.execPath, args, {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...shell, LOG_LEVEL: "info", ...env, NODE_ENV: "production" },
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      text = `${text}${chunk}`.slice(-200_000);
    });
  }
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const end = () => child.kill("SIGKILL");
  // A fault that broke off must leave nothing behind.
  process.once("exit", end);
  void ended.then(() => process.off("exit", end));
  return {
    pid: child.pid ?? 0,
    log: () => text,
    kill: (signal) => child.kill(signal),
    ended,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
  };
}

export const soon = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Asks again and again, up to so long. */
export async function until(holds: () => Promise<boolean>, ms: number): Promise<boolean> {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) {
      return false;
    }
    await soon(200);
  }
  return true;
}
