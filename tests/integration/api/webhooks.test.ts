import { readFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { eq, sql } from "drizzle-orm";
import { Resend } from "resend";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { auditLog, webhookDeliveries, webhookEndpoints, webhookSecrets } from "@/db/schema";
import { addEndpoint } from "@/lib/api/webhooks/commands/add-endpoint";
import { deliverWebhooks } from "@/lib/api/webhooks/commands/deliver-webhooks";
import { removeEndpoint } from "@/lib/api/webhooks/commands/remove-endpoint";
import { rotateSecret } from "@/lib/api/webhooks/commands/rotate-secret";
import { post } from "@/lib/api/webhooks/post";
import { listEndpoints } from "@/lib/api/webhooks/queries";
import type { WebhookEvent } from "@/lib/api/webhooks/schema";
import { seal, unseal } from "@/lib/auth/sealed";
import { cancelImport } from "@/lib/imports/commands/decide-import";
import { runUpload } from "@/lib/imports/commands/run-uploads";
import { openRun } from "@/lib/runs/commands/open-run";
import { billsFile, contractsFile } from "../../factories/import-files";
import { makeCustomer, makeStaff } from "../../factories/people";
import { type ApiServer, apiServer, validator } from "./api-server";

interface Received {
  headers: IncomingHttpHeaders;
  body: string;
  path: string;
}

let api: ApiServer;
let key: string;
let receiver: Server;
let url: string;
let received: Received[] = [];
/** What the receiver answers; null: nothing at all. */
let answer: (path: string) => { status: number; headers?: Record<string, string> } | null;

beforeAll(async () => {
  api = await apiServer();
  key = await api.key(["imports:write", "runs:write"]);
  receiver = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => {
      const path = request.url ?? "";
      received.push({ headers: request.headers, body, path });
      const told = answer(path);
      if (told) {
        response.writeHead(told.status, told.headers).end("an answer that nobody reads");
      }
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/events`;
});
beforeEach(() => {
  received = [];
  answer = () => ({ status: 204 });
});
afterEach(async () => {
  for (const { id } of await listEndpoints(api.ctx)) {
    await removeEndpoint(api.ctx, id);
  }
});
afterAll(async () => {
  receiver.closeAllConnections();
  receiver.close();
  await api.close();
});

const ALL: WebhookEvent[] = [
  ...(["import.checked", "import.done", "import.failed", "import.cancelled"] as const),
  ...(["run.frozen", "run.published", "run.closed"] as const),
];
const endpoint = (over: { url?: string; companyId?: number; events?: WebhookEvent[] } = {}) =>
  addEndpoint(api.ctx, { url, events: ALL, companyId: null, ...over });
const newCompany = async () =>
  (
    await api.clone.superuser.db.transaction((db) =>
      makeCustomer(db, { contract: { contractNumber: "C-1" } }),
    )
  ).company;
const upload = async (slug: string, more = "", body?: Buffer) =>
  (
    await api.ask("POST", `/api/v1/imports/contracts?company=${slug}${more}`, {
      key,
      body: body ?? (await readFile(await contractsFile({ contract_number: "C-9" }))),
      headers: { "content-type": "text/csv" },
    })
  ).json.id as string;
const deliver = () => deliverWebhooks(api.ctx, new AbortController().signal);
/** As if the time of the next attempt had come. */
const hurry = () =>
  api.clone.superuser.db.execute(
    sql`update webhook_deliveries set next_attempt_at = clock_timestamp() - interval '1 second'
      where delivered_at is null and given_up_at is null`,
  );
const rows = (id: string) =>
  api.clone.superuser.db
    .select()
    .from(webhookDeliveries)
    .where(eq(webhookDeliveries.endpointId, id))
    .orderBy(webhookDeliveries.id);
const verify = ({ headers, body }: Received, webhookSecret: string) =>
  new Resend("re_test").webhooks.verify({
    payload: body,
    headers: {
      id: String(headers["webhook-id"]),
      timestamp: String(headers["webhook-timestamp"]),
      signature: String(headers["webhook-signature"]),
    },
    webhookSecret,
  });

describe("webhooks", () => {
  test("tell of an import's end, signed, with ids, states and counts alone", async () => {
    const { id, secret } = await endpoint();
    const company = await newCompany();
    const done = await upload(company.slug);
    await runUpload(api.ctx, done);
    const wrong = await readFile(
      await contractsFile({ starts_on: "x" }, { contract_number: "C-2", starts_on: "y" }),
    );
    const failed = await upload(company.slug, "", wrong);
    await runUpload(api.ctx, failed);
    const checked = await upload(company.slug, "&dryRun=true");
    await runUpload(api.ctx, checked);
    await cancelImport(api.ctx, checked);
    expect(await deliver()).toEqual({ delivered: 4, failed: 0 });
    const told = received.map(({ body }) => JSON.parse(body));
    const byType = Object.fromEntries(told.map((one) => [one.type, one.data]));
    expect(byType).toMatchObject({
      "import.done": {
        id: done,
        company: company.slug,
        state: "done",
        rows: 1,
        added: 1,
        applied: 1,
      },
      // Counted after the state was written, and told all the same.
      "import.failed": { id: failed, state: "failed", faults: 2, applied: 0 },
      "import.checked": { id: checked, state: "checked", dryRun: true },
      "import.cancelled": { id: checked, state: "cancelled" },
    });
    for (const one of received) {
      expect(verify(one, secret)).toEqual(JSON.parse(one.body));
      expect(one.headers["content-type"]).toBe("application/json");
      const schema = validator(api.document, { $ref: "#/components/schemas/ImportEvent" });
      expect(schema.safeParse(JSON.parse(one.body)).error?.issues ?? []).toEqual([]);
      expect(one.body).not.toMatch(/Rossi|RSSMRA|IT60|Via Inventata|contracts\.csv/);
    }
    const ids = received.map(({ headers }) => headers["webhook-id"]);
    expect(ids.sort()).toEqual((await rows(id)).map((row) => row.id).sort());
    expect(await deliver()).toEqual({ delivered: 0, failed: 0 });
  });

  test("tell of a run's freeze, publication and close, and of nothing else", async () => {
    await endpoint();
    const company = await newCompany();
    const cutOffAt = new Date("2026-05-15T16:00:00Z");
    await openRun(api.ctx, { company: company.slug, cutOffAt, name: "2026-05" });
    const step = (name: string) =>
      api.ask("POST", `/api/v1/runs/${company.slug}/2026-05/${name}`, { key });
    await step("freeze");
    await step("freeze");
    const bills = await api.ask(
      "POST",
      `/api/v1/imports/bills?company=${company.slug}&target=run&run=2026-05`,
      { key, body: await readFile(await billsFile({})), headers: { "content-type": "text/csv" } },
    );
    await runUpload(api.ctx, bills.json.id);
    await step("publish");
    await step("close");
    await deliver();
    const told = received.map(({ body }) => JSON.parse(body));
    expect(told.map(({ type }) => type).sort()).toEqual(
      ["import.done", "run.closed", "run.frozen", "run.published"].sort(),
    );
    for (const one of told.filter(({ type }) => type.startsWith("run."))) {
      const schema = validator(api.document, { $ref: "#/components/schemas/RunEvent" });
      expect(schema.safeParse(one).error?.issues ?? []).toEqual([]);
      expect(one.data).toMatchObject({ company: company.slug, name: "2026-05" });
    }
  });

  test("only the events and the company that were asked for", async () => {
    const [mine, other] = [await newCompany(), await newCompany()];
    const ofMine = await endpoint({ companyId: mine.id });
    const onlyFailed = await endpoint({ events: ["import.failed"] });
    for (const { slug } of [mine, other]) {
      await runUpload(api.ctx, await upload(slug));
    }
    expect((await rows(ofMine.id)).map(({ event }) => event)).toEqual(["import.done"]);
    expect(await rows(onlyFailed.id)).toEqual([]);
  });

  test("nothing is told of what was rolled back, and staff's doing is told too", async () => {
    const { id } = await endpoint();
    const company = await newCompany();
    const importId = await upload(company.slug);
    const db = api.clone.superuser.db;
    await db
      .transaction(async (tx) => {
        await tx.execute(sql`update imports set state = 'cancelled' where id = ${importId}`);
        throw new Error("rolled back");
      })
      .catch(() => {});
    expect(await rows(id)).toEqual([]);
    const actor = await db.transaction((tx) => makeStaff(tx, "operator"));
    expect((await cancelImport({ db: api.clone.web.db, actor }, importId)).ok).toBe(true);
    expect((await rows(id)).map(({ event }) => event)).toEqual(["import.cancelled"]);
  });

  test("what is not taken is tried again later with the same id, and given up after eight attempts", async () => {
    const { id, secret } = await endpoint({ events: ["import.done"] });
    await runUpload(api.ctx, await upload((await newCompany()).slug));
    answer = () => ({ status: 500 });
    const delays: number[] = [];
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      expect(await deliver()).toEqual({ delivered: 0, failed: 1 });
      const [row] = await rows(id);
      expect(row).toMatchObject({ attempts: attempt, lastAnswer: "HTTP 500", deliveredAt: null });
      if (attempt < 8) {
        delays.push(Math.round(((row?.nextAttemptAt.getTime() ?? 0) - Date.now()) / 1000));
        // Not before its time.
        expect(await deliver()).toEqual({ delivered: 0, failed: 0 });
        await hurry();
      }
    }
    for (const [at, expected] of [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000].entries()) {
      expect(Math.abs((delays[at] ?? 0) - expected)).toBeLessThanOrEqual(2);
    }
    expect(received).toHaveLength(8);
    expect(new Set(received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    const [last] = received.slice(-1);
    expect(last && verify(last, secret)).toBeTruthy();
    await hurry();
    answer = () => ({ status: 204 });
    expect(await deliver()).toEqual({ delivered: 0, failed: 0 });
    expect(await listEndpoints(api.ctx)).toMatchObject([
      { id, delivered: 0, waiting: 0, givenUp: 1, lastFailure: "HTTP 500" },
    ]);
  });

  test("a second attempt that is taken ends it", async () => {
    const { id } = await endpoint({ events: ["import.done"] });
    await runUpload(api.ctx, await upload((await newCompany()).slug));
    answer = () => ({ status: 503 });
    await deliver();
    expect((await listEndpoints(api.ctx))[0]).toMatchObject({
      waiting: 1,
      lastFailure: "HTTP 503",
    });
    await hurry();
    answer = () => ({ status: 200 });
    expect(await deliver()).toEqual({ delivered: 1, failed: 0 });
    expect((await listEndpoints(api.ctx))[0]).toMatchObject({
      id,
      delivered: 1,
      lastFailure: null,
    });
  });

  test("many workers at once tell each once", async () => {
    await endpoint({ events: ["import.cancelled"] });
    const { slug } = await newCompany();
    for (let made = 0; made < 20; made += 1) {
      await cancelImport(api.ctx, await upload(slug));
    }
    const sums = await Promise.all([deliver(), deliver(), deliver()]);
    expect(sums.reduce((sum, { delivered }) => sum + delivered, 0)).toBe(20);
    expect(new Set(received.map(({ headers }) => headers["webhook-id"])).size).toBe(20);
    expect(received).toHaveLength(20);
  });

  test("no redirect is followed", async () => {
    const { id } = await endpoint({ events: ["import.done"] });
    await runUpload(api.ctx, await upload((await newCompany()).slug));
    answer = (path) =>
      path === "/events" ? { status: 307, headers: { location: "/elsewhere" } } : { status: 204 };
    expect(await deliver()).toEqual({ delivered: 0, failed: 1 });
    expect(received.map(({ path }) => path)).toEqual(["/events"]);
    expect((await rows(id))[0]?.lastAnswer).toBe("HTTP 307");
  });

  test("a name that leads to this machine is not asked, an address that was written is", async () => {
    const { port } = receiver.address() as AddressInfo;
    const message = { body: "{}", headers: {} };
    expect(await post(`http://localhost:${port}/x`, message, 5_000)).toEqual({
      taken: false,
      answer: "private address",
    });
    expect(received).toEqual([]);
    expect(await post(url, message, 5_000)).toEqual({ taken: true, answer: "HTTP 204" });
    expect(received).toHaveLength(1);
  });

  test("an endpoint that says nothing is waited for so long and no longer, and one that is not there not at all", async () => {
    answer = () => null;
    const started = Date.now();
    const message = { body: "{}", headers: {} };
    expect(await post(url, message, 300)).toEqual({ taken: false, answer: "no answer in time" });
    expect(Date.now() - started).toBeLessThan(3_000);
    expect((await post("http://127.0.0.1:1/", message, 5_000)).answer).toBe("ECONNREFUSED");
    expect((await post("https://127.0.0.1:1/", message, 5_000)).answer).toBe("ECONNREFUSED");
  });

  test("a new secret signs beside the old one for a day; at once, when it has leaked", async () => {
    const { id, secret: first } = await endpoint({ events: ["import.cancelled"] });
    const { slug } = await newCompany();
    const told = async () => {
      await cancelImport(api.ctx, await upload(slug));
      await deliver();
      const last = received.at(-1);
      if (!last) {
        throw new Error("nothing was told");
      }
      return last;
    };
    const holds = (one: Received, secret: string) => {
      try {
        return Boolean(verify(one, secret));
      } catch {
        return false;
      }
    };
    const { secret: second } = await rotateSecret(api.ctx, { id });
    const both = await told();
    expect([holds(both, first), holds(both, second)]).toEqual([true, true]);
    await api.clone.superuser.db
      .update(webhookSecrets)
      .set({ retiresAt: new Date(Date.now() - 1_000) })
      .where(sql`retires_at is not null`);
    const late = await told();
    expect([holds(late, first), holds(late, second)]).toEqual([false, true]);
    const { secret: third } = await rotateSecret(api.ctx, { id, atOnce: true });
    const leaked = await told();
    expect([holds(leaked, second), holds(leaked, third)]).toEqual([false, true]);
  });

  test("secrets are sealed in the database, and are not in the audit log", async () => {
    const { id, secret } = await endpoint();
    const [row] = await api.clone.superuser.db
      .select()
      .from(webhookSecrets)
      .where(eq(webhookSecrets.endpointId, id));
    expect(row?.secret).not.toContain(secret.slice(6));
    expect(unseal(row?.secret ?? seal(""))).toBe(secret);
    const audited = await api.clone.superuser.db
      .select({ action: auditLog.action, detail: auditLog.detail })
      .from(auditLog)
      .where(eq(auditLog.subjectId, id));
    expect(audited).toMatchObject([
      { action: "added_webhook", detail: { host: new URL(url).host } },
    ]);
    expect(JSON.stringify(audited)).not.toContain(secret.slice(6));
  });

  test("a removed endpoint gets nothing more, and is there no more", async () => {
    const { id } = await endpoint();
    const { slug } = await newCompany();
    await cancelImport(api.ctx, await upload(slug));
    expect(await rows(id)).toHaveLength(1);
    await removeEndpoint(api.ctx, id);
    await cancelImport(api.ctx, await upload(slug));
    await deliver();
    expect(received).toEqual([]);
    expect(await rows(id)).toEqual([]);
    for (const gone of [() => removeEndpoint(api.ctx, id), () => rotateSecret(api.ctx, { id })]) {
      await expect(gone()).rejects.toMatchObject({ name: "NotFoundError" });
    }
  });

  test("what ended 30 days ago is forgotten", async () => {
    const { id } = await endpoint();
    const { slug } = await newCompany();
    await cancelImport(api.ctx, await upload(slug));
    await deliver();
    const set = (days: number) =>
      api.clone.superuser.db
        .update(webhookDeliveries)
        .set({ deliveredAt: new Date(Date.now() - days * 86_400_000) });
    await set(29);
    await deliver();
    expect(await rows(id)).toHaveLength(1);
    await set(31);
    await deliver();
    expect(await rows(id)).toEqual([]);
  });

  test("R28 the web role may do none of it, nor write down what did not happen", async () => {
    const { id } = await endpoint();
    const web = { db: api.clone.web.db, actor: api.ctx.actor };
    const refused = { cause: { code: "42501" } };
    const stop = new AbortController().signal;
    for (const attempt of [
      () => listEndpoints(web),
      () => addEndpoint(web, { url, companyId: null, events: ALL }),
      () => removeEndpoint(web, id),
      () => rotateSecret(web, { id }),
      () => deliverWebhooks(web, stop),
      () => web.db.execute(sql`select tell_webhooks('import.done', 1::smallint, '{}'::jsonb)`),
    ]) {
      await expect(attempt()).rejects.toMatchObject(refused);
    }
    expect(await api.clone.superuser.db.$count(webhookEndpoints, sql`removed_at is null`)).toBe(1);
  });
});
