import { link, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isSameProcess, processStart } from "./process";

/** Who takes over a dead holder's lock is done long before. */
const TAKE_OVER_MS = 10_000;

/**
 * Runs `work` while holding `file` as a lock between processes. A lock whose holder died is taken
 * over. Fails after `patienceMs`, so that nobody waits for ever.
 */
export async function withLock<T>(
  file: string,
  work: () => Promise<T>,
  patienceMs = 120_000,
): Promise<T> {
  await mkdir(path.dirname(file), { recursive: true });
  const deadline = Date.now() + patienceMs;
  while (!(await createWhole(file))) {
    const holder = await readHolder(file);
    if (holder && !(await isSameProcess(holder.pid, holder.start))) {
      await takeFromTheDead(file);
      continue;
    }
    if (Date.now() > deadline) {
      throw new Error(
        `Another Sportello (process ${holder?.pid ?? "unknown"}) holds ${file}; end it or remove that file.`,
      );
    }
    await sleep(100);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

/** Makes the file with our identity in it, or tells that it stands already; never half a file. */
async function createWhole(file: string): Promise<boolean> {
  const draft = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await writeFile(draft, await identity(), { mode: 0o600 });
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") {
      return false;
    }
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Removes a dead holder's lock; one process at a time, so that no fresh lock goes with it. */
async function takeFromTheDead(file: string): Promise<void> {
  const guard = `${file}.guard`;
  if (!(await createWhole(guard))) {
    const age = await stat(guard).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > TAKE_OVER_MS) {
      await rm(guard, { force: true });
    }
    await sleep(50);
    return;
  }
  try {
    const holder = await readHolder(file);
    if (holder && !(await isSameProcess(holder.pid, holder.start))) {
      await rm(file, { force: true });
    }
  } finally {
    await rm(guard, { force: true });
  }
}

/** Notes that this process uses what `folder` stands for. */
export async function enter(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, String(process.pid)), await identity(), { mode: 0o600 });
}

/** Takes this process off the list and tells whether nobody alive is left on it. */
export async function leave(folder: string): Promise<boolean> {
  await rm(path.join(folder, String(process.pid)), { force: true });
  return (await usersOf(folder)).length === 0;
}

/** The ids of the living processes on the list; the dead are taken off it. */
export async function usersOf(folder: string): Promise<number[]> {
  const living: number[] = [];
  for (const entry of await readdir(folder).catch(() => [])) {
    const file = path.join(folder, entry);
    const start = (await readHolder(file))?.start ?? "";
    if (await isSameProcess(Number(entry), start)) {
      living.push(Number(entry));
    } else {
      await rm(file, { force: true });
    }
  }
  return living;
}

async function identity(): Promise<string> {
  return `${process.pid} ${await processStart(process.pid)}`;
}

async function readHolder(file: string): Promise<{ pid: number; start: string } | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  const match = text === undefined ? null : /^(\d+) ?(.*)$/s.exec(text);
  return match ? { pid: Number(match[1]), start: match[2] ?? "" } : undefined;
}
