import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { checkAgainstSchema } from "@/lib/imports/e-invoices/check-schema";
import { invoiceFiles } from "@/lib/imports/e-invoices/invoice-files";
import { readEInvoices } from "@/lib/imports/e-invoices/read-e-invoices";
import { FaultList, faultSentence } from "@/lib/imports/errors";
import { eInvoice } from "../../factories/e-invoices";
import { type ZipFileBytes, zipOf } from "../pdf-intake/zip-bytes";

const folder = mkdtempSync(path.join(tmpdir(), "packed-"));
afterAll(() => rmSync(folder, { recursive: true }));

const PDF = Buffer.from("%PDF-1.7 invented");

async function* piece(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

/** What comes of an invoice whose attachment is packed so. */
async function attached(content: Buffer, algorithm = "ZIP", name = "bolletta.pdf") {
  const text = eInvoice({ bodies: [{ pdf: content }] }).replace(
    "<NomeAttachment>bolletta.pdf</NomeAttachment>",
    `<NomeAttachment>${name}</NomeAttachment><AlgoritmoCompressione>${algorithm}</AlgoritmoCompressione>`,
  );
  const faults = new FaultList("x.xml");
  const found = [];
  for await (const { attachment } of readEInvoices(piece(text), faults)) {
    found.push(attachment?.content.toString() ?? null);
  }
  return { found, faults: faults.all.map(faultSentence) };
}

describe("a packed attachment", () => {
  test("is unpacked, whatever its name says", async () => {
    const zip = zipOf([{ name: "b.pdf", content: PDF }, { name: "note.txt" }]);
    for (const name of ["bolletta.pdf", "bolletta.zip"]) {
      expect(await attached(zip, "zip", name)).toEqual({ found: [PDF.toString()], faults: [] });
    }
  });

  test("that is no PDF stays where it is", async () => {
    const zip = zipOf([{ name: "a.csv" }]);
    expect(await attached(zip, "ZIP", "dati.zip")).toEqual({ found: [null], faults: [] });
    expect((await attached(zip)).faults[0]).toMatch(/is a ZIP file without a PDF/);
  });

  test.each<[string, ZipFileBytes[], RegExp]>([
    ["two PDFs", [{ name: "a.pdf" }, { name: "b.pdf" }], /with several PDFs/],
    ["a folder", [{ name: "x/a.pdf", content: PDF }], /with a PDF in a folder/],
    ["a link", [{ name: "a.pdf", content: PDF, mode: 0o120777 }], /is a link/],
    ["a password", [{ name: "a.pdf", content: PDF, flags: 1 }], /is encrypted/],
    ["a bomb", [{ name: "a.pdf", content: Buffer.alloc(5_000_000) }], /more than 200 times/],
    ["a bomb that denies it", [{ name: "a.pdf", content: PDF, says: { bytes: 3 } }], /damaged/],
    ["a crowd", Array.from({ length: 101 }, (_, at) => ({ name: `${at}` })), /at most 100 files/],
  ])("with %s is refused", async (_, files, reason) => {
    const { found, faults } = await attached(zipOf(files));
    expect(found).toEqual([]);
    expect(faults).toEqual([expect.stringMatching(reason)]);
  });

  test("that is no ZIP file, or packed otherwise, is refused", async () => {
    expect((await attached(PDF)).faults).toEqual([expect.stringMatching(/is no ZIP file/)]);
    expect((await attached(PDF, "RAR")).faults).toEqual([
      expect.stringMatching(/column AlgoritmoCompressione: the attached PDF is packed by "RAR"/),
    ]);
  });
});

describe("files of invoices", () => {
  test("a ZIP file whose files overlap is refused", async () => {
    const file = path.join(folder, "a.zip");
    const content = Buffer.from(eInvoice());
    const again = { name: "b.xml", content, says: { offset: 0 } };
    writeFileSync(file, zipOf([{ name: "a.xml", content }, again]));
    const work = async () => {
      for await (const _ of invoiceFiles(file, new FaultList("a.zip"))) {
        // Each is only asked for.
      }
    };
    await expect(work()).rejects.toThrow(/a\.zip: "a\.xml" runs into another file of the ZIP/);
  });

  test.each([
    [
      "a late DOCTYPE",
      `<?xml version="1.0"?><!--${"x".repeat(70_000)}--><!DOCTYPE a><a/>`,
      /DOCTYPE/,
    ],
    ["too many elements", `<a>${"<a/>".repeat(1_000_000)}</a>`, /more elements than any/],
  ])("the schema check does not begin with %s", async (_, text, reason) => {
    const check = checkAgainstSchema(piece(text), "none.xsd", new FaultList("x.xml"));
    await expect(check).rejects.toThrow(reason);
  });

  test("of many faults against the schema the first 100 are told", async () => {
    const schema = path.join(folder, "a.xsd");
    writeFileSync(
      schema,
      `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a"><xs:complexType><xs:sequence>
        <xs:element name="b" type="xs:int" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element></xs:schema>`,
    );
    const faults = new FaultList("x.xml");
    const text = `<a>\n${"<b>x</b>\n".repeat(5_000)}</a>`;
    await expect(checkAgainstSchema(piece(text), schema, faults)).rejects.toThrow(/line 2/);
    expect(faults.all).toHaveLength(100);
    expect(faults.all[99]).toMatchObject({ line: 101, column: "/a/b[100]" });
  });
});
