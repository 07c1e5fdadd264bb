import { mkdir, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Does a process with this id exist (also another user's)? */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

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
  for (;;) {
    try {
      const handle = await open(file, "wx", 0o600);
      await handle.writeFile(String(process.pid));
      await handle.close();
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
        throw error;
      }
    }
    const holder = Number(await readFile(file, "utf8").catch(() => ""));
    // An empty file is one whose holder is about to write its id: only age condemns it.
    if (holder > 0 && !isAlive(holder)) {
      await rm(file, { force: true });
      continue;
    }
    if (Date.now() > deadline) {
      throw new Error(
        `Another Sportello (process ${holder || "unknown"}) holds ${file}; end it or remove that file.`,
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

/** Notes that this process uses what `folder` stands for. */
export async function enter(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, String(process.pid)), "");
}

/** Takes this process off the list and tells whether nobody alive is left on it. */
export async function leave(folder: string): Promise<boolean> {
  await rm(path.join(folder, String(process.pid)), { force: true });
  let left = 0;
  for (const entry of await readdir(folder).catch(() => [])) {
    if (isAlive(Number(entry))) {
      left += 1;
    } else {
      await rm(path.join(folder, entry), { force: true });
    }
  }
  return left === 0;
}
