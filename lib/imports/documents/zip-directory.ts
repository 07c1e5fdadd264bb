import { Entry, getFileNameLowLevel, type ZipFile } from "yauzl";
import { RefusalError } from "@/lib/errors";
import { CellError, shown } from "../errors";
import { requireSize } from "./document-limits";

const ENTRIES_MAX = 1_000_000;
/** Unpacked to packed bytes; PDFs come to about 10. */
const RATIO_MAX = 200;
const STORED = 0;
const DEFLATED = 8;
/** Bytes of what stands before a packed file, its name aside. */
const LOCAL_HEADER = 30;
/** Of what Unix keeps of a file: its kind, and that of a plain one. */
const KIND_MASK = 0o170000;
const PLAIN_FILE = 0o100000;

/** Where a packed file is, and how many bytes it has. */
export interface ZipPlace {
  offset: number;
  packed: number;
}

/** What a ZIP file's directory says of one file. */
export interface ZipRecord extends ZipPlace {
  bytes: number;
  crc32: number;
  method: number;
  flags: number;
  /** Of the file as Unix had it; 0 if something else packed it. */
  kind: number;
  /** Whether another file has the same name. */
  twice: boolean;
  /** Whether another file begins within this one: so a few bytes would unpack to very many files. */
  overlaps: boolean;
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
  const places: ZipPlace[] = [];
  if (zip.entryCount > ENTRIES_MAX) {
    throw new RefusalError(`${path} has more than 1,000,000 entries; split it.`);
  }
  for await (const entry of zip.eachEntry()) {
    // Not decoded by yauzl: one bad name would refuse the whole file, also if nothing asks for it.
    const { generalPurposeBitFlag: flags, fileNameRaw, extraFields } = entry;
    places.push({ offset: entry.relativeOffsetOfLocalHeader, packed: entry.compressedSize });
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
      overlaps: false,
    });
  }
  const overlapping = overlappingOf(places);
  for (const record of records.values()) {
    record.overlaps = overlapping.has(record.offset);
  }
  return { records, inFolders };
}

/** Where the packed files begin within which another one begins. */
export function overlappingOf(places: readonly ZipPlace[]): Set<number> {
  const found = new Set<number>();
  const sorted = places.toSorted((one, other) => one.offset - other.offset);
  for (const [at, { offset, packed }] of sorted.entries()) {
    if (offset + LOCAL_HEADER + packed > (sorted[at + 1]?.offset ?? Number.POSITIVE_INFINITY)) {
      found.add(offset);
    }
  }
  return found;
}

/** @throws {CellError} with the reason, if a file of a ZIP file is one that is not unpacked */
export function requireUnpackable(record: ZipRecord, name: string): void {
  if (record.twice) {
    throw new CellError(`${shown(name)} is in the ZIP file twice; leave one`);
  }
  if (record.overlaps) {
    throw new CellError(
      `${shown(name)} is damaged in the ZIP file (it runs into another file); make it again`,
    );
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
