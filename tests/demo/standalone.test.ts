import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Connection, connect } from "@/db/client";
import { type EmbeddedDatabase, removeEmbedded, startEmbedded } from "@/db/embedded/launcher";
import { contractLinks } from "@/db/schema";
import { hashPassword } from "@/lib/auth/password";
import { ensureBuild, releaseBuild } from "@/lib/cli/demo/build";
import { EXAMPLE } from "@/lib/cli/init/installation-schema";
import { makeAccount, makeContract, makeDocument, makeHolder } from "../factories/people";
import { freePort, isListening, within } from "./demo-process";

// What `npm run build` leaves, carried to an empty folder: no clone, no packages but its own, no tsx.
process.env.SPORTELLO_BUILD_DIR = ".next-test";
const PASSWORD = "una parola lunga e inventata";
const EMAIL = "prova@posta.example";

let folder: string;
let database: EmbeddedDatabase;
let superuser: Connection;
let env: Record<string, string>;
let url: string;
const running: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "sportello-standalone-"));
  await ensureBuild(folder, () => {});
  await cp(".next-test/standalone", path.join(folder, "app"), {
    recursive: true,
    verbatimSymlinks: true,
  });
  database = await startEmbedded(path.join(folder, "data"), { throwAway: true });
  superuser = connect(database.superuserUrl.replace(/\/[^/]+$/, "/sportello"));
  const port = await freePort();
  url = `http://localhost:${port}`;
  env = {
    PATH: process.env.PATH ?? "",
    PORT: String(port),
    // What a container has, and nobody may listen on.
    HOSTNAME: "no-such-host.example",
    DATABASE_URL: database.webUrl,
    DATABASE_WORKER_URL: database.workerUrl,
    APP_URL: url,
    AUTH_SECRET: "only for tests only for tests only for tests",
    NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString("base64"),
    RESEND_API_KEY: "re_test",
    RESEND_BASE_URL: "http://127.0.0.1:1",
    RESEND_WEBHOOK_SECRET: "whsec_dGVzdCBvbmx5IHRlc3Qgb25seSB0ZXN0IG9ubHk=",
    STORAGE_URL: "file:./storage",
  };
}, 900_000);

afterAll(async () => {
  for (const child of running) {
    child.kill("SIGKILL");
  }
  await releaseBuild();
  await superuser?.close();
  await database?.release();
  await removeEmbedded(path.join(folder, "data"));
  await rm(folder, { recursive: true, force: true });
});

function start(program: string, args: string[] = [], over: Record<string, string> = {}) {
  const child = spawn(process.execPath, [`app/cli/${program}.js`, ...args], {
    cwd: folder,
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...env, ...over, NODE_ENV: "production" },
  });
  running.push(child);
  return child;
}

