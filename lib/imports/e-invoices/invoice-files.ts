import { createReadStream } from "node:fs";
import { constants, type FileHandle, open, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { crc32 } from "node:zlib";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import { overlappingOf, type ZipPlace } from "../documents/zip-directory";
import { type FaultList, shown } from "../errors";
import { NO_PLAIN_FILE, unreadable } from "../text-file";

/** A file of e-invoices, by its plain name. A chunk of it is good until the next one is asked for. */
export interface InvoiceFile {
  name: string;
  content: AsyncIterable<Buffer>;
}

/** Every `of`-th file, from the `nth` on (from 0). */
export interface Share {
  nth: number;
  of: number;
  /** The files of a folder, as `invoiceNames` gave them once for all shares. */
  names?: string[];
}

const ALL: Share = { nth: 0, of: 1 };

/** Bytes of one file: an invoice with a PDF of 20 MB in base64. */
const FILE_MAX = 50 * 1024 * 1024;
const ENTRIES_MAX = 100_000;
/** Bytes read at once: most files in one go. */
const CHUNK = 256 * 1024;
/** Text is packed ten to twenty times. */
const RATIO_MAX = 200;
const SYMLINK = 0o120000;

/**
 * The XML files at a path: one file, the .xml files of a folder by name, or those of a ZIP file. Other files in a
 * folder or ZIP are left alone. Of a share only its files are opened.
 * @throws {ImportRefusedError} if there is none, or it is damaged, or not what it says
 */
export async function* invoiceFiles(
  given: string,
  faults: FaultList,
  share = ALL,
): AsyncGenerator<InvoiceFile> {
  const found = await stat(given).catch((error: unknown) => {
    const reason = unreadable(error);
    throw reason ? faults.refusal({ reason }) : error;
  });
  if (found.isDirectory()) {
    const names = share.names ?? (await invoiceNames(given));
    yield* ofFolder(given, faults, { ...share, names });
  } else if (!found.isFile()) {
    faults.refuse({ reason: NO_PLAIN_FILE });
  } else if (/\.zip$/i.test(given)) {
    yield* ofZip(given, faults, share);
  } else if (share.nth === 0) {
    yield { name: path.basename(given), content: limited(createReadStream(given), faults) };
  }
}

/** The files of invoices in a folder, in their order; undefined where the path is none. */
export async function invoiceNames(given: string): Promise<string[] | undefined> {
  const found = await stat(given).catch(() => undefined);
  return found?.isDirectory() ? (await readdir(given)).filter(isInvoice).sort() : undefined;
}

async function* ofFolder(
  folder: string,
  faults: FaultList,
  { nth, of, names = [] }: Share,
): AsyncGenerator<InvoiceFile> {
  if (names.length === 0) {
    faults.refuse({ reason: "the folder holds no .xml file" });
  }
  const chunk = Buffer.allocUnsafe(CHUNK);
  for (const name of names.filter((_, at) => at % of === nth)) {
    // A link may lead anywhere, a pipe has no end.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    let file: FileHandle | undefined;
    let size = 0;
    checkName(name, faults);
    try {
      file = await open(path.join(folder, name), flags);
      const found = await file.stat();
      size = found.size;
      if (!found.isFile()) {
        faults.refuse({ reason: `${shown(name)} is no plain file; leave it out of the folder` });
      }
    } catch (error) {
      await file?.close();
      throw (error as NodeJS.ErrnoException).code === "ELOOP"
        ? faults.refusal({ reason: `${shown(name)} is a link; put the file itself there` })
        : error;
    }
    yield { name, content: limited(chunksOf(file, size, chunk), faults) };
  }
}

/** A file's bytes, always in the same piece of memory: there may be a hundred thousand files. */
async function* chunksOf(file: FileHandle, size: number, chunk: Buffer): AsyncGenerator<Buffer> {
  try {
    for (let read = 0; ; ) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length);
      read += bytesRead;
      if (bytesRead > 0) {
        yield chunk.subarray(0, bytesRead);
      }
      // Its end; with all that there was and less than there was room for, nobody need look again.
      if (bytesRead === 0 || (read >= size && bytesRead < chunk.length)) {
        return;
      }
    }
  } finally {
    await file.close();
  }
}

