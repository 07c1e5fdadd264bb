import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import type { FaultList } from "../errors";
import { NO_PLAIN_FILE, unreadable } from "../text-file";
import { type InvoiceFile, limited, type Share } from "./invoice-file";
import { invoiceNames, ofFolder } from "./invoice-folder";
import { ofZip } from "./invoice-zip";

const ALL: Share = { nth: 0, of: 1 };

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
