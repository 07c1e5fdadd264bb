import { close, constants, fstat, open, type Stats } from "node:fs";
import { promisify } from "node:util";
import { crc32 } from "node:zlib";
import { fromFdPromise, type ZipFile } from "yauzl";
import { RefusalError } from "@/lib/errors";
import { CellError, shown } from "../errors";
import { unreadable } from "../text-file";
import { READ_AT_ONCE, requireMagic, requirePlainName } from "./document-limits";
import type { DocumentSource } from "./document-source";
import { Turnstile } from "./turnstile";
import {
  readDirectory,
  requireUnpackable,
  toEntry,
  type ZipDirectory,
  type ZipRecord,
} from "./zip-directory";

const statOf: (fd: number) => Promise<Stats> = promisify(fstat);

/**
 * Opens a ZIP file with PDFs at its top. The directory is read once, files when they are asked for.
 * @throws {RefusalError} if it is no ZIP file, is damaged or has too many entries
 */
export async function openZip(path: string): Promise<DocumentSource> {
  const fd = await promisify(open)(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(
    (error: unknown) => {
      const reason = unreadable(error);
      throw reason ? new RefusalError(`${path} cannot be opened: ${reason}.`) : error;
    },
  );
  try {
    const opened = await statOf(fd);
    const zip = await fromFdPromise(fd, { decodeStrings: false, autoClose: false });
    return zipSource(fd, opened, zip, await readDirectory(zip, path));
  } catch (error) {
    await promisify(close)(fd);
    if (error instanceof RefusalError || (error as NodeJS.ErrnoException).code) {
      throw error;
    }
    throw new RefusalError(
      `${path} is no ZIP file, or a damaged one (${error instanceof Error ? error.message.slice(0, 200) : "unknown"}); make it again.`,
    );
  }
}

function zipSource(
  fd: number,
  opened: Stats,
  zip: ZipFile,
  { records, inFolders }: ZipDirectory,
): DocumentSource {
  const turnstile = new Turnstile(READ_AT_ONCE);

  const take = async (name: string) => {
    requirePlainName(name);
    const record = records.get(name);
    if (!record) {
      throw new CellError(
        // Most often a folder was packed instead of what is in it.
        inFolders.has(name)
          ? `${shown(name)} is in a folder inside the ZIP file; pack the PDFs themselves, without a folder`
          : `${shown(name)} is not in the ZIP file`,
      );
    }
    requireUnpackable(record, name);
    const content = await unpack(zip, record, name);
    requireMagic(content, name);
    return content;
  };

  const read = async (name: string, bytes: number) => {
    const now = await statOf(fd);
    const same = now.size === opened.size && now.ctimeMs === opened.ctimeMs;
    const content = same
      ? await take(name).catch((error: unknown) => {
          if (error instanceof CellError) {
            return undefined;
          }
          throw error;
        })
      : undefined;
    if (content?.length !== bytes) {
      throw new RefusalError(
        `${name} was changed in the ZIP file while it was being imported; import again.`,
      );
    }
    return content;
  };

  return {
    inspect: (name) => turnstile.pass(async () => (await take(name)).length),
    read: (name, bytes) => turnstile.pass(() => read(name, bytes)),
    close: () =>
      new Promise((resolve) => {
        if (!zip.isOpen) {
          resolve();
          return;
        }
        zip.once("close", resolve);
        zip.close();
      }),
  };
}

/**
 * Unpacks one file and compares it with its size and its check sum.
 * @throws {CellError} if it is damaged
 */
export async function unpack(zip: ZipFile, record: ZipRecord, name: string): Promise<Buffer> {
  let content: Buffer;
  try {
    const stream = await zip.openReadStreamPromise(toEntry(record));
    const chunks: Buffer[] = [];
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
    }
    content = Buffer.concat(chunks);
  } catch (error) {
    // EIO and the like are the machine's; zlib's codes and yauzl's errors are the file's.
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (/^E/.test(code)) {
      throw error;
    }
    throw new CellError(`${shown(name)} is damaged in the ZIP file; make it again`);
  }
  if (content.length !== record.bytes || crc32(content) !== record.crc32) {
    throw new CellError(
      `${shown(name)} is damaged in the ZIP file (size or check sum differ); make it again`,
    );
  }
  return content;
}
