import { readFile } from "node:fs/promises";
import path from "node:path";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  auditLog,
  billLines,
  contracts,
  deliveryChoices,
  imports,
  loadProfiles,
} from "@/db/schema";
import { runUpload } from "@/lib/imports/commands/run-uploads";
import { billLinesFile, billsFile, choicesFile, contractsFile } from "../../factories/import-files";
import { makeCompany } from "../../factories/people";
import { type ApiServer, type Asked, apiServer, sha256, type Told } from "./api-server";

let api: ApiServer;
let key: string;

const CLOCK = Array.from({ length: 97 }, (_, at) => {
  const hour = String(Math.floor(at / 4) % 24).padStart(2, "0");
  return `${hour}:${String((at % 4) * 15).padStart(2, "0")}`;
});
const READINGS = `Giorno;${Array.from({ length: 96 }, (_, at) => `${CLOCK[at]}-${CLOCK[at + 1]}`).join(";")}
"02/09/2024";${Array(96).fill('"0,25"').join(";")};
`;

beforeAll(async () => {
  api = await apiServer();
  key = await api.key(["imports:write", "imports:read"]);
});
afterAll(async () => {
  await api.close();
});

const newCompany = () => api.clone.superuser.db.transaction((db) => makeCompany(db));

const send = (address: string, body: Asked["body"], headers: Record<string, string> = {}) =>
  api.ask("POST", address, { key, body, headers: { "content-type": "text/csv", ...headers } });
const get = (address: string, headers: Record<string, string> = {}) =>
  api.ask("GET", address, { key, headers });
const post = (address: string) => api.ask("POST", address, { key });

/** Sends a file, and does what the worker does with it. */
async function imported(address: string, file: string | Uint8Array) {
  const accepted = await send(address, file);
  expect(accepted.status, accepted.text).toBe(202);
  await runUpload(api.ctx, accepted.json.id);
  return (await get(accepted.headers.get("location") ?? "")).json;
}
const contractsOf = async (...rows: Parameters<typeof contractsFile>) =>
  await readFile(await contractsFile(...rows));

/** A company with the contract C-1. */
async function companyWithContract() {
  const company = await newCompany();
  const done = await imported(
    `/api/v1/imports/contracts?company=${company.slug}`,
    await contractsOf({}),
  );
  expect(done.state).toBe("done");
  return company;
}
const sole = async <T>(rows: Promise<T[]>): Promise<T> => {
  const [row, ...more] = await rows;
  if (row === undefined || more.length > 0) {
    throw new Error("not exactly one row");
  }
  return row;
};

