import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, chown, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { promisify } from "node:util";
import postgres from "postgres";
import { type ClusterFile, writeClusterFile } from "./cluster-file";
import { isRoot, NOBODY, nativeBinaries, othersCanEnter, SHARED_BASE } from "./native";
import { commandOf } from "./process";

const run = promisify(execFile);

export interface LauncherOptions {
  /** Trades durability for speed: databases of tests only. */
  throwAway?: boolean;
}

/** Makes an empty cluster. It is complete only once `postgres.json` stands: a death before starts over. */
export async function initialise(data: string, options: LauncherOptions): Promise<ClusterFile> {
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
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  } finally {
    await rm(passwordFile, { force: true });
  }
  await writeSettings(folder, options);
  return cluster;
}

async function writeSettings(folder: string, options: LauncherOptions): Promise<void> {
  const settings = [
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
  const file = path.join(folder, "postgresql.auto.conf");
  await writeFile(file, `${settings.join("\n")}\n`);
  if (isRoot()) {
    await chown(file, NOBODY, NOBODY);
  }
}

/** Starts the server of a cluster, at its last port if that is free, and notes where it is. */
export async function start(data: string, cluster: ClusterFile): Promise<ClusterFile> {
  const log = path.join(cluster.folder, "server.log");
  await forgetForeignPostmaster(cluster.folder);
  for (let wanted = cluster.port, tries = 3; ; wanted = 0, tries -= 1) {
    const port = await freePort(wanted);
    const before = await stat(log).then(
      ({ size }) => size,
      () => 0,
    );
    try {
      await pgCtl(cluster.folder, ["start", "-w", "-t", "60", "-l", log, "-o", `-p ${port}`]);
    } catch (cause) {
      const said = (await readFile(log).catch(() => Buffer.alloc(0))).subarray(before).toString();
      // Somebody else may have taken the port since we looked.
      if (tries > 1 && /address already in use/i.test(said)) {
        continue;
      }
      const reason = said.trim().split("\n").slice(-3).join(" / ");
      throw new Error(`The embedded PostgreSQL in ${cluster.folder} did not start: ${reason}`, {
        cause,
      });
    }
    const ready = { ...cluster, port };
    await createRoles(ready);
    await writeClusterFile(data, ready);
    return ready;
  }
}

export async function stop(cluster: ClusterFile, mode: "fast" | "immediate"): Promise<void> {
  await pgCtl(cluster.folder, ["stop", "-m", mode, "-w"]).catch(() => {});
}

/** Does this very cluster answer, with its password? */
export async function answers(cluster: ClusterFile): Promise<boolean> {
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

/**
 * After a crash or a restarted container the id in `postmaster.pid` may be another program's by now,
 * and PostgreSQL would refuse to start because of it.
 */
async function forgetForeignPostmaster(folder: string): Promise<void> {
  const file = path.join(folder, "postmaster.pid");
  const text = await readFile(file, "utf8").catch(() => "");
  const pid = Number(text.split("\n")[0]);
  if (pid > 0 && !/postgres|postmaster/.test(await commandOf(pid))) {
    await rm(file, { force: true });
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
