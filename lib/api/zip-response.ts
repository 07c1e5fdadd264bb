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

/** A stored file that is put into an archive as it is: what is packed already gets no smaller. */
export interface StoredFile {
  name: string;
  bytes: () => Promise<Readable>;
}

/**
 * An archive that is written while it is read, file by file: memory stays flat however much it holds. A
 * reader who goes away stops the reading; a failure breaks the download off, so that nobody takes half
 * an archive for a whole one.
 */
export function zipResponse(fileName: string, files: (ArchivedFile | StoredFile)[]): Response {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const breakOff = (err: Error) => {
    log.error({ err }, "archive broken off");
    output.destroy(err);
  };
  let reading: Readable | undefined;
  for (const file of files) {
    zip.addReadStreamLazy(file.name, { compress: "lines" in file }, async (give) => {
      try {
        // yazl looks after no error of what it reads.
        reading = (await contentOf(file)).on("error", breakOff);
      } catch (error) {
        return breakOff(error as Error);
      }
      // Whoever went away while it was being opened does not come back for it.
      if (output.destroyed) {
        reading.destroy();
      }
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

const contentOf = async (file: ArchivedFile | StoredFile): Promise<Readable> =>
  "lines" in file ? Readable.from(encoded(file.lines()), { objectMode: true }) : await file.bytes();
