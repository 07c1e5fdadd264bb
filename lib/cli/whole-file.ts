import { createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { RefusalError } from "@/lib/errors";

/**
 * Writes a file complete or not at all: nobody must find half a list. It may hold addresses, so only
 * its owner reads it.
 * @throws {RefusalError} where nothing can be written there
 */
export async function writeWhole(output: string, lines: Readable): Promise<void> {
  const unfinished = `${output}.unfinished`;
  try {
    if ((await stat(output).catch(() => null))?.isDirectory()) {
      throw new RefusalError(`${output} is a folder; say a file's name with --output.`);
    }
    await pipeline(lines, createWriteStream(unfinished, { mode: 0o600 }));
    await rename(unfinished, output);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {});
    throw inPlainWords(error, path.dirname(output));
  }
}

/** Writes lines to standard output, until whoever reads us has read enough (`| head`). */
export async function toScreen(lines: Readable): Promise<void> {
  await pipeline(lines, process.stdout, { end: false }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "EPIPE") {
      throw error;
    }
  });
}

function inPlainWords(error: unknown, folder: string): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case "ENOENT":
    case "ENOTDIR":
      return new RefusalError(`There is no folder ${folder}; make it, or say another --output.`);
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new RefusalError(`Nothing may be written in ${folder}; say another --output.`);
    default:
      return error;
  }
}
