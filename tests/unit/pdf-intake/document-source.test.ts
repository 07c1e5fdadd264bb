import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createWriteStream, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { appendFile, mkdir, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import yazl from "yazl";
import { RefusalError } from "@/lib/errors";
import { type DocumentSource, openDocuments } from "@/lib/imports/documents/document-source";
import { CellError } from "@/lib/imports/errors";
import { type ZipFileBytes, zipOf } from "./zip-bytes";

const root = mkdtempSync(path.join(tmpdir(), "documents-"));
afterAll(() => rmSync(root, { recursive: true }));

const PDF = Buffer.from(`%PDF-1.7\n${"a bill ".repeat(300)}`);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(root, "d-"));
});

async function zipAt(files: ZipFileBytes[], change = (bytes: Buffer) => bytes): Promise<string> {
  const file = path.join(folder, "documents.zip");
  await writeFile(file, change(zipOf(files)));
  return file;
}
async function using<T>(place: string, work: (source: DocumentSource) => Promise<T>): Promise<T> {
  const source = await openDocuments(place);
  try {
    return await work(source);
  } finally {
    await source.close();
  }
}
async function cellFault(work: Promise<unknown>): Promise<string> {
  const error = await work.catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(CellError);
  const { message } = error as CellError;
  expect(message).not.toContain("\n");
  return message;
}
const openFiles = () => readdirSync("/proc/self/fd").length;

describe("a folder and a ZIP file", () => {
  const put = {
    folder: async (content: Buffer) => {
      await writeFile(path.join(folder, "a.pdf"), content);
      return folder;
    },
    "ZIP file": async (content: Buffer) => await zipAt([{ name: "a.pdf", content }]),
    "ZIP file without packing": async (content: Buffer) =>
      await zipAt([{ name: "a.pdf", content, stored: true }]),
  };

  describe.each(Object.entries(put))("a %s", (_, place) => {
    test("gives a PDF by its name, and leaves no file open", async () => {
      const before = openFiles();
      await using(await place(PDF), async (source) => {
        expect(await source.inspect("a.pdf")).toBe(PDF.length);
        expect((await source.read("a.pdf", PDF.length)).equals(PDF)).toBe(true);
      });
      expect(openFiles()).toBe(before);
    });

    test.each(["", ".", "..", "../a.pdf", "x/a.pdf", "/etc/passwd", "x\\a.pdf", "a.pdf\0"])(
      "takes no path: %j",
      async (name) => {
        await using(await place(PDF), async (source) => {
          expect(await cellFault(source.inspect(name))).toMatch(/must be the plain name of a file/);
        });
      },
    );

    test("names what is not there", async () => {
      await using(await place(PDF), async (source) => {
        expect(await cellFault(source.inspect("b.pdf"))).toMatch(
          /^"b\.pdf" is not in the (documents folder|ZIP file)/,
        );
      });
    });

    test("takes no other file for a PDF", async () => {
      await using(await place(Buffer.from("GIF89a")), async (source) => {
        expect(await cellFault(source.inspect("a.pdf"))).toMatch(/is not a PDF/);
      });
      await using(await place(Buffer.alloc(0)), async (source) => {
        expect(await cellFault(source.inspect("a.pdf"))).toMatch(/is not a PDF/);
      });
      await using(await place(zipOf([{ name: "a.pdf", content: PDF }])), async (source) => {
        expect(await cellFault(source.inspect("a.pdf"))).toMatch(/is a ZIP file, not a PDF/);
      });
    });

    test("takes 20 MB and no more", async () => {
      const noise = Buffer.concat([PDF, randomBytes(20 * 1024 * 1024 + 1 - PDF.length)]);
      await using(await place(noise.subarray(0, -1)), async (source) => {
        expect(await source.inspect("a.pdf")).toBe(noise.length - 1);
      });
      await using(await place(noise), async (source) => {
        expect(await cellFault(source.inspect("a.pdf"))).toBe(
          '"a.pdf" has 21 MB, and 20 MB are the most',
        );
      });
    });
  });
});

