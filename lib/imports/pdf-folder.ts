import { open, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { RefusalError } from "@/lib/errors";
import { CellError } from "./cells";
import { unreadable } from "./csv";
import { shown } from "./errors";

/** A bill has a few pages; what is larger is a mistake of the export. */
const PDF_MAX_BYTES = 20 * 1024 * 1024;
const MAGIC = Buffer.from("%PDF-");

/** @throws {RefusalError} if the folder with the PDFs is not there. */
export async function requireFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) {
    throw new RefusalError(
      `There is no folder ${folder}; --documents names the one with the PDFs.`,
    );
  }
}

/**
 * Looks at a PDF that a bill names, without reading it whole; returns its size in bytes.
 * @throws {CellError} if it is not there, is no PDF, or is too large
 */
export async function inspectPdf(folder: string, name: string): Promise<number> {
  if (/[/\\]/.test(name) || name === "." || name === "..") {
    throw new CellError(`${shown(name)} must be the plain name of a file in the documents folder`);
  }
  try {
    const file = await open(path.join(folder, name));
    try {
      const size = await sizeOf(await file.stat(), name);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
      requireMagic(buffer.subarray(0, bytesRead), name);
      return size;
    } finally {
      await file.close();
    }
  } catch (error) {
    const reason = unreadable(error);
    throw reason
      ? new CellError(`${shown(name)} is not in the documents folder: ${reason}`)
      : error;
  }
}

/**
 * A PDF that was inspected before, whole.
 * @throws {RefusalError} if it was changed since
 */
export async function readPdf(folder: string, name: string, bytes: number): Promise<Buffer> {
  const content = await readFile(path.join(folder, name));
  if (content.length !== bytes || !content.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new RefusalError(`${name} was changed while it was being imported; import again.`);
  }
  return content;
}

function sizeOf(file: { size: number; isFile(): boolean }, name: string): number {
  if (!file.isFile()) {
    throw new CellError(`${shown(name)} is a folder, not a PDF`);
  }
  if (file.size > PDF_MAX_BYTES) {
    const megabytes = Math.ceil(file.size / 1024 / 1024);
    throw new CellError(`${shown(name)} has ${megabytes} MB, and 20 MB are the most`);
  }
  return file.size;
}

function requireMagic(start: Buffer, name: string): void {
  if (!start.equals(MAGIC)) {
    throw new CellError(`${shown(name)} is not a PDF (it does not begin with %PDF-)`);
  }
}
