import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { eq } from "drizzle-orm";
import { describe, expect } from "vitest";
import { ZipFile } from "yazl";
import {
  billLineSets,
  billLines,
  contracts,
  documents,
  holders,
  imports,
  waitingInvoices,
} from "@/db/schema";
import { ForbiddenError } from "@/lib/errors";
import { importEInvoices } from "@/lib/imports/commands/import-e-invoices";
import { revertImport } from "@/lib/imports/commands/revert-import";
import { faultSentence, ImportRefusedError } from "@/lib/imports/errors";
import { listWaitingInvoices } from "@/lib/imports/queries";
import { findDocument } from "@/lib/storage/document-storage";
import { type BodyParts, eInvoice } from "../factories/e-invoices";
import { pdfOf } from "../factories/import-files";
import { makeContract, makeCustomer, makeStaff, must } from "../factories/people";
import { frozenRun } from "../factories/runs";
import { test, type World } from "../setup/database";
import { zipOf } from "../unit/pdf-intake/zip-bytes";

const POD = "IT001E00000042";

async function customer(world: World) {
  const made = await makeCustomer(world.db, {
    contract: { contractNumber: "C-1", customerCode: "K-1", supplyPoint: POD },
  });
  return { ...made, taxId: made.holder.taxId };
}

async function fileOf(text: string, name = "invoices.xml"): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "sportello-invoices-"));
  await writeFile(path.join(folder, name), text);
  return path.join(folder, name);
}

const load = (world: World, company: string, file: string, dryRun = false) =>
  world.worker((ctx) =>
    importEInvoices(ctx, { company, file, dryRun, target: { kind: "archive" } }),
  );

async function refusal(world: World, company: string, file: string): Promise<string[]> {
  const error = await load(world, company, file).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ImportRefusedError);
  return (error as ImportRefusedError).faults.map(faultSentence);
}

/** A customer whose two contracts have the same customer code. */
async function customerOfTwo(world: World) {
  const first = await customer(world);
  const second = await makeContract(world.db, {
    companyId: first.company.id,
    holderId: first.holder.id,
    contractNumber: "C-2",
    customerCode: "K-1",
  });
  return { ...first, second };
}

