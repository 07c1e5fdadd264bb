import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { ZipFile } from "yazl";
import { log } from "@/lib/log";
import { encoded } from "./csv-response";

/** A file of an archive, in pieces of text; nothing is read before its turn comes. */
export interface ArchivedFile {
  name: string;
  lines: () => AsyncIterable<string>;
}

/**
 * An archive that is written while it is read, file by file: memory stays flat however much it holds. A
 * reader who goes away stops the reading; a failure breaks the download off, so that nobody takes half
 * an archive for a whole one.
 */
export function zipResponse(fileName: string, files: ArchivedFile[]): Response {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const breakOff = (err: Error) => {
    log.error({ err }, "archive broken off");
    output.destroy(err);
  };
  let reading: Readable | undefined;
  for (const { name, lines } of files) {
    zip.addReadStreamLazy(name, (give) => {
      // yazl looks after no error of what it reads.
      reading = Readable.from(encoded(lines()), { objectMode: true }).on("error", breakOff);
      give(null, reading);
    });
  }
  zip.on("error", breakOff);
  output.on("close", () => reading?.destroy());
  zip.end();
  // Node's own strategy counts pieces where it means bytes: it would hold 16,384 of them.
  const body: ReadableStream<Uint8Array> = Readable.toWeb(output, {
    strategy: new ByteLengthQueuingStrategy({ highWaterMark: 65_536 }),
  });
  return new Response(body as BodyInit, {
    headers: {
      "Content-Type": "application/zip",
      "Content-Disposition": `attachment; filename="${fileName.replace(/[^A-Za-z0-9._-]/g, "_")}"`,
      "Cache-Control": "private, no-store",
      "X-Content-Type-Options": "nosniff",
      "Content-Security-Policy": "sandbox",
      "Cross-Origin-Resource-Policy": "same-origin",
    },
  });
}
