import { stat } from "node:fs/promises";
import { RefusalError } from "@/lib/errors";
import { unreadable } from "../text-file";
import { openFolder } from "./folder-source";
import { openZip } from "./zip-source";

/** Where the PDFs are that an import's column `document` names. */
export interface DocumentSource {
  /**
   * Looks at a PDF by its plain name; returns its size in bytes.
   * @throws {CellError} with the reason, if it is not there, is no PDF, is too large or cannot be read
   */
  inspect(name: string): Promise<number>;
  /**
   * A PDF that was inspected before, whole.
   * @throws {RefusalError} if it was changed since
   */
  read(name: string, bytes: number): Promise<Buffer>;
  close(): Promise<void>;
}

/**
 * Opens a folder or a ZIP file with PDFs.
 * @throws {RefusalError} if it is neither, or the ZIP file is damaged
 */
export async function openDocuments(path: string): Promise<DocumentSource> {
  const found = await stat(path).catch((error: unknown) => {
    const reason = unreadable(error);
    throw reason
      ? new RefusalError(
          `There is no folder or ZIP file ${path} (${reason}); --documents names the one with the PDFs.`,
        )
      : error;
  });
  if (found.isDirectory()) {
    return openFolder(path);
  }
  if (!found.isFile()) {
    throw new RefusalError(
      `${path} is neither a folder nor a ZIP file; --documents names the one with the PDFs.`,
    );
  }
  return await openZip(path);
}
