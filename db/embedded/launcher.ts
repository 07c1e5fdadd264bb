import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { readClusterFile } from "./cluster-file";
import { enter, leave, withLock } from "./lock";
import { answers, initialise, type LauncherOptions, start, stop } from "./server";

export interface EmbeddedDatabase {
  ownerUrl: string;
  webUrl: string;
  workerUrl: string;
  /** The superuser's address of a database: only for tests that make databases. */
  superuserUrl: string;
  /** Ends the server if no other living process uses it. */
  release(): Promise<void>;
}

/**
 * Starts the embedded PostgreSQL of a data folder, or attaches to the one that runs already (also
 * one left over after kill -9). Runs as `nobody` when we are root.
 */
export async function startEmbedded(
  dataFolder: string,
  options: LauncherOptions = {},
): Promise<EmbeddedDatabase> {
  const data = path.resolve(dataFolder);
  await mkdir(data, { recursive: true });
  const users = usersOf(data);
  const cluster = await withLock(lockOf(data), async () => {
    await enter(users);
    const known = await readClusterFile(data);
    if (known && (await answers(known))) {
      return known;
    }
    const made = known ?? (await initialise(data, options));
    return await start(data, made);
  });
  const url = (user: string, password: string) =>
    `postgres://${user}:${password}@127.0.0.1:${cluster.port}/sportello`;
  const { passwords } = cluster;
  return {
    ownerUrl: url("sportello_owner", passwords.owner),
    webUrl: url("sportello_web", passwords.web),
    workerUrl: url("sportello_worker", passwords.worker),
    superuserUrl: url("postgres", passwords.postgres),
    release: () =>
      withLock(lockOf(data), async () => {
        if (await leave(users)) {
          await stop(cluster, "fast");
        }
      }),
  };
}

/** Ends a data folder's server, whoever uses it, and removes its database files. */
export async function removeEmbedded(dataFolder: string): Promise<void> {
  const data = path.resolve(dataFolder);
  await withLock(lockOf(data), async () => {
    const known = await readClusterFile(data);
    if (known) {
      await stop(known, "immediate");
      await rm(path.join(data, "postgres.json"), { force: true });
      await rm(known.folder, { recursive: true, force: true });
    }
  });
}

const usersOf = (data: string) => path.join(data, "users");
const lockOf = (data: string) => path.join(data, "launcher.lock");
