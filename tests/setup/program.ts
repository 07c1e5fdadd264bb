import { existsSync } from "node:fs";
import path from "node:path";

/** What Node.js is to start for a source: what was compiled from it, else itself by tsx. */
export function program(source: string): string[] {
  const folder = process.env.SPORTELLO_TEST_PROGRAMS;
  const compiled = folder && path.join(folder, `${path.basename(source, ".ts")}.js`);
  return compiled && existsSync(compiled) ? [compiled] : ["--import", "tsx", source];
}
