import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { afterEach, describe, expect, test } from "vitest";
import { readClusterFile } from "@/db/embedded/cluster-file";
import { type EmbeddedDatabase, removeEmbedded, startEmbedded } from "@/db/embedded/launcher";
import { withLock } from "@/db/embedded/lock";
import { program } from "../setup/program";

const folders: string[] = [];
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill("SIGKILL");
  }
  for (const folder of folders.splice(0)) {
    await removeEmbedded(folder);
    await rm(folder, { recursive: true, force: true });
  }
});

function newFolder(): string {
  const base = path.dirname(process.env.SPORTELLO_TEST_DATA || ".sportello-test/vitest");
  const folder = path.resolve(base, `launcher-${randomBytes(4).toString("hex")}`);
  folders.push(folder);
  return folder;
}

const start = (folder: string) => startEmbedded(folder, { throwAway: true });

async function ask<T>(url: string, question: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, connect_timeout: 3, onnotice: () => {} });
  try {
    return await question(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** When the server began: another one has another instant. */
const begun = (url: string) =>
  ask(url, async (sql) =>
    String((await sql`select pg_postmaster_start_time()::text as at`)[0]?.at),
  );

const portOf = ({ ownerUrl }: EmbeddedDatabase) => new URL(ownerUrl).port;

async function isUp(database: EmbeddedDatabase): Promise<boolean> {
  return await begun(database.superuserUrl).then(
    () => true,
    () => false,
  );
}

/** Another process that uses the folder's database, once it has said its address. */
async function otherUser(folder: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [...program("tests/setup/hold-database.ts"), folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const url = await new Promise<string>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the other user ended with ${code}`)));
    child.stdout?.once("data", (chunk: Buffer) => resolve(chunk.toString().trim()));
  });
  return { child, url };
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const gone = new Promise((resolve) => child.removeAllListeners("exit").once("exit", resolve));
  child.kill(signal);
  await gone;
}

describe("the embedded database's launcher", () => {
  test("keeps port and passwords in a file that only its owner can read", async () => {
    const folder = newFolder();
    await start(folder);
    expect((await stat(path.join(folder, "postgres.json"))).mode & 0o777).toBe(0o600);
    const cluster = await readClusterFile(folder);
    expect((await stat(cluster?.folder ?? "")).mode & 0o777).toBe(0o700);
  });

  test("a second start attaches to the running server; the last one out stops it", async () => {
    const folder = newFolder();
    const mine = await start(folder);
    const other = await otherUser(folder);
    expect(await begun(other.url)).toBe(await begun(mine.superuserUrl));
    await mine.release();
    expect(await isUp(mine)).toBe(true);
    await ended(other.child, "SIGTERM");
    expect(await isUp(mine)).toBe(false);
  });

  test("a start after a stop keeps port and data", async () => {
    const folder = newFolder();
    const first = await start(folder);
    await ask(first.ownerUrl, (sql) => sql`create table kept as select 42 as answer`);
    await first.release();
    const second = await start(folder);
    expect(portOf(second)).toBe(portOf(first));
    const [row] = await ask(second.ownerUrl, (sql) => sql`select answer from kept`);
    expect(row?.answer).toBe(42);
  });

  test("the server outlives a kill -9 of who started it, and is attached to", async () => {
    const folder = newFolder();
    const other = await otherUser(folder);
    const before = await begun(other.url);
    await ended(other.child, "SIGKILL");
    expect(await begun(other.url)).toBe(before);
    const mine = await start(folder);
    expect(await begun(mine.superuserUrl)).toBe(before);
    await mine.release();
    // The killed one does not count as a user any more.
    expect(await isUp(mine)).toBe(false);
  });

  test("two first starts at once make one server", async () => {
    const folder = newFolder();
    const [one, other] = await Promise.all([otherUser(folder), otherUser(folder)]);
    expect(one.url).toBe(other.url);
    expect(await begun(one.url)).toBe(await begun(other.url));
  });

  test("takes another port when somebody else has its own", async () => {
    const folder = newFolder();
    const first = await start(folder);
    await first.release();
    const squatter = createServer();
    await new Promise<void>((resolve) => {
      squatter.listen(Number(portOf(first)), "127.0.0.1", resolve);
    });
    const second = await start(folder);
    squatter.close();
    expect(portOf(second)).not.toBe(portOf(first));
    expect(await isUp(second)).toBe(true);
  });

  test("starts although the id it left behind in a crash is another program's now", async () => {
    const folder = newFolder();
    const first = await start(folder);
    await first.release();
    const cluster = await readClusterFile(folder);
    const file = path.join(cluster?.folder ?? "", "postmaster.pid");
    await writeFile(file, `${process.pid}\n${cluster?.folder}\n`);
    expect(await isUp(await start(folder))).toBe(true);
  });

  test("works in a folder that nobody else may enter", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "sportello-closed-"));
    folders.push(folder);
    expect((await stat(folder)).mode & 0o077).toBe(0);
    expect(await isUp(await start(folder))).toBe(true);
  });
});

describe("withLock", () => {
  test("lets one process in at a time, and takes over what a dead one left", async () => {
    const file = path.join(newFolder(), "some.lock");
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await sleep(20);
      inside -= 1;
    };
    await withLock(file, async () => {});
    await writeFile(file, "999999999 1");
    await Promise.all([1, 2, 3, 4].map(() => withLock(file, work)));
    expect(most).toBe(1);
    await expect(readFile(file)).rejects.toThrow("ENOENT");
  });

  test("tells a number that was given away again from the process that held the lock", async () => {
    const file = path.join(newFolder(), "some.lock");
    await withLock(file, async () => {});
    await writeFile(file, `${process.pid} a-start-that-is-not-ours`);
    expect(await withLock(file, async () => "in", 2_000)).toBe("in");
  });

  test("gives up on a living holder with a sentence", async () => {
    const file = path.join(newFolder(), "some.lock");
    const waiting = withLock(file, () => withLock(file, async () => {}, 300));
    await expect(waiting).rejects.toThrow(`process ${process.pid}`);
  });
});
