import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import type { FaultList } from "./errors";

/** Bytes that are read together. */
const CHUNK = 2 ** 16;

/**
 * The text of a file, piece by piece, without its byte order mark.
 * @throws {ImportRefusedError} if there is no such file or it is something else.
 */
export async function* utf8Text(path: string, faults: FaultList): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  const decode = (chunk?: Buffer) => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      return faults.refuse({
        line: line + (chunk ? linesBeforeFault(chunk) : 0),
        reason: "the file is not UTF-8 text; export it as UTF-8",
      });
    }
  };
  try {
    for await (const chunk of createReadStream(path, {
      highWaterMark: CHUNK,
    }) as AsyncIterable<Buffer>) {
      const text = decode(chunk);
      const nul = chunk.indexOf(0);
      if (nul >= 0) {
        faults.refuse({
          line: line + countLines(chunk.subarray(0, nul)),
          reason: "the file holds NUL bytes, so it is not text; export it as UTF-8 CSV",
        });
      }
      line += countLines(chunk);
      yield text;
    }
    decode();
  } catch (error) {
    const reason = unreadable(error);
    throw reason ? faults.refusal({ reason }) : error;
  }
}

/** A pipe may never say anything, a device never end, and none can be read twice. */
export const NO_PLAIN_FILE = "this is no plain file, such as a pipe or a device; save it as a file";

/** Why a file cannot be read, in one sentence; undefined for any other error. */
export function unreadable(error: unknown): string | undefined {
  switch ((error as NodeJS.ErrnoException).code) {
    case "ENOENT":
    case "ENOTDIR":
      return "there is no such file";
    case "EISDIR":
      return "this is a folder, not a file";
    case "EACCES":
    case "EPERM":
      return "the file may not be read; check its permissions";
    case "ELOOP":
    case "ENAMETOOLONG":
    case "ENXIO":
      return "the path leads to no file; a link may lead to itself";
    default:
      return undefined;
  }
}

function linesBeforeFault(chunk: Buffer): number {
  // The end of a character that began in the chunk before is no fault.
  let from = 0;
  while (from < 3 && ((chunk[from] ?? 0) & 0xc0) === 0x80) {
    from += 1;
  }
  let lines = 0;
  for (let end = chunk.indexOf(10, from); end >= 0; end = chunk.indexOf(10, from)) {
    if (!isUtf8(chunk.subarray(from, end))) {
      return lines;
    }
    lines += 1;
    from = end + 1;
  }
  return lines;
}

function countLines(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) {
    count += 1;
  }
  return count;
}
