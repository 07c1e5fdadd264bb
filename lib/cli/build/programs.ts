import { rm } from "node:fs/promises";
import path from "node:path";
import { type BuildOptions, build } from "esbuild";

/** Of lib/cli: what a production machine starts. */
export const PROGRAMS = ["start", "worker", "sportello", "mailbox"];

/** Where the programs are made before they are put beside the web server. */
export const programsFolder = (distFolder: string) => `${distFolder}-programs`;

const COMMON = {
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  jsx: "automatic",
  logLevel: "warning",
} satisfies BuildOptions;

/**
 * Makes plain JavaScript of web server's start, worker and command line: all files side by side, so that what is
 * found by its place beside the code (migrations) is found from each of them. Packages stay packages.
 * @param more sources of further programs, as a test has them
 */
export async function buildPrograms(
  project: string,
  folder: string,
  more: string[] = [],
): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const sources = [
    ...PROGRAMS.map((name) => `lib/cli/${name}.ts`),
    // What an import starts stands beside them.
    "lib/imports/e-invoices/read-process.ts",
    ...more,
  ];
  await Promise.all([
    build({
      ...COMMON,
      absWorkingDir: project,
      entryPoints: Object.fromEntries(
        sources.map((source) => [path.basename(source, ".ts"), path.join(project, source)]),
      ),
      outdir: folder,
      splitting: true,
      packages: "external",
      chunkNames: "[name]-[hash]",
    }),
    // Alone and whole: it is also started where nothing but this file was brought along.
    build({
      ...COMMON,
      absWorkingDir: project,
      entryPoints: [path.join(project, "lib/imports/documents/pdf-check-process.ts")],
      outdir: folder,
    }),
  ]);
}
