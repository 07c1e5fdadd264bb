import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { freezeRun } from "@/lib/runs/commands/freeze-run";
import { openRun } from "@/lib/runs/commands/open-run";
import { newFolder } from "../factories/import-files";
import { makeCompany, makeCustomer } from "../factories/people";
import { runDocument } from "../factories/published-runs";
import { choose } from "../factories/runs";
import { freePort } from "../run/demo-server";
import { commandLine } from "../setup/command-line";
import { type Clone, cloneDatabase, type World } from "../setup/database";

// Each line of a test starts a process.
vi.setConfig({ testTimeout: 120_000 });

const SECRET = "only for tests only for tests only for tests";

let clone: Clone;
let sportello: ReturnType<typeof commandLine>;
let app: Server;
let url: string;
/** What the application was called with, and what it answers. */
const calls: string[] = [];
let answer: { status: number; afterMs: number };
let answered = 0;
let companyId: number;
let serial = 0;

beforeAll(async () => {
  clone = await cloneDatabase();
  sportello = commandLine(clone, await newFolder());
  app = createServer((request, response) => {
    calls.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    setTimeout(() => {
      answered += 1;
      response.writeHead(answer.status).end("{}");
    }, answer.afterMs);
  });
  await new Promise<void>((resolve) => {
    app.listen(0, "127.0.0.1", resolve);
  });
  url = `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
  const company = await clone.superuser.db.transaction((db) => makeCompany(db, { slug: "prova" }));
  companyId = company.id;
});
afterAll(async () => {
  app.closeAllConnections();
  await new Promise((resolve) => app.close(resolve));
  await clone.drop();
});
beforeEach(() => {
  calls.length = 0;
  answered = 0;
  answer = { status: 200, afterMs: 0 };
});

/** A run with one electronic bill, ready to be published. */
async function loadedRun(): Promise<string> {
  serial += 1;
  const name = `run-${serial}`;
  const ctx = { db: clone.worker.db, actor: { kind: "system", name: "test" } } as const;
  const customer = await clone.superuser.db.transaction(async (db) => {
    const company = await db.query.companies.findFirst();
    const made = await makeCustomer(db, { company });
    await choose(db, made);
    return made;
  });
  const cutOffAt = new Date(`2026-05-15T16:0${serial}:00Z`);
  const opened = await openRun(ctx, { company: "prova", cutOffAt, name });
  await freezeRun(ctx, { company: "prova", run: name });
  await clone.superuser.db.transaction(async (db) => {
    const run = { companyId, id: opened.ok ? opened.value.id : "" };
    await runDocument({ db } as World, run, customer);
  });
  return name;
}

const publish = async (env: Record<string, string>) => {
  const run = await loadedRun();
  return await sportello(["run", "publish", run, "--company", "prova"], { env });
};

describe("a publication from a command line far from the worker", () => {
  test("R16 calls the application's tick with its secret", async () => {
    const { code, stdout } = await publish({ CRON_SECRET: SECRET, APP_URL: url });
    expect([code, stdout.trim().split("\n").length]).toEqual([0, 1]);
    expect(calls).toEqual([`POST /api/cron/tick Bearer ${SECRET}`]);
  });

  test("calls nobody where there is no secret", async () => {
    expect((await publish({ APP_URL: url })).code).toBe(0);
    expect(calls).toEqual([]);
  });

  test("stands, and says so in a line, where the application refuses or is not there", async () => {
    answer.status = 401;
    const refused = await publish({ CRON_SECRET: SECRET, APP_URL: url });
    expect(refused.code).toBe(0);
    expect(refused.stdout).toContain(`${url}/api/cron/tick answered 401; the e-mails go out`);
    const nobody = `http://127.0.0.1:${await freePort()}`;
    const gone = await publish({ CRON_SECRET: SECRET, APP_URL: nobody });
    expect(gone.code).toBe(0);
    expect(gone.stdout).toContain(`${nobody}/api/cron/tick was not reached; the e-mails go out`);
    expect(`${gone.stdout}${gone.stderr}${refused.stdout}`).not.toContain(SECRET);
  });

  test("does not wait for a tick that is long at work, and finds nothing wrong with it", async () => {
    answer.afterMs = 20_000;
    const { code, stdout } = await publish({ CRON_SECRET: SECRET, APP_URL: url });
    expect([code, stdout.trim().split("\n").length]).toEqual([0, 1]);
    // The command has ended while the tick is at work.
    expect([calls.length, answered]).toEqual([1, 0]);
  });
});
