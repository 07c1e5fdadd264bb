import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { receiveBody, withBody } from "@/lib/api/v1/received-body";
import { newFolder } from "../../factories/import-files";
import { sha256 } from "./api-server";

const request = (body: BodyInit, headers: Record<string, string> = {}, signal?: AbortSignal) =>
  new Request("http://localhost/", {
    ...{ method: "POST", body, headers, signal },
    ...{ duplex: "half" },
  });

/** So many chunks of 64 KB, made as they are asked for. */
function chunks(count: number, onPull: (at: number) => void = () => {}) {
  let at = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        onPull(at);
        at += 1;
        if (at > count) {
          controller.close();
        } else {
          controller.enqueue(new Uint8Array(65_536).fill(at % 256));
        }
      },
    },
    { highWaterMark: 0 },
  );
}

const target = async () => path.join(await newFolder(), "body");

test("a body is written as it comes, counted and digested, for its owner alone", async () => {
  const bytes = randomBytes(300_000);
  const file = await target();
  expect(await receiveBody(request(bytes), file, 300_000)).toEqual({
    bytes: 300_000,
    sha256: sha256(bytes),
  });
  expect(Buffer.compare(await readFile(file), bytes)).toBe(0);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test("memory stays flat: what was sent is not held", async () => {
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  await receiveBody(
    request(
      chunks(3_200, () => {
        most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      }),
    ),
    await target(),
    2 ** 31,
  );
  // 200 MB came through.
  expect(most).toBeLessThan(60 * 1024 ** 2);
});

test("one byte more than the limit is too large, also when nothing was said of it", async () => {
  await expect(
    receiveBody(request(new Uint8Array(101)), await target(), 100),
  ).rejects.toMatchObject({ code: "too_large" });
  expect((await receiveBody(request(new Uint8Array(100)), await target(), 100)).bytes).toBe(100);
  let pulled = 0;
  const endless = request(
    chunks(100_000, (at) => {
      pulled = at;
    }),
  );
  await expect(receiveBody(endless, await target(), 200_000)).rejects.toMatchObject({
    code: "too_large",
  });
  expect(pulled).toBeLessThan(100);
});

test("a body of another length than it said is refused", async () => {
  await expect(
    receiveBody(request(chunks(1), { "content-length": "70000" }), await target(), 100_000),
  ).rejects.toMatchObject({ code: "invalid_request" });
});

test("a body that breaks off is refused, and its file is gone", async () => {
  const leaving = new AbortController();
  const broken = request(
    chunks(100, (at) => {
      if (at === 3) {
        leaving.abort();
        throw new Error("gone");
      }
    }),
    {},
    leaving.signal,
  );
  let folder = "";
  await expect(
    withBody(broken, 2 ** 31, async (receive) => {
      const { file } = await receive();
      folder = path.dirname(file);
    }),
  ).rejects.toMatchObject({ code: "invalid_request" });
  await withBody(request("a"), 10, async (receive) => {
    const { file } = await receive();
    folder = path.dirname(file);
    expect(existsSync(file)).toBe(true);
  });
  expect(existsSync(folder)).toBe(false);
});
