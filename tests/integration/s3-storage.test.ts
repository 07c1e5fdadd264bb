import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { bucketError, openBucket } from "@/lib/storage/bucket-driver";
import { type BucketPlace, parseStorageUrl } from "@/lib/storage/storage-url";
import { BUCKET, KEYS, type S3Server, startS3Server } from "../setup/s3-server";

const folder = mkdtempSync(path.join(tmpdir(), "storage-"));
let server: S3Server;
beforeAll(async () => {
  server = await startS3Server();
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

/** The module as a process of its own has it: STORAGE_URL is read once. */
async function storageAt(url: string, keys: Record<string, string> = KEYS) {
  vi.stubEnv("STORAGE_URL", url);
  // Nothing of the machine's own settings may reach the bucket's place.
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"]) {
    vi.stubEnv(name, keys[name]);
  }
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  for (const [name, value] of Object.entries(keys)) {
    vi.stubEnv(name, value);
  }
  vi.resetModules();
  return {
    ...(await import("@/lib/storage/document-storage")),
    ...(await import("@/lib/storage/audit-anchor")),
    ...(await import("@/lib/storage/deletion-ledger")),
  };
}
type Storage = Awaited<ReturnType<typeof storageAt>>;

async function gather<T>(from: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of from) {
    all.push(one);
  }
  return all;
}
const text = (bytes: Uint8Array | null) => bytes && Buffer.from(bytes).toString();
const all = async (storage: Storage, prefix: string) =>
  (await gather(storage.listDocuments(prefix))).sort();
async function failureOf(work: Promise<unknown>): Promise<Error> {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(Error);
  return error as Error;
}

const PLACES: [string, () => string][] = [
  ["a folder", () => `file:${path.join(folder, randomUUID())}`],
  ["a bucket", () => server.storageUrl(`${randomUUID()}/inner`)],
];

