import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { apiKeys, auditLog } from "@/db/schema";
import { addKey } from "@/lib/api/v1/commands/add-key";
import { revokeKey } from "@/lib/api/v1/commands/revoke-key";
import { listKeys } from "@/lib/api/v1/queries";
import { hashToken } from "@/lib/auth/token";
import { makeCompany } from "../../factories/people";
import { type ApiServer, apiServer } from "./api-server";

let api: ApiServer;
let company: Awaited<ReturnType<typeof makeCompany>>;
let other: Awaited<ReturnType<typeof makeCompany>>;

beforeAll(async () => {
  api = await apiServer();
  [company, other] = await api.clone.superuser.db.transaction(async (db) => [
    await makeCompany(db),
    await makeCompany(db),
  ]);
});
afterAll(async () => {
  await api.close();
});

const keyRow = async (secret: string) => {
  const [row] = await api.clone.superuser.db
    .select()
    .from(apiKeys)
    .where(eq(apiKeys.secretHash, hashToken(secret)));
  if (!row) {
    throw new Error("no such key");
  }
  return row;
};
const set = (secret: string, change: Partial<typeof apiKeys.$inferInsert>) =>
  api.clone.superuser.db
    .update(apiKeys)
    .set(change)
    .where(eq(apiKeys.secretHash, hashToken(secret)));
const imports = (key?: string, headers: Record<string, string> = {}) =>
  api.ask("GET", "/api/v1/imports", { key, headers });