describe("POST /api/v1/imports/{kind}", () => {
  test("contracts: received with its digest, queued, carried out, and told", async () => {
    const company = await newCompany();
    const body = await contractsOf({});
    const accepted = await send(
      `/api/v1/imports/contracts?company=${company.slug}&fileName=${encodeURIComponent("../of/december.csv")}`,
      body,
    );
    expect(accepted.status).toBe(202);
    expect(accepted.json).toEqual({
      id: expect.any(String),
      state: "received",
      bytes: body.length,
      sha256: sha256(body),
    });
    const { id } = accepted.json;
    expect(accepted.headers.get("location")).toBe(`/api/v1/imports/${id}`);
    const queued = await api.clone.superuser.db.execute<{ task: string }>(
      sql`select task_identifier as task from graphile_worker.jobs where key = ${`run-import-${id}`}`,
    );
    expect(queued).toMatchObject([{ task: "run_import" }]);
    await runUpload(api.ctx, id);
    expect((await get(`/api/v1/imports/${id}`)).json).toMatchObject({
      ...{ id, company: company.slug, kind: "contracts", state: "done", fileName: "december.csv" },
      ...{ rows: 1, added: 1, changed: 0, unchanged: 0, applied: 1, faults: 0, failure: null },
      importedBy: expect.stringMatching(/^api key test \d+$/),
    });
    const audited = await api.clone.superuser.db
      .select({ action: auditLog.action, actorId: auditLog.actorId })
      .from(auditLog)
      .where(eq(auditLog.subjectId, id))
      .orderBy(auditLog.id);
    expect(audited[0]).toMatchObject({
      action: "received_import",
      actorId: expect.stringMatching(/^api key /),
    });
  });

  test("choices with their origin, bill lines and readings of a contract", async () => {
    const company = await companyWithContract();
    const of = `company=${company.slug}`;
    const choices = await imported(
      `/api/v1/imports/choices?${of}&origin=paper-form`,
      await readFile(await choicesFile({})),
    );
    expect(choices).toMatchObject({ state: "done", added: 1 });
    const db = api.clone.superuser.db;
    const choice = await sole(
      db.select().from(deliveryChoices).where(eq(deliveryChoices.companyId, company.id)),
    );
    expect(choice.origin).toMatch(/paper/);
    const bills = await imported(
      `/api/v1/imports/bills?${of}&target=archive`,
      await readFile(await billsFile({})),
    );
    expect(bills).toMatchObject({ state: "done", added: 1, target: "archive" });
    const lines = await imported(
      `/api/v1/imports/bill-lines?${of}`,
      await readFile(await billLinesFile({})),
    );
    expect(lines).toMatchObject({ state: "done", added: 1 });
    expect(await db.$count(billLines, eq(billLines.companyId, company.id))).toBe(1);
    const readings = await imported(
      `/api/v1/imports/readings?${of}&contract=C-1&layout=e-distribuzione`,
      READINGS,
    );
    expect(readings).toMatchObject({ state: "done", added: 1 });
    expect(await db.$count(loadProfiles, eq(loadProfiles.companyId, company.id))).toBe(1);
  });

  test("e-invoices are received as XML and as ZIP, and kept under a name that says which", async () => {
    const company = await newCompany();
    for (const [type, end] of [
      ["application/xml", ".xml"],
      ["application/zip; charset=binary", ".zip"],
    ]) {
      const accepted = await send(
        `/api/v1/imports/e-invoices?company=${company.slug}&target=archive`,
        "<p:FatturaElettronica/>",
        { "content-type": type ?? "" },
      );
      const row = await sole(
        api.clone.superuser.db.select().from(imports).where(eq(imports.id, accepted.json.id)),
      );
      expect(row.storageKey).toMatch(/^imports\/[0-9a-f-]{36}\/e-invoices\.(xml|zip)$/);
      expect(path.extname(row.storageKey ?? "")).toBe(end);
    }
  });

  test("a dry run changes nothing, and is applied when asked to", async () => {
    const company = await newCompany();
    const checked = await imported(
      `/api/v1/imports/contracts?company=${company.slug}&dryRun=true`,
      await contractsOf({}),
    );
    expect(checked).toMatchObject({ state: "checked", dryRun: true, added: 1, applied: 0 });
    const ofCompany = eq(contracts.companyId, company.id);
    expect(await api.clone.superuser.db.$count(contracts, ofCompany)).toBe(0);
    const applied = await post(`/api/v1/imports/${checked.id}/apply`);
    expect([applied.status, applied.json.state]).toEqual([202, "received"]);
    await runUpload(api.ctx, checked.id);
    expect(await api.clone.superuser.db.$count(contracts, ofCompany)).toBe(1);
    const again = await post(`/api/v1/imports/${checked.id}/apply`);
    expect(again.status).toBe(409);
    expect(again.json).toMatchObject({ code: "not_possible", reason: "not_checked" });
  });

  test("one that waits is cancelled, and one that ended is not", async () => {
    const company = await newCompany();
    const { json } = await send(
      `/api/v1/imports/contracts?company=${company.slug}`,
      await contractsOf({}),
    );
    const cancelled = await post(`/api/v1/imports/${json.id}/cancel`);
    expect([cancelled.status, cancelled.json.state]).toEqual([200, "cancelled"]);
    expect((await post(`/api/v1/imports/${json.id}/cancel`)).json.reason).toBe("ended");
    await runUpload(api.ctx, json.id);
    const ofCompany = eq(contracts.companyId, company.id);
    expect(await api.clone.superuser.db.$count(contracts, ofCompany)).toBe(0);
    const reverted = await post(`/api/v1/imports/${json.id}/revert`);
    expect(reverted.json).toMatchObject({ status: 409, reason: "not_bills" });
  });

  test("what is wrong comes as pages of JSON, and whole as CSV", async () => {
    const company = await newCompany();
    const failed = await imported(
      `/api/v1/imports/contracts?company=${company.slug}`,
      await contractsOf(
        { starts_on: "2026-02-30" },
        { contract_number: "C-2", supply_point: "IT001E2", holder_name: "=cmd()", starts_on: "x" },
        { contract_number: "C-3", starts_on: "" },
      ),
    );
    expect(failed).toMatchObject({ state: "failed", applied: 0 });
    expect(failed.failure).toContain("line 2");
    const at = `/api/v1/imports/${failed.id}/errors`;
    const all = (await get(at)).json;
    expect(all.next).toBeNull();
    expect(all.errors.length).toBe(failed.faults);
    expect(all.errors.length).toBeGreaterThanOrEqual(3);
    expect(all.errors[0]).toMatchObject({ line: 2, column: "starts_on", value: "2026-02-30" });
    const pages: unknown[] = [];
    for (let after: number | null = 0; after !== null; ) {
      const page: Told["json"] = (await get(`${at}?limit=1&after=${after}`)).json;
      pages.push(...page.errors);
      after = page.next;
    }
    expect(pages).toEqual(all.errors);
    const csv = await get(at, { accept: "text/csv" });
    expect(csv.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    const lines = csv.text.trimEnd().split("\n");
    expect(lines[0]).toBe("file;line;column;value;reason;remedy;row");
    expect(lines.length).toBe(1 + failed.faults);
  });

  test.each([
    ["an unknown kind", "/api/v1/imports/people?company=x-y", 400, "must be one of"],
    ["an unknown parameter", "/api/v1/imports/contracts?company=x-y&dry=1", 400, '"dry"'],
    ["a parameter twice", "/api/v1/imports/contracts?company=x-y&company=x-z", 400, "twice"],
    ["one of another kind", "/api/v1/imports/contracts?company=x-y&target=run", 400, "target"],
    ["bills without a target", "/api/v1/imports/bills?company=x-y", 400, "target"],
    [
      "a run without target=run",
      "/api/v1/imports/bills?company=x-y&target=single&run=1",
      400,
      "go together",
    ],
    [
      "target=run without its run",
      "/api/v1/imports/bills?company=x-y&target=run",
      400,
      "go together",
    ],
    ["no company, with a key of all", "/api/v1/imports/contracts", 400, "company"],
    ["a wrong boolean", "/api/v1/imports/contracts?company=x-y&dryRun=yes", 400, "true or false"],
    [
      "a path as layout",
      "/api/v1/imports/readings?company=x-y&layout=..%2Fsecret.json",
      400,
      "layout",
    ],
    ["a company that is none", "/api/v1/imports/contracts?company=no-such", 404, "no-such"],
  ])("%s is told in one sentence", async (_what, address, status, words) => {
    const answer = await send(address, "a;b\n");
    expect(answer.status).toBe(status);
    expect(answer.json.detail).toContain(words);
    expect(answer.json.detail.split("\n")).toHaveLength(1);
    expect(answer.json.type).toBe(`/api/v1#problem-${answer.json.code}`);
  });

  test("bodies that are empty, of another kind, compressed or of a run that is none are refused", async () => {
    const { slug } = await newCompany();
    const contractsAt = `/api/v1/imports/contracts?company=${slug}`;
    const before = await api.clone.superuser.db.$count(imports);
    expect((await send(contractsAt, "")).status).toBe(400);
    for (const [name, value] of [
      ["content-type", "application/json"],
      ["content-encoding", "gzip"],
    ] as const) {
      expect((await send(contractsAt, "a;b\n", { [name]: value })).status).toBe(415);
    }
    expect((await send(contractsAt, "<a/>", { "content-type": "application/xml" })).status).toBe(
      415,
    );
    const noRun = await send(
      `/api/v1/imports/bills?company=${slug}&target=run&run=2026-01`,
      "a;b\n",
    );
    expect(noRun.json).toMatchObject({ status: 422, code: "refused" });
    expect(await api.clone.superuser.db.$count(imports)).toBe(before);
  });

  test("a body that says it is larger than 2 GB is refused before it is read", async () => {
    const { slug } = await newCompany();
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled += 1;
          controller.enqueue(new Uint8Array(1024));
        },
      },
      { highWaterMark: 0 },
    );
    const answer = await send(`/api/v1/imports/contracts?company=${slug}`, body, {
      "content-length": String(2 * 1024 ** 3 + 1),
    });
    expect(answer.json).toMatchObject({ status: 413, code: "too_large" });
    expect(pulled).toBe(0);
  });
});

