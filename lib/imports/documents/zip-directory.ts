import { Entry, getFileNameLowLevel, type ZipFile } from "yauzl";
import { RefusalError } from "@/lib/errors";
import { CellError } from "../cells";
import { shown } from "../errors";
import { requireSize } from "./document-limits";

const ENTRIES_MAX = 1_000_000;
/** Unpacked to packed bytes; PDFs come to about 10. */
const RATIO_MAX = 200;
const STORED = 0;
const DEFLATED = 8;
/** Of what Unix keeps of a file: its kind, and that of a plain one. */
const KIND_MASK = 0o170000;
const PLAIN_FILE = 0o100000;

/** What a ZIP file's directory says of one file. */
export interface ZipRecord {
  offset: number;
  packed: number;
  bytes: number;
  crc32: number;
  method: number;
  flags: number;
  /** Of the file as Unix had it; 0 if something else packed it. */
  kind: number;
  /** Whether another file has the same name. */
  twice: boolean;
}

export interface ZipDirectory {
  /** The files at the top, by name. */
  records: Map<string, ZipRecord>;
  /** The last parts of the names of those in folders: nobody gets at them, but it can be told. */
  inFolders: Set<string>;
}

/**
 * Reads the directory at a ZIP file's end, once, by names as they stand there.
 * @throws {RefusalError} if it has more than 1,000,000 entries
 * @throws {Error} yauzl's, if it is damaged
 */
export async function readDirectory(zip: ZipFile, path: string): Promise<ZipDirectory> {
  const records = new Map<string, ZipRecord>();
  const inFolders = new Set<string>();
  if (zip.entryCount > ENTRIES_MAX) {
    throw new RefusalError(`${path} has more than 1,000,000 entries; split it.`);
  }
  for await (const entry of zip.eachEntry()) {
    // Not decoded by yauzl: one bad name would refuse the whole file, also if nothing asks for it.
    const { generalPurposeBitFlag: flags, fileNameRaw, extraFields } = entry;
    const name = getFileNameLowLevel(flags, fileNameRaw, extraFields, true);
    if (name.includes("/")) {
      inFolders.add(name.slice(name.lastIndexOf("/") + 1));
      continue;
    }
    const earlier = records.get(name);
    if (earlier) {
      earlier.twice = true;
      continue;
    }
    records.set(name, {
      offset: entry.relativeOffsetOfLocalHeader,
      packed: entry.compressedSize,
      bytes: entry.uncompressedSize,
      crc32: entry.crc32,
      method: entry.compressionMethod,
      flags,
      kind: (entry.externalFileAttributes >>> 16) & KIND_MASK,
      twice: false,
    });
  }
  return { records, inFolders };
}

/** @throws {CellError} with the reason, if a file of a ZIP file is one that is not unpacked */
export function requireUnpackable(record: ZipRecord, name: string): void {
  if (record.twice) {
    throw new CellError(`${shown(name)} is in the ZIP file twice; leave one`);
  }
  if (record.kind !== 0 && record.kind !== PLAIN_FILE) {
    throw new CellError(`${shown(name)} is a link or not a plain file; pack the file itself`);
  }
  if (toEntry(record).isEncrypted()) {
    throw new CellError(`${shown(name)} is encrypted in the ZIP file; pack it without a password`);
  }
  if (record.method !== STORED && record.method !== DEFLATED) {
    throw new CellError(
      `${shown(name)} is packed by a method other than Deflate; pack it as ZIP files usually are`,
    );
  }
  requireSize(record.bytes, name);
  if (record.bytes > record.packed * RATIO_MAX) {
    throw new CellError(
      `${shown(name)} unpacks to more than ${RATIO_MAX} times its size; no PDF does`,
    );
  }
}

/** The entry as yauzl wants it back; a million of its own would not fit into memory. */
export function toEntry({ offset, packed, bytes, method, flags }: ZipRecord): Entry {
  return Object.assign(new Entry(), {
    relativeOffsetOfLocalHeader: offset,
    compressedSize: packed,
    uncompressedSize: bytes,
    compressionMethod: method,
    generalPurposeBitFlag: flags,
  });
}
