import { createReadStream } from "node:fs";
import { SingleBar } from "cli-progress";
import type { ImportProgress } from "@/lib/imports/kind";

/** How far one file is, on stderr. */
export interface FileProgress {
  onProgress?: ImportProgress;
  stop(): void;
}

/** Starts the progress of a file; its lines are counted first, so that a bar has an end. */
export async function fileProgress(
  file: string,
  name: string,
  json: boolean,
): Promise<FileProgress> {
  const lines = json || process.stderr.isTTY ? Math.max(0, (await countLines(file)) - 1) : 0;
  return showProgress(name, lines, json);
}

/** How often a machine is told, in milliseconds. */
const TELL_MS = 500;

/** A bar on a terminal; with --json a line on stderr now and then; else nothing. */
export function showProgress(name: string, lines: number, json: boolean): FileProgress {
  if (json) {
    return { onProgress: jsonLines(name, lines), stop: () => {} };
  }
  if (!process.stderr.isTTY) {
    return { stop: () => {} };
  }
  const bar = new SingleBar({
    format: `${name} {bar} {step} {value}/{total}`,
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
  });
  bar.start(lines, 0, { step: "reading" });
  return {
    onProgress: (step, { done, of }) => {
      bar.setTotal(of || Math.max(lines, done));
      bar.update(done, { step });
    },
    stop: () => bar.stop(),
  };
}

function jsonLines(file: string, lines: number): ImportProgress {
  let last = { step: "", at: 0 };
  return (step, { done, of }) => {
    const now = performance.now();
    if (step !== last.step || done === of || now - last.at >= TELL_MS) {
      last = { step, at: now };
      process.stderr.write(
        `${JSON.stringify({ progress: { file, step, done, of: of || lines } })}\n`,
      );
    }
  };
}

async function countLines(file: string): Promise<number> {
  let lines = 0;
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) {
        lines += 1;
      }
    }
  } catch {
    // The import itself says what is wrong with the file.
  }
  return lines;
}

/** Shows on a terminal for how many seconds some work has been going on; nothing elsewhere. */
export async function withSeconds<T>(label: string, work: () => Promise<T>): Promise<T> {
  if (!process.stderr.isTTY) {
    return await work();
  }
  const started = Date.now();
  const show = () =>
    process.stderr.write(`\r${label}: ${Math.floor((Date.now() - started) / 1_000)} s`);
  show();
  const timer = setInterval(show, 1_000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    process.stderr.write("\r\u001b[K");
  }
}
