import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { diceFor } from "@/db/seed/dice";
import { billLinesOf } from "@/lib/imports/e-invoices/bill-lines";
import { checkAgainstSchema } from "@/lib/imports/e-invoices/check-schema";
import { invoiceFiles } from "@/lib/imports/e-invoices/invoice-files";
import { type EInvoice, readEInvoices } from "@/lib/imports/e-invoices/read-e-invoices";
import { FaultList, faultSentence, ImportRefusedError } from "@/lib/imports/errors";
import { type BodyParts, eInvoice } from "../../factories/e-invoices";

async function* pieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 700) {
    yield bytes.subarray(at, at + 700);
  }
}

async function* inOne(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

async function read(text: string | Buffer): Promise<{ invoices: EInvoice[]; faults: string[] }> {
  const list = new FaultList("x.xml");
  const invoices: EInvoice[] = [];
  try {
    for await (const one of readEInvoices(pieces(Buffer.from(text)), list)) {
      invoices.push(one);
    }
  } catch (error) {
    expect(error).toBeInstanceOf(ImportRefusedError);
  }
  return { invoices, faults: list.all.map(faultSentence) };
}

const one = async (text: string | Buffer): Promise<EInvoice> => {
  const { invoices, faults } = await read(text);
  expect(faults).toEqual([]);
  const [first] = invoices;
  if (!first) {
    throw new Error("no invoice was read");
  }
  return first;
};

describe("e-invoices", () => {
  test("what is known of descriptions holds no file in memory", async () => {
    setFlagsFromString("--expose-gc");
    const inUse = () => {
      runInNewContext("gc")();
      return process.memoryUsage().heapUsed;
    };
    const before = inUse();
    for (let n = 0; n < 100; n += 1) {
      const lines = [{ amount: "100.00", description: `Materia-energia-${n}` }];
      const text = eInvoice({ bodies: [{ lines }] });
      const long = Buffer.from(text.replace("<Dati", `${" ".repeat(250_000)}<Dati`));
      for await (const { number } of readEInvoices(inOne(long), new FaultList("x.xml"))) {
        expect(number).toBe("E-1");
      }
    }
    expect((inUse() - before) / 2 ** 20).toBeLessThan(12);
  });

  test("what is far too long for a number is none: it would be kept with an invoice that waits", async () => {
    const long = "7".repeat(100_000);
    const body = { contract: long, point: long, data: [["CONTRATTO", long]] as [string, string][] };
    expect(await one(eInvoice({ bodies: [body] }))).toMatchObject({
      contractNumbers: [],
      customerCodes: [],
      supplyPoints: [],
    });
  });

  test("R27 the total is the stated one, else what the summaries add up to, to the cent", async () => {
    expect(await one(eInvoice())).toMatchObject({ totalCents: 11_000, totalStated: true });
    const body = { total: null, taxable: "0.10", tax: "0.20" };
    expect(await one(eInvoice({ bodies: [body] }))).toMatchObject({
      totalCents: 30,
      totalStated: false,
      dueDate: "2026-06-15",
    });
  });

  test("R27 lines and tax add up to the total", async () => {
    const lines = [{ amount: "33.335" }, { amount: "66.665", description: "Oneri di sistema" }];
    const invoice = await one(eInvoice({ bodies: [{ lines, total: "110.01" }] }));
    const billed = billLinesOf(invoice);
    expect(billed.map(({ section }) => section)).toEqual(["energy", "system", "taxes"]);
    expect(billed.reduce((sum, { amountCents }) => sum + amountCents, 0)).toBe(11_001);
  });

  test("a credit note's total is negative; several bodies are several invoices", async () => {
    const { invoices } = await read(
      eInvoice({ version: "FPA12", bodies: [{ type: "TD04" }, { number: "E-2" }] }),
    );
    expect(invoices).toMatchObject([
      { kind: "credit_note", totalCents: -11_000, lines: [{ amountCents: -10_000 }] },
      { kind: "bill", number: "E-2", totalCents: 11_000 },
    ]);
    expect(invoices[1]?.line).toBeGreaterThan(invoices[0]?.line ?? 0);
  });

  test("the supply point is found in either place, codes where they are named", async () => {
    expect(await one(eInvoice({ bodies: [{ point: "it001e12345678" }] }))).toMatchObject({
      supplyPoints: ["IT001E12345678"],
    });
    const data: [string, string][] = [
      ["POD", "IT001E87654321"],
      ["COD CLI", "710004063"],
      ["NOTE", "Fornitura POD: IT001E11111111, vedi contratto"],
    ];
    expect(await one(eInvoice({ bodies: [{ data, contract: "C-77" }] }))).toMatchObject({
      supplyPoints: ["IT001E87654321", "IT001E11111111"],
      customerCodes: ["710004063"],
      contractNumbers: ["C-77"],
    });
  });

  test("the same quantity on many lines is one consumption; periods add up", async () => {
    const line = (quantity: string, from: string, to: string, unit = "kWh") => ({
      amount: "10.00",
      quantity,
      unit,
      from,
      to,
    });
    const april = Array.from({ length: 15 }, () => line("100.50", "2026-04-01", "2026-04-30"));
    const may = Array.from({ length: 3 }, () => line("50", "2026-05-01", "2026-05-31"));
    const both = line("150.50", "2026-04-01", "2026-05-31");
    expect(await one(eInvoice({ bodies: [{ lines: [...april, ...may, both] }] }))).toMatchObject({
      consumption: { quantity: "150.5", unit: "kWh" },
      period: { from: "2026-04-01", to: "2026-05-31" },
    });
    const gas = [line("80", "", "", "mc"), line("82.4", "", "", "Smc")];
    expect(await one(eInvoice({ bodies: [{ lines: gas }] }))).toMatchObject({
      consumption: { quantity: "82.4", unit: "Smc" },
    });
    const of = async (...lines: BodyParts["lines"] & object) =>
      (await one(eInvoice({ bodies: [{ lines }] }))).consumption?.quantity;
    const whole = Array.from({ length: 12 }, () => line("210", "2026-04-01", "2026-04-30"));
    const bands = ["100", "50", "60"].map((quantity, at) => ({
      ...line(quantity, "2026-04-01", "2026-04-30"),
      description: `Energia F${at + 1}`,
    }));
    expect(await of(...bands)).toBe("210");
    expect(await of(...whole, line("1", "2026-04-10", "2026-04-10"))).toBe("210");
    expect(await of(...whole, line("231", "2026-04-01", "2026-04-30"))).toBe("210");
    expect(await of(...whole, ...bands)).toBe("210");
    expect(
      await of(line("100", "2026-04-01", "2026-04-20"), line("100", "2026-04-10", "2026-04-30")),
    ).toBe("100");
    const days = Array.from({ length: 900 }, (_, at) => {
      const day = new Date(Date.parse("2023-01-01") + at * 86_400_000).toISOString().slice(0, 10);
      return line("1", day, day);
    });
    expect(await of(...days)).toBe("900");
  });

  test("R27 what is no tax is no tax: discounts on the whole, credit notes written with a minus", async () => {
    const discounted = await one(eInvoice({ bodies: [{ total: "60.00" }] }));
    expect(
      billLinesOf(discounted).map(({ section, amountCents }) => [section, amountCents]),
    ).toEqual([
      ["energy", 10_000],
      ["taxes", 1_000],
      ["other", -5_000],
    ]);
    const minus = {
      type: "TD04",
      total: "-110.00",
      taxable: "-100.00",
      tax: "-10.00",
      lines: [{ amount: "-100.00" }],
    };
    const credit = await one(eInvoice({ bodies: [minus] }));
    expect(billLinesOf(credit).map(({ amountCents }) => amountCents)).toEqual([-10_000, -1_000]);
  });

  test("windows-1252 and a byte order mark are read; another encoding is refused", async () => {
    const lines = [{ amount: "100.00", description: "Quota società €" }];
    const text = eInvoice({ encoding: "windows-1252", bodies: [{ lines }] });
    const bytes = Buffer.from(text.replaceAll("€", "\u0080"), "latin1");
    expect((await one(bytes)).lines[0]?.description).toBe("Quota società €");
    await one(`\ufeff${eInvoice()}`);
    expect((await read(eInvoice({ encoding: "EBCDIC-US" }))).faults).toEqual([
      "x.xml, line 1: is of encoding EBCDIC-US; export it as UTF-8",
    ]);
  });

  test("words of the language are no units, and half a character is cut off with its other half", async () => {
    const unit = "constructor";
    const lines = [
      { amount: "100.00", quantity: "5.00", unit, description: `${"x".repeat(299)}😀` },
    ];
    const invoice = await one(eInvoice({ bodies: [{ lines }] }));
    expect(invoice.consumption).toBeNull();
    expect(invoice.lines[0]?.description).toBe("x".repeat(299));
  });

  test("a pipe given as the file is refused and not waited for", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "invoices-"));
    for (const name of ["pipe.xml", "pipe.zip"]) {
      execFileSync("/usr/bin/mkfifo", [path.join(folder, name)]);
      const found = invoiceFiles(path.join(folder, name), new FaultList(name));
      await expect(found.next()).rejects.toThrow(/is no plain file/);
    }
    rmSync(folder, { recursive: true });
  });

  test("an attached PDF comes with it", async () => {
    const pdf = Buffer.from("%PDF-1.7 invented");
    expect((await one(eInvoice({ bodies: [{ pdf }] }))).attachment?.content).toEqual(pdf);
  });

  test.each([
    ["a DOCTYPE", eInvoice({ prolog: "<!DOCTYPE x [<!ENTITY a 'b'>]>" }), /DOCTYPE/],
    ["an unknown entity", eInvoice().replace("EUR", "&bomb;"), /not well-formed/],
    ["another root", "<invoice/>", /no e-invoice FPR12 or FPA12/],
    ["another version", eInvoice().replace("FPR12", "FPR11"), /version "FPR11"/],
    ["no body", eInvoice({ bodies: [] }), /holds no invoice/],
    ["nothing", "", /is empty/],
    ["no XML", "bill_number;total\n", /no XML/],
    ["a signed file", Buffer.from([0x30, 0x82, 1, 2]), /signed/],
    ["UTF-16", Buffer.from(`\ufeff${eInvoice()}`, "utf16le"), /UTF-16/],
    ["a bomb of elements", `<a>${"<b>".repeat(40)}`, /no e-invoice|nested/],
    ["a document that is neither", eInvoice({ bodies: [{ type: "TD99" }] }), /TipoDocumento/],
    ["a buyer's own document", eInvoice({ bodies: [{ type: "TD16" }] }), /TipoDocumento/],
    [
      "neither total nor summaries",
      eInvoice({ bodies: [{ total: null }] }).replace(/<DatiRiepilogo>.*<\/DatiRiepilogo>/, ""),
      /is missing, and so are the summaries/,
    ],
    ["31 February", eInvoice({ bodies: [{ date: "2026-02-31" }] }), /not a date/],
    ["an amount that is none", eInvoice({ bodies: [{ total: "1e9" }] }), /not an amount/],
    ["a huge amount", eInvoice({ bodies: [{ total: "99999999999.00" }] }), /20 million/],
    [
      "a rest that no bill has",
      eInvoice({ bodies: [{ lines: [{ amount: "19999999.00" }, { amount: "19999999.00" }] }] }),
      /20 million euro away from the total/,
    ],
    [
      "an encoding by a word of the language",
      eInvoice({ encoding: "constructor" }),
      /encoding cons/,
    ],
    ["another currency", eInvoice().replace("EUR", "USD"), /not EUR/],
    ["no number", eInvoice({ bodies: [{ number: "" }] }), /Numero/],
  ])("%s is refused in one clear sentence", async (_name, text, sentence) => {
    const { invoices, faults } = await read(text);
    expect(invoices).toEqual([]);
    expect(faults[0]).toMatch(sentence);
    expect(faults[0]?.length).toBeLessThan(300);
  });

  test("however it is cut off or damaged, there is an invoice or a fault", async () => {
    const whole = Buffer.from(
      eInvoice({ bodies: [{ point: "IT001E12345678" }, { type: "TD04" }] }),
    );
    for (let part = 1; part < 50; part += 1) {
      const { faults } = await read(whole.subarray(0, Math.floor((whole.length * part) / 50)));
      expect(faults.length, `cut at ${part}/50`).toBeGreaterThan(0);
    }
    const dice = diceFor("damaged invoices");
    for (let round = 0; round < 300; round += 1) {
      const bytes = Buffer.from(whole);
      for (let times = dice.whole(1, 5); times > 0; times -= 1) {
        bytes[dice.whole(0, bytes.length - 1)] = dice.whole(0, 255);
      }
      const { invoices, faults } = await read(bytes);
      expect(invoices.length + faults.length, `round ${round}`).toBeGreaterThan(0);
    }
  });
});

