import { statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { ProblemError } from "./problem";

/** Bodies longer than this that one process receives at once. */
const AT_ONCE = 4;
const LARGE_BYTES = 16 * 1024 ** 2;
/** What stays free for the database and everybody else, but for no more than a tenth of the disk. */
const SPARE_BYTES = 1024 ** 3;

interface Room {
  /** Bytes that bodies may take where they are received. */
  usable(): Promise<number>;
}

const DISK: Room = {
  async usable() {
    const { bavail, blocks, bsize } = await statfs(tmpdir());
    return bavail * bsize - Math.min(SPARE_BYTES, (blocks * bsize) / 10);
  },
};

let large = 0;
/** Bytes that bodies under way may still take. */
let promised = 0;

/**
 * Lets `work` receive a body where there is room for it: bodies may have 2 GB each, and as many may come at once as
 * there are callers. Each is held twice for a moment, as it came and in the storage.
 * @param bytes as announced; null where nobody knows: such a body is large once `came` is told so, and the disk's end is
 *   found when it is reached
 * @throws {ProblemError} if too many come at once, or the disk has no room; both pass
 */
export async function withRoom<T>(
  bytes: number | null,
  work: (came: (bytes: number) => void) => Promise<T>,
  room: Room = DISK,
): Promise<T> {
  let isLarge = false;
  const came = (known: number) => {
    if (isLarge || known <= LARGE_BYTES) {
      return;
    }
    if (large >= AT_ONCE) {
      throw busy(`${AT_ONCE} large files are being received already; send this one in a minute.`);
    }
    isLarge = true;
    large += 1;
  };
  let taken = 0;
  try {
    came(bytes ?? 0);
    const most = (bytes ?? LARGE_BYTES) * 2;
    if ((await room.usable()) < promised + most) {
      throw noRoom();
    }
    taken = most;
    promised += taken;
    return await work(came);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === "ENOSPC" ? noRoom() : error;
  } finally {
    large -= isLarge ? 1 : 0;
    promised -= taken;
  }
}

const noRoom = () => busy("The disk has no room for this file now; send it later, or in parts.");

const busy = (sentence: string) =>
  new ProblemError("busy", sentence, { headers: { "Retry-After": "60" } });
