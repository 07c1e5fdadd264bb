import {
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FILE_MAX } from "@/lib/imports/e-invoices/invoice-file";
import { invoiceFiles } from "@/lib/imports/e-invoices/invoice-files";
import { FaultList } from "@/lib/imports/errors";

/** Bytes that are read at once. */
const CHUNK = 256 * 1024;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "invoices-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const put = (name: string, content: Buffer | string) =>
  writeFileSync(path.join(folder, name), content);

/** Files of this process that are open in the folder. */
const openFiles = (): string[] =>
  readdirSync("/proc/self/fd")
    .map(targetOf)
    .filter((target) => target.startsWith(folder));

function targetOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    // It was the listing's own.
    return "";
  }
}

describe("the files of a folder", () => {
  test("come whole and in order, whatever their size", async () => {
    const sizes = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 7, 3];
    for (const [at, size] of sizes.entries()) {
      put(`${at}.xml`, Buffer.alloc(size, at + 1));
    }
    const read: [string, number, boolean][] = [];
    for await (const { name, content } of invoiceFiles(folder, new FaultList(""))) {
      const bytes: Buffer[] = [];
      for await (const chunk of content) {
        bytes.push(Buffer.from(chunk));
      }
      const whole = Buffer.concat(bytes);
      read.push([name, whole.length, whole.every((byte) => byte === read.length + 1)]);
    }
    expect(read).toEqual(sizes.map((size, at) => [`${at}.xml`, size, true]));
    expect(openFiles()).toEqual([]);
  });

  test("a link is told of when its turn comes, and no file stays open", async () => {
    put("1.xml", "one");
    put("3.xml", "three");
    symlinkSync("/etc/hostname", path.join(folder, "2.xml"));
    const files = invoiceFiles(folder, new FaultList("folder"));
    expect((await files.next()).value?.name).toBe("1.xml");
    await expect(files.next()).rejects.toThrow(/2\.xml.* is a link/);
    expect(openFiles()).toEqual([]);
  });

  test("one that goes meanwhile, or is too large, is told of by its own name", async () => {
    put("1.xml", "one");
    put("2.xml", "two");
    const faults = new FaultList("folder");
    const gone = invoiceFiles(folder, faults);
    await gone.next();
    rmSync(path.join(folder, "2.xml"));
    await expect(gone.next()).rejects.toThrow("2.xml: there is no such file");
    put("1.xml", Buffer.alloc(FILE_MAX + 1));
    for await (const { content } of invoiceFiles(folder, new FaultList("folder"))) {
      const read = async () => {
        for await (const _ of content) {
          // Nothing is made of it.
        }
      };
      await expect(read()).rejects.toThrow("1.xml: has more than 50 MB");
    }
    expect(openFiles()).toEqual([]);
  });

  test("who stops early leaves none open, not the one that was begun either", async () => {
    for (const name of ["1.xml", "2.xml", "3.xml"]) {
      put(name, name);
    }
    for await (const { name } of invoiceFiles(folder, new FaultList(""))) {
      expect(name).toBe("1.xml");
      break;
    }
    expect(openFiles()).toEqual([]);
  });
});