describe("GET /api/v1/imports", () => {
  test("pages through all of a company, the newest first, and none of another", async () => {
    const [mine, other] = [await newCompany(), await newCompany()];
    const ids: string[] = [];
    for (const { slug } of [mine, other, mine, mine, other]) {
      const { json } = await send(`/api/v1/imports/contracts?company=${slug}`, "a;b\n");
      if (slug === mine.slug) {
        ids.unshift(json.id);
      }
    }
    const seen: string[] = [];
    let before: string | null = null;
    do {
      const at: string = `/api/v1/imports?company=${mine.slug}&limit=2${before ? `&before=${before}` : ""}`;
      const page: Told["json"] = (await get(at)).json;
      seen.push(...page.imports.map(({ id }: { id: string }) => id));
      before = page.next;
    } while (before !== null);
    expect(seen).toEqual(ids);
    // A key of one company gets its own without naming it, and of the other's nothing at all.
    const own = await api.key(["imports:read", "imports:write"], other.id);
    const list = (await api.ask("GET", "/api/v1/imports", { key: own })).json.imports;
    expect(list).toHaveLength(2);
    for (const [method, end] of [
      ["GET", ""],
      ["GET", "/errors"],
      ["POST", "/apply"],
      ["POST", "/cancel"],
      ["POST", "/revert"],
    ] as const) {
      const foreign = await api.ask(method, `/api/v1/imports/${ids[0]}${end}`, { key: own });
      const none = await api.ask(method, `/api/v1/imports/${crypto.randomUUID()}${end}`, {
        key: own,
      });
      expect([foreign.status, none.status]).toEqual([404, 404]);
      expect(Object.keys(foreign.json)).toEqual(Object.keys(none.json));
    }
    const states = await api.clone.superuser.db
      .select({ state: imports.state })
      .from(imports)
      .where(eq(imports.companyId, mine.id));
    expect(states.map(({ state }) => state)).toEqual(["received", "received", "received"]);
  });
});