describe.each(PLACES)("documents in %s", (_, urlOf) => {
  let storage: Storage;
  let top: string;
  beforeEach(async () => {
    top = `t${randomUUID()}`;
    storage = await storageAt(urlOf());
  });

  test("are put, replaced, read, found, removed", async () => {
    const key = `${top}/2026/a.pdf`;
    await storage.putDocument(key, Buffer.from("Grüße, perché no? 🔌\r\n\0"));
    expect(text(await storage.readDocument(key))).toBe("Grüße, perché no? 🔌\r\n\0");
    await storage.putDocument(key, Buffer.from("short"));
    expect(text(await storage.readDocument(key))).toBe("short");
    expect(text(await storage.findDocument(key))).toBe("short");
    expect(await all(storage, top)).toEqual([key]);
    await storage.removeDocuments([key, `${top}/never.pdf`, `${top}/no/such/folder.pdf`]);
    expect(await storage.findDocument(key)).toBeNull();
    expect(await all(storage, top)).toEqual([]);
  });

  test("an empty one is empty", async () => {
    await storage.putDocument(`${top}/empty`, Buffer.alloc(0));
    expect(await storage.readDocument(`${top}/empty`)).toHaveLength(0);
    expect(await storage.findDocument(`${top}/empty`)).toHaveLength(0);
  });

  test("a missing one is told by its key, and found as null", async () => {
    const error = await failureOf(storage.readDocument(`${top}/2026/none.pdf`));
    expect(error.name).toBe("MissingDocumentError");
    expect(error.message).toBe(`There is no document ${top}/2026/none.pdf in the storage.`);
    expect(await storage.findDocument(`${top}/none`)).toBeNull();
    expect(await all(storage, `${top}/none`)).toEqual([]);
  });

  test("one of 20 MB comes back as it went", async () => {
    const content = randomBytes(20 * 1024 * 1024);
    await storage.putDocument(`${top}/large.pdf`, content);
    const back = Buffer.from(await storage.readDocument(`${top}/large.pdf`));
    expect(back.equals(content)).toBe(true);
  });

  test("1,200 are listed, page by page, and nothing that only begins alike", async () => {
    const keys = Array.from({ length: 1_200 }, (_, at) => `${top}/list/${at % 7}/${at}.json`);
    const left = keys.values();
    await Promise.all(
      Array.from({ length: 32 }, async () => {
        for (const key of left) {
          await storage.putDocument(key, Buffer.from(key));
        }
      }),
    );
    await storage.putDocument(`${top}/list-2/other.json`, Buffer.from("other"));
    expect(await all(storage, `${top}/list`)).toEqual([...keys].sort());
    await storage.removeDocuments(keys);
    expect(await all(storage, `${top}/list`)).toEqual([]);
    expect(await all(storage, `${top}/list-2`)).toHaveLength(1);
  }, 60_000);

  test("50 puts at once all arrive", async () => {
    const keys = Array.from({ length: 50 }, (_, at) => `${top}/${at}.pdf`);
    await Promise.all(keys.map((key) => storage.putDocument(key, Buffer.from(key.repeat(2_000)))));
    const back = await Promise.all(keys.map(storage.readDocument));
    expect(back.map(text)).toEqual(keys.map((key) => key.repeat(2_000)));
  });

  test("whoever reads while it is replaced sees one whole or the other", async () => {
    const [long, short] = ["a".repeat(400_000), "b".repeat(1_000)];
    await storage.putDocument(`${top}/anchor`, Buffer.from(long));
    let writing = true;
    const writer = (async () => {
      for (let round = 0; round < 40; round += 1) {
        await storage.putDocument(`${top}/anchor`, Buffer.from(round % 2 ? long : short));
      }
      writing = false;
    })();
    const seen = new Set<string>();
    // s3rver itself writes in place; a real bucket does not, and a folder must not.
    while (writing && urlOf().startsWith("file:")) {
      seen.add(text(await storage.readDocument(`${top}/anchor`)) ?? "");
    }
    await writer;
    expect(seen.size).toBeGreaterThanOrEqual(urlOf().startsWith("file:") ? 2 : 0);
    expect([...seen].filter((content) => content !== long && content !== short)).toEqual([]);
  });

  test("R30 the audit log's anchor is written, replaced, and none where it is damaged", async () => {
    await storage.removeDocuments(["audit/anchor.json"]);
    expect(await storage.readAuditAnchor()).toBeNull();
    const anchor = { number: 1, hash: "ab", sealedAt: "2026-11-01T00:00:00Z" };
    await storage.writeAuditAnchor(anchor);
    await storage.writeAuditAnchor({ ...anchor, number: 2 });
    expect(await storage.readAuditAnchor()).toEqual({ ...anchor, number: 2 });
    await storage.putDocument("audit/anchor.json", Buffer.from("{"));
    expect(await storage.readAuditAnchor()).toBeNull();
  });

  test("R7 the ledger of deletions takes entries twice and gives them back", async () => {
    const entries = Array.from({ length: 3 }, (_, at) => ({
      accountId: randomUUID(),
      deletedAt: new Date(Date.UTC(2026, 10, at + 1)),
    }));
    for (const entry of [...entries, ...entries]) {
      await storage.writeToLedger(entry);
    }
    const ids = await gather(storage.ledgerAccounts());
    expect(ids.sort()).toEqual(entries.map(({ accountId }) => accountId).sort());
    for (const { accountId, deletedAt } of entries) {
      expect(await storage.deletedAtOf(accountId)).toEqual(deletedAt);
    }
    await expect(storage.deletedAtOf(randomUUID())).rejects.toThrow(/There is no document/);
  });
});

test("what a killed writer left in a folder is neither listed nor found", async () => {
  const place = path.join(folder, randomUUID());
  const storage = await storageAt(`file:${place}`);
  await storage.putDocument("deletions/a.json", Buffer.from("{}"));
  expect(await readdir(path.join(place, "deletions"))).toEqual(["a.json"]);
  await writeFile(path.join(place, "deletions", `.a.json.${randomUUID()}.unfinished`), "{");
  expect(await all(storage, "deletions")).toEqual(["deletions/a.json"]);
});

