import { Worker } from "node:worker_threads";
import { pdfFault } from "./pdf-inspection";

/** One PDF to look at. */
export interface PdfQuestion {
  content: Uint8Array;
  billNumber: string;
}

/** What the process says: that it is ready, then once for every question. */
export interface PdfAnswer {
  fault: string | null;
  /** Bytes that the process has. */
  rss: number;
}

/** Bytes that the process may have; without a PDF it has about 110 MB. */
const RSS_MAX = 300 * 1024 * 1024;

/**
 * Ends the process when it has too much memory or has lost its parent. In a thread of its own: the other one may be
 * deep in a hostile PDF. Buffers are in no limit that Node.js has.
 */
const WATCH = `
  const { workerData } = require("node:worker_threads");
  setInterval(() => {
    if (process.memoryUsage.rss() > workerData.rssMax || process.ppid !== workerData.parent) {
      process.kill(process.pid, "SIGKILL");
    }
  }, 10);`;

new Worker(WATCH, {
  eval: true,
  execArgv: [],
  workerData: { rssMax: RSS_MAX, parent: process.ppid },
}).unref();

// Whoever stops the import at the terminal stops its parent; that ends this one.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit());
// The reader leaves promises behind when it gives up on a damaged file.
process.on("unhandledRejection", () => {});

const say = (fault: string | null) =>
  process.send?.({ fault, rss: process.memoryUsage.rss() } satisfies PdfAnswer);

process.on("message", async ({ content, billNumber }: PdfQuestion) => {
  say(await pdfFault(Buffer.from(content.buffer, content.byteOffset, content.length), billNumber));
});
say(null);
