import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { AREAS, type Look, lookName, looksOf, THEMES, WIDTHS } from "./looks";

const FOLDER = "test-results/pages";

/** One folder for each width and theme: `test-results/pages/320-dark/bills-id.png`. */
export function screenshotPath(name: string, width: number, kind: string): string {
  return path.join(FOLDER, `${width}-${kind}`, `${name}.png`);
}

const pathsOf = (look: Look) =>
  WIDTHS.flatMap((width) => THEMES.map((theme) => screenshotPath(lookName(look), width, theme)));

/** Writes which picture shows which page: `test-results/pages/index.md`. Answers the pictures that are not there. */
export function writeIndex(): string[] {
  const looks = AREAS.flatMap((area) => looksOf(area));
  const lines = looks.map((look) => {
    const cells = pathsOf(look).map((file) => (existsSync(file) ? `\`${file}\`` : "none"));
    return `| \`${look.route.replace("/[locale]", "") || "/"}\` | ${look.state || "as it is"} | ${look.visitor} | ${cells.join(" | ")} |`;
  });
  const columns = WIDTHS.flatMap((width) => THEMES.map((theme) => `${width} px, ${theme}`));
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(
    path.join(FOLDER, "index.md"),
    [
      `| page | state | seen by | ${columns.join(" | ")} |`,
      `|${"---|".repeat(3 + columns.length)}`,
      ...lines,
      "",
    ].join("\n"),
  );
  return looks.flatMap(pathsOf).filter((file) => !existsSync(file));
}
