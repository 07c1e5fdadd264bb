import { createHash } from "node:crypto";
import { access, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { enter, leave, usersOf, withLock } from "@/db/embedded/lock";
import { RefusalError } from "@/lib/errors";
import { type Child, PROJECT, startChild } from "./children";

/** What a build is made from; tests and documents are not part of it. */
const FOLDERS = ["app", "components", "db", "emails", "lib", "public"];
const FILES = [
  "next.config.ts",
  "instrumentation.ts",
  "proxy.ts",
  "postcss.config.mjs",
  "tsconfig.json",
  "package.json",
  "package-lock.json",
];

export const buildFolder = () => path.resolve(PROJECT, process.env.SPORTELLO_BUILD_DIR || ".next");
const fingerprintFile = () => path.join(buildFolder(), "sportello-fingerprint");
/** `next build` empties its folder but for `cache`, so what must outlive a build stands there. */
const lockFile = () => path.join(buildFolder(), "cache", "sportello-build.lock");
const usersFolder = () => path.join(buildFolder(), "cache", "sportello-users");

/**
 * Makes the production build, or keeps the one that was made from the very same sources. Afterwards
 * this process counts as its user, until `releaseBuild`.
 * @throws {RefusalError} when another demo serves an older build from the same folder, or the build
 *   fails.
 */
export async function ensureBuild(
  logFolder: string,
  onChild: (child: Child) => void,
): Promise<"made" | "kept"> {
  return await withLock(
    lockFile(),
    async () => {
      const wanted = await fingerprint();
      const present = await readFile(fingerprintFile(), "utf8").catch(() => "");
      if (present === wanted) {
        await enter(usersFolder());
        return "kept";
      }
      const [user] = await usersOf(usersFolder());
      if (user !== undefined) {
        throw new RefusalError(
          `The sources have changed, but another demo (process ${user}) still serves the last build; end it first, or set SPORTELLO_BUILD_DIR to a folder such as .next-second.`,
        );
      }
      await build(logFolder, onChild);
      await writeFile(fingerprintFile(), wanted);
      await enter(usersFolder());
      return "made";
    },
    600_000,
  );
}

export async function releaseBuild(): Promise<void> {
  await leave(usersFolder());
}

async function build(logFolder: string, onChild: (child: Child) => void): Promise<void> {
  await rm(fingerprintFile(), { force: true });
  await mkdir(buildFolder(), { recursive: true });
  const tsconfig = path.join(PROJECT, "tsconfig.json");
  const before = withoutBuildFolders(await readFile(tsconfig, "utf8"));
  const child = startChild(
    "build",
    ["--import", "tsx", "lib/cli/build.ts"],
    { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
    path.join(logFolder, "build.log"),
  );
  onChild(child);
  await child.ended;
  if ((await readFile(tsconfig, "utf8")) !== before) {
    await writeFile(tsconfig, before);
  }
  const complete = await access(path.join(buildFolder(), "standalone/cli/start.js")).then(
    () => true,
    () => false,
  );
  if (child.exitCode() !== 0 || !complete) {
    throw new RefusalError(`The build failed:\n${await child.lastWords()}`);
  }
}

/**
 * Next.js adds the types of whichever build folder it works in to tsconfig.json; that file is ours,
 * and names the usual folder only.
 */
const withoutBuildFolders = (tsconfig: string) =>
  tsconfig.replace(/,\s*"\.next-[^"/]+\/(dev\/)?types\/\*\*\/\*\.ts"/g, "");

/** Of every source, the lock file and this Node.js: the same again means the build can be kept. */
async function fingerprint(): Promise<string> {
  const hash = createHash("sha256").update(`${process.version} ${process.platform}\n`);
  const found: string[] = [...FILES];
  for (const folder of FOLDERS) {
    for (const entry of await readdir(path.join(PROJECT, folder), {
      recursive: true,
      withFileTypes: true,
    })) {
      if (entry.isFile()) {
        found.push(path.relative(PROJECT, path.join(entry.parentPath, entry.name)));
      }
    }
  }
  for (const file of found.sort()) {
    const content = await readFile(path.join(PROJECT, file));
    hash.update(`${file}\0`);
    hash.update(
      file === "tsconfig.json"
        ? withoutBuildFolders(content.toString()).replace(/\s/g, "")
        : content,
    );
    hash.update("\0");
  }
  return hash.digest("hex");
}
