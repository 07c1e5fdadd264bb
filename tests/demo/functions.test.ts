import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Connection, connect } from "@/db/client";
import { type EmbeddedDatabase, removeEmbedded, startEmbedded } from "@/db/embedded/launcher";
import { dispatches, imports } from "@/db/schema";
import { ensureBuild, releaseBuild } from "@/lib/cli/demo/build";
import { EXAMPLE } from "@/lib/cli/init/installation-schema";
import { makeDispatch } from "../factories/dispatches";
import { contractsFile } from "../factories/import-files";
import { makeCompany, makeCustomer } from "../factories/people";
import { type FunctionPlatform, startPlatform } from "../setup/function-platform";
import { type TestMailbox, testMailbox } from "../setup/mailbox";
import { KEYS, type S3Server, startS3Server } from "../setup/s3-server";

// The build as Vercel would carry it out: small bodies, no disk, no worker, processes that are killed in the midst.
process.env.SPORTELLO_BUILD_DIR = ".next-test";
Object.assign(process.env, {
  RESEND_API_KEY: "re_test",
  RESEND_WEBHOOK_SECRET: "whsec_dGVzdCBvbmx5IHRlc3Qgb25seSB0ZXN0IG9ubHk=",
});
const SECRET = "the scheduler's secret the scheduler's secret";
/** What Vercel takes in one piece. */
const BODY_BYTES = 4.5 * 1000 * 1000;
const SLUG = EXAMPLE.company.slug;

let folder: string;
let app: string;
let database: EmbeddedDatabase;
let superuser: Connection;
let mailbox: TestMailbox;
let s3: S3Server;
let env: Record<string, string>;
let platform: FunctionPlatform;
let shipped: string;

beforeAll(async () => {
  // Not below a folder that is closed to others: the program runs as nobody.
  folder = await mkdtemp("/var/tmp/sportello-functions-");
  await chmod(folder, 0o755);
  app = path.join(folder, "app");
  await ensureBuild(folder, () => {});
  await cp(".next-test/standalone", app, { recursive: true, verbatimSymlinks: true });
  [database, mailbox, s3] = await Promise.all([
    startEmbedded(path.join(folder, "data"), { throwAway: true }),
    testMailbox(),
    startS3Server(),
  ]);
  superuser = connect(database.superuserUrl.replace(/\/[^/]+$/, "/sportello"));
  env = {
    ...KEYS,
    PATH: process.env.PATH ?? "",
    HOME: "/tmp",
    DATABASE_URL: database.webUrl,
    DATABASE_WORKER_URL: database.workerUrl,
    APP_URL: "https://bollette.example",
    AUTH_SECRET: "only for tests only for tests only for tests",
    NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString("base64"),
    RESEND_API_KEY: String(process.env.RESEND_API_KEY),
    RESEND_BASE_URL: mailbox.url,
    RESEND_WEBHOOK_SECRET: String(process.env.RESEND_WEBHOOK_SECRET),
    STORAGE_URL: s3.storageUrl("functions"),
    CRON_SECRET: SECRET,
    TRUSTED_PROXY_HOPS: "1",
    AWS_EC2_METADATA_DISABLED: "true",
  };
  await sportello(["migrate"], { DATABASE_OWNER_URL: database.ownerUrl });
  await sportello(["init", "--file", "-"], {}, JSON.stringify(EXAMPLE));
  shipped = await filesOf(app);
  platform = await startPlatform(app, env, { bodyBytes: BODY_BYTES, heapMegabytes: 1_024 });
}, 900_000);

afterAll(async () => {
  await platform?.stop();
  await releaseBuild();
  await Promise.all([superuser?.close(), mailbox?.close(), s3?.stop()]);
  await database?.release();
  await removeEmbedded(path.join(folder, "data"));
  await rm(folder, { recursive: true, force: true });
});

/** The command line, as an operator runs it from a clone. */
async function sportello(args: string[], over: Record<string, string> = {}, input = "") {
  const child = spawn(process.execPath, [path.join(app, "cli/sportello.js"), ...args], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...env, ...over, NODE_ENV: "production" },
  });
  child.stdin.end(input);
  const [[code], said] = await Promise.all([once(child, "close"), text(child.stdout)]);
  expect(code, said).toBe(0);
  return said;
}

/** Every file of a folder with its size and when it was written. */
async function filesOf(of: string): Promise<string> {
  const names = (await readdir(of, { recursive: true })).sort();
  const lines = await Promise.all(
    names.map(async (name) => {
      const { size, mtimeMs } = await stat(path.join(of, name));
      return `${name} ${size} ${mtimeMs}`;
    }),
  );
  return lines.join("\n");
}

