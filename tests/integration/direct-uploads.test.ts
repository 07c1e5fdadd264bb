import { readFile } from "node:fs/promises";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { documents, imports } from "@/db/schema";
import type { StaffActor } from "@/lib/auth/actor";
import { inTransaction } from "@/lib/auth/context";
import { ForbiddenError } from "@/lib/errors";
import { offerDirectUpload, receiveDirectUpload } from "@/lib/imports/commands/direct-upload";
import { forgetDirectUploads } from "@/lib/imports/commands/forget-direct-uploads";
import { runUpload } from "@/lib/imports/commands/run-uploads";
import { billsFile, contractsFile, PDF } from "../factories/import-files";
import { makeCompany, makeCustomer, makeStaff } from "../factories/people";
import { KEYS, type S3Server, startS3Server } from "../setup/s3-server";
import { zipOf } from "../unit/pdf-intake/zip-bytes";
import { type ApiServer, apiServer, sha256 } from "./api/api-server";

let s3: S3Server;
let api: ApiServer;
let key: string;
let storage: typeof import("@/lib/storage/document-storage");

beforeAll(async () => {
  s3 = await startS3Server();
  Object.assign(process.env, KEYS, { AWS_EC2_METADATA_DISABLED: "true", VERCEL: "1" });
  api = await apiServer(s3.storageUrl("inner"));
  key = await api.key(["imports:write", "imports:read"]);
  storage = await import("@/lib/storage/document-storage");
});
afterAll(async () => {
  delete process.env.VERCEL;
  await api.close();
  await s3.stop();
});

const newCompany = () => api.clone.superuser.db.transaction((db) => makeCompany(db));
const stateOf = async (id: string) => {
  const [row] = await api.clone.superuser.db.select().from(imports).where(eq(imports.id, id));
  return row;
};
interface Put {
  url: string;
  headers: Record<string, string>;
}
/** As a browser or a program does: past our server. */
const put = async ({ url, headers }: Put, body: Uint8Array) => {
  const answer = await fetch(url, { method: "PUT", headers, body: body as BodyInit });
  expect(answer.status).toBe(200);
};