async function sportello(args: string[], over: Record<string, string> = {}, input = "") {
  const child = start("sportello", args, over);
  child.stdin.end(input);
  const [[code], stdout, stderr] = await Promise.all([
    once(child, "close"),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, stdout, stderr };
}

const status = (place: string, server = url) =>
  fetch(`${server}${place}`).then(
    (answer) => answer.status,
    () => 0,
  );

test("the command line says what is missing, migrates and sets up", async () => {
  const nowhere = await sportello(["company", "list"], { DATABASE_URL: "" });
  expect(nowhere.stderr).toMatch(/^DATABASE_URL is not set, and there is no embedded database/);
  const early = await sportello(["init", "--file", "-"], {}, JSON.stringify(EXAMPLE));
  expect(early.stderr).toMatch(/run "sportello migrate"/);
  const owner = { DATABASE_OWNER_URL: database.ownerUrl };
  expect(await sportello(["migrate"], owner)).toMatchObject({ code: 0, stderr: "" });
  const done = await sportello(["init", "--file", "-"], {}, JSON.stringify(EXAMPLE));
  expect(done).toMatchObject({ code: 0, stderr: "" });
});

test("the worker works and the web server serves, to whoever signs in", async () => {
  const worker = start("worker");
  const web = start("start");
  let said = "";
  web.stderr.setEncoding("utf8").on("data", (more: string) => {
    said += more;
  });
  expect(await within(30, async () => (await status("/readyz")) === 200), said).toBe(true);
  expect(await status("/icon.svg")).toBe(200);

  const passwordHash = await hashPassword(PASSWORD);
  const bill = await superuser.db.transaction(async (db) => {
    const holder = await makeHolder(db);
    const of = { companyId: 1, holderId: holder.id };
    const contract = await makeContract(db, of);
    const account = await makeAccount(db, { holderId: holder.id, email: EMAIL, passwordHash });
    await db
      .insert(contractLinks)
      .values({ companyId: 1, contractId: contract.id, accountId: account.id });
    return await makeDocument(db, { ...of, contractId: contract.id, publishedAt: new Date() });
  });
  // A second process behind the same proxy: the form of the one is posted to the other, and what follows to either.
  const port = String(await freePort());
  const second = start("start", ["-p", port, "-H", "localhost"]);
  const other = `http://localhost:${port}`;
  expect(await within(30, async () => (await status("/readyz", other)) === 200)).toBe(true);
  const cookie = await signIn(other);
  expect((await fetch(`${other}/bills`, { headers: { cookie } })).status).toBe(200);
  second.kill("SIGTERM");
  expect(await once(second, "exit")).toEqual([143, null]);
  const page = await fetch(`${url}/bills/${bill.id}`, { headers: { cookie } });
  expect(page.status).toBe(200);
  const html = await page.text();
  expect(html).toContain(bill.billNumber);
  const [styles] = /\/_next\/static\/[^"]+\.css/.exec(html) ?? [];
  expect(await status(String(styles))).toBe(200);
  // Made by a package that reads files of its own.
  const form = await fetch(`${url}/direct-debit/${EXAMPLE.company.slug}/form`);
  expect(form.headers.get("content-type")).toBe("application/pdf");
  expect((await form.text()).startsWith("%PDF-")).toBe(true);

  expect((await sportello(["doctor"])).stdout).toMatch(/^ok +cron: the worker told \d+ s ago/m);
  worker.kill("SIGTERM");
  expect(await once(worker, "exit")).toEqual([0, null]);
});

/** By the page's own form, as a browser without JavaScript posts it; a proxy hands it to another process. */
async function signIn(server: string): Promise<string> {
  const page = await (await fetch(`${url}/login`)).text();
  // The footer has a form of its own.
  const [own = ""] = page.split("<form").filter((part) => part.includes('name="password"'));
  const form = new FormData();
  for (const [, name = "", value = ""] of own.matchAll(
    /<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?/g,
  )) {
    form.append(name, value.replaceAll("&quot;", '"').replaceAll("&amp;", "&"));
  }
  form.append("email", EMAIL);
  form.append("password", PASSWORD);
  const headers = { origin: url, "x-forwarded-host": new URL(url).host };
  const answer = await fetch(`${server}/login`, {
    method: "POST",
    body: form,
    headers,
    redirect: "manual",
  });
  expect(answer.status).toBe(303);
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
}

test("SIGTERM: what is in hand is answered, nothing new is taken, and it ends", async () => {
  const web = running.findLast(({ exitCode, spawnargs }) => {
    return exitCode === null && String(spawnargs[1]).endsWith("start.js");
  });
  const body = "{}";
  const slow = request(`${url}/api/webhooks/resend`, {
    method: "POST",
    headers: { "content-length": body.length },
  });
  slow.write(body.slice(0, 1));
  // It has begun to work on it once another request that came later is answered.
  expect(await status("/healthz")).toBe(200);
  const ended = once(web as ChildProcess, "exit");
  web?.kill("SIGTERM");
  const port = Number(new URL(url).port);
  expect(await within(5, async () => !(await isListening(port)))).toBe(true);
  const answered = once(slow, "response");
  slow.end(body.slice(1));
  const [answer] = await answered;
  expect(answer.statusCode).toBe(401);
  answer.resume();
  expect(await ended).toEqual([143, null]);
}, 60_000);

test("a web server on a database of an older version says so, and serves once it is migrated", async () => {
  const table = "drizzle.__drizzle_migrations";
  const newest = `(select max(created_at) from ${table})`;
  await superuser.sql.unsafe(
    `update ${table} set created_at = created_at + 1 where created_at = ${newest}`,
  );
  start("start");
  expect(await within(30, async () => (await status("/healthz")) === 200)).toBe(true);
  const unready = await fetch(`${url}/readyz`);
  expect([unready.status, await unready.json()]).toEqual([
    503,
    expect.objectContaining({
      status: "older",
      message: expect.stringContaining("sportello migrate"),
    }),
  ]);
  expect(await status("/")).toBe(503);
  const worker = start("worker");
  expect(await text(worker.stderr)).toMatch(/lacks migrations of this version/);
  await superuser.sql.unsafe(
    `update ${table} set created_at = created_at - 1 where created_at = ${newest}`,
  );
  expect(await within(10, async () => (await status("/")) === 200)).toBe(true);
});

test("the mailbox runs alone, in Resend's place", async () => {
  const port = String(await freePort());
  const mails = path.join(folder, "mails");
  start("mailbox", ["--folder", mails, "--port", port]);
  const page = () =>
    fetch(`http://127.0.0.1:${port}/`).then(
      ({ status: code }) => code,
      () => 0,
    );
  expect(await within(15, async () => (await page()) === 200)).toBe(true);
});