describe("a folder", () => {
  test("has no links, folders, pipes, devices", async () => {
    await writeFile(path.join(folder, "a.pdf"), PDF);
    await symlink(path.join(folder, "a.pdf"), path.join(folder, "link.pdf"));
    await symlink("/dev/zero", path.join(folder, "zero.pdf"));
    await mkdir(path.join(folder, "folder.pdf"));
    execFileSync("/usr/bin/mkfifo", [path.join(folder, "pipe.pdf")]);
    await using(folder, async (source) => {
      expect(await cellFault(source.inspect("link.pdf"))).toMatch(/is a link/);
      expect(await cellFault(source.inspect("zero.pdf"))).toMatch(/is a link/);
      expect(await cellFault(source.inspect("folder.pdf"))).toMatch(/is a folder/);
      expect(await cellFault(source.inspect("pipe.pdf"))).toMatch(/is not a plain file/);
      expect(await cellFault(source.inspect(`${"a".repeat(300)}.pdf`))).toMatch(/is longer/);
    });
    await using("/dev", async (source) => {
      expect(await cellFault(source.inspect("zero"))).toMatch(/is not a plain file/);
    });
  });

  test("a file that changes after it was inspected is refused", async () => {
    const file = path.join(folder, "a.pdf");
    const changes: (() => Promise<void>)[] = [
      () => appendFile(file, "x"),
      () => truncate(file, 7),
      () => writeFile(file, Buffer.from(PDF).fill("y", 20)),
      async () => rmSync(file),
      async () => {
        rmSync(file);
        await symlink("/etc/passwd", file);
      },
    ];
    for (const change of changes) {
      rmSync(file, { force: true });
      await writeFile(file, PDF);
      await using(folder, async (source) => {
        const bytes = await source.inspect("a.pdf");
        await new Promise((resolve) => setTimeout(resolve, 20));
        await change();
        await expect(source.read("a.pdf", bytes)).rejects.toThrow(RefusalError);
        await expect(source.read("a.pdf", bytes)).rejects.toThrow(/was changed while/);
      });
    }
  });

  test("is there, or is refused with the option's name", async () => {
    await expect(openDocuments(path.join(folder, "none"))).rejects.toThrow(
      /^There is no folder or ZIP file .*none \(there is no such file\); --documents names/,
    );
    await expect(openDocuments("/dev/null")).rejects.toThrow(RefusalError);
  });
});