describe("by the API", () => {
  const offer = (slug: string, bytes: number, { type = "text/csv", by = key } = {}) =>
    api.ask("POST", `/api/v1/uploads?company=${slug}&bytes=${bytes}&type=${type}`, { key: by });
  const importOf = (slug: string, upload: string, { by = key, headers = {} } = {}) =>
    api.ask("POST", `/api/v1/imports/contracts?company=${slug}&upload=${upload}`, {
      key: by,
      headers: { "content-type": "text/csv", ...headers },
    });

  test("a file that is larger than a body may be goes to the storage and is imported from there, once", async () => {
    const { slug } = await newCompany();
    const file = await readFile(await contractsFile({}));
    const padded = Buffer.concat([file, Buffer.alloc(5_000_000, "\n")]);
    const { status, json } = await offer(slug, padded.length);
    expect(status).toBe(201);
    // The service refuses another size or type: both are in the signature.
    expect(new URL(json.url).searchParams.get("X-Amz-SignedHeaders")).toBe(
      "content-length;content-type;host",
    );
    expect((await importOf(slug, json.id)).json).toMatchObject({
      code: "refused",
      detail: expect.stringContaining("Nothing arrived"),
    });
    await put(json, padded);
    const accepted = await importOf(slug, json.id);
    expect([accepted.status, accepted.json]).toEqual([
      202,
      { id: json.id, state: "received", bytes: padded.length, sha256: sha256(padded) },
    ]);
    expect((await importOf(slug, json.id)).status).toBe(200);
    await runUpload(api.ctx, json.id);
    expect(await stateOf(json.id)).toMatchObject({ state: "done", added: 1 });
  });

  test("under an Idempotency-Key too: another upload under the same key is refused", async () => {
    const { slug } = await newCompany();
    const file = await readFile(await contractsFile({}));
    const headers = { "idempotency-key": "one" };
    const first = (await offer(slug, file.length)).json;
    const second = (await offer(slug, file.length)).json;
    await put(first, file);
    await put(second, file);
    expect((await importOf(slug, first.id, { headers })).status).toBe(202);
    expect((await importOf(slug, first.id, { headers })).status).toBe(200);
    expect((await importOf(slug, second.id, { headers })).json.code).toBe("idempotency_key_reused");
  });

  test("R28 nobody names another key's upload, or another company's", async () => {
    const { slug } = await newCompany();
    const other = await newCompany();
    const file = await readFile(await contractsFile({}));
    const { json } = await offer(slug, file.length);
    await put(json, file);
    const by = await api.key(["imports:write"]);
    expect((await importOf(slug, json.id, { by })).json.code).toBe("refused");
    expect((await importOf(other.slug, json.id)).json.code).toBe("refused");
    const narrow = await api.key(["imports:write"], other.id);
    expect((await offer(slug, 10, { by: narrow })).status).toBe(404);
    const reader = await api.key(["imports:read"]);
    expect((await offer(slug, 10, { by: reader })).status).toBe(403);
  });

  test("what is too large is not offered, nor anything where the storage takes no files", async () => {
    const { slug } = await newCompany();
    expect((await offer(slug, 300_000_000)).json.code).toBe("too_large");
    expect((await offer(slug, 0)).json.code).toBe("invalid_request");
    const { takesDirectUploads } = await import("@/lib/storage/direct-uploads");
    delete process.env.VERCEL;
    expect(takesDirectUploads()).toBe(false);
    expect((await offer(slug, 10)).json).toMatchObject({
      code: "not_possible",
      reason: "no_direct_uploads",
    });
    process.env.VERCEL = "1";
  });

  test("a file that was exchanged after it was received is not imported", async () => {
    const { slug } = await newCompany();
    const file = await readFile(await contractsFile({}));
    const { json } = await offer(slug, file.length);
    await put(json, file);
    await importOf(slug, json.id);
    await put(json, Buffer.from(file.toString().replace("C-1", "C-9")));
    await runUpload(api.ctx, json.id);
    expect(await stateOf(json.id)).toMatchObject({
      state: "failed",
      failure: "The file is not what it was; import it again.",
    });
  });

  test("a ZIP with PDFs comes the same way, and nothing else passes for one", async () => {
    const { company } = await api.clone.superuser.db.transaction((db) =>
      makeCustomer(db, { contract: { contractNumber: "C-1" } }),
    );
    const zip = zipOf([{ name: "one.pdf", content: Buffer.from(PDF) }]);
    const keep = (upload: string) =>
      api.ask("POST", `/api/v1/documents?company=${company.slug}&upload=${upload}`, {
        key,
        headers: { "content-type": "application/zip" },
      });
    const type = "application/zip";
    const { json } = await offer(company.slug, zip.length, { type });
    await put(json, zip);
    expect((await keep(json.id)).json).toEqual({
      id: json.id,
      bytes: zip.length,
      sha256: sha256(zip),
    });
    expect((await keep(json.id)).status).toBe(201);
    const accepted = await api.ask(
      "POST",
      `/api/v1/imports/bills?company=${company.slug}&target=archive&documents=${json.id}`,
      {
        key,
        body: await readFile(await billsFile({ document: "one.pdf" })),
        headers: { "content-type": "text/csv" },
      },
    );
    await runUpload(api.ctx, accepted.json.id);
    const [bill] = await api.clone.superuser.db
      .select()
      .from(documents)
      .where(eq(documents.companyId, company.id));
    expect(Buffer.from(await storage.readDocument(bill?.storageKey ?? "")).toString()).toBe(PDF);

    const text = Buffer.from("no ZIP at all");
    const wrong = (await offer(company.slug, text.length, { type })).json;
    await put(wrong, text);
    expect((await keep(wrong.id)).json).toMatchObject({ code: "refused" });
    const csv = (await offer(company.slug, zip.length)).json;
    await put(csv, zip);
    expect((await keep(csv.id)).json.detail).toContain("announced as something else");
  });
});

