import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";

/** A file that is written while it is read: memory stays flat however long it is. UTF-8, `;`. */
export const csvResponse = (fileName: string, lines: AsyncIterable<string>): Response =>
  writtenFile(fileName, "text/csv; charset=utf-8", lines);

/** A text file of any kind, written while it is read. */
export function writtenFile(
  fileName: string,
  contentType: string,
  lines: AsyncIterable<string>,
): Response {
  const body: ReadableStream<Uint8Array> = Readable.toWeb(
    Readable.from(encoded(lines), { objectMode: true }),
  );
  return new Response(body as BodyInit, { headers: fileHeaders(fileName, contentType) });
}

/** Those of a file that is one person's own. */
export const fileHeaders = (fileName: string, contentType: string) => ({
  "Content-Type": contentType,
  "Content-Disposition": `attachment; filename="${fileName.replace(/[^A-Za-z0-9._-]/g, "_")}"`,
  "Cache-Control": "private, no-store",
  "X-Content-Type-Options": "nosniff",
});

/** Lines in parcels of about 16 KB: one at a time costs more than what it carries. */
export async function* encoded(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let parcel = "";
  for await (const line of lines) {
    parcel += line;
    if (parcel.length > 16_384) {
      yield encoder.encode(parcel);
      parcel = "";
    }
  }
  if (parcel) {
    yield encoder.encode(parcel);
  }
}

/** A refusal of a file, in words: it is opened by a link, not by a program. */
export function refusedFile(status: 400 | 403 | 404 | 429, sentence: string): Response {
  return new Response(`${sentence}\n`, {
    status,
    headers: { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "private, no-store" },
  });
}