const tick = () =>
  fetch(`${platform.url}/api/cron/tick`, { headers: { authorization: `Bearer ${SECRET}` } });
const acceptedOf = async (companyId: number) =>
  await superuser.db.$count(
    dispatches,
    sql`company_id = ${companyId} and state not in ('queued', 'batched')`,
  );

test("R17 a run of mails goes out by the scheduler's calls alone, though a platform kills them in the midst: none lost, none twice", async () => {
  const { company, addresses } = await superuser.db.transaction(async (db) => {
    const made = await makeCompany(db);
    const emails: string[] = [];
    for (let count = 0; count < 230; count += 1) {
      const customer = await makeCustomer(db, { company: made });
      await makeDispatch(db, customer);
      emails.push(customer.account.email);
    }
    return { company: made, addresses: emails };
  });
  // The provider takes a batch and its answer never comes; by then the platform ends the function.
  for (const kind of ["hang", "drop"]) {
    await mailbox.fault({ kind, count: 1 });
    const frozen = (async () => {
      while (
        (await superuser.db.$count(
          dispatches,
          sql`company_id = ${company.id} and state = 'batched'`,
        )) === 0
      ) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    platform.killNext(frozen);
    expect((await tick()).status).toBe(504);
  }
  expect(platform.counts.killed).toBe(2);
  await mailbox.fault({ kind: "none" });
  // What the killed ones held is free after the length of a lease, twenty seconds.
  let last = 0;
  for (let calls = 0; calls < 60 && (await acceptedOf(company.id)) < 230; calls += 1) {
    last = (await tick()).status;
  }
  expect(last).toBe(200);
  const all = await mailbox.messages();
  const counts = new Map<string, number>();
  for (const { to } of all.flat()) {
    counts.set(String(to), (counts.get(String(to)) ?? 0) + 1);
  }
  expect(addresses.filter((address) => counts.get(address) !== 1)).toEqual([]);
}, 600_000);

test("a file that no body may hold goes to the storage itself, and the scheduler's calls import it", async () => {
  const said = JSON.parse(
    await sportello([
      "api-key",
      "add",
      "billing",
      "--scopes",
      "imports:write,imports:read",
      "--json",
    ]),
  ) as { key: string };
  const listed = await fetch(`${platform.url}/api/v1/imports`, {
    headers: { authorization: `Bearer ${said.key}` },
  });
  expect(listed.status).toBe(200);
  const headers = { authorization: `Bearer ${said.key}`, "content-type": "text/csv" };
  const file = Buffer.concat([
    await readFile(await contractsFile({})),
    Buffer.alloc(6_000_000, "\n"),
  ]);
  const at = (place: string) => `${platform.url}/api/v1/${place}company=${SLUG}`;
  const whole = await fetch(at("imports/contracts?"), { method: "POST", headers, body: file });
  expect(whole.status).toBe(413);
  const offered = await fetch(at(`uploads?type=text/csv&bytes=${file.length}&`), {
    method: "POST",
    headers,
  });
  const upload = await offered.json();
  expect([offered.status, upload.method], JSON.stringify(upload)).toEqual([201, "PUT"]);
  const put = await fetch(upload.url, { method: "PUT", headers: upload.headers, body: file });
  expect(put.status).toBe(200);
  const begun = await fetch(at(`imports/contracts?upload=${upload.id}&`), {
    method: "POST",
    headers,
  });
  expect(begun.status).toBe(202);
  const state = async () =>
    (await superuser.db.select().from(imports).where(eq(imports.id, upload.id)))[0]?.state;
  for (let calls = 0; calls < 5 && (await state()) !== "done"; calls += 1) {
    expect((await tick()).status).toBe(200);
  }
  expect(await state()).toBe("done");
}, 300_000);

test("pages need no disk: nothing of the program was written, and the desk says where large files go", async () => {
  for (const page of ["/", "/login", "/en/help", "/readyz"]) {
    const answer = await fetch(`${platform.url}${page}`);
    expect([page, answer.status]).toEqual([page, 200]);
    expect((await answer.arrayBuffer()).byteLength).toBeLessThan(BODY_BYTES);
  }
  const desk = await fetch(`${platform.url}/staff/imports`, { redirect: "manual" });
  expect(desk.headers.get("content-security-policy")).toContain(
    `connect-src 'self' ${s3.endpoint}`,
  );
  const home = await fetch(`${platform.url}/`);
  expect(home.headers.get("content-security-policy")).not.toContain(s3.endpoint);
  expect(await filesOf(app)).toBe(shipped);
});
