import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { csvText } from "@/db/seed/example-papers";

const run = promisify(execFile);

/** The command line as the demo's build leaves it. */
const COMMAND_LINE = path.resolve(
  process.env.SPORTELLO_BUILD_DIR || ".next",
  "standalone/cli/sportello.js",
);

/** Runs the command line as the operator does; answers its standard output. */
export async function sportello(...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [COMMAND_LINE, ...args], {
    env: process.env,
    maxBuffer: 32 * 1024 * 1024,
  });
  return stdout;
}

/** The operator's folder of files for one journey. */
export class OperatorFiles {
  readonly folder = mkdtempSync(path.join(process.env.SPORTELLO_DATA ?? tmpdir(), "journey-"));

  /** Writes a CSV file of our format and answers its path. */
  csv(name: string, rows: Record<string, string>[]): string {
    const file = path.join(this.folder, name);
    writeFileSync(file, csvText(rows));
    return file;
  }

  write(name: string, content: Uint8Array): void {
    writeFileSync(path.join(this.folder, name), content);
  }
}
