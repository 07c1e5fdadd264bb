import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RefusalError } from "@/lib/errors";
import { type InvoicePiece, invoicePieces } from "@/lib/imports/e-invoices/invoice-rows";
import { aheadAfter, piecesReadAtOnce } from "@/lib/imports/e-invoices/read-at-once";
import type { ReadOrder } from "@/lib/imports/e-invoices/read-process";
import { FaultList, faultSentence } from "@/lib/imports/errors";
import { programArguments } from "@/lib/imports/program";
import { eInvoice } from "../../factories/e-invoices";
import { zipOf } from "../pdf-intake/zip-bytes";

const folder = mkdtempSync(path.join(tmpdir(), "at-once-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Eight files of a few invoices; one has more than fit in a piece, one has a PDF, one a fault in one body. */
const FILES = Array.from({ length: 8 }, (_, file) => {
  const bodies = Array.from({ length: file === 3 ? 250 : 3 }, (_, at) => ({
    number: `F${file}-${at}`,
    pdf: file === 5 && at === 1 ? Buffer.from("%PDF-1.7 invented") : undefined,
    date: file === 6 && at === 2 ? "2026-02-31" : undefined,
  }));
  return { name: `f${file}.xml`, content: Buffer.from(eInvoice({ bodies })) };
});

function written(name: string, files = FILES): string {
  const target = path.join(folder, name);
  if (name.endsWith(".zip")) {
    writeFileSync(target, zipOf(files));
  } else {
    mkdirSync(target);
    for (const file of files) {
      writeFileSync(path.join(target, file.name), file.content);
    }
  }
  return target;
}

/** All that comes of reading, and how it ended. */
async function outcome(read: (faults: FaultList) => AsyncGenerator<InvoicePiece>) {
  const faults = new FaultList("given");
  const rows: unknown[] = [];
  let error: unknown = null;
  try {
    for await (const { name, invoices, cells } of read(faults)) {
      let from = 0;
      for (const { at, end, pdf } of invoices) {
        const own = Buffer.from(cells.subarray(from, end)).toString("hex");
        rows.push([name, at, own, pdf && [pdf.number, Buffer.from(pdf.content).toString()]]);
        from = end;
      }
      expect(from).toBe(cells.length);
    }
  } catch (thrown) {
    error = [(thrown as Error).name, (thrown as Error).message];
  }
  return { rows, faults: faults.all.map(faultSentence), error };
}

const alone = (source: { path: string; schema?: string }) =>
  outcome((faults) => invoicePieces(source, faults));
const atOnce = (source: { path: string; schema?: string }, processes = 2) =>
  outcome((faults) => piecesReadAtOnce(source, faults, processes));

/** The processes that read, children of this one. */
const readers = () =>
  execFileSync("ps", ["-o", "pid=,args=", "--ppid", String(process.pid)], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes("read-process"))
    .map((line) => Number.parseInt(line, 10));

describe("several processes read the same in the same order as one", () => {
  let plain: string;
  beforeAll(() => {
    plain = written("plain");
  });

  test("from a folder and from a ZIP file, faults of single invoices included", async () => {
    for (const source of [{ path: plain }, { path: written("packed.zip") }]) {
      const one = await alone(source);
      expect(one.rows).toHaveLength(7 * 3 + 250 - 1);
      expect(one.faults).toEqual([expect.stringMatching(/^f6.xml, line \d+, column Data/)]);
      expect(await atOnce(source)).toEqual(one);
    }
    expect(readers()).toEqual([]);
  });

  test("a file that is none ends it there, with the faults of the files before it", async () => {
    const files = FILES.with(7, { name: "f7.xml", content: Buffer.from("<broken") });
    const source = { path: written("broken", files) };
    const one = await alone(source);
    expect(one.error).toEqual(["ImportRefusedError", expect.stringContaining("f7.xml")]);
    expect(one.faults[0]).toContain("f6.xml");
    expect(one.faults.at(-1)).toContain("f7.xml");
    expect(await atOnce(source)).toEqual(one);
  });

  test("a file that comes while they begin shifts no share", async () => {
    const source = { path: written("growing") };
    const one = await alone(source);
    const several = atOnce(source);
    while (readers().length < 2) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    writeFileSync(path.join(source.path, "a-late-one.xml"), eInvoice());
    expect(await several).toEqual(one);
  });

  test("a folder without invoices, and a schema that is not there", async () => {
    const empty = path.join(folder, "empty");
    mkdirSync(empty);
    const none = await alone({ path: empty });
    expect(none.faults).toEqual([expect.stringContaining("no .xml file")]);
    expect(await atOnce({ path: empty })).toEqual(none);
    const source = { path: plain, schema: path.join(folder, "none.xsd") };
    const refused = await alone(source);
    expect(refused.error).toEqual([RefusalError.name, expect.any(String)]);
    expect(await atOnce(source)).toEqual(refused);
  });

  test("what ends a service or a terminal's program reaches them as well: they leave it to who asked", async () => {
    const one = await alone({ path: plain });
    const faults = new FaultList("given");
    const read = piecesReadAtOnce({ path: plain }, faults, 2);
    let invoices = 0;
    for await (const piece of read) {
      // Both have begun by then.
      for (const pid of piece.name === FILES[1]?.name ? readers() : []) {
        for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
          process.kill(pid, signal);
        }
      }
      invoices += piece.invoices.length;
    }
    expect(invoices).toBe(one.rows.length);
    expect(readers()).toEqual([]);
  });

  test("one whose parent is killed ends, and says nothing on its terminal", async () => {
    const bodies = Array.from({ length: 4_000 }, (_, at) => ({ number: `L-${at}` }));
    const content = Buffer.from(eInvoice({ bodies }));
    const long = written("long", [{ name: "long.xml", content }]);
    const order: ReadOrder = { source: { path: long }, share: { nth: 0, of: 1 } };
    const parent = `const child = require("node:child_process").spawn(process.execPath,
        ${JSON.stringify(programArguments("e-invoices/read-process"))},
        { serialization: "advanced", stdio: ["ignore", "ignore", "inherit", "ipc"] });
      for (const message of [${JSON.stringify(order)}, ...Array(40).fill("next")]) {
        child.send(message);
      }
      child.once("message", () => process.kill(process.pid, "SIGKILL"));`;
    const { stderr } = spawn(process.execPath, ["-e", parent], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    // It comes to its end when both are gone.
    const said: Buffer[] = await stderr.toArray();
    expect(Buffer.concat(said).toString()).toBe("");
  });

  test("a process that is lost is told, and who stops early leaves none behind", async () => {
    const faults = new FaultList("given");
    const lost = piecesReadAtOnce({ path: plain }, faults, 2);
    await lost.next();
    for (const pid of readers()) {
      process.kill(pid, "SIGKILL");
    }
    await expect(async () => {
      for await (const _ of lost) {
        // Whatever was read ahead still comes.
      }
    }).rejects.toThrow("a process that reads e-invoices was lost");
    for await (const _ of piecesReadAtOnce({ path: plain }, faults, 2)) {
      break;
    }
    expect(readers()).toEqual([]);
  });
});

test("little is read ahead of who takes it, where pieces are heavy", () => {
  const piece = (bytes: number, content?: Buffer) => ({
    ...{ name: "a.xml", isLast: true, cells: Buffer.alloc(bytes) },
    invoices: [{ at: 1, end: bytes, pdf: content ? { content, number: "1" } : null }],
  });
  let ahead = 2;
  for (let taken = 0; taken < 20; taken += 1) {
    ahead = aheadAfter(ahead, piece(60_000));
  }
  expect(ahead).toBe(8);
  expect(aheadAfter(ahead, piece(600, Buffer.from("%PDF")))).toBe(2);
  expect(aheadAfter(ahead, piece(2_000_000))).toBe(2);
  expect(aheadAfter(ahead, undefined)).toBe(8);
});
