import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive, isSameProcess, processStart } from "@/db/embedded/process";

/** A process of ours: the id with its start, so that a number given away again is not ours. */
interface ProcessNote {
  pid: number;
  start: string;
}

/** A demo that runs, and its children, so that the next start can end what was left over. */
interface RunningDemo extends ProcessNote {
  url: string;
  children: (ProcessNote & { name: string })[];
}

const folderOf = (data: string) => path.join(data, "running");

/** Notes this demo and its children under the data folder. */
export async function noteRunning(
  data: string,
  url: string,
  children: { name: string; pid: number }[],
): Promise<void> {
  const file = path.join(folderOf(data), `${process.pid}.json`);
  const note: RunningDemo = {
    pid: process.pid,
    start: await processStart(process.pid),
    url,
    children: await Promise.all(
      children.map(async (child) => ({ ...child, start: await processStart(child.pid) })),
    ),
  };
  await mkdir(folderOf(data), { recursive: true });
  await writeFile(`${file}.new`, JSON.stringify(note), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

export async function forgetRunning(data: string): Promise<void> {
  await rm(path.join(folderOf(data), `${process.pid}.json`), { force: true });
}

/** The other demos that run with this data folder. */
export async function otherDemos(data: string): Promise<{ pid: number; url: string }[]> {
  const found: { pid: number; url: string }[] = [];
  for (const { note } of await notes(data)) {
    if (note.pid !== process.pid && (await isSameProcess(note.pid, note.start))) {
      found.push({ pid: note.pid, url: note.url });
    }
  }
  return found;
}

/** Ends the children of demos of this data folder that were killed before they could do so. */
export async function endLeftOvers(data: string): Promise<void> {
  for (const { file, note } of await notes(data)) {
    if (await isSameProcess(note.pid, note.start)) {
      continue;
    }
    for (const child of note.children) {
      if (await isSameProcess(child.pid, child.start)) {
        await endProcess(child.pid);
      }
    }
    await rm(file, { force: true });
  }
}

async function endProcess(pid: number): Promise<void> {
  for (const [signal, patienceMs] of [
    ["SIGTERM", 3_000],
    ["SIGKILL", 2_000],
  ] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    for (let waited = 0; waited < patienceMs && isAlive(pid); waited += 100) {
      await sleep(100);
    }
  }
}

async function notes(data: string): Promise<{ file: string; note: RunningDemo }[]> {
  const found: { file: string; note: RunningDemo }[] = [];
  for (const entry of await readdir(folderOf(data)).catch(() => [])) {
    const file = path.join(folderOf(data), entry);
    const text = entry.endsWith(".json") ? await readFile(file, "utf8").catch(() => "") : "";
    if (text) {
      found.push({ file, note: JSON.parse(text) as RunningDemo });
    }
  }
  return found;
}
