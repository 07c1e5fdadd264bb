import { fromBufferPromise, type ZipFile } from "yauzl";
import { readDirectory, requireUnpackable, type ZipDirectory } from "../documents/zip-directory";
import { unpack } from "../documents/zip-source";
import { CellError } from "../errors";

/** An attachment is a PDF, and perhaps a note beside it. */
const ENTRIES_MAX = 100;

const isPdf = (name: string) => /\.pdf$/i.test(name);

/**
 * The one PDF of a ZIP file in memory; null if it holds none.
 * @throws {CellError} if it is damaged, holds several, or one that is not unpacked (bombs, links, passwords)
 */
export async function unpackPdf(content: Buffer): Promise<Buffer | null> {
  const { zip, directory } = await opened(content);
  const names = [...directory.records.keys()].filter(isPdf);
  if ([...directory.inFolders].some(isPdf)) {
    throw new CellError("is a ZIP file with a PDF in a folder; pack it without");
  }
  if (names.length > 1) {
    throw new CellError("is a ZIP file with several PDFs; leave one");
  }
  const [name = ""] = names;
  const record = directory.records.get(name);
  if (!record) {
    return null;
  }
  requireUnpackable(record, name);
  return await unpack(zip, record, name);
}

async function opened(content: Buffer): Promise<{ zip: ZipFile; directory: ZipDirectory }> {
  try {
    const zip = await fromBufferPromise(content, { decodeStrings: false });
    if (zip.entryCount > ENTRIES_MAX) {
      throw new Error("too many");
    }
    return { zip, directory: await readDirectory(zip, "the attachment") };
  } catch {
    throw new CellError(`is no ZIP file of at most ${ENTRIES_MAX} files, or a damaged one`);
  }
}
