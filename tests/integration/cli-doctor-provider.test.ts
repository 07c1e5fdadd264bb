import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { companies, heartbeats } from "@/db/schema";
import { checkDisk, checkHeartbeats, judgeDisk } from "@/lib/cli/doctor/machine";
import { checkProvider } from "@/lib/cli/doctor/provider";
import { noteHeartbeat } from "@/lib/jobs/heartbeat";
import { newFolder } from "../factories/import-files";
import { makeCompany } from "../factories/people";
import { commandLine } from "../setup/command-line";
import { type Clone, cloneDatabase } from "../setup/database";
import { type TestMailbox, testMailbox } from "../setup/mailbox";

// Each line of a test starts a process.
vi.setConfig({ testTimeout: 120_000 });

let clone: Clone;
let sportello: ReturnType<typeof commandLine>;
let provider: Server;
/** What the provider answers to each path: a status, and a body. */
let answers: Record<string, [status: number, body: object]>;

const KEY = "re_test";
const SECRET = "whsec_dGVzdCBvbmx5IHRlc3Qgb25seSB0ZXN0IG9ubHk=";
const domain = (over: object = {}) => ({
  id: "d1",
  name: "luce.example",
  status: "verified",
  open_tracking: false,
  click_tracking: false,
  ...over,
});
const webhook = (over: object = {}) => ({
  id: "w1",
  endpoint: "http://localhost:3000/api/webhooks/resend",
  status: "enabled",
  events: null,
  signing_secret: SECRET,
  ...over,
});
const account = (domains: object[], hook: object | null) => {
  answers = {
    "/domains": [200, { object: "list", data: domains }],
    "/webhooks": [200, { object: "list", data: hook ? [hook] : [] }],
    "/webhooks/w1": [200, { object: "webhook", ...hook }],
  };
};

