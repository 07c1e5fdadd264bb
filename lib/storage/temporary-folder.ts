import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

/** What is kept there: a body that is being received, or an import's files while they are read. */
type Purpose = "upload" | "import";

const NAMED = /^sportello-(upload|import)-[A-Za-z0-9]{6}$/;

/** Those of this process: it may be at one for days. */
const mine = new Set<string>();

/** Lets `work` have a folder for its owner alone, which is gone afterwards. */
export async function withTemporaryFolder<T>(
  purpose: Purpose,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), `sportello-${purpose}-`));
  mine.add(folder);
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
    mine.delete(folder);
  }
}

/** Removes folders that a killed process left: nothing was written to them since `before`. Repeatable. */
export async function removeLeftFolders(before: Date): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => NAMED.test(name));
  for (const folder of names.map((name) => path.join(tmpdir(), name))) {
    if (!mine.has(folder) && (await lastWrittenAt(folder)) < before.getTime()) {
      // Another's on this machine may not be ours to remove.
      await rm(folder, { recursive: true, force: true }).catch(() => {});
    }
  }
}

/** In milliseconds; of what cannot be looked at, never long ago. */
async function lastWrittenAt(folder: string): Promise<number> {
  try {
    const inside = (await readdir(folder)).map((name) => path.join(folder, name));
    const found = await Promise.all([folder, ...inside].map((one) => stat(one)));
    return Math.max(...found.map(({ mtimeMs }) => mtimeMs));
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