describe("a bucket that does not do as it should is told in one line without secrets", () => {
  const SECRET = "xyzzy-secret-key-that-nobody-may-see";
  const expectTold = (error: Error, pattern: RegExp) => {
    expect(error.name).toBe("StorageError");
    expect(error.message).toMatch(pattern);
    const everything = JSON.stringify(error, Object.getOwnPropertyNames(error));
    expect(everything).not.toMatch(/xyzzy|S3RVER|Signature=/);
    expect(error.message).not.toContain("\n");
    expect(error.cause).toBeUndefined();
  };

  /** An S3 service of the given manners. */
  async function serving(listener: RequestListener) {
    const other = createServer(listener).listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    return {
      url: `s3://${BUCKET}?region=us-east-1&endpoint=http://127.0.0.1:${port}&pathStyle=true`,
      [Symbol.asyncDispose]: async () => {
        other.closeAllConnections();
        other.close();
      },
    };
  }

  test("no such bucket is not a missing document", async () => {
    const storage = await storageAt(server.storageUrl("").replace(BUCKET, "another-bucket"));
    const none = /^The bucket another-bucket does not exist; compare STORAGE_URL\.$/;
    expectTold(await failureOf(storage.findDocument("audit/anchor.json")), none);
    expectTold(await failureOf(storage.putDocument("a", Buffer.from("a"))), none);
    expectTold(await failureOf(all(storage, "deletions")), none);
  });

  test("a wrong secret key, as Amazon tells of it", async () => {
    await using strict = await serving((request, response) => {
      request.resume();
      response
        .writeHead(403, { "content-type": "application/xml" })
        .end(
          `<Error><Code>SignatureDoesNotMatch</Code><Message>The request signature we calculated does not match</Message><AWSAccessKeyId>S3RVER</AWSAccessKeyId><StringToSign>AWS4-HMAC-SHA256 xyzzy</StringToSign></Error>`,
        );
    });
    const storage = await storageAt(strict.url);
    const refused = /refuses these credentials \(SignatureDoesNotMatch, at a\/b\.pdf\)/;
    expectTold(await failureOf(storage.putDocument("a/b.pdf", Buffer.from("a"))), refused);
    expectTold(await failureOf(storage.findDocument("a/b.pdf")), refused);
  });

  test("an unknown access key", async () => {
    const storage = await storageAt(server.storageUrl(""), { ...KEYS, AWS_ACCESS_KEY_ID: "xyzzy" });
    expectTold(
      await failureOf(storage.readDocument("a")),
      /refuses these credentials \(InvalidAccessKeyId, at a\)/,
    );
  });

  test("no credentials at all, no region", async () => {
    const empty = { HOME: folder, AWS_PROFILE: "" };
    const keyless = await storageAt(server.storageUrl(""), empty);
    expectTold(
      await failureOf(keyless.readDocument("a")),
      /without credentials; set AWS_ACCESS_KEY_ID/,
    );
    const homeless = await storageAt(`s3:${BUCKET}`, { ...KEYS, ...empty });
    expectTold(await failureOf(homeless.readDocument("a")), /\?region=/);
  });

  test("a service that is gone", async () => {
    const gone = await startS3Server();
    const storage = await storageAt(gone.storageUrl(""));
    await storage.putDocument("a", Buffer.from("a"));
    await gone.stop();
    const told = /does not answer as it should \(ECONNREFUSED, at a, after 3 attempts\)/;
    expectTold(await failureOf(storage.readDocument("a")), told);
    expectTold(await failureOf(storage.putDocument("a", Buffer.from("b"))), told);
    expectTold(await failureOf(storage.removeDocuments(["a"])), told);
    expectTold(await failureOf(all(storage, "a")), told);
  });

  test("a service that fails twice is asked a third time, whole", async () => {
    const bodies: string[] = [];
    await using busy = await serving(async (request, response) => {
      bodies.push(Buffer.concat(await gather(request)).toString());
      response.writeHead(bodies.length < 3 ? 503 : 200).end();
    });
    const storage = await storageAt(busy.url);
    await storage.putDocument("a", Buffer.from("content"));
    expect(bodies).toEqual(["content", "content", "content"]);
  });

  test("a service that breaks off in the middle", async () => {
    await using broken = await serving((_request, response) => {
      response.writeHead(200, { "content-length": 1_000 });
      response.write("half", () => response.destroy());
    });
    const storage = await storageAt(broken.url);
    expectTold(await failureOf(storage.readDocument("a")), /does not answer as it should/);
  });

  test.each([
    ["never answers", (): void => {}],
    [
      "drips its answer",
      (response: ServerResponse): void => {
        const drip = setInterval(() => response.socket?.write("a"), 50);
        response.socket?.once("close", () => clearInterval(drip)).write("HTTP/1.1 200 OK\r\nX-A: ");
      },
    ],
    [
      "falls silent in the middle",
      (response: ServerResponse): void => {
        response.writeHead(200, { "content-length": 1_000 }).write("half");
      },
    ],
  ])("a service that %s is not waited for", async (_, answer) => {
    await using silent = await serving((request, response) => {
      request.resume();
      answer(response);
    });
    vi.stubEnv("AWS_ACCESS_KEY_ID", "a");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "b");
    const place = parseStorageUrl(silent.url);
    const bucket = await openBucket(place as BucketPlace, {
      connect: 200,
      answer: 400,
      silence: 300,
    });
    const error = bucketError(await failureOf(bucket.getBytes("a")), place as BucketPlace, "a");
    expectTold(error, /does not answer as it should \((ETIMEDOUT|TimeoutError|ECONNRESET|ABORT)/);
    if (answer.length === 0) {
      const put = await failureOf(bucket.put("a", "b"));
      expectTold(bucketError(put, place as BucketPlace, "a"), /\((ETIMEDOUT|TimeoutError), at a/);
    }
  });

  test("a service whose answer repeats secrets", async () => {
    await using chatty = await serving((_request, response) => {
      response
        .writeHead(403, { "content-type": "application/xml" })
        .end(
          `<Error><Code>Denied ${SECRET}</Code><Message>${SECRET}</Message><AWSAccessKeyId>xyzzy</AWSAccessKeyId></Error>`,
        );
    });
    const storage = await storageAt(chatty.url);
    expectTold(await failureOf(storage.readDocument("a")), /refuses these credentials/);
  });

  test("every put asks for no public right", async () => {
    const asked: unknown[] = [];
    await using listening = await serving((request, response) => {
      asked.push(request.headers["x-amz-acl"] ?? "none");
      request.resume().on("end", () => response.end());
    });
    const storage = await storageAt(listening.url);
    await storage.putDocument("a", Buffer.from("a"));
    expect(asked).toEqual(["none"]);
  });

  test("the address comes from AWS_ENDPOINT_URL_S3 too, and a prefix stands before every key", async () => {
    const storage = await storageAt(`s3:${BUCKET}?pathStyle=true`, {
      ...KEYS,
      AWS_ENDPOINT_URL_S3: server.endpoint,
    });
    await storage.putDocument("from-variables", Buffer.from("a"));
    expect(text(await storage.readDocument("from-variables"))).toBe("a");
    const prefixed = await storageAt(server.storageUrl("some/prefix/"));
    expect(await prefixed.findDocument("from-variables")).toBeNull();
    await prefixed.putDocument("x/1", Buffer.from("1"));
    expect(await all(prefixed, "x")).toEqual(["x/1"]);
    const whole = await storageAt(server.storageUrl(""));
    expect(await all(whole, "some")).toEqual(["some/prefix/x/1"]);
  });
});
