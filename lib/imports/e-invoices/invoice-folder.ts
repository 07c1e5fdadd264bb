import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { type FaultList, shown } from "../errors";
import { unreadable } from "../text-file";
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
  const chunk = Buffer.allocUnsafe(CHUNK);
  for (const name of names.filter((_, at) => at % of === nth)) {
    const file = openInvoice(path.join(folder, name), name, faults);
    try {
      yield { name, content: limited(chunksOf(file, chunk), faults.within(name)) };
    } finally {
      closeSync(file.descriptor);
    }
  }
}

interface OpenInvoice {
  descriptor: number;
  size: number;
}

function openInvoice(file: string, name: string, faults: FaultList): OpenInvoice {
  checkName(name, faults);
  // A link may lead anywhere, a pipe has no end.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  let descriptor: number;
  try {
    descriptor = openSync(file, flags);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ELOOP") {
      faults.refuse({ reason: `${shown(name)} is a link; put the file itself there` });
    }
    // It may have gone since the folder was listed.
    const reason = unreadable(error);
    throw reason ? faults.within(name).refusal({ reason }) : error;
  }
  const found = fstatSync(descriptor);
  if (!found.isFile()) {
    closeSync(descriptor);
    faults.refuse({ reason: `${shown(name)} is no plain file; leave it out of the folder` });
  }
  return { descriptor, size: found.size };
}

/**
 * A file's bytes, always in the same piece of memory: there may be a hundred thousand files. Read here and not by
 * another thread, whose way there and back takes longer than an invoice's file; others have their turn in between.
 */
async function* chunksOf({ descriptor, size }: OpenInvoice, chunk: Buffer): AsyncGenerator<Buffer> {
  for (let read = 0; ; ) {
    const bytes = readSync(descriptor, chunk, 0, chunk.length, null);
    read += bytes;
    if (bytes > 0) {
      yield chunk.subarray(0, bytes);
    }
    await setImmediate();
    // Its end; with all that there was and less than there was room for, nobody need look again.
    if (bytes === 0 || (read >= size && bytes < chunk.length)) {
      return;
    }
  }
}
