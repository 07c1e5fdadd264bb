import { readFile } from "node:fs/promises";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { apiDocuments, documents, imports } from "@/db/schema";
import { forgetRequests } from "@/lib/api/v1/commands/forget-requests";
import { runUpload } from "@/lib/imports/commands/run-uploads";
import { findDocument, readDocument } from "@/lib/storage/document-storage";
import { billsFile, PDF } from "../../factories/import-files";
import { makeCustomer } from "../../factories/people";
import { zipOf } from "../../unit/pdf-intake/zip-bytes";
import { type ApiServer, type Asked, apiServer, sha256 } from "./api-server";

let api: ApiServer;
let key: string;
const ZIP = zipOf([{ name: "one.pdf", content: Buffer.from(PDF) }]);

beforeAll(async () => {
  api = await apiServer();
  key = await api.key(["imports:write", "imports:read"]);
});
afterAll(async () => {
  await api.close();
});

const newCompany = async () =>
  (
    await api.clone.superuser.db.transaction((db) =>
      makeCustomer(db, { contract: { contractNumber: "C-1" } }),
    )
  ).company;
const store = (slug: string, body: Asked["body"] = ZIP, by = key) =>
  api.ask("POST", `/api/v1/documents?company=${slug}`, {
    key: by,
    body,
    headers: { "content-type": "application/zip" },
  });
const bills = async (slug: string, zip: string, more: Record<string, string> = {}) =>
  await api.ask("POST", `/api/v1/imports/bills?company=${slug}&target=archive&documents=${zip}`, {
    key,
    body: await readFile(await billsFile({ document: "one.pdf", ...more })),
    headers: { "content-type": "text/csv" },
  });
const zipRow = async (id: string) => {
  const [row] = await api.clone.superuser.db
    .select()
    .from(apiDocuments)
    .where(eq(apiDocuments.id, id));
  return row;
};

describe("POST /api/v1/documents", () => {
  test("a ZIP is stored, and the bills that name it get their PDFs", async () => {
    const { slug, id: companyId } = await newCompany();
    const stored = await store(slug);
    expect(stored.status).toBe(201);
    expect(stored.json).toEqual({ id: expect.any(String), bytes: ZIP.length, sha256: sha256(ZIP) });
    const accepted = await bills(slug, stored.json.id);
    expect(accepted.status).toBe(202);
    await runUpload(api.ctx, accepted.json.id);
    const [bill] = await api.clone.superuser.db
      .select()
      .from(documents)
      .where(eq(documents.companyId, companyId));
    expect(Buffer.from(await readDocument(bill?.storageKey ?? "")).toString()).toBe(PDF);
  });

  test("a ZIP serves again when an import of it has ended, and not before", async () => {
    const { slug } = await newCompany();
    const { id } = (await store(slug)).json;
    const first = (await bills(slug, id, { issue_date: "wrong" })).json.id;
    expect((await bills(slug, id)).json).toMatchObject({
      status: 409,
      reason: "documents_in_use",
    });
    await runUpload(api.ctx, first);
    const second = await bills(slug, id);
    expect(second.status).toBe(202);
    const rows = await api.clone.superuser.db
      .select({ id: imports.id, documentsKey: imports.documentsKey })
      .from(imports)
      .where(eq(imports.kind, "bills"));
    // Whatever is forgotten with the first, the second keeps its ZIP.
    expect(rows.find((row) => row.id === first)?.documentsKey).toBeNull();
    expect(rows.find((row) => row.id === second.json.id)?.documentsKey).toContain(id);
    await runUpload(api.ctx, second.json.id);
    await api.clone.superuser.db
      .update(imports)
      .set({ documentsKey: null })
      .where(eq(imports.id, second.json.id));
    expect((await bills(slug, id)).json).toMatchObject({ status: 422, code: "refused" });
  });

  test("another company's ZIP is not there, nor one that is none", async () => {
    const [mine, other] = [await newCompany(), await newCompany()];
    const { id } = (await store(other.slug)).json;
    for (const zip of [id, crypto.randomUUID()]) {
      expect((await bills(mine.slug, zip)).json).toMatchObject({ status: 422, code: "refused" });
    }
    const own = await api.key(["imports:write"], mine.id);
    expect((await store(other.slug, ZIP, own)).status).toBe(404);
    expect((await store(mine.slug, ZIP, own)).status).toBe(201);
    expect((await bills(mine.slug, "x")).status).toBe(400);
  });

  test.each([
    ["text", "not a ZIP"],
    ["one without files", zipOf([])],
  ])("%s is refused", async (_what, body) => {
    const { slug } = await newCompany();
    expect((await store(slug, body)).json).toMatchObject({ status: 422 });
  });

  test("one that nobody names is forgotten after seven days, one in use is not", async () => {
    const { slug } = await newCompany();
    const [unused, used, fresh] = [
      (await store(slug)).json.id,
      (await store(slug)).json.id,
      (await store(slug)).json.id,
    ];
    await bills(slug, used);
    for (const id of [unused, used]) {
      await api.clone.superuser.db
        .update(apiDocuments)
        .set({ createdAt: new Date(Date.now() - 7.1 * 86_400_000) })
        .where(eq(apiDocuments.id, id));
    }
    const keys = await Promise.all(
      [unused, used, fresh].map(async (id) => (await zipRow(id))?.storageKey ?? ""),
    );
    await forgetRequests(api.ctx);
    expect(await Promise.all(keys.map(async (at) => (await findDocument(at)) !== null))).toEqual([
      false,
      true,
      true,
    ]);
    expect((await bills(slug, unused)).status).toBe(422);
  });
});
