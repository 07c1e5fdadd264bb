import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { written } from "../unit/pdf-intake/pdf-bytes";
import { type ZipFileBytes, zipOf } from "../unit/pdf-intake/zip-bytes";
import type { HostileFile } from "./hostile-file";
import { billCells, textOf } from "./hostile-valid";

const NAME = "a.pdf";
/** The bill whose PDF it is; `billCells` gives it to the first. */
const FIRST = 21;

const bill = (number: string) =>
  written({ content: `BT /F1 12 Tf 72 700 Td (Bolletta ${number}) Tj ET` });
const GOOD = bill(`B-${FIRST}`);

const zipped = (...files: ZipFileBytes[]) => putZip(() => zipOf(files));
/** Made when it is put: some are dear. */
const putZip = (bytes: () => Buffer) => async (folder: string) => {
  const file = path.join(folder, "documents.zip");
  await writeFile(file, bytes());
  return file;
};
const inFolder = (put: (folder: string) => Promise<unknown>) => async (folder: string) => {
  const place = path.join(folder, "documents");
  await mkdir(place);
  await put(place);
  return place;
};
const pdf = (content: Buffer | string) =>
  inFolder((place) => writeFile(path.join(place, NAME), content));

type Documents = NonNullable<HostileFile["documents"]>;
/** What is wrong with a document, what column `document` says, and where documents are. */
type Case = [name: string, documents: Documents, named?: string];

const good: ZipFileBytes = { name: NAME, content: GOOD };
const whole = zipOf([good, { name: "b.pdf", content: bill("B-99") }]);
const zeros = Buffer.alloc(64 * 2 ** 20);
const afterGood = () => Buffer.concat([GOOD, zeros]);

const ZIPS: Case[] = [
  ["../a.pdf in it, asked for", zipped({ ...good, name: "../a.pdf" }), "../a.pdf"],
  ["../a.pdf in it", zipped({ ...good, name: "../a.pdf" })],
  ["/a.pdf in it, asked for", zipped({ ...good, name: "/a.pdf" }), "/a.pdf"],
  ["..\\a.pdf in it, asked for", zipped({ ...good, name: "..\\a.pdf" }), "..\\a.pdf"],
  ["C:\\a.pdf in it, asked for", zipped({ ...good, name: "C:\\a.pdf" }), "C:\\a.pdf"],
  ["a folder before the name", zipped({ ...good, name: "x/a.pdf" })],
  ["another case of the name", zipped({ ...good, name: "A.PDF" })],
  ["a name in another Unicode form", zipped({ ...good, name: "a\u0300.pdf" }), "à.pdf"],
  ["a NUL in the name", zipped({ ...good, name: "a.pdf\0.exe" })],
  ["a bomb", zipped({ name: NAME, content: zeros })],
  ["a bomb that says 1,000 bytes", zipped({ name: NAME, content: zeros, says: { bytes: 1_000 } })],
  ["a bomb that begins as a PDF", putZip(() => zipOf([{ name: NAME, content: afterGood() }]))],
  [
    "a bomb that says its ratio is fine",
    putZip(() =>
      zipOf([{ name: NAME, content: afterGood(), says: { bytes: 10_000, packed: 9_000 } }]),
    ),
  ],
  ["4 GB as it says", zipped({ ...good, says: { bytes: 0xfffffffe } })],
  ["no bytes as it says", zipped({ ...good, says: { bytes: 0 } })],
  ["a ZIP in it", zipped({ name: NAME, content: whole })],
  ["a link in it", zipped({ name: NAME, content: Buffer.from("/etc/passwd"), mode: 0o120777 })],
  ["a device in it", zipped({ ...good, mode: 0o020666 })],
  ["a folder that is called so", zipped({ ...good, mode: 0o040755 })],
  ["an encrypted file", zipped({ ...good, flags: 1 })],
  ["a strongly encrypted file", zipped({ ...good, flags: 0x41 })],
  ["an unknown method", zipped({ ...good, method: 99 })],
  ["stored bytes that say Deflate", zipped({ ...good, stored: true, method: 8 })],
  ["a wrong check sum", zipped({ ...good, says: { crc32: 1 } })],
  ["a wrong place", zipped({ ...good, says: { offset: 7 } })],
  ["a place behind the end", zipped({ ...good, says: { offset: 0x7fffffff } })],
  ["the file twice", zipped(good, { name: NAME, content: bill("B-99") })],
  ["nothing in it", zipped()],
  ["65,535 files as it says", putZip(() => zipOf([good], { entries: 65_535 }))],
  [
    "20,000 files, not this one",
    putZip(() => zipOf(Array.from({ length: 20_000 }, (_, at) => ({ name: `${at}.pdf` })))),
  ],
  ["a gzip", putZip(() => Buffer.from("1f8b0800000000000003", "hex"))],
  ["no bytes", putZip(() => Buffer.alloc(0))],
  ["PK only", putZip(() => Buffer.from("PK\x03\x04"))],
  ["a CSV", putZip(() => Buffer.from(textOf(billCells(FIRST))))],
  ...[10, 40, 200, whole.length - 30, whole.length - 5].map(
    (end): Case => [`truncated after ${end} bytes`, putZip(() => whole.subarray(0, end))],
  ),
];

