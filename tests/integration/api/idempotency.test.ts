import { readFile } from "node:fs/promises";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { apiRequests, imports } from "@/db/schema";
import { forgetApiRequestsJob } from "@/lib/api/v1/commands/forget-requests";
import { holdRequest, rememberAnswer, whileHeld } from "@/lib/api/v1/commands/hold-request";
import { inTransaction } from "@/lib/auth/context";
import { listDocuments } from "@/lib/storage/document-storage";
import { contractsFile } from "../../factories/import-files";
import { makeCompany } from "../../factories/people";
import { type ApiServer, type Asked, apiServer } from "./api-server";

let api: ApiServer;
let key: string;
let slug: string;
let companyId: number;
let file: Buffer;

beforeAll(async () => {
  api = await apiServer();
  key = await api.key(["imports:write", "imports:read"]);
  file = await readFile(await contractsFile({}));
});
beforeEach(async () => {
  const company = await api.clone.superuser.db.transaction((db) => makeCompany(db));
  slug = company.slug;
  companyId = company.id;
});
afterAll(async () => {
  await api.close();
});

const send = (name: string, body: Asked["body"] = file, more = "", by = key) =>
  api.ask("POST", `/api/v1/imports/contracts?company=${slug}${more}`, {
    key: by,
    body,
    headers: { "content-type": "text/csv", "idempotency-key": name },
  });
const count = () => api.clone.superuser.db.$count(imports, eq(imports.companyId, companyId));
const ofName = (name: string) => eq(apiRequests.idempotencyKey, name);
const set = (name: string, change: Record<string, unknown>) =>
  api.clone.superuser.db.update(apiRequests).set(change).where(ofName(name));
const uploads = async () => {
  const keys: string[] = [];
  for await (const one of listDocuments("imports")) {
    keys.push(one);
  }
  return keys.length;
};

describe("Idempotency-Key", () => {
  test("the same call again gives the same import, and stores nothing more", async () => {
    const first = await send("same");
    expect(first.status).toBe(202);
    const stored = await uploads();
    const again = await send("same");
    expect(again.status).toBe(200);
    expect(again.json).toEqual(first.json);
    expect(again.headers.get("location")).toBe(first.headers.get("location"));
    expect([await count(), await uploads()]).toEqual([1, stored]);
  });

  test("another body or other parameters under it are refused", async () => {
    expect((await send("reused")).status).toBe(202);
    const other = Buffer.concat([file, Buffer.from("\n")]);
    for (const answer of [
      await send("reused", other),
      await send("reused", file, "&dryRun=true"),
    ]) {
      expect(answer.json).toMatchObject({ status: 422, code: "idempotency_key_reused" });
    }
    expect(await count()).toBe(1);
  });

  test("it is of one API key: another's same word is another", async () => {
    const foreign = await api.key(["imports:write"]);
    expect((await send("word")).status).toBe(202);
    expect((await send("word", file, "", foreign)).status).toBe(202);
    expect(await count()).toBe(2);
  });

  test("of 20 calls at once one is carried out; the others are told to wait, or of its import", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => send("burst")));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 202)).toHaveLength(1);
    expect(new Set(statuses)).not.toContain(500);
    for (const { status, json, headers } of answers) {
      expect([200, 202, 409]).toContain(status);
      if (status === 409) {
        expect(json.code).toBe("in_flight");
        expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
      }
    }
    expect(await count()).toBe(1);
    const accepted = answers.find(({ status }) => status === 202);
    expect((await send("burst")).json.id).toBe(accepted?.json.id);
  });

  test("while the first is still being sent, the second is told so", async () => {
    let goOn = () => {};
    const promise = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const slow = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await promise;
        controller.enqueue(new Uint8Array(file));
        controller.close();
      },
    });
    const first = send("slow", slow);
    await expect.poll(() => api.clone.superuser.db.$count(apiRequests, ofName("slow"))).toBe(1);
    const second = await send("slow");
    expect(second.json).toMatchObject({ status: 409, code: "in_flight" });
    goOn();
    expect((await first).status).toBe(202);
    expect((await send("slow")).status).toBe(200);
    expect(await count()).toBe(1);
  });

  test("a call that failed leaves the key free, and no file behind", async () => {
    const before = await uploads();
    expect((await send("failed", "")).status).toBe(400);
    expect(await api.clone.superuser.db.$count(apiRequests, ofName("failed"))).toBe(0);
    expect((await send("failed")).status).toBe(202);
    // Whatever breaks after the file was stored takes it along.
    await api.clone.superuser.db.execute(sql`create function no_imports() returns trigger language plpgsql as
      'begin raise exception ''not now''; end'`);
    await api.clone.superuser.db.execute(
      sql`create trigger no_imports before insert on imports execute function no_imports()`,
    );
    try {
      expect((await send("broken")).status).toBe(500);
    } finally {
      await api.clone.superuser.db.execute(sql`drop trigger no_imports on imports`);
    }
    expect(await uploads()).toBe(before + 1);
    expect((await send("broken")).status).toBe(202);
    expect(await count()).toBe(2);
  });

  test("what a killed process held is taken over once its lease is over, and it can finish no more", async () => {
    const [row] = await api.clone.superuser.db.execute<{ id: string }>(
      sql`select id from api_keys order by id limit 1`,
    );
    const request = { apiKeyId: row?.id ?? "", idempotencyKey: "killed" };
    const held = await holdRequest(api.ctx, request);
    expect(held.kind).toBe("ours");
    await expect(holdRequest(api.ctx, request)).rejects.toMatchObject({ code: "in_flight" });
    await set("killed", { leaseUntil: new Date(Date.now() - 1_000) });
    const after = await holdRequest(api.ctx, request);
    expect(after.kind).toBe("ours");
    const [anyImport] = await api.clone.superuser.db.select({ id: imports.id }).from(imports);
    const finish = (attemptId: string) =>
      inTransaction(api.ctx, (tx) =>
        rememberAnswer(tx, request, attemptId, { digest: "d", importId: anyImport?.id ?? "" }),
      );
    const attempts = [held, after].map((one) => (one.kind === "ours" ? one.attemptId : ""));
    await expect(finish(attempts[0] ?? "")).rejects.toMatchObject({ code: "in_flight" });
    // Nor does the failure of the first free the key of the second.
    await whileHeld(api.ctx, request, attempts[0] ?? "", async () => {
      throw new Error("late");
    }).catch(() => {});
    await finish(attempts[1] ?? "");
    expect(await holdRequest(api.ctx, request)).toMatchObject({ kind: "answered", digest: "d" });
  });

  test("after a day it is forgotten: the same call is another", async () => {
    const first = await send("day");
    await set("day", { createdAt: new Date(Date.now() - 23 * 3_600_000) });
    expect((await send("day")).json.id).toBe(first.json.id);
    await set("day", { createdAt: new Date(Date.now() - 25 * 3_600_000) });
    const next = await send("day");
    expect(next.status).toBe(202);
    expect(next.json.id).not.toBe(first.json.id);
    await set("day", { createdAt: new Date(Date.now() - 25 * 3_600_000) });
    await send("kept");
    await forgetApiRequestsJob(api.ctx);
    const left = await api.clone.superuser.db
      .select({ name: apiRequests.idempotencyKey })
      .from(apiRequests)
      .where(sql`${apiRequests.idempotencyKey} in ('day', 'kept')`);
    expect(left).toEqual([{ name: "kept" }]);
  });

  test.each(["", "with space", "x".repeat(256)])("%j is no such key", async (name) => {
    expect((await send(name)).status).toBe(400);
  });
});
