import { execFile } from "node:child_process";
import { chmod, chown, mkdir, rm, statfs, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
/** As whom the embedded PostgreSQL runs where we are root. */
const NOBODY = 65_534;

export interface SmallDisk {
  folder: string;
  /** Leaves so many bytes free. */
  fill(leave: number): Promise<void>;
  /** All of it is free again, but for what others wrote. */
  empty(): Promise<void>;
  remove(): Promise<void>;
}

/** A disk in memory of so many megabytes; null where none may be mounted. */
export async function smallDisk(name: string, megabytes: number): Promise<SmallDisk | null> {
  if (process.getuid?.() !== 0) {
    return null;
  }
  const folder = path.join(tmpdir(), `sportello-${name}-${process.pid}`);
  await mkdir(folder, { recursive: true });
  try {
    await run("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder]);
  } catch {
    await rm(folder, { recursive: true, force: true });
    return null;
  }
  await chmod(folder, 0o755);
  await chown(folder, NOBODY, NOBODY);
  const filler = path.join(folder, "filler");
  return {
    folder,
    async fill(leave) {
      const { bavail, bsize } = await statfs(folder);
      await writeFile(filler, Buffer.alloc(Math.max(0, bavail * bsize - leave)));
    },
    empty: () => truncate(filler, 0),
    async remove() {
      await run("umount", ["-l", folder]).catch(() => {});
      await rm(folder, { recursive: true, force: true });
    },
  };
}