beforeAll(async () => {
  provider = createServer((request, response) => {
    const [status, body] = answers[(request.url ?? "").split("?")[0] ?? ""] ?? [404, {}];
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => provider.listen(0, "127.0.0.1", resolve));
  Object.assign(process.env, {
    APP_URL: "http://localhost:3000",
    RESEND_API_KEY: KEY,
    RESEND_WEBHOOK_SECRET: SECRET,
    RESEND_BASE_URL: `http://127.0.0.1:${(provider.address() as AddressInfo).port}`,
  });
  clone = await cloneDatabase();
  sportello = commandLine(clone, await newFolder());
  await clone.superuser.db.transaction((db) => makeCompany(db));
  await clone.superuser.db
    .update(companies)
    .set({ name: "Luce", senderEmail: "bollette@Luce.example" });
});
afterAll(async () => {
  provider.close();
  await clone.drop();
});

const ctx = () => ({ db: clone.worker.db, actor: { kind: "system", name: "test" } }) as const;
const lines = async () =>
  (await checkProvider(ctx())).map(({ name, status, message }) => `${status} ${name}: ${message}`);

describe("sportello doctor about the mail provider", () => {
  test("an account that is as it should be", async () => {
    account([domain()], webhook());
    expect(await lines()).toEqual([
      "ok mail key: the provider knows it",
      "ok mail domain: luce.example of Luce is verified, without tracking",
      "ok webhook: http://localhost:3000/api/webhooks/resend is told, and signed with a secret that we have",
    ]);
  });

  test.each<[string, object[], object | null, RegExp]>([
    [
      "no domain",
      [],
      webhook(),
      /^fail mail domain: luce.example of Luce is not in the Resend account: add it/,
    ],
    [
      "a domain without its DNS records",
      [domain({ status: "not_started" })],
      webhook(),
      /^fail mail domain: luce.example of Luce is not started: set its SPF and DKIM records/,
    ],
    [
      "R16 a domain that counts opens",
      [domain({ open_tracking: true })],
      webhook(),
      /^fail mail domain: .* tracks who opens or clicks: turn open and click tracking off/,
    ],
    [
      "no endpoint",
      [domain()],
      null,
      /^fail webhook: the Resend account tells nobody at .*: add this endpoint/,
    ],
    [
      "an endpoint switched off",
      [domain()],
      webhook({ status: "disabled" }),
      /^fail webhook: .* is switched off at Resend/,
    ],
    [
      "another secret",
      [domain()],
      webhook({ signing_secret: "whsec_b3RoZXI=" }),
      /^fail webhook: .* signs with another secret: set RESEND_WEBHOOK_SECRET/,
    ],
    [
      "events that are not told",
      [domain()],
      webhook({ events: ["email.sent", "email.delivered", "email.bounced", "email.failed"] }),
      /^fail webhook: .* is not told of email.delivery_delayed, email.complained: add these events/,
    ],
  ])("%s fails it and says how to mend that", async (_what, domains, hook, sentence) => {
    account(domains, hook);
    const found = await lines();
    expect(found.filter((line) => line.startsWith("fail"))).toEqual([
      expect.stringMatching(sentence),
    ]);
    // No secret is ever shown.
    expect(found.join()).not.toMatch(/whsec_|re_test/);
  });

  test("a key that is refused fails, one that may only send and a provider that is away warn", async () => {
    const refuse = (status: number, name: string) => {
      answers = { "/domains": [status, { name, statusCode: status, message: "no" }] };
    };
    refuse(401, "invalid_api_key");
    expect(await lines()).toEqual([
      "fail mail key: the provider refuses it (invalid_api_key): set RESEND_API_KEY to a valid key",
    ]);
    refuse(401, "restricted_api_key");
    expect(await lines()).toEqual([
      expect.stringMatching(/^warn mail key: the key may send and no more/),
    ]);
    refuse(500, "internal_server_error");
    expect(await lines()).toEqual([
      expect.stringMatching(/^warn mail key: the provider could not be asked/),
    ]);
  });

  test("the local mailbox answers in its place", async () => {
    const mailbox: TestMailbox = await testMailbox("http://localhost:3000/api/webhooks/resend");
    try {
      const env = {
        RESEND_BASE_URL: mailbox.url,
        RESEND_API_KEY: KEY,
        RESEND_WEBHOOK_SECRET: SECRET,
      };
      const { code, stdout } = await sportello(["doctor"], { env });
      expect(code).toBe(0);
      for (const name of ["mail key", "mail domain", "webhook"]) {
        expect(stdout).toMatch(new RegExp(`^ok +${name}: `, "m"));
      }
    } finally {
      await mailbox.close();
    }
  });
});

describe("sportello doctor about this machine", () => {
  test("who works the queue, and since when nobody does", async () => {
    const { db } = clone.superuser;
    const cron = async () => await checkHeartbeats(ctx());
    expect(await cron()).toMatchObject({
      status: "warn",
      message: expect.stringMatching(/^nobody has worked the queue yet: start "npm run worker"/),
    });
    await noteHeartbeat(ctx(), "worker");
    await noteHeartbeat(ctx(), "worker");
    expect(await cron()).toMatchObject({
      status: "ok",
      message: expect.stringMatching(/^the worker told \d+ s ago/),
    });
    await db.update(heartbeats).set({ at: sql`now() - interval '1 hour'` });
    await db
      .insert(heartbeats)
      .values([{ source: "tick", at: sql`now() - interval '20 minutes'` }]);
    expect(await cron()).toMatchObject({
      status: "warn",
      message: expect.stringMatching(/^the last tick came 12\d\d s ago: start/),
    });
  });

  test("how much room there is for documents", async () => {
    expect((await checkDisk()).map(({ message }) => message)).toEqual([
      expect.stringMatching(/GB free of STORAGE_URL/),
      expect.stringMatching(/GB free for files in work/),
    ]);
    expect(judgeDisk("here", "/x", 100).status).toBe("ok");
    expect(judgeDisk("here", "/x", 3)).toMatchObject({
      status: "warn",
      message: "3.0 GB free here (/x): make room soon",
    });
    expect(judgeDisk("here", "/x", 0.2)).toMatchObject({ status: "fail" });
  });
});
