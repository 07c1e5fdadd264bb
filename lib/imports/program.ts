import { existsSync } from "node:fs";
import path from "node:path";

/**
 * Node's arguments for a program of lib/imports that runs in a process of its own, such as
 * `documents/pdf-check-process`. Of a build: beside worker and command line, in the web server's folder of them, and
 * where Vercel brings it. A build of the pages must not follow these paths, or it would take everything in that they
 * may lead to.
 * @returns null where it was not brought along
 */
export function programArguments(program: string): string[] | null {
  const file = `${path.basename(program)}.js`;
  const beside = path.dirname(process.argv[1] ?? "");
  const compiled = [
    path.join(/* turbopackIgnore: true */ beside, file),
    path.join(/* turbopackIgnore: true */ beside, "cli", file),
    ...(process.env.VERCEL
      ? [path.join(/* turbopackIgnore: true */ process.cwd(), ".next-programs", file)]
      : []),
  ].find((one) => existsSync(one));
  // In a clone; every command starts in its folder.
  const source = path.join(
    /* turbopackIgnore: true */ process.cwd(),
    "lib/imports",
    `${program}.ts`,
  );
  if (compiled) {
    return [compiled];
  }
  return existsSync(source) ? ["--import", "tsx", source] : null;
}
