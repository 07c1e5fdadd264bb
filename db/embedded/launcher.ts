import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, chown, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { promisify } from "node:util";
import postgres from "postgres";
import { enter, leave, withLock } from "./lock";
import { isRoot, NOBODY, nativeBinaries, othersCanEnter, SHARED_BASE } from "./native";

const run = promisify(execFile);

/** What `postgres.json` under SPORTELLO_DATA remembers; readable by its owner alone. */
interface ClusterFile {
  port: number;
  folder: string;
  passwords: { postgres: string; owner: string; web: string; worker: string };
}

export interface EmbeddedDatabase {
  ownerUrl: string;
  webUrl: string;
  workerUrl: string;
  /** The superuser's address of a database: only for tests that make databases. */
  superuserUrl: string;
  /** Ends the server if no other living process uses it. */
  release(): Promise<void>;
}

export interface LauncherOptions {
  /** Trades durability for speed: databases of tests only. */
  throwAway?: boolean;
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
  const users = path.join(data, "users");
  const lock = path.join(data, "launcher.lock");
  const cluster = await withLock(lock, async () => {
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
      withLock(lock, async () => {
        if (await leave(users)) {
          await pgCtl(cluster.folder, ["stop", "-m", "fast", "-w"]).catch(() => {});
        }
      }),
  };
}

/** Ends a data folder's server, whoever uses it, and removes its database files. */
export async function removeEmbedded(dataFolder: string): Promise<void> {
  const data = path.resolve(dataFolder);
  const known = await readClusterFile(data);
  if (known) {
    await pgCtl(known.folder, ["stop", "-m", "immediate", "-w"]).catch(() => {});
    await rm(known.folder, { recursive: true, force: true });
    await rm(path.join(data, "postgres.json"), { force: true });
  }
}

async function readClusterFile(data: string): Promise<ClusterFile | undefined> {
  const text = await readFile(path.join(data, "postgres.json"), "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as ClusterFile);
}

async function writeClusterFile(data: string, cluster: ClusterFile): Promise<void> {
  const file = path.join(data, "postgres.json");
  await writeFile(`${file}.new`, JSON.stringify(cluster), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

async function answers(cluster: ClusterFile): Promise<boolean> {
  const sql = superuser(cluster, "sportello");
  try {
    await sql`select 1`;
    return true;
  } catch {
    return false;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

function superuser(cluster: ClusterFile, database: string) {
  return postgres({
    host: "127.0.0.1",
    port: cluster.port,
    user: "postgres",
    password: cluster.passwords.postgres,
    database,
    max: 1,
    connect_timeout: 3,
    onnotice: () => {},
  });
}

/** Makes an empty cluster. It is complete only once `postgres.json` stands: a death before starts over. */
async function initialise(data: string, options: LauncherOptions): Promise<ClusterFile> {
  const secret = () => randomBytes(24).toString("hex");
  const closed = isRoot() && !(await othersCanEnter(data));
  const folder = closed
    ? path.join(SHARED_BASE, `data-${randomBytes(6).toString("hex")}`)
    : path.join(data, "postgres");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const cluster: ClusterFile = {
    port: 0,
    folder,
    passwords: { postgres: secret(), owner: secret(), web: secret(), worker: secret() },
  };
  const passwordFile = path.join(folder, "..", `pw-${randomBytes(6).toString("hex")}`);
  await writeFile(passwordFile, cluster.passwords.postgres, { mode: 0o600 });
  if (isRoot()) {
    if (closed) {
      await chmod(SHARED_BASE, 0o755);
    }
    await chown(folder, NOBODY, NOBODY);
    await chown(passwordFile, NOBODY, NOBODY);
  }
  const { initdb } = await nativeBinaries();
  try {
    await run(
      initdb,
      [
        `--pgdata=${folder}`,
        "--username=postgres",
        `--pwfile=${passwordFile}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--locale=C.UTF-8",
        ...(options.throwAway ? ["--no-sync"] : []),
      ],
      asServerUser(),
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
  const tuning = [
    "listen_addresses = '127.0.0.1'",
    "unix_socket_directories = ''",
    "max_connections = 120",
    "shared_buffers = '256MB'",
    "max_wal_size = '2GB'",
    "log_timezone = 'UTC'",
    "jit = off",
    ...(options.throwAway
      ? ["fsync = off", "synchronous_commit = off", "full_page_writes = off"]
      : []),
  ];
  await writeFile(path.join(folder, "postgresql.auto.conf"), `${tuning.join("\n")}\n`);
  if (isRoot()) {
    await chown(path.join(folder, "postgresql.auto.conf"), NOBODY, NOBODY);
  }
  return cluster;
}

async function start(data: string, cluster: ClusterFile): Promise<ClusterFile> {
  const port = await freePort(cluster.port);
  const ready = { ...cluster, port };
  const log = path.join(cluster.folder, "server.log");
  try {
    await pgCtl(cluster.folder, ["start", "-w", "-t", "60", "-l", log, "-o", `-p ${port}`]);
  } catch (cause) {
    const lastLines = await readFile(log, "utf8").catch(() => "");
    const reason = lastLines.trim().split("\n").slice(-3).join(" / ");
    throw new Error(`The embedded PostgreSQL in ${cluster.folder} did not start: ${reason}`, {
      cause,
    });
  }
  await createRoles(ready);
  await writeClusterFile(data, ready);
  return ready;
}

/** Owner, web and worker roles, and the owner's database; nothing if they exist. */
async function createRoles(cluster: ClusterFile): Promise<void> {
  const sql = superuser(cluster, "postgres");
  try {
    const roles = [
      ["sportello_owner", cluster.passwords.owner],
      ["sportello_web", cluster.passwords.web],
      ["sportello_worker", cluster.passwords.worker],
    ] as const;
    for (const [role, password] of roles) {
      const [known] = await sql`select from pg_roles where rolname = ${role}`;
      if (!known) {
        // Role statements take no parameters; both are ours: a constant and hexadecimal.
        await sql.unsafe(`create role ${role} login password '${password}'`);
      }
    }
    const [database] = await sql`select from pg_database where datname = 'sportello'`;
    if (!database) {
      await sql.unsafe("create database sportello owner sportello_owner");
    }
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function pgCtl(folder: string, args: string[]): Promise<void> {
  const { pg_ctl } = await nativeBinaries();
  await run(pg_ctl, ["-D", folder, ...args], asServerUser());
}

function asServerUser() {
  // A working folder that `nobody` can be in, and no more of our environment than it needs.
  const env = { NODE_ENV: "production", PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" } as const;
  return isRoot() ? { uid: NOBODY, gid: NOBODY, cwd: "/", env } : { env };
}

/** The wanted port of 127.0.0.1 if nobody has it, else any free one. */
function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", () => (wanted === 0 ? reject : freePort(0).then(resolve, reject)));
    probe.listen(wanted, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
