import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { deflateSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { type BillPdf, renderBillPdf } from "@/db/seed/bill-pdf";
import { checkPdf, closePdfChecks } from "@/lib/imports/documents/check-pdf";
import { CellError } from "@/lib/imports/errors";
import { billWith, dice, drawn, NUMBER, packedStream, streamOf, written } from "./pdf-bytes";

afterAll(closePdfChecks);

/** What is wrong with a PDF; null if nothing is. */
async function faultOf(content: Buffer, billNumber = NUMBER): Promise<string | null> {
  try {
    await checkPdf(content, { billNumber });
    return null;
  } catch (error) {
    expect(error).toBeInstanceOf(CellError);
    const { message } = error as CellError;
    expect(message).toMatch(/^the PDF [^\n]+$/);
    return message;
  }
}

const JS = "<< /S /JavaScript /JS (app.alert\\(1\\)) >>";
/** A stream of packed objects, numbered from 20. */
const objectStream = (object: string, pack = packedStream) =>
  pack(`20 0 ${object}`, "/Type /ObjStm /N 1 /First 5");

describe("a right bill", () => {
  const BILL: BillPdf = {
    language: "it",
    company: {
      name: "Energia di Prova",
      accentColor: "#1f4e9c",
      supportPhone: "1",
      faultPhone: "2",
    },
    holder: { name: "Prova Persona", taxId: "PRVPSN80A01M999X", billingAddress: "Via Inventata 1" },
    kind: "bill",
    commodity: "electricity",
    billNumber: NUMBER,
    customerCode: "710004215",
    contractNumber: "EL-100000",
    supplyPoint: "IT999E10000000",
    supplyAddress: "Via Inventata 1",
    issueDate: "2026-11-18",
    dueDate: "2026-12-12",
    periodFrom: "2026-09-01",
    periodTo: "2026-10-31",
    totalCents: 123_456,
    consumption: 412,
    consumptionUnit: "kWh",
    estimated: false,
    mandateReference: "VF-EL-100000-01",
    lines: [],
  };

  test("of ours, drawn by pdfkit, or written by hand is taken", async () => {
    expect(await faultOf(Buffer.from(await renderBillPdf(BILL)))).toBeNull();
    expect(await faultOf(await billWith(`Bolletta n. ${NUMBER}`))).toBeNull();
    expect(await faultOf(written())).toBeNull();
  });

  test("is taken whatever page has its number, up to the fiftieth", async () => {
    const pages = (count: number) =>
      drawn((pdf) => {
        for (let page = 1; page < count; page += 1) {
          pdf.text(`Pagina ${page}`).addPage();
        }
        pdf.text(NUMBER);
      });
    expect(await faultOf(await pages(50))).toBeNull();
    expect(await faultOf(await pages(51))).toMatch(/has 51 pages, and a bill has 1 to 50/);
  });

  test("may have links, packed objects and names that only look alike", async () => {
    const link = await drawn((pdf) => {
      pdf.text(NUMBER, { link: "https://www.example.it/JavaScript/AA/Launch" });
    });
    expect(await faultOf(link)).toBeNull();
    const objects = [
      objectStream("<< /Title (harmless) /JSX 1 /AAA [ /AA /BB ] >>"),
      "<< /Type /Encoding /Differences [ 65 /AA 66 /JS ] >>",
      "<< /Title (a \\( bracket (and /JavaScript) in a text) >>",
      streamOf("/JavaScript (not an object)", "/Type /Metadata"),
    ];
    expect(await faultOf(written({ objects }))).toBeNull();
  });

  test("may have 19 MB of pictures", async () => {
    const picture = Buffer.alloc(19 * 1024 * 1024);
    const random = dice(1);
    for (let at = 0; at < picture.length; at += 4) {
      picture.writeUInt32LE(random(2 ** 32 - 1), at);
    }
    const dictionary =
      "/Type /XObject /Subtype /Image /Width 2500 /Height 2500 /BitsPerComponent 8 /ColorSpace /DeviceRGB";
    expect(await faultOf(written({ objects: [streamOf(picture, dictionary)] }))).toBeNull();
  });
});

describe("a PDF for another bill is refused", () => {
  test.each([
    ["another number", "E2026000124"],
    ["a part of a longer number", "E20260001234"],
    ["a part of a longer number before it", `7${NUMBER}`],
    ["nothing", ""],
  ])("with %s", async (_, text) => {
    expect(await faultOf(await billWith("Bolletta", text))).toMatch(
      /does not show this bill's number/,
    );
  });

  test("without text", async () => {
    expect(await faultOf(written({ content: "0 0 10 10 re f" }))).toMatch(
      /has no text \(a scan\?\)/,
    );
  });
});

describe("what acts by itself is refused", () => {
  test.each<[string, Buffer, RegExp]>([
    ["JavaScript at opening", written({ catalog: `/OpenAction ${JS}` }), /holds JavaScript/],
    [
      "JavaScript in an annotation",
      written({ page: `/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A ${JS} >>]` }),
      /holds JavaScript/,
    ],
    [
      "JavaScript in the names",
      written({ catalog: `/Names << /JavaScript << /Names [(a) 6 0 R] >> >>`, objects: [JS] }),
      /holds JavaScript/,
    ],
    [
      "JavaScript with # in its name",
      written({ catalog: "/Open#41ction << /S /Java#53cript /#4a#53 (a) >>" }),
      /holds JavaScript/,
    ],
    [
      "JavaScript behind a comment",
      written({ catalog: "/OpenAction << /S /Foo /JS%)\n(a) >>" }),
      /holds JavaScript/,
    ],
    [
      "JavaScript in packed objects",
      written({ catalog: "/OpenAction 20 0 R", objects: [objectStream(JS)] }),
      /holds JavaScript/,
    ],
    [
      "JavaScript in unpacked ones",
      written({ objects: [objectStream(JS, streamOf)] }),
      /holds JavaScript/,
    ],
    [
      "JavaScript in a text in packed objects",
      written({ objects: [objectStream(`(${JS.replaceAll("\\", "")})`)] }),
      /holds JavaScript/,
    ],
    [
      "packed objects of no type",
      written({ objects: [packedStream(`20 0 ${JS}`, "/#4e 1 /F#69rst 5")] }),
      /holds JavaScript/,
    ],
    [
      "packed objects, packed unusually",
      written({
        objects: [streamOf("789c", "/N 1 /First 5 /Filter [/ASCIIHexDecode /FlateDecode]")],
      }),
      /unusual way/,
    ],
    [
      "packed objects whose packing is named elsewhere",
      written({
        objects: [
          packedStream(JS, "/N 1 /First 5").toString("latin1").replace("/FlateDecode", "9 0 R"),
        ].map((text) => Buffer.from(text, "latin1")),
      }),
      /unusual way/,
    ],
    [
      "packed objects that are damaged",
      written({ objects: [streamOf("no zlib", "/N 1 /First 5 /Filter /FlateDecode")] }),
      /is damaged/,
    ],
    [
      "an object inside a text",
      written({ objects: [`(x\n99 0 obj ${JS} endobj)`] }),
      /holds JavaScript/,
    ],
    [
      "an object inside a stream",
      written({ objects: [streamOf(`99 0 obj ${JS} endobj`)] }),
      /holds JavaScript/,
    ],
    [
      "an object with a comment in its head",
      written({ objects: [streamOf(`99%x\n0%y\nobj ${JS}`)] }),
      /holds JavaScript/,
    ],
    [
      "endobj inside of brackets",
      written({ catalog: "/X [ endobj obj ] /OpenAction << /S /Launch >>" }),
      /starts a program/,
    ],
    [
      "a stream inside of brackets",
      written({ objects: [`[ << /Length 0 >> stream\nendstream ${JS} ]`] }),
      /holds JavaScript/,
    ],
    [
      "a catalog in the trailer",
      written({ trailer: `/Root << /Pages 2 0 R /OpenAction ${JS} >>` }),
      /holds JavaScript/,
    ],
    ["a text that is never closed", written({ objects: ["(open"] }), /is damaged/],
    [
      "an action of the page",
      written({ page: "/AA << /O 6 0 R >>" }),
      /an action that runs by itself/,
    ],
    ["an action elsewhere", written({ page: "/AA 6 0 R" }), /an action that runs by itself/],
    [
      "a program",
      written({ catalog: "/OpenAction << /S /Launch /F (calc.exe) >>" }),
      /starts a program/,
    ],
    [
      "an embedded file",
      written({ objects: [packedStream("x", "/Type /EmbeddedFile")] }),
      /an embedded file/,
    ],
    ["an XFA form", written({ catalog: "/AcroForm << /XFA 6 0 R >>" }), /an XFA form/],
    ["rich media", written({ page: "/Annots [<< /Subtype /RichMedia >>]" }), /rich media/],
    [
      "a form that is sent",
      written({ page: "/Annots [<< /A << /S /SubmitForm >> >>]" }),
      /sends a form/,
    ],
    [
      "a form that is filled",
      written({ page: "/Annots [<< /A << /S /ImportData >> >>]" }),
      /imports data/,
    ],
    ["a password", written({ trailer: "/Encrypt << /Filter /Standard >>" }), /is encrypted/],
    [
      "10,000 arrays in one another",
      written({ catalog: `/X ${"[".repeat(10_000)}${"]".repeat(10_000)}` }),
      /nested far too deeply/,
    ],
  ])("%s", async (_, content, reason) => {
    expect(await faultOf(content)).toMatch(reason);
  });

  test("what pdfkit makes of it", async () => {
    const attached = await drawn((pdf) => {
      pdf.text(NUMBER).file(Buffer.from("<xml/>"), { name: "a.xml" });
    });
    expect(await faultOf(attached)).toMatch(/an embedded file/);
    for (const security of [{ userPassword: "a" }, { ownerPassword: "a" }]) {
      const locked = await drawn((pdf) => pdf.text(NUMBER), { pdfVersion: "1.7", ...security });
      expect(await faultOf(locked)).toMatch(/is encrypted/);
    }
  });
});

describe("a PDF that is none", () => {
  test.each<[string, Buffer, RegExp]>([
    ["nothing", Buffer.alloc(0), /begin with %PDF-/],
    ["a fake", Buffer.from("MZ%PDF-1.7"), /begin with %PDF-/],
    ["a head only", Buffer.from("%PDF-1.7\n"), /cannot be read/],
    ["cut off", written().subarray(0, 300), /cannot be read|does not show/],
    ["21 MB", Buffer.concat([written(), Buffer.alloc(21 * 1024 * 1024)]), /more than 20 MB/],
  ])("%s", async (_, content, reason) => {
    expect(await faultOf(content)).toMatch(reason);
  });
});

/** More than a process that looks may have of memory. */
const DRAWING_MB = process.env.FULL ? 600 : 320;

describe("a PDF that costs too much", () => {
  const bomb = (level: number, bytes: number) =>
    Array.from({ length: level }).reduce<Buffer>(
      (packed) => deflateSync(packed, { level: 9 }),
      Buffer.alloc(bytes, "BT (x) Tj ET "),
    );
  const laughs = Array.from({ length: 9 }, (_, at) =>
    streamOf(
      at === 8 ? "BT /F1 9 Tf (x) Tj ET" : `/X Do `.repeat(12),
      `/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /Font << /F1 5 0 R >> /XObject << /X ${at + 7} 0 R >> >>`,
    ),
  );

  test.each<[string, () => Buffer, RegExp]>([
    [
      `a drawing of ${DRAWING_MB} MB`,
      () => written({ content: streamOf(bomb(1, DRAWING_MB * 1_000_000), "/Filter /FlateDecode") }),
      /takes (too much memory|more than 5 seconds)/,
    ],
    [
      "packed objects of 100 MB",
      () =>
        written({
          objects: [streamOf(bomb(1, 100_000_000), "/N 1 /First 5 /Filter /FlateDecode")],
        }),
      /unpacks to far too much/,
    ],
    [
      "many packed objects of 15 MB",
      () =>
        written({
          objects: Array.from({ length: 6 }, () =>
            streamOf(bomb(1, 15_000_000), "/N 1 /First 5 /Filter /FlateDecode"),
          ),
        }),
      /unpacks to far too much/,
    ],
    [
      "a form in a form in a form, 12 times each",
      () =>
        written({
          content: "/X Do",
          page: "/Resources << /XObject << /X 6 0 R >> >>",
          objects: laughs,
        }),
      /takes (too much memory|more than 5 seconds)|does not show|no text/,
    ],
  ])(
    "%s is given up, and the next is looked at",
    async (_, content, reason) => {
      const bytes = content();
      const started = performance.now();
      let looking = true;
      let peak = 0;
      const watch = (async () => {
        while (looking) {
          peak = Math.max(peak, ...checkers().map(({ rss }) => rss));
          await sleep(20);
        }
      })();
      expect(await faultOf(bytes)).toMatch(reason);
      looking = false;
      await watch;
      // 300 MB, and what comes between two looks of its watch.
      expect(peak).toBeLessThan(420 * 1024 * 1024);
      expect(performance.now() - started).toBeLessThan(15_000);
      expect(await faultOf(written())).toBeNull();
    },
    40_000,
  );

  test("one page that is its own parent, a table that is before itself", async () => {
    expect(await faultOf(written({ page: "/Kids [3 0 R] /Type /Pages" }))).toMatch(/the PDF/);
    expect(String(await faultOf(written({ trailer: "/Prev 9" })))).not.toMatch(/takes/);
  });
});

test("200 PDFs changed at random are taken or refused, and nothing hangs or breaks", async () => {
  const right = [written({ objects: [objectStream("<< /A 1 >>")] }), await billWith(NUMBER)];
  const fates = new Map<string | null, number>();
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = dice(seed);
    const content = Buffer.from(right[seed % 2] ?? Buffer.alloc(0));
    for (let change = random(12); change >= 0; change -= 1) {
      const at = 8 + random(content.length - 8);
      if (random(3) === 0) {
        content.copyWithin(at, random(content.length), random(content.length));
      } else {
        content[at] = random(256);
      }
    }
    const fate = await faultOf(content);
    fates.set(fate, (fates.get(fate) ?? 0) + 1);
  }
  // Some of either kind, or the changes were none.
  expect(fates.get(null)).toBeGreaterThan(5);
  expect(fates.size).toBeGreaterThan(2);
  expect([...fates.keys()].join()).not.toMatch(/takes/);
}, 120_000);

