import path from "node:path";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import { overlappingOf, type ZipPlace } from "../documents/zip-directory";
import { type FaultList, shown } from "../errors";
import {
  checkName,
  FILE_MAX,
  type InvoiceFile,
  isInvoice,
  limited,
  type Share,
} from "./invoice-file";

const ENTRIES_MAX = 100_000;
/** Text is packed ten to twenty times. */
const RATIO_MAX = 200;
const SYMLINK = 0o120000;

/**
 * The invoices of a ZIP file, or of a share of it.
 * @throws {ImportRefusedError} if there is none, or it is damaged, or not what it says
 */
export async function* ofZip(
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
      yield { name, content: limited(stream, faults.within(name), damaged, entry.crc32) };
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