async function* ofZip(
  given: string,
  faults: FaultList,
  { nth, of }: Share,
): AsyncGenerator<InvoiceFile> {
  const damaged = (error: unknown) =>
    faults.refusal({
      reason: `the ZIP file cannot be read (${shown(error instanceof Error ? error.message : "")}); pack it again`,
    });
  let zip: ZipFile;
  try {
    zip = await openPromise(given, { lazyEntries: true, autoClose: false });
  } catch (error) {
    throw damaged(error);
  }
  try {
    if (zip.entryCount > ENTRIES_MAX) {
      faults.refuse({ reason: `the ZIP file has more than ${ENTRIES_MAX} files` });
    }
    const overlapping = await overlappingIn(given).catch((error: unknown) => {
      throw damaged(error);
    });
    let invoices = 0;
    const entries = zip.eachEntry();
    for (;;) {
      const next = await entries.next().catch((error: unknown) => {
        throw damaged(error);
      });
      if (next.done) {
        break;
      }
      const entry = next.value;
      if (!isInvoice(entry.fileName)) {
        continue;
      }
      invoices += 1;
      if ((invoices - 1) % of !== nth) {
        continue;
      }
      checkEntry(entry, overlapping, faults);
      const name = path.basename(entry.fileName);
      const stream = await zip.openReadStreamPromise(entry).catch((error: unknown) => {
        throw damaged(error);
      });
      yield { name, content: limited(stream, faults, damaged, entry.crc32) };
    }
    if (invoices === 0) {
      faults.refuse({ reason: "the ZIP file holds no .xml file" });
    }
  } finally {
    zip.close();
  }
}

/** The places of a ZIP file's overlapping files: its directory is read once for them and once for the invoices. */
async function overlappingIn(given: string): Promise<Set<number>> {
  const zip = await openPromise(given, { lazyEntries: true, autoClose: false });
  try {
    const places: ZipPlace[] = [];
    for await (const { relativeOffsetOfLocalHeader: offset, compressedSize } of zip.eachEntry()) {
      places.push({ offset, packed: compressedSize });
    }
    return overlappingOf(places);
  } finally {
    zip.close();
  }
}

function checkEntry(entry: Entry, overlapping: Set<number>, faults: FaultList): void {
  const name = shown(entry.fileName);
  checkName(entry.fileName, faults);
  if (overlapping.has(entry.relativeOffsetOfLocalHeader)) {
    faults.refuse({ reason: `${name} runs into another file of the ZIP file; pack it again` });
  }
  if (entry.isEncrypted()) {
    faults.refuse({ reason: `${name} is encrypted; pack it without a password` });
  }
  if (((entry.externalFileAttributes >>> 16) & 0o170000) === SYMLINK) {
    faults.refuse({ reason: `${name} is a link; pack the file itself` });
  }
  if (entry.uncompressedSize > FILE_MAX) {
    faults.refuse({ reason: `${name} has more than 50 MB` });
  }
  if (entry.uncompressedSize > RATIO_MAX * Math.max(entry.compressedSize, 1_000)) {
    faults.refuse({ reason: `${name} is packed more than ${RATIO_MAX} times, as no invoice is` });
  }
}

/** It is kept and shown: PostgreSQL takes no NUL, and a terminal obeys others. */
function checkName(name: string, faults: FaultList): void {
  if (/\p{Cc}/u.test(name)) {
    faults.refuse({ reason: `the name of ${shown(name)} has control characters; give it another` });
  }
}

/** Invoices by their name, signed ones too: those are told of and not passed over. What macOS adds is none. */
const isInvoice = (name: string) =>
  /\.(xml|p7m)$/i.test(name) && !/(^|\/)(__MACOSX\/|\._)/.test(name);

/** A file's bytes, and no more than one may have. */
async function* limited(
  content: AsyncIterable<Buffer>,
  faults: FaultList,
  damaged: (error: unknown) => unknown = (error) => error,
  checksum?: number,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  let sum = 0;
  const iterator = content[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await iterator.next().catch((error: unknown) => {
        throw damaged(error);
      });
      if (next.done) {
        break;
      }
      sum = checksum === undefined ? 0 : crc32(next.value, sum);
      bytes += next.value.length;
      if (bytes > FILE_MAX) {
        faults.refuse({ reason: "has more than 50 MB" });
      }
      yield next.value;
    }
    if (checksum !== undefined && sum !== checksum) {
      throw damaged(new Error("a file in it is not what it was"));
    }
  } finally {
    await iterator.return?.();
  }
}