describe("from the desk", () => {
  const by = (actor: StaffActor) => ({ db: api.clone.web.db, actor });
  const staff = (role: "operator" | "support") =>
    api.clone.superuser.db.transaction((db) => makeStaff(db, role));

  test("a file and its PDFs go to the storage; the import is the upload's, once", async () => {
    const { company } = await api.clone.superuser.db.transaction((db) =>
      makeCustomer(db, { contract: { contractNumber: "C-1" } }),
    );
    const operator = await staff("operator");
    const file = await readFile(await billsFile({ document: "one.pdf" }));
    const zip = zipOf([{ name: "one.pdf", content: Buffer.from(PDF) }]);
    const asked = { company: company.slug, kind: "bills", target: "archive" } as const;
    const offered = await offerDirectUpload(by(operator), {
      ...asked,
      file: { name: "bills.csv", bytes: file.length },
      documents: { name: "pdfs.zip", bytes: zip.length },
    });
    if (!offered.ok) {
      throw new Error(offered.code);
    }
    const { id, puts } = offered.value;
    const { uploadOrigin } = await import("@/lib/storage/upload-origin");
    expect(new URL(puts.file?.url ?? "").origin).toBe(uploadOrigin());
    const sent = { ...asked, upload: id, fileName: "bills.csv" };
    expect(await receiveDirectUpload(by(operator), sent)).toEqual({
      ok: false,
      code: "not_arrived",
    });
    await put(puts.file as Put, file);
    await put(puts.documents as Put, zip);
    // R28: not another person's, nor in another company's name.
    const other = await newCompany();
    for (const [actor, slug] of [
      [await staff("operator"), company.slug],
      [operator, other.slug],
    ] as const) {
      expect(await receiveDirectUpload(by(actor), { ...sent, company: slug })).toMatchObject({
        code: "not_arrived",
      });
    }
    for (let times = 0; times < 2; times += 1) {
      expect(await receiveDirectUpload(by(operator), sent)).toEqual({ ok: true, value: id });
    }
    await runUpload(api.ctx, id);
    expect(await stateOf(id)).toMatchObject({ state: "done", added: 1, fileName: "bills.csv" });
  });

  test("what is missing or too large is said before anything is sent; support sends nothing", async () => {
    const { slug: company } = await newCompany();
    const operator = by(await staff("operator"));
    const file = { name: "a.csv", bytes: 10 };
    const ask = (over: object) =>
      offerDirectUpload(operator, { company, kind: "contracts", file, ...over });
    expect(await ask({ company: "nobody" })).toMatchObject({ code: "no_company" });
    expect(await ask({ kind: "bills" })).toMatchObject({ code: "no_run" });
    expect(await ask({ file: { ...file, bytes: 251_658_241 } })).toMatchObject({
      code: "too_large",
    });
    const support = by(await staff("support"));
    await expect(offerDirectUpload(support, { company, kind: "contracts", file })).rejects.toThrow(
      ForbiddenError,
    );
    await expect(
      receiveDirectUpload(support, {
        ...{ company, kind: "contracts", fileName: "a.csv" },
        upload: "018f0000-0000-7000-8000-000000000000",
      }),
    ).rejects.toThrow(ForbiddenError);
  });
});

test("what was sent and never imported is removed after a day; what an import has stays", async () => {
  const { id: companyId } = await newCompany();
  const old = (serial: number) =>
    `uploads/${companyId}/somebody/018f0000-0000-7000-8000-00000000000${serial}/file.csv`;
  const { v7 } = await import("uuid");
  const young = `uploads/${companyId}/somebody/${v7()}/file.csv`;
  for (const one of [old(1), old(2), young]) {
    await storage.putDocument(one, Buffer.from("x"));
  }
  await inTransaction(api.ctx, ({ db }) =>
    db.insert(imports).values({
      ...{ companyId, kind: "contracts", fileName: "file.csv", importedBy: "test" },
      storageKey: old(2),
    }),
  );
  await forgetDirectUploads(api.ctx);
  expect(await storage.findDocument(old(1))).toBeNull();
  expect(await storage.findDocument(old(2))).not.toBeNull();
  expect(await storage.findDocument(young)).not.toBeNull();
});
