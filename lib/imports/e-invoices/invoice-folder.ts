import { constants, type FileHandle, open, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { type FaultList, shown } from "../errors";
import { checkName, type InvoiceFile, isInvoice, limited, type Share } from "./invoice-file";

/** Bytes read at once: most files in one go. */
const CHUNK = 256 * 1024;

/** The files of invoices in a folder, in their order; undefined where the path is none. */
export async function invoiceNames(given: string): Promise<string[] | undefined> {
  const found = await stat(given).catch(() => undefined);
  return found?.isDirectory() ? (await readdir(given)).filter(isInvoice).sort() : undefined;
}

/**
 * The invoices of a folder, or of a share of it.
 * @throws {ImportRefusedError} if there is none, or one is no plain file
 */
export async function* ofFolder(
  folder: string,
  faults: FaultList,
  { nth, of, names = [] }: Share,
): AsyncGenerator<InvoiceFile> {
  if (names.length === 0) {
    faults.refuse({ reason: "the folder holds no .xml file" });
  }
  const mine = names.filter((_, at) => at % of === nth);
  const rooms = [Buffer.allocUnsafe(CHUNK), Buffer.allocUnsafe(CHUNK)];
  // One ahead: the disk reads a file's beginning while the one before is worked on.
  const begin = (at: number) => {
    const name = mine[at];
    const begun = name === undefined ? undefined : beginFile(folder, name, roomOf(at), faults);
    // It is told of when its turn comes.
    begun?.catch(() => {});
    return begun;
  };
  const roomOf = (at: number) => rooms[at % rooms.length] as Buffer;
  let next = begin(0);
  try {
    for (const [at, name] of mine.entries()) {
      const file = (await next) as BegunFile;
      next = begin(at + 1);
      try {
        yield { name, content: limited(chunksOf(file, roomOf(at)), faults) };
      } finally {
        await file.handle.close();
      }
    }
  } finally {
    await next?.then(
      ({ handle }) => handle.close(),
      () => {},
    );
  }
}

interface BegunFile {
  handle: FileHandle;
  size: number;
  /** Bytes of its beginning, which are in its piece of memory. */
  begun: number;
}

async function beginFile(
  folder: string,
  name: string,
  room: Buffer,
  faults: FaultList,
): Promise<BegunFile> {
  checkName(name, faults);
  // A link may lead anywhere, a pipe has no end.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  let handle: FileHandle | undefined;
  try {
    handle = await open(path.join(folder, name), flags);
    const found = await handle.stat();
    if (!found.isFile()) {
      faults.refuse({ reason: `${shown(name)} is no plain file; leave it out of the folder` });
    }
    const { bytesRead } = await handle.read(room, 0, room.length);
    return { handle, size: found.size, begun: bytesRead };
  } catch (error) {
    await handle?.close();
    throw (error as NodeJS.ErrnoException).code === "ELOOP"
      ? faults.refusal({ reason: `${shown(name)} is a link; put the file itself there` })
      : error;
  }
}

/** A file's bytes, always in the same piece of memory: there may be a hundred thousand files. */
async function* chunksOf({ handle, size, begun }: BegunFile, room: Buffer): AsyncGenerator<Buffer> {
  for (let read = 0, bytes = begun; bytes > 0; ) {
    read += bytes;
    yield room.subarray(0, bytes);
    // With all that there was and less than there was room for, nobody need look again.
    if (read >= size && bytes < room.length) {
      return;
    }
    bytes = (await handle.read(room, 0, room.length)).bytesRead;
  }
}
