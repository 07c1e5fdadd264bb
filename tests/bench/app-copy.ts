import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";

/**
 * Builds a copy of the application with pages of the benchmark added, so that no limit program is
 * ever part of the product. `pages` maps a route folder under app/[locale]/(portal) to its source.
 */
export function buildAppCopy(pages: Record<string, string>): string {
  const folder = path.resolve(".sportello-bench/app");
  rmSync(folder, { recursive: true, force: true });
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], {
    encoding: "utf8",
  });
  for (const file of files.split("\n").filter((name) => isPartOfTheApp(name) && existsSync(name))) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    cpSync(file, path.join(folder, file));
  }
  for (const [route, source] of Object.entries(pages)) {
    const page = path.join(folder, "app/[locale]/(portal)", route, "page.tsx");
    mkdirSync(path.dirname(page), { recursive: true });
    cpSync(source, page);
  }
  symlinkSync(path.resolve("node_modules"), path.join(folder, "node_modules"));
  execFileSync(process.execPath, [path.resolve("node_modules/next/dist/bin/next"), "build"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, SPORTELLO_BUILD_DIR: ".next", NEXT_TELEMETRY_DISABLED: "1" },
  });
  return folder;
}

const isPartOfTheApp = (file: string) =>
  /^(app|components|db|emails|lib|public)\//.test(file) ||
  /^(next\.config\.ts|proxy\.ts|tsconfig\.json|postcss\.config\.mjs|package\.json)$/.test(file);
