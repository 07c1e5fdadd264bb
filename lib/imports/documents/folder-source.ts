import { constants, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import path from "node:path";
import { RefusalError } from "@/lib/errors";
import { CellError, shown } from "../errors";
import { unreadable } from "../text-file";
import { READ_AT_ONCE, requireMagic, requirePlainName, requireSize } from "./document-limits";
import type { DocumentSource } from "./document-source";
import { Turnstile } from "./turnstile";

/** No link is followed, and no pipe or device is waited for. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const MAGIC_BYTES = 5;

/** The PDFs of a folder that is there. Folders in it, links, devices and pipes are refused. */
export function openFolder(folder: string): DocumentSource {
  const turnstile = new Turnstile(READ_AT_ONCE);
  /** When each inspected file was changed last: what is read is what was inspected. */
  const changed = new Map<string, number>();

  const inspect = async (name: string) => {
    requirePlainName(name);
    const { size, ctimeMs } = await withFile(folder, name, async (file) => {
      const stats = requireFile(await file.stat(), name);
      requireSize(stats.size, name);
      requireMagic(await firstBytes(file, MAGIC_BYTES), name);
      return stats;
    });
    changed.set(name, ctimeMs);
    return size;
  };

  const read = async (name: string, bytes: number) => {
    try {
      requirePlainName(name);
      return await withFile(folder, name, async (file) => {
        const { size, ctimeMs } = requireFile(await file.stat(), name);
        // One more than there should be: it may grow meanwhile.
        const content = await firstBytes(file, bytes + 1);
        if (size !== bytes || content.length !== bytes || changed.get(name) !== ctimeMs) {
          throw new CellError("changed");
        }
        return content;
      });
    } catch (error) {
      throw error instanceof CellError
        ? new RefusalError(`${name} was changed while it was being imported; import again.`)
        : error;
    }
  };

  return {
    inspect: (name) => turnstile.pass(() => inspect(name)),
    read: (name, bytes) => turnstile.pass(() => read(name, bytes)),
    close: async () => {},
  };
}

async function withFile<T>(
  folder: string,
  name: string,
  work: (file: FileHandle) => Promise<T>,
): Promise<T> {
  const file = await open(path.join(folder, name), FLAGS).catch((error: unknown) => {
    throw new CellError(notOpened(error, name), { cause: error });
  });
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

function notOpened(error: unknown, name: string): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case "ELOOP":
    case "EMLINK":
      return `${shown(name)} is a link to another file; put the file itself into the folder`;
    case "ENXIO":
      return notAFile(name);
    case "ENAMETOOLONG":
      return `${shown(name)} is longer than a file's name may be`;
    default: {
      const reason = unreadable(error);
      if (!reason) {
        throw error;
      }
      return `${shown(name)} is not in the documents folder: ${reason}`;
    }
  }
}

function requireFile(stats: Stats, name: string): Stats {
  if (stats.isFile()) {
    return stats;
  }
  throw new CellError(
    stats.isDirectory() ? `${shown(name)} is a folder, not a PDF` : notAFile(name),
  );
}

const notAFile = (name: string) => `${shown(name)} is not a plain file`;

async function firstBytes(file: FileHandle, count: number): Promise<Buffer> {
  const buffer = Buffer.alloc(count);
  let length = 0;
  while (length < count) {
    const { bytesRead } = await file.read(buffer, length, count - length, length);
    if (bytesRead === 0) {
      break;
    }
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}