const OUTSIDE = "outside.pdf";

const PDFS: Case[] = [
  ["an HTML page", pdf("<!DOCTYPE html><p>Errore 500</p>")],
  ["a ZIP", pdf(whole)],
  ["nothing", pdf("")],
  ["its first line only", pdf("%PDF-1.7\n")],
  [
    "zeros after its first line",
    pdf(Buffer.concat([Buffer.from("%PDF-1.7\n"), Buffer.alloc(100_000)])),
  ],
  ["its first half", pdf(GOOD.subarray(0, GOOD.length / 2))],
  ["another bill's number", pdf(bill("B-22"))],
  ["a longer number", pdf(bill(`B-${FIRST}7`))],
  ["no number", pdf(bill("e basta"))],
  ["no text", pdf(written({ content: "0 0 m 10 10 l S" }))],
  [
    "a script that runs when opened",
    pdf(written({ catalog: "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>" })),
  ],
  [
    "a script by an escaped name",
    pdf(written({ catalog: "/OpenAction << /S /Java#53cript /JS (app.alert\\(1\\)) >>" })),
  ],
  [
    "a program that is started",
    pdf(written({ catalog: "/OpenAction << /S /Launch /F (calc.exe) >>" })),
  ],
  ["an embedded file", pdf(written({ catalog: "/Names << /EmbeddedFiles << /Names [] >> >>" }))],
  ["an action of the page", pdf(written({ page: "/AA << /O << /S /JavaScript /JS (1) >> >>" }))],
  [
    "a form that is sent",
    pdf(written({ page: "/Annots [<< /A << /S /SubmitForm /F (http://posta.example) >> >>]" })),
  ],
  [
    "itself as its only page",
    pdf(
      written({ objects: ["<< /Type /Pages /Kids [6 0 R] /Count 1 >>"], catalog: "/Pages 6 0 R" }),
    ),
  ],
  [
    "a password",
    pdf(written({ trailer: "/Encrypt << /Filter /Standard /V 1 /R 2 /O (a) /U (b) /P -4 >>" })),
  ],
  [
    "21 MB",
    inFolder((place) =>
      writeFile(path.join(place, NAME), Buffer.concat([GOOD, Buffer.alloc(21 * 2 ** 20, 32)])),
    ),
  ],
  [
    "a link to a PDF",
    inFolder(async (place) => {
      await writeFile(path.join(place, "..", OUTSIDE), GOOD);
      await symlink(path.join("..", OUTSIDE), path.join(place, NAME));
    }),
  ],
  ["a link to itself", inFolder((place) => symlink(NAME, path.join(place, NAME)))],
  [
    "a link to an endless device",
    inFolder((place) => symlink("/dev/zero", path.join(place, NAME))),
  ],
  ["a folder", inFolder((place) => mkdir(path.join(place, NAME)))],
  ["not there", inFolder(async () => {})],
  [
    "a path out of the folder",
    inFolder((place) => writeFile(path.join(place, "..", OUTSIDE), GOOD)),
    `../${OUTSIDE}`,
  ],
  ["a whole path", pdf(GOOD), "/etc/passwd"],
  ["the folder itself", pdf(GOOD), "."],
  ["a name of 190 characters", pdf(GOOD), `${"à".repeat(186)}.pdf`],
  ["a name with a line break", pdf(GOOD), '"a\n.pdf"'],
  ["no documents at all", async (folder) => path.join(folder, "nowhere")],
  ["a device for documents", async () => "/dev/null"],
];

/** Bills whose documents are none that may be taken, and two whose are. */
export function hostileDocuments(): HostileFile[] {
  const files = (what: string, must: HostileFile["must"], cases: Case[]) =>
    cases.map(
      ([name, documents, named = NAME]): HostileFile => ({
        name: `documents, ${what}: ${name}`,
        kind: "bills",
        must,
        content: textOf(billCells(FIRST, named)),
        documents,
      }),
    );
  return [
    ...files("ZIP", "refuse", ZIPS),
    ...files("PDF", "refuse", PDFS),
    ...files("ZIP", "take", [["as it should be", zipped(good)]]),
    ...files("PDF", "take", [["as it should be", pdf(GOOD)]]),
  ];
}