describe("API keys", () => {
  test("are shown once and kept as their SHA-256 alone, also in the audit log", async () => {
    const secret = await api.key(["imports:read"]);
    expect(secret).toMatch(/^spk_[A-Za-z0-9_-]{43}$/);
    const rows =
      await api.clone.superuser.db.execute(sql`select row_to_json(k)::text as row from api_keys k
      union all select row_to_json(a)::text from audit_log a`);
    expect(rows.length).toBeGreaterThan(1);
    expect(JSON.stringify(rows)).not.toContain(secret.slice(4));
    const row = await keyRow(secret);
    expect(Buffer.from(row.secretHash)).toEqual(hashToken(secret));
    const [audited] = await api.clone.superuser.db
      .select()
      .from(auditLog)
      .where(eq(auditLog.subjectId, row.id));
    expect(audited).toMatchObject({ action: "added_api_key", detail: { name: row.name } });
  });

  test("open what their scopes name, and say which is missing", async () => {
    const key = await api.key(["runs:read"]);
    const refused = await imports(key);
    expect(refused.status).toBe(403);
    expect(refused.headers.get("content-type")).toBe("application/problem+json");
    expect(refused.headers.get("www-authenticate")).toContain('scope="imports:read"');
    expect(refused.json).toMatchObject({ status: 403, code: "insufficient_scope" });
    expect((await imports(await api.key(["imports:read"]))).status).toBe(200);
  });

  test.each([
    ["no header", undefined],
    ["another scheme", "Basic c3BrXzp4"],
    ["no key's shape", "Bearer spk_short"],
    ["a key of nobody", `Bearer spk_${"A".repeat(43)}`],
  ])("R28 %s is 401", async (_what, authorization) => {
    const answer = await imports(undefined, authorization ? { authorization } : {});
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer /);
    expect(answer.json.code).toBe("unauthorized");
  });

  test("R28 revoked and expired keys open nothing, and one that is still good does", async () => {
    const revoked = await api.key(["imports:read"]);
    expect((await imports(revoked)).status).toBe(200);
    const { id } = await keyRow(revoked);
    expect(await revokeKey(api.ctx, id)).toMatchObject({ already: false });
    expect(await revokeKey(api.ctx, id)).toMatchObject({ already: true });
    expect((await imports(revoked)).status).toBe(401);
    const expired = await api.key(["imports:read"]);
    await set(expired, { expiresAt: new Date(Date.now() + 60_000) });
    expect((await imports(expired)).status).toBe(200);
    await set(expired, { expiresAt: new Date(Date.now() - 1_000) });
    expect((await imports(expired)).status).toBe(401);
  });

  test("say when they were last used, at most once a minute", async () => {
    const key = await api.key(["imports:read"]);
    expect((await keyRow(key)).lastUsedAt).toBeNull();
    await Promise.all([imports(key), imports(key), imports(key)]);
    const first = (await keyRow(key)).lastUsedAt;
    expect(first?.getTime()).toBeGreaterThan(Date.now() - 20_000);
    await imports(key);
    expect((await keyRow(key)).lastUsedAt).toEqual(first);
    await set(key, { lastUsedAt: new Date(Date.now() - 61_000) });
    await imports(key);
    expect((await keyRow(key)).lastUsedAt?.getTime()).toBeGreaterThan(Date.now() - 20_000);
  });

  test("failures from one address are held up, and whoever has a key there is not", async () => {
    const key = await api.key(["imports:read"]);
    const from = (address: string) => ({ "x-forwarded-for": address });
    const statuses: number[] = [];
    for (let count = 0; count < 33; count += 1) {
      statuses.push((await imports(undefined, from("203.0.113.7"))).status);
    }
    expect(statuses.slice(0, 30)).toEqual(Array(30).fill(401));
    expect(statuses.slice(30)).toEqual([429, 429, 429]);
    const held = await imports(`spk_${"B".repeat(43)}`, from("203.0.113.7"));
    expect(Number(held.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(held.json.code).toBe("too_many_failures");
    expect((await imports(key, from("203.0.113.7"))).status).toBe(200);
    expect((await imports(undefined, from("203.0.113.8"))).status).toBe(401);
  });

  test("R28 of one company see no other: it is not there", async () => {
    const key = await api.key(["imports:read", "imports:write", "runs:read"], company.id);
    const list = (slug: string) => api.ask("GET", `/api/v1/imports?company=${slug}`, { key });
    expect((await list(company.slug)).status).toBe(200);
    const foreign = await list(other.slug);
    const none = await list("no-such-company");
    expect([foreign.status, none.status]).toEqual([404, 404]);
    expect(foreign.text.replaceAll(other.slug, "no-such-company")).toBe(none.text);
    expect((await api.ask("GET", `/api/v1/runs?company=${other.slug}`, { key })).status).toBe(404);
    expect((await api.ask("GET", "/api/v1/runs", { key })).status).toBe(200);
  });

  test("a name is of one key at a time", async () => {
    const add = () =>
      addKey(api.ctx, {
        name: "billing",
        companyId: null,
        scopes: ["runs:read"],
        expiresInDays: 10,
      });
    const first = await add();
    expect(await add()).toEqual({ ok: false, code: "name_taken" });
    if (first.ok) {
      const days = ((first.value.expiresAt?.getTime() ?? 0) - Date.now()) / 86_400_000;
      expect(days).toBeCloseTo(10, 2);
      await revokeKey(api.ctx, first.value.id);
    }
    expect((await add()).ok).toBe(true);
  });

  test("R28 the web role reads and writes none of it", async () => {
    const web = { db: api.clone.web.db, actor: api.ctx.actor };
    const refused = { cause: { code: "42501" } };
    await expect(listKeys(web)).rejects.toMatchObject(refused);
    await expect(revokeKey(web, crypto.randomUUID())).rejects.toMatchObject(refused);
    await expect(
      addKey(web, { name: "x", companyId: null, scopes: ["runs:read"], expiresInDays: null }),
    ).rejects.toMatchObject(refused);
    for (const table of [
      "api_requests",
      "api_documents",
      "webhook_endpoints",
      "webhook_secrets",
      "webhook_deliveries",
    ]) {
      // Of deliveries admins see ages and states, and nothing of what is in them.
      await expect(web.db.execute(sql.raw(`select * from ${table}`))).rejects.toMatchObject(
        refused,
      );
    }
  });

  test("without the worker's database the API says that it is not set up", async () => {
    const { env } = await import("@/lib/env");
    const url = env().DATABASE_WORKER_URL;
    env().DATABASE_WORKER_URL = undefined;
    try {
      expect((await imports("spk_any")).status).toBe(503);
    } finally {
      env().DATABASE_WORKER_URL = url;
    }
  });
});
