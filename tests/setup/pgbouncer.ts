import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect as dial } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "../demo/demo-process";

const DEBIANS = "/usr/sbin/pgbouncer";
/** From here on it knows prepared statements in transaction mode. */
const PREPARES_FROM = 1.21;
/** Debian's nobody: PgBouncer does not run as root. */
const NOBODY = 65_534;

/** A PgBouncer of this machine, or that SPORTELLO_PGBOUNCER names (a command, blanks between its words). */
export interface KnownPooler {
  command: string[];
  version: string;
  prepares: boolean;
}

/** Null where there is none: Debian's package `pgbouncer` brings one. */
export function findPgBouncer(): KnownPooler | null {
  const { SPORTELLO_PGBOUNCER: named } = process.env;
  if (!named && !existsSync(DEBIANS)) {
    return null;
  }
  const command = named?.split(" ") ?? [DEBIANS];
  const [program = "", ...args] = command;
  const said = execFileSync(program, [...args, "--version"], { encoding: "utf8" });
  const version = /PgBouncer (\d+\.\d+)/.exec(said)?.[1] ?? "";
  return { command, version, prepares: Number(version) >= PREPARES_FROM };
}

export interface Pooler {
  /** The same address through the pooler; `?prepare=false` where it knows no prepared statements. */
  through(url: string): string;
  stop(): Promise<void>;
}

/** Starts it in transaction mode, with two of the server's connections for each role, before the server of `urls`. */
export async function startPgBouncer(known: KnownPooler, urls: string[]): Promise<Pooler> {
  const asRoot = process.getuid?.() === 0;
  // The tests' own folder is closed to others.
  const folder = await mkdtemp(path.join(asRoot ? "/var/tmp" : tmpdir(), "pgbouncer-"));
  const port = await freePort();
  const places = urls.map((url) => new URL(url));
  const file = (name: string) => path.join(folder, name);
  await writeFile(
    file("users.txt"),
    places.map(({ username, password }) => `"${username}" "${password}"\n`).join(""),
  );
  await writeFile(
    file("pgbouncer.ini"),
    [
      "[databases]",
      `* = host=${places[0]?.hostname} port=${places[0]?.port}`,
      "[pgbouncer]",
      ...["listen_addr = 127.0.0.1", `listen_port = ${port}`, "unix_socket_dir ="],
      ...["auth_type = trust", `auth_file = ${file("users.txt")}`],
      ...["pool_mode = transaction", "default_pool_size = 2", "max_client_conn = 200"],
      ...(known.prepares ? ["max_prepared_statements = 200"] : []),
      "",
    ].join("\n"),
  );
  for (const one of asRoot ? [folder, file("users.txt"), file("pgbouncer.ini")] : []) {
    await chown(one, NOBODY, NOBODY);
  }
  await chmod(folder, 0o700);
  const [program = "", ...args] = known.command;
  const child = spawn(program, [...args, "-q", file("pgbouncer.ini")], {
    stdio: ["ignore", "ignore", "inherit"],
    ...(asRoot ? { uid: NOBODY, gid: NOBODY } : {}),
  });
  const gone = once(child, "close");
  await listening(port, child);
  return {
    through(url) {
      const at = new URL(url);
      at.hostname = "127.0.0.1";
      at.port = String(port);
      if (!known.prepares) {
        at.searchParams.set("prepare", "false");
      }
      return at.href;
    },
    async stop() {
      child.kill("SIGKILL");
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) {
      throw new Error(`pgbouncer ended with ${child.exitCode}`);
    }
    const socket = dial(port, "127.0.0.1");
    const open = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    });
    socket.destroy();
    if (open) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
