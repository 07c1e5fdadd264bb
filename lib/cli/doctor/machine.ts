import { mkdir, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { env } from "@/lib/env";
import { lastHeartbeats } from "@/lib/jobs/heartbeat";
import { parseStorageUrl } from "@/lib/storage/storage-url";
import { bad, type Finding, good, warn } from "./finding";

/** Both come every minute. */
const HEARTBEAT_WARN_S = 300;
const GIGABYTE = 1024 ** 3;
/** Less free than this is little for a month's bills; less than that and writing fails any moment. */
const DISK_WARN_GB = 5;
const DISK_FAIL_GB = 0.5;

/** Somebody works the queue: a worker, or a scheduler that calls /api/cron/tick. */
export async function checkHeartbeats(ctx: Context<SystemActor>): Promise<Finding> {
  const [latest] = await lastHeartbeats(ctx);
  const remedy = 'start "npm run worker", or have /api/cron/tick called every minute';
  if (!latest) {
    return warn("cron", `nobody has worked the queue yet: ${remedy}`);
  }
  const { source, secondsAgo } = latest;
  const told =
    source === "worker"
      ? `the worker told ${secondsAgo} s ago that it works`
      : `the last tick came ${secondsAgo} s ago`;
  return secondsAgo > HEARTBEAT_WARN_S ? warn("cron", `${told}: ${remedy}`) : good("cron", told);
}

/** Room on this machine's disks for documents and for files in work. PostgreSQL's own is not seen from here. */
export async function checkDisk(): Promise<Finding[]> {
  const place = parseStorageUrl(env().STORAGE_URL);
  const folders = [
    ...(place.kind === "folder" ? [["of STORAGE_URL", path.resolve(place.folder)]] : []),
    ["for files in work", tmpdir()],
  ] as [what: string, folder: string][];
  return await Promise.all(folders.map(([what, folder]) => diskFinding(what, folder)));
}

async function diskFinding(what: string, folder: string): Promise<Finding> {
  try {
    await mkdir(folder, { recursive: true });
    const { bavail, bsize } = await statfs(folder);
    return judgeDisk(what, folder, (bavail * bsize) / GIGABYTE);
  } catch {
    return bad(
      "disk",
      `the folder ${what}, ${folder}, cannot be looked at: compare its permissions`,
    );
  }
}

/** What so many gigabytes of room mean. */
export function judgeDisk(what: string, folder: string, gigabytes: number): Finding {
  const room = `${gigabytes.toFixed(1)} GB free ${what} (${folder})`;
  if (gigabytes < DISK_FAIL_GB) {
    return bad("disk", `${room}: make room, or writing fails`);
  }
  return gigabytes < DISK_WARN_GB ? warn("disk", `${room}: make room soon`) : good("disk", room);
}