describe("a ZIP file", () => {
  const noisy = (count: number) =>
    Buffer.concat([Buffer.from("%PDF-"), Buffer.alloc(count, "0123456789abcdef".repeat(50))]);

  test.each<[string, ZipFileBytes[], RegExp]>([
    [
      "twice",
      [
        { name: "a.pdf", content: PDF },
        { name: "a.pdf", content: PDF },
      ],
      /twice/,
    ],
    [
      "a link",
      [{ name: "a.pdf", content: Buffer.from("/etc/passwd"), mode: 0o120777 }],
      /is a link/,
    ],
    ["a pipe", [{ name: "a.pdf", content: PDF, mode: 0o010644 }], /not a plain file/],
    ["encrypted", [{ name: "a.pdf", content: PDF, flags: 1 }], /is encrypted/],
    [
      "packed otherwise",
      [{ name: "a.pdf", content: PDF, method: 12 }],
      /method other than Deflate/,
    ],
    [
      "a bomb",
      [{ name: "a.pdf", content: Buffer.concat([Buffer.from("%PDF-"), Buffer.alloc(2_000_000)]) }],
      /more than 200 times/,
    ],
    [
      "a bomb that denies it",
      [
        {
          name: "a.pdf",
          content: Buffer.concat([Buffer.from("%PDF-"), Buffer.alloc(15_000_000)]),
          says: { bytes: 1_000 },
        },
      ],
      /is damaged/,
    ],
    [
      "one that says it is large",
      [{ name: "a.pdf", content: PDF, says: { bytes: 30_000_000 } }],
      /has 29 MB/,
    ],
    [
      "of another size",
      [{ name: "a.pdf", content: PDF, says: { bytes: PDF.length + 1 } }],
      /is damaged/,
    ],
    [
      "of another check sum",
      [{ name: "a.pdf", content: PDF, says: { crc32: 1 } }],
      /check sum differ/,
    ],
    [
      "not where it should be",
      [{ name: "a.pdf", content: PDF, says: { offset: 3 } }],
      /is damaged/,
    ],
    [
      "behind the end",
      [{ name: "a.pdf", content: PDF, says: { offset: 9_999_999 } }],
      /is damaged/,
    ],
    [
      "around another",
      [
        {
          name: "a.pdf",
          content: Buffer.concat([PDF, zipOf([{ name: "b.pdf", content: PDF }])]),
          stored: true,
        },
        { name: "b.pdf", says: { offset: 35 + PDF.length } },
      ],
      /runs into another file/,
    ],
    [
      "in the place of another",
      [
        { name: "a.pdf", content: PDF },
        { name: "b.pdf", content: PDF, says: { offset: 0 } },
      ],
      /runs into another file/,
    ],
    ["in a folder", [{ name: "x/a.pdf", content: PDF }], /is in a folder inside the ZIP file/],
    ["behind ..", [{ name: "../a.pdf", content: PDF }], /is in a folder inside the ZIP file/],
    ["absolute", [{ name: "/a.pdf", content: PDF }], /is in a folder inside the ZIP file/],
    ["behind \\", [{ name: "x\\a.pdf", content: PDF }], /is not in the ZIP file/],
  ])("refuses a PDF that is %s, and only that", async (_, files, reason) => {
    const place = await zipAt([...files, { name: "right.pdf", content: PDF }]);
    const before = openFiles();
    await using(place, async (source) => {
      expect(await cellFault(source.inspect("a.pdf"))).toMatch(reason);
      expect(await source.inspect("right.pdf")).toBe(PDF.length);
    });
    expect(openFiles()).toBe(before);
  });

  test.each<[string, (bytes: Buffer) => Buffer]>([
    ["no ZIP", () => PDF],
    ["empty", () => Buffer.alloc(0)],
    ["cut at its end", (bytes) => bytes.subarray(0, -10)],
    ["cut in the middle", (bytes) => bytes.subarray(0, bytes.length >> 1)],
    ["cut at its beginning", (bytes) => bytes.subarray(200)],
    [
      "without a directory",
      (bytes) => Buffer.from(bytes).fill(0, bytes.length - 73, bytes.length - 22),
    ],
  ])("that is %s is refused as a whole", async (_, change) => {
    const place = await zipAt([{ name: "a.pdf", content: noisy(3_000) }], change);
    const before = openFiles();
    const error = await openDocuments(place).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RefusalError);
    expect((error as Error).message).toMatch(
      /is no ZIP file, or a damaged one \(.*\); make it again\.$/,
    );
    expect(openFiles()).toBe(before);
  });

  test("with more than 1,000,000 entries is refused before they are read", async () => {
    const end64 = Buffer.alloc(56);
    end64.write("PK\x06\x06", "latin1");
    end64.writeBigUInt64LE(44n, 4);
    end64.writeBigUInt64LE(1_000_001n, 24);
    end64.writeBigUInt64LE(1_000_001n, 32);
    const locator = Buffer.alloc(20);
    locator.write("PK\x06\x07", "latin1");
    const place = path.join(folder, "many.zip");
    await writeFile(place, Buffer.concat([end64, locator, zipOf([])]));
    await expect(openDocuments(place)).rejects.toThrow(/more than 1,000,000 entries; split it/);
  });

  test("as a library writes it, with 5,000 PDFs that are read at random, many at once", async () => {
    const zip = new yazl.ZipFile();
    const content = (at: number) => Buffer.from(`%PDF-1.7 bill ${at} ${"x".repeat(at % 900)}`);
    for (let at = 0; at < 5_000; at += 1) {
      zip.addBuffer(content(at), `bill ${at} è.pdf`, { compress: at % 3 > 0 });
    }
    zip.end();
    const place = path.join(folder, "library.zip");
    await pipeline(zip.outputStream, createWriteStream(place));
    await using(place, async (source) => {
      const order = Array.from({ length: 5_000 }, (_, at) => (at * 2_053) % 5_000);
      const same = await Promise.all(
        order.map(async (at) => {
          const name = `bill ${at} è.pdf`;
          const bytes = await source.inspect(name);
          return (await source.read(name, bytes)).equals(content(at));
        }),
      );
      expect(same.filter(Boolean)).toHaveLength(5_000);
    });
  });

  test("that is changed in place while it is imported is refused", async () => {
    const place = await zipAt([{ name: "a.pdf", content: PDF }]);
    await using(place, async (source) => {
      const bytes = await source.inspect("a.pdf");
      await expect(source.read("a.pdf", bytes + 1)).rejects.toThrow(/was changed/);
      await new Promise((resolve) => setTimeout(resolve, 20));
      await utimes(place, 1, 1);
      await expect(source.read("a.pdf", bytes)).rejects.toThrow(RefusalError);
    });
  });
});
