import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { withTemporaryFolder } from "@/lib/storage/temporary-folder";
import { ProblemError } from "./problem";
import { MEDIA, type Medium } from "./rules";
import { withRoom } from "./upload-room";

export interface ReceivedBody {
  bytes: number;
  /** Hexadecimal. */
  sha256: string;
}

/**
 * What a body says it is.
 * @throws {ProblemError} if that is none of `media`, or the body is compressed on its way
 */
export function mediumOf({ headers }: Request, media: readonly Medium[]): Medium {
  const [type = ""] = (headers.get("content-type") ?? "").split(";");
  const medium = Object.keys(MEDIA).find((known) => known === type.trim().toLowerCase());
  const encoding = headers.get("content-encoding") ?? "identity";
  if (!media.some((one) => one === medium) || encoding !== "identity") {
    throw new ProblemError(
      "unsupported_media_type",
      `Send the file itself as the body, uncompressed, with Content-Type ${media.join(" or ")}.`,
    );
  }
  return medium as Medium;
}

/**
 * Lets `work` receive a body into a file, which is gone afterwards.
 * @throws {ProblemError} if there is no room for it now
 */
export async function withBody<T>(
  request: Request,
  limit: number,
  work: (receive: () => Promise<ReceivedBody & { file: string }>) => Promise<T>,
): Promise<T> {
  // Said before anything else: there will never be room for it.
  requireSize(request.headers.get("content-length"), limit);
  return await withRoom(announcedBytes(request), (came) =>
    withTemporaryFolder("upload", async (folder) => {
      const file = path.join(folder, "body");
      return await work(async () => ({ file, ...(await receiveBody(request, file, limit, came)) }));
    }),
  );
}

/** What a request says that its body has; null where it does not say. */
function announcedBytes({ headers }: Request): number | null {
  const bytes = Number(headers.get("content-length") ?? Number.NaN);
  return Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : null;
}

/**
 * Writes a request's body to a file while it comes: memory stays flat however large it is.
 * @param limit in bytes
 * @param came is told how many have come, and may throw
 * @throws {ProblemError} if it is empty, larger, or shorter than it said
 */
export async function receiveBody(
  { body, headers, signal }: Request,
  file: string,
  limit: number,
  came: (bytes: number) => void = () => {},
): Promise<ReceivedBody> {
  const announced = headers.get("content-length");
  requireSize(announced, limit);
  if (body === null) {
    throw new ProblemError("invalid_request", "The body is empty; send the file as the body.");
  }
  const hash = createHash("sha256");
  let bytes = 0;
  await pipeline(
    Readable.fromWeb(body as ReadableStream<Uint8Array>),
    async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        bytes += chunk.byteLength;
        if (bytes > limit) {
          throw tooLarge(limit);
        }
        came(bytes);
        hash.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(file, { mode: 0o600 }),
  ).catch((error: unknown) => {
    throw signal.aborted
      ? new ProblemError("invalid_request", "The body broke off; send it again.")
      : error;
  });
  if (bytes === 0) {
    throw new ProblemError("invalid_request", "The body is empty; send the file as the body.");
  }
  if (announced !== null && Number(announced) !== bytes) {
    throw new ProblemError(
      "invalid_request",
      `The body has ${bytes} bytes, and Content-Length says ${announced}; send it again.`,
    );
  }
  return { bytes, sha256: hash.digest("hex") };
}

function requireSize(announced: string | null, limit: number): void {
  if (announced !== null && Number(announced) > limit) {
    throw tooLarge(limit);
  }
}

const tooLarge = (limit: number) =>
  new ProblemError("too_large", `A body has ${limit} bytes at most; send the file in parts.`);
