import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isAlive, processStart } from "@/db/embedded/process";
import { reservePort } from "@/lib/cli/demo/port";
import { endLeftOvers, noteRunning, otherDemos } from "@/lib/cli/demo/running";

let data: string;
let child: ChildProcess;
let pid: number;

beforeEach(async () => {
  data = await mkdtemp(path.join(tmpdir(), "sportello-left-"));
  child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  pid = child.pid ?? 0;
});

afterEach(async () => {
  child.kill("SIGKILL");
  await rm(data, { recursive: true, force: true });
});

/** What a demo that was killed left under its data folder. */
async function noteOfTheDead(start: string): Promise<void> {
  await mkdir(path.join(data, "running"), { recursive: true });
  const children = [{ name: "web server", pid, start }];
  const note = { pid: 999_999_999, start: "1", url: "http://localhost:3999", children };
  await writeFile(path.join(data, "running", "999999999.json"), JSON.stringify(note));
}

test("a killed demo's children are ended by the next start", async () => {
  await noteOfTheDead(await processStart(pid));
  await endLeftOvers(data);
  expect(isAlive(pid) && child.signalCode === null).toBe(false);
  expect(await readdir(path.join(data, "running"))).toEqual([]);
});

test("a process that only got the same number later is left alone", async () => {
  await noteOfTheDead("another start");
  await endLeftOvers(data);
  expect(isAlive(pid)).toBe(true);
});

test("a running demo is known to others, and its children are left alone", async () => {
  await noteRunning(data, "http://localhost:3999", [{ name: "web server", pid }]);
  await endLeftOvers(data);
  expect(isAlive(pid)).toBe(true);
  // Its own note is not another demo's.
  expect(await otherDemos(data)).toEqual([]);
});

test("a port can be reserved once", async () => {
  const port = 20_000 + (process.pid % 20_000);
  const reserved = await reservePort(data, port);
  await expect(reservePort(data, port)).rejects.toThrow(`Port ${port} is taken by another program`);
  await reserved.free();
  await (await reservePort(data, port)).free();
});