/** The processes of this one that look at PDFs. */
function checkers(): { pid: number; rss: number }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const [, parent] =
          /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, "utf8")) ?? [];
        const [, pages] = readFileSync(`/proc/${name}/statm`, "utf8").split(" ");
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8");
        const ours = Number(parent) === process.pid && command.includes("pdf-check-process");
        return ours ? [{ pid: Number(name), rss: Number(pages) * 4096 }] : [];
      } catch {
        return [];
      }
    });
}

test("never more than two processes look, they know no secret, and closing ends them", async () => {
  const all = Promise.all(Array.from({ length: 40 }, () => faultOf(written())));
  await faultOf(written());
  expect(checkers()).toHaveLength(2);
  for (const { pid } of checkers()) {
    expect(readFileSync(`/proc/${pid}/environ`, "latin1")).not.toMatch(/AUTH_SECRET|DATABASE/);
  }
  expect(await all).toEqual(Array.from({ length: 40 }, () => null));
  const waiting = Promise.allSettled(
    Array.from({ length: 200 }, () => checkPdf(written(), { billNumber: NUMBER })),
  );
  await closePdfChecks();
  expect(checkers()).toEqual([]);
  // One or two answers may have been on their way.
  const failed = (await waiting).filter((outcome) => outcome.status === "rejected");
  expect(failed.length).toBeGreaterThan(190);
  for (const { reason } of failed) {
    expect(reason).toEqual(new Error("the checks of PDFs were closed"));
  }
  expect(await faultOf(written())).toBeNull();
});

test("a process that somebody else ends is replaced, and no PDF is blamed for it", async () => {
  await faultOf(written());
  const all = Promise.all(Array.from({ length: 60 }, () => faultOf(written())));
  await faultOf(written());
  for (const { pid } of checkers()) {
    process.kill(pid, "SIGKILL");
  }
  expect(new Set(await all)).toEqual(new Set([null]));
});
