import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpuSeconds } from "../cpu";
import type { BenchDatabase } from "../database";
import { median } from "../report";
import type { Page } from "../server";

/** Milliseconds of a page, median of so many answers, one asked after the other. */
export async function answerMs({ url, cookie }: Page, count: number): Promise<number> {
  const times: number[] = [];
  for (let asked = 0; asked < count; asked += 1) {
    const start = performance.now();
    const answer = await fetch(url, { headers: { cookie }, redirect: "manual" });
    await answer.arrayBuffer();
    times.push(performance.now() - start);
    if (answer.status !== 200) {
      throw new Error(`${url} answered ${answer.status}`);
    }
  }
  return median(times);
}

/** The process of PostgreSQL above all its connections. */
export async function postmasterOf({ owner }: BenchDatabase): Promise<number> {
  const [row] = await owner.sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  const stat = readFileSync(`/proc/${row?.pid}/stat`, "utf8");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}

/** CPU milliseconds that a process and all below it use for each of so many requests. */
export async function cpuOf(pid: number, requests: number, work: () => Promise<unknown>) {
  const before = cpuSeconds(pid);
  await work();
  return ((cpuSeconds(pid) - before) / requests) * 1_000;
}

export interface SmallServer {
  url: string;
  pid: number;
  stop(): void;
}

/** Starts one of the small servers, which tells its address on its first line. */
export async function smallServer(order: object): Promise<SmallServer> {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", "tests/bench/report/small-server.ts", JSON.stringify(order)],
    { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, NODE_ENV: "production" } },
  );
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once("data", (line: Buffer) => resolve(line.toString().trim()));
    child.once("exit", () => reject(new Error("a small server did not start")));
  });
  return { url, pid: child.pid ?? 0, stop: () => child.kill("SIGTERM") };
}
