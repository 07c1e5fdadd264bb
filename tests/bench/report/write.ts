import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { curveChart } from "./chart";
import { readmeSection, reportMarkdown } from "./markdown";
import type { Report } from "./report";

export const FIGURES = "tests/bench/figures";
const BEGIN = "<!-- bench: from here on written by `npm run bench` -->";
const END = "<!-- bench: to here -->";

/**
 * Writes a report as JSON, Markdown and pictures, and the README's section from them. That of a small world
 * goes to a folder that git ignores, with a copy of the README.
 * @returns the folder
 */
export function writeReport(report: Report): string {
  const folder = report.made.quick ? ".sportello-bench/report" : FIGURES;
  mkdirSync(folder, { recursive: true });
  for (const old of readdirSync(folder).filter((name) => name.endsWith(".svg"))) {
    rmSync(path.join(folder, old));
  }
  writeFileSync(path.join(folder, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(path.join(folder, "report.md"), reportMarkdown(report));
  for (const curve of report.curves) {
    writeFileSync(path.join(folder, `${curve.id}.svg`), curveChart(curve));
  }
  const readme = withSection(readFileSync("README.md", "utf8"), readmeSection(report));
  writeFileSync(report.made.quick ? path.join(folder, "README.md") : "README.md", readme);
  return folder;
}

/** Changes the report that was written last, and all that is made of it; nothing where there is none. */
export function rewriteReport(change: (report: Report) => Report): void {
  const file = path.join(FIGURES, "report.json");
  if (existsSync(file)) {
    writeReport(change(JSON.parse(readFileSync(file, "utf8")) as Report));
  }
}

/**
 * A README with another section between its marks.
 * @throws {Error} if they are not there
 */
export function withSection(readme: string, section: string): string {
  const [from, to] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (from < 0 || to < from) {
    throw new Error("README.md has no place for the bench's section");
  }
  return `${readme.slice(0, from + BEGIN.length)}\n\n${section}\n\n${readme.slice(to)}`;
}