const folder = path.join(process.env.SPORTELLO_SAMPLES ?? "../shared/samples", "einvoices");

describe.skipIf(!existsSync(folder) && !process.env.SPORTELLO_SAMPLES)(
  `e-invoices of the tax agency (${folder})`,
  () => {
    const inFolder = (name: string) =>
      readdirSync(path.join(folder, name)).map((file) => path.join(folder, name, file));

    async function readFile(file: string, schema?: string) {
      const list = new FaultList(path.basename(file));
      const found: EInvoice[] = [];
      try {
        for await (const { content } of invoiceFiles(file, list)) {
          const bytes = schema ? await checkAgainstSchema(content, schema, list) : content;
          for await (const invoice of readEInvoices(bytes, list)) {
            found.push(invoice);
          }
        }
      } catch (error) {
        expect(error).toBeInstanceOf(ImportRefusedError);
      }
      return { found, faults: list.all.map(faultSentence) };
    }

    test("every official sample is read: several bodies, totals that are not stated", async () => {
      const files = inFolder("official");
      expect(files.length).toBeGreaterThan(5);
      for (const file of files) {
        const { found, faults } = await readFile(file);
        expect(faults).toEqual([]);
        expect(found.length).toBe(/0[3]\.xml$/.test(file) ? 2 : 1);
        for (const invoice of found) {
          const sum = billLinesOf(invoice).reduce(
            (total, { amountCents }) => total + amountCents,
            0,
          );
          expect(sum).toBe(invoice.totalCents);
        }
      }
    });

    test("every hostile sample is refused in one clear sentence", async () => {
      const files = inFolder("hostile");
      expect(files.length).toBeGreaterThan(4);
      for (const file of files) {
        const { found, faults } = await readFile(file);
        expect(found).toEqual([]);
        expect(faults).toHaveLength(1);
      }
    });

    test("the schema is checked on request, with line and XPath", async () => {
      const schema = path.join(folder, "schema/Schema_VFPR12_v1.2.3.xsd");
      expect(existsSync(schema)).toBe(true);
      const [fpr] = inFolder("official").filter((file) => /FPR01/.test(file));
      const [fpa] = inFolder("official").filter((file) => /FPA01/.test(file));
      expect(await readFile(fpr ?? "", schema)).toMatchObject({ found: [{}], faults: [] });
      const { found, faults } = await readFile(fpa ?? "", schema);
      expect(found).toEqual([]);
      expect(faults[0]).toMatch(/line 2, column \/FatturaElettronica: .*versione/);
      await expect(readFile(fpr ?? "", "/nowhere.xsd")).rejects.toThrow();
    });
  },
);
