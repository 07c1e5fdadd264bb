import { readFileSync } from "node:fs";
import path from "node:path";

const FOLDER = process.env.SPORTELLO_BUILD_DIR ?? ".next-test";

const read = <T>(file: string) => JSON.parse(readFileSync(path.join(FOLDER, file), "utf8")) as T;

/** Every page and route handler that the build serves, as Next.js names it: `/[locale]/bills/[id]`. */
export function builtRoutes(): string[] {
  return [
    ...new Set(Object.values(read<Record<string, string>>("app-path-routes-manifest.json"))),
  ].sort();
}

export interface BuiltAction {
  name: string;
  id: string;
}

/** Every server action that a request can name, by its exported name. */
export function builtActions(): BuiltAction[] {
  const manifest = read<{ node: Record<string, { exportedName: string }> }>(
    "server/server-reference-manifest.json",
  );
  return Object.entries(manifest.node).map(([id, { exportedName: name }]) => ({ id, name }));
}

/** Every page of the build but the framework's own, which nobody is shown. */
export function builtPages(): string[] {
  const routes = read<Record<string, string>>("app-path-routes-manifest.json");
  return Object.entries(routes)
    .filter(([file, route]) => file.endsWith("/page") && !route.startsWith("/_"))
    .map(([, route]) => route)
    .sort();
}