describe("importEInvoices", () => {
  test("R15 R27 an invoice becomes a bill with its lines and its PDF; again changes nothing", async ({
    world,
  }) => {
    const { company, taxId, contract } = await customer(world);
    const pdf = Buffer.from(pdfOf("Bolletta E-1"));
    const file = await fileOf(eInvoice({ taxId, bodies: [{ point: POD, pdf }] }));
    expect(await load(world, company.slug, file)).toMatchObject({ rows: 1, added: 1 });
    const [bill] = await world.db.select().from(documents);
    expect(bill).toMatchObject({
      contractId: contract.id,
      billNumber: "E-1",
      kind: "bill",
      totalCents: 11_000,
      dueDate: "2026-06-15",
      origin: "archive",
      pdfBytes: pdf.length,
    });
    expect(Buffer.from((await findDocument(must(bill?.storageKey))) ?? "")).toEqual(pdf);
    const lines = await world.db.select().from(billLines).orderBy(billLines.lineNumber);
    expect(lines.map(({ section, amountCents }) => [section, amountCents])).toEqual([
      ["energy", 10_000],
      ["taxes", 1_000],
    ]);
    expect(await load(world, company.slug, file)).toMatchObject({ rows: 1, unchanged: 1 });
    expect(await world.db.select().from(billLines).orderBy(billLines.lineNumber)).toEqual(lines);
    const [record] = await world.db.select().from(imports);
    expect(await findDocument(`imports/${record?.id}/1.pdf`)).toBeNull();
  });

  test("is matched by supply point, then customer code, then tax id with a number", async ({
    world,
  }) => {
    const { company, taxId, contract, second } = await customerOfTwo(world);
    const bodies: BodyParts[] = [
      { number: "BY-POINT", point: POD, data: [["COD CLI", "K-1"]] },
      { number: "BY-NUMBER", contract: "C-2" },
      { number: "SEVERAL", data: [["COD CLI", "K-1"]] },
      { number: "NOBODY", point: "IT001E99999999" },
    ];
    const file = await fileOf(eInvoice({ taxId, bodies }));
    expect(await load(world, company.slug, file)).toMatchObject({ rows: 4, added: 4 });
    const bills = await world.db.select().from(documents).orderBy(documents.billNumber);
    expect(bills.map(({ billNumber, contractId }) => [billNumber, contractId])).toEqual([
      ["BY-NUMBER", second.id],
      ["BY-POINT", contract.id],
    ]);
    const operator = await makeStaff(world.db, "operator");
    expect(
      (await world.web(operator, (ctx) => listWaitingInvoices(ctx)))
        .map(({ billNumber, reason }) => [billNumber, reason])
        .sort(),
    ).toEqual([
      ["NOBODY", "no_contract"],
      ["SEVERAL", "several"],
    ]);
    expect(await load(world, company.slug, file)).toMatchObject({ unchanged: 4 });
    await world.db
      .update(contracts)
      .set({ customerCode: "K-2" })
      .where(eq(contracts.id, second.id));
    expect(await load(world, company.slug, file)).toMatchObject({ added: 1, unchanged: 3 });
    expect(await world.db.select().from(waitingInvoices)).toMatchObject([{ billNumber: "NOBODY" }]);
  });

  test("what leads to several contracts is decided by a number; where a supply point tells, no number does", async ({
    world,
  }) => {
    const { company, taxId, contract, second } = await customerOfTwo(world);
    const bodies: BodyParts[] = [
      { number: "DECIDED", data: [["COD CLI", "K-1"]], contract: "C-2" },
      { number: "BY-POINT", point: POD, contract: "C-2" },
    ];
    const file = await fileOf(eInvoice({ taxId, bodies }));
    expect(await load(world, company.slug, file)).toMatchObject({ added: 2 });
    const bills = await world.db.select().from(documents).orderBy(documents.billNumber);
    expect(bills.map(({ billNumber, contractId }) => [billNumber, contractId])).toEqual([
      ["BY-POINT", contract.id],
      ["DECIDED", second.id],
    ]);
  });

  test("R5 nobody gets the invoice of another tax id, whatever supply point it names", async ({
    world,
  }) => {
    const { company } = await customer(world);
    const file = await fileOf(eInvoice({ taxId: "VRDLGU70A01H501X", bodies: [{ point: POD }] }));
    await load(world, company.slug, file);
    expect(await world.db.$count(documents)).toBe(0);
    expect(await world.db.select().from(waitingInvoices)).toMatchObject([
      { reason: "other_holder" },
    ]);
  });

  test("R5 nor does who shares a VAT number with the buyer, as the members of a VAT group do", async ({
    world,
  }) => {
    const { company, holder } = await customer(world);
    const vat = "15844561009";
    await world.db
      .update(holders)
      .set({ taxId: "01234567890", vatNumber: vat })
      .where(eq(holders.id, holder.id));
    const buyer = "<CessionarioCommittente><DatiAnagrafici>";
    const of = (taxId: string | null, number: string) =>
      eInvoice({ taxId, bodies: [{ number, point: POD }] }).replace(
        buyer,
        `${buyer}<IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>${vat}</IdCodice></IdFiscaleIVA>`,
      );
    for (const text of [
      of("09876543210", "OTHERS"),
      of("01234567890", "OWN"),
      of(null, "BY-VAT"),
    ]) {
      await load(world, company.slug, await fileOf(text));
    }
    const bills = await world.db.select().from(documents).orderBy(documents.billNumber);
    expect(bills.map(({ billNumber }) => billNumber)).toEqual(["BY-VAT", "OWN"]);
    expect(await world.db.select().from(waitingInvoices)).toMatchObject([
      { billNumber: "OTHERS", reason: "other_holder" },
    ]);
  });

  test("R5 an invoice without the buyer's tax id goes by supply point or customer code, else it waits and says why", async ({
    world,
  }) => {
    const { company, holder, contract } = await customer(world);
    const other = await makeContract(world.db, {
      companyId: company.id,
      holderId: holder.id,
      contractNumber: "C-2",
      customerCode: "K-2",
    });
    const points: [string, string][] = [];
    for (const contractNumber of ["C-3", "C-4"]) {
      const supplyPoint = `IT001E0000${contractNumber.replace("C-", "000")}`;
      const at = { companyId: company.id, holderId: holder.id, customerCode: "K-3" };
      await makeContract(world.db, { ...at, contractNumber, supplyPoint });
      points.push(["POD", supplyPoint]);
    }
    const bodies: BodyParts[] = [
      { number: "BY-POINT", point: POD },
      { number: "BY-CODE", data: [["COD CLI", "K-2"]] },
      { number: "SEVERAL-DISAGREE", data: [...points, ["COD CLI", "K-2"]] },
      { number: "BOTH", point: POD, data: [["COD CLI", "K-1"]] },
      { number: "THEY-DISAGREE", point: POD, data: [["COD CLI", "K-2"]] },
      { number: "BY-NOTHING", contract: "C-1" },
    ];
    await load(world, company.slug, await fileOf(eInvoice({ taxId: null, bodies })));
    const bills = await world.db.select().from(documents).orderBy(documents.billNumber);
    expect(bills.map(({ billNumber, contractId }) => [billNumber, contractId])).toEqual([
      ["BOTH", contract.id],
      ["BY-CODE", other.id],
      ["BY-POINT", contract.id],
    ]);
    const waiting = await world.db
      .select()
      .from(waitingInvoices)
      .orderBy(waitingInvoices.billNumber);
    expect(waiting.map(({ billNumber, reason }) => [billNumber, reason])).toEqual([
      ["BY-NOTHING", "no_buyer"],
      ["SEVERAL-DISAGREE", "several"],
      ["THEY-DISAGREE", "several"],
    ]);
  });

  test("a code of the company's own is found in whatever case and with whatever blanks it is written", async ({
    world,
  }) => {
    const { company, holder } = await makeCustomer(world.db, {
      contract: { contractNumber: "W-1", commodity: "water", supplyPoint: "acqua centro 0001b" },
    });
    const bodies: BodyParts[] = [
      { number: "W-1", data: [["PUNTO", "Acqua Centro 0001b"]] },
      { number: "W-2", data: [["PUNTO", "ACQUACENTRO0001B"]] },
    ];
    await load(world, company.slug, await fileOf(eInvoice({ taxId: holder.taxId, bodies })));
    expect(await world.db.$count(documents)).toBe(2);
  });

  test("R5 the last bill of who moved out finds its contract, though the next one runs by then", async ({
    world,
  }) => {
    const { company, taxId, contract } = await customer(world);
    await world.db
      .update(contracts)
      .set({ endsOn: "2026-04-30" })
      .where(eq(contracts.id, contract.id));
    await makeCustomer(world.db, {
      company,
      contract: {
        contractNumber: "C-9",
        customerCode: "K-9",
        supplyPoint: POD,
        startsOn: "2026-05-01",
      },
    });
    const lines = [{ amount: "100.00", from: "2026-04-01", to: "2026-04-30" }];
    const file = await fileOf(eInvoice({ taxId, bodies: [{ point: POD, lines }] }));
    expect(await load(world, company.slug, file)).toMatchObject({ added: 1 });
    expect(await world.db.select().from(documents)).toMatchObject([{ contractId: contract.id }]);
  });

  test("one that waits is another once its file names other things, and else stays", async ({
    world,
  }) => {
    const { company, taxId } = await customer(world);
    const of = (point: string) => fileOf(eInvoice({ taxId, bodies: [{ point }] }));
    const waiting = async () => {
      const [one] = await world.db.select().from(waitingInvoices);
      return { points: must(one).named.points, importId: must(one).importId };
    };
    await load(world, company.slug, await of("IT001E99999999"));
    const first = await waiting();
    expect(await load(world, company.slug, await of("IT001E99999999"))).toMatchObject({
      unchanged: 1,
    });
    expect(await waiting()).toEqual(first);
    expect(await load(world, company.slug, await of("IT001E88888888"))).toMatchObject({
      unchanged: 0,
    });
    const second = await waiting();
    expect(second.points).toEqual(["IT001E88888888"]);
    expect(second.importId).not.toBe(first.importId);
  });

  test("R15 one that is reverted leaves neither bills nor invoices that wait", async ({
    world,
  }) => {
    const { company, taxId } = await customer(world);
    await world.worker((ctx) => frozenRun(ctx, company.slug));
    const bodies: BodyParts[] = [
      { number: "E-1", point: POD },
      { number: "E-2", point: "IT001E99999999" },
    ];
    const file = await fileOf(eInvoice({ taxId, bodies }));
    await world.worker((ctx) =>
      importEInvoices(ctx, {
        company: company.slug,
        file,
        target: { kind: "run", run: "2026-05" },
      }),
    );
    expect([await world.db.$count(documents), await world.db.$count(waitingInvoices)]).toEqual([
      1, 1,
    ]);
    const [record] = await world.db.select().from(imports);
    await world.worker((ctx) => revertImport(ctx, must(record).id));
    expect([await world.db.$count(documents), await world.db.$count(waitingInvoices)]).toEqual([
      0, 0,
    ]);
  });

  test("R28 a code of the company's own counts whole, not by its first 14 characters", async ({
    world,
  }) => {
    const { company, holder } = await makeCustomer(world.db, {
      contract: { contractNumber: "W-1", commodity: "water", supplyPoint: "ACQUA-CENTRO-0001" },
    });
    const bodies = ["0001", "0002"].map((meter) => ({
      number: `E-${meter}`,
      data: [["PUNTO", `ACQUA-CENTRO-${meter}`]] as [string, string][],
    }));
    await load(world, company.slug, await fileOf(eInvoice({ taxId: holder.taxId, bodies })));
    expect(await world.db.select().from(documents)).toMatchObject([{ billNumber: "E-0001" }]);
    expect(await world.db.select().from(waitingInvoices)).toMatchObject([
      { billNumber: "E-0002", reason: "no_contract" },
    ]);
  });

  test("R28 another company's supply point matches nothing; support sees no list", async ({
    world,
  }) => {
    const mine = await customer(world);
    const other = await makeCustomer(world.db);
    const file = await fileOf(eInvoice({ taxId: mine.taxId, bodies: [{ point: POD }] }));
    await load(world, other.company.slug, file);
    expect(await world.db.$count(documents)).toBe(0);
    const support = await makeStaff(world.db, "support");
    await expect(world.web(support, (ctx) => listWaitingInvoices(ctx))).rejects.toBeInstanceOf(
      ForbiddenError,
    );
  });

  test("R21 a credit note is one; a published invoice's amount may not change", async ({
    world,
  }) => {
    const { company, taxId } = await customer(world);
    const of = (...bodies: BodyParts[]) => fileOf(eInvoice({ taxId, bodies }));
    await load(
      world,
      company.slug,
      await of({ point: POD }, { point: POD, number: "N-1", type: "TD04" }),
    );
    const bills = await world.db.select().from(documents).orderBy(documents.billNumber);
    expect(bills).toMatchObject([{ kind: "bill" }, { kind: "credit_note", totalCents: -11_000 }]);
    expect(await refusal(world, company.slug, await of({ point: POD, total: "120.00" }))).toEqual([
      expect.stringContaining("invoices.xml, line 6, column total_eur: E-1 is published"),
    ]);
  });

  test("R21 again, an invoice opens no bill that was paid, and leaves a published one's lines", async ({
    world,
  }) => {
    const { company, taxId } = await customer(world);
    const of = (...bodies: BodyParts[]) => fileOf(eInvoice({ taxId, bodies }));
    const one = { point: POD, number: "E-1" };
    await load(world, company.slug, await of(one));
    await world.db.update(documents).set({ paymentStatus: "paid" });
    const lines = await world.db.select().from(billLines);
    const pdf = Buffer.from(pdfOf("Bolletta E-1"));
    const again = await of({ ...one, pdf, lines: [{ amount: "60.00" }, { amount: "40.00" }] });
    expect(await load(world, company.slug, again)).toMatchObject({ changed: 1 });
    expect(await world.db.select().from(documents)).toMatchObject([
      { paymentStatus: "paid", pdfBytes: pdf.length },
    ]);
    expect(await world.db.select().from(billLines)).toEqual(lines);
    expect(await load(world, company.slug, again)).toMatchObject({ unchanged: 1 });
  });

  test("R21 a bill without lines gets an invoice's; of one that is not published other lines count", async ({
    world,
  }) => {
    const { company, taxId } = await customer(world);
    await world.worker((ctx) => frozenRun(ctx, company.slug));
    const of = (...bodies: BodyParts[]) => fileOf(eInvoice({ taxId, bodies }));
    const into = async (file: string) =>
      await world.worker((ctx) =>
        importEInvoices(ctx, {
          company: company.slug,
          file,
          target: { kind: "run", run: "2026-05" },
        }),
      );
    const amounts = async () =>
      (await world.db.select().from(billLines).orderBy(billLines.lineNumber)).map(
        ({ amountCents }) => amountCents,
      );
    const first = await of({ point: POD });
    await into(first);
    await world.db.delete(billLineSets);
    expect(await into(first)).toMatchObject({ changed: 1 });
    expect(await amounts()).toEqual([10_000, 1_000]);
    const other = await of({ point: POD, lines: [{ amount: "60.00" }, { amount: "40.00" }] });
    expect(await into(other)).toMatchObject({ changed: 1 });
    expect(await amounts()).toEqual([6_000, 4_000, 1_000]);
    expect(await into(other)).toMatchObject({ unchanged: 1 });
  });

  test("a folder and a ZIP file are read whole; one bad file refuses all, by its name", async ({
    world,
  }) => {
    const { company, taxId } = await customer(world);
    const good = eInvoice({ taxId, bodies: [{ point: POD }] });
    const file = await fileOf(good, "a.xml");
    const folder = path.dirname(file);
    expect(await load(world, company.slug, folder, true)).toMatchObject({ added: 1 });
    const zip = new ZipFile();
    zip.addBuffer(Buffer.from(good), "in/a.xml");
    zip.addBuffer(Buffer.from("readme"), "readme.txt");
    zip.addBuffer(Buffer.from("Mac OS X"), "__MACOSX/in/._a.xml");
    zip.end();
    const chunks: Buffer[] = [];
    for await (const chunk of zip.outputStream) {
      chunks.push(chunk as Buffer);
    }
    const packed = path.join(folder, "all.zip");
    await writeFile(packed, Buffer.concat(chunks));
    expect(await load(world, company.slug, packed, true)).toMatchObject({ added: 1 });
    const stored = new ZipFile();
    stored.addBuffer(Buffer.from(good), "a.xml", { compress: false });
    stored.end();
    const plain: Buffer[] = [];
    for await (const chunk of stored.outputStream) {
      plain.push(chunk as Buffer);
    }
    const flipped = Buffer.from(
      Buffer.concat(plain).toString("latin1").replace(">110.00<", ">910.00<"),
      "latin1",
    );
    await writeFile(packed, flipped);
    expect(await refusal(world, company.slug, packed)).toEqual([
      expect.stringContaining("all.zip: the ZIP file cannot be read"),
    ]);
    await writeFile(path.join(folder, "signed.xml.p7m"), Buffer.from([0x30, 0x82, 1, 2]));
    expect(await refusal(world, company.slug, folder)).toEqual([
      "signed.xml.p7m: is signed (.p7m); unpack the invoice first",
    ]);
    await rm(path.join(folder, "signed.xml.p7m"));
    await writeFile(path.join(folder, "b.xml"), "<!DOCTYPE x><x/>");
    expect(await refusal(world, company.slug, folder)).toEqual([
      "b.xml, line 1: the XML has a DOCTYPE, which may hide anything; export it without one",
    ]);
    await writeFile(packed, Buffer.concat(chunks).subarray(0, 100));
    expect(await refusal(world, company.slug, packed)).toEqual([
      expect.stringContaining("all.zip: the ZIP file cannot be read"),
    ]);
    expect(await world.db.$count(documents)).toBe(0);
  });

  test("a number that comes twice is told with the place where it stood first", async ({
    world,
  }) => {
    const { company, taxId } = await customer(world);
    const of = (...numbers: string[]) =>
      eInvoice({ taxId, bodies: numbers.map((number) => ({ number, point: POD })) });
    const folder = path.dirname(await fileOf(of("N-1", "N-2"), "a.xml"));
    await writeFile(path.join(folder, "b.xml"), of("N-3", "N-2"));
    const lines = (await readFile(path.join(folder, "a.xml"), "utf8")).split("\n");
    const second = lines.findLastIndex((line) => line.includes("<FatturaElettronicaBody>")) + 1;
    expect(await refusal(world, company.slug, folder)).toEqual([
      `b.xml, line ${second}, column bill_number: N-2 stands in line ${second} of a.xml already`,
    ]);
  });

  test("a name that no database keeps or no terminal shows is refused", async ({ world }) => {
    const { company, taxId } = await customer(world);
    const content = Buffer.from(eInvoice({ taxId, bodies: [{ point: POD }] }));
    const zip = await fileOf("", "all.zip");
    await writeFile(zip, zipOf([{ name: "a\0.xml", content }]));
    const folder = path.dirname(await fileOf(content.toString(), "a\u001b[2J.xml"));
    for (const file of [zip, folder]) {
      expect(await refusal(world, company.slug, file)).toEqual([
        expect.stringMatching(/: the name of "a .*xml" has control characters; give it another$/),
      ]);
    }
  });

  test("a PDF that is another bill's is refused", async ({ world }) => {
    const { company, taxId } = await customer(world);
    const pdf = Buffer.from(pdfOf("Bolletta E-2"));
    const file = await fileOf(eInvoice({ taxId, bodies: [{ point: POD, pdf }] }));
    expect(await refusal(world, company.slug, file)).toEqual([
      expect.stringContaining("column Attachment: the PDF does not show this bill's number"),
    ]);
  });
});
