import { CellError, shown } from "../errors";

/** A bill has a few pages; what is larger is a mistake of the export. */
export const PDF_MAX_BYTES = 20 * 1024 * 1024;
/** PDFs that a source holds in memory at once. */
export const READ_AT_ONCE = 8;

const MAGIC = Buffer.from("%PDF-");

/** Whether bytes begin as a PDF does. */
export const startsAsPdf = (content: Buffer): boolean =>
  content.subarray(0, MAGIC.length).equals(MAGIC);

/** @throws {CellError} if a name is a path or none */
export function requirePlainName(name: string): void {
  if (/[/\\\0]|^\.{0,2}$/.test(name)) {
    throw new CellError(
      `${shown(name)} must be the plain name of a file, without folders before it`,
    );
  }
}

/** @throws {CellError} if a document is too large */
export function requireSize(bytes: number, name: string): void {
  if (bytes > PDF_MAX_BYTES) {
    const megabytes = Math.ceil(bytes / 1024 / 1024);
    throw new CellError(`${shown(name)} has ${megabytes} MB, and 20 MB are the most`);
  }
}

/** @throws {CellError} if a document does not begin as a PDF */
export function requireMagic(content: Buffer, name: string): void {
  if (startsAsPdf(content)) {
    return;
  }
  throw new CellError(
    content.subarray(0, 2).toString("latin1") === "PK"
      ? `${shown(name)} is a ZIP file, not a PDF; unpack it`
      : `${shown(name)} is not a PDF (it does not begin with %PDF-)`,
  );
}
