import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";

/**
 * Builds a copy of the application with routes of the benchmark added, so that no limit program is
 * ever part of the product.
 * @param routes the sources of files to add, by where they belong
 * @param target where the copy goes
 */
export function buildAppCopy(
  routes: Record<string, string> = {},
  target = ".sportello-bench/app",
): string {
  const folder = path.resolve(target);
  rmSync(folder, { recursive: true, force: true });
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], {
    encoding: "utf8",
  });
  for (const file of files.split("\n").filter((name) => isPartOfTheApp(name) && existsSync(name))) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    cpSync(file, path.join(folder, file));
  }
  for (const [route, source] of Object.entries(routes)) {
    const file = path.join(folder, route);
    mkdirSync(path.dirname(file), { recursive: true });
    cpSync(source, file);
  }
  symlinkSync(path.resolve("node_modules"), path.join(folder, "node_modules"));
  execFileSync(process.execPath, [path.resolve("node_modules/next/dist/bin/next"), "build"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, SPORTELLO_BUILD_DIR: ".next", NEXT_TELEMETRY_DISABLED: "1" },
  });
  return folder;
}

/**
 * The copy that was built last.
 * @throws {Error} where none was, or not to its end
 */
export function builtAppCopy(target = ".sportello-bench/app"): string {
  const folder = path.resolve(target);
  if (!existsSync(path.join(folder, ".next", "BUILD_ID"))) {
    throw new Error("no copy of the application has been built yet: leave out --built");
  }
  return folder;
}

const isPartOfTheApp = (file: string) =>
  /^(app|components|db|emails|lib|public)\//.test(file) ||
  /^(next\.config\.ts|instrumentation\.ts|proxy\.ts|tsconfig\.json|postcss\.config\.mjs|package\.json)$/.test(
    file,
  );
