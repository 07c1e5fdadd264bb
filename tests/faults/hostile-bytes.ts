import { mkdir, symlink } from "node:fs/promises";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { diceFor } from "@/db/seed/dice";
import { zipOf } from "../unit/pdf-intake/zip-bytes";
import type { HostileFile } from "./hostile-file";
import { type HostileKind, textOf, validCells } from "./hostile-valid";

/** Bytes that are no UTF-8: a lone start, a lone end, too long a form, a surrogate, beyond the last. */
const BROKEN: [string, number[]][] = [
  ["a start without its end", [0xc3, 0x28]],
  ["an end without its start", [0x80]],
  ["too long a form of a slash", [0xc0, 0xaf]],
  ["a surrogate", [0xed, 0xa0, 0x80]],
  ["beyond the last character", [0xf5, 0x80, 0x80, 0x80]],
  ["a byte that never is", [0xff]],
  ["a character that breaks off", [0xe2, 0x82]],
];

const utf16be = (text: string) => Buffer.from(text, "utf16le").swap16();

/** Files whose bytes are wrong, whatever columns they have. Nothing of them may be taken. */
export function hostileBytes(kind: HostileKind, seed: number): HostileFile[] {
  const text = textOf(validCells(kind));
  const utf8 = Buffer.from(text);
  const accented = text.replace("\n", "\nà");
  const dice = diceFor(`bytes ${kind} ${seed}`);
  const random = Buffer.from(Array.from({ length: 5_000 }, () => dice.whole(0, 255)));
  const places: [string, number][] = [
    ["in the header", 5],
    ["in the middle", utf8.indexOf(10) + Math.floor(utf8.length / 2)],
    ["at the end", utf8.length],
  ];
  const inserted = (at: number, bytes: number[] | Buffer) => {
    const place = Math.min(at, utf8.length);
    return Buffer.concat([utf8.subarray(0, place), Buffer.from(bytes), utf8.subarray(place)]);
  };
  const contents: [string, HostileFile["content"]][] = [
    ["UTF-16 LE with a BOM", Buffer.from(`\uFEFF${text}`, "utf16le")],
    ["UTF-16 LE without a BOM", Buffer.from(text, "utf16le")],
    ["UTF-16 BE with a BOM", utf16be(`\uFEFF${text}`)],
    ["UTF-16 BE without a BOM", utf16be(text)],
    ["UTF-32 LE", utf32(text)],
    ["windows-1252", Buffer.from(accented, "latin1")],
    ["UTF-8, then windows-1252", Buffer.concat([utf8, Buffer.from(accented, "latin1")])],
    ...BROKEN.flatMap(([what, bytes]) =>
      places.map(([where, at]): [string, Buffer] => [`${what} ${where}`, inserted(at, bytes)]),
    ),
    ...places.map(([where, at]): [string, Buffer] => [`a NUL ${where}`, inserted(at, [0])]),
    ["NULs only", Buffer.alloc(100_000)],
    ["a NUL after each character", Buffer.from(text.split("").join("\0"))],
    ["gzip", gzipSync(utf8)],
    ["truncated gzip", gzipSync(utf8).subarray(0, 60)],
    ["zlib", deflateSync(utf8)],
    ["raw deflate", deflateRawSync(utf8)],
    ["a ZIP", zipOf([{ name: "file.csv", content: utf8 }])],
    ["a truncated ZIP", zipOf([{ name: "file.csv", content: utf8 }]).subarray(0, 80)],
    ["an XLSX", xlsx()],
    ["a PDF", Buffer.from("%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\n%%EOF\n")],
    ["a PNG", Buffer.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "latin1")],
    ["an old Excel file", Buffer.from("d0cf11e0a1b11ae1", "hex")],
    ["a program", Buffer.concat([Buffer.from("\x7fELF\x02\x01\x01\0", "latin1"), random])],
    ["an SQLite database", Buffer.from("SQLite format 3\0")],
    ["random bytes", random],
    ["an HTML page", "<!DOCTYPE html>\n<html><body>Accesso negato; 403</body></html>\n"],
    ["JSON", JSON.stringify(validCells(kind))],
    [
      "XML",
      '<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>\n<a>&b;</a>',
    ],
    ["nothing", ""],
    ["a BOM only", "\uFEFF"],
    ["a BOM of UTF-7", `+/v8-${text}`],
    ["line breaks only", "\n".repeat(10_000)],
    ["line ends of Windows only", "\r\n".repeat(10_000)],
    ["spaces only", " ".repeat(10_000)],
    ["semicolons only", ";".repeat(10_000)],
    ["quotes only", '"'.repeat(10_001)],
    ["a quote only", '"'],
    ["CR as the line end", text.replaceAll("\n", "\r")],
    ["LF CR as the line end", text.replaceAll("\n", "\n\r")],
    ["a CR instead of the last line's end", text.replace(/\n(?=[^\n]+\n$)/, "\r")],
    ["NEL as the line end", text.replaceAll("\n", "\u0085")],
    ["U+2028 as the line end", text.replaceAll("\n", "\u2028")],
    ["a folder", { put: async (file) => void (await mkdir(file)) }],
    ["no file", { put: async () => {} }],
    ["a link to itself", { put: async (file) => await symlink(file, file) }],
    ["a link to nothing", { put: async (file) => await symlink("/nowhere/at/all", file) }],
    ["an empty device", { put: async (file) => await symlink("/dev/null", file) }],
  ];
  return contents.map(([name, content]) => ({ name, kind, must: "refuse", content }));
}

/** Files that are far too long in some way; `big` is how many bytes the biggest has. */
export function hostileLengths(kind: HostileKind, big: number): HostileFile[] {
  const [header = [], ...rows] = validCells(kind);
  const text = textOf([header, ...rows]);
  const first = rows[0] ?? [];
  const withCell = (cell: string) => textOf([header, [cell, ...first.slice(1)], ...rows.slice(1)]);
  const piece = "a".repeat(2 ** 20);
  function* filled(before: string, after: string, bytes: number) {
    yield before;
    for (let done = 0; done < bytes; done += piece.length) {
      yield piece;
    }
    yield after;
  }
  const megabytes = Math.round(big / 2 ** 20);
  const contents: [string, HostileFile["content"]][] = [
    [`a line of ${megabytes} MB`, () => filled(text, "\n", big)],
    [`a first line of ${megabytes} MB`, () => filled("", `\n${text}`, big)],
    [`a quoted cell of ${megabytes} MB`, () => filled(`${text}"`, '"\n', big)],
    [
      "a cell of 10 MB",
      () => filled(`${header.join(";")}\n`, `;${first.slice(1).join(";")}\n`, 10 * 2 ** 20),
    ],
    ["a cell of 2,001 characters", withCell("x".repeat(2_001))],
    ["a cell of 60,000 characters", withCell("x".repeat(60_000))],
    ["a cell of 1,900 emoji", withCell("😀".repeat(1_900))],
    ["a cell of 30,000 quotes", withCell(`"${'""'.repeat(30_000)}"`)],
    ["10,000 columns", `${Array.from({ length: 10_000 }, (_, at) => `c${at}`).join(";")}\n`],
    ["a million columns", `${";".repeat(1_000_000)}\n`],
    ["10,000 cells", `${text}${"1;".repeat(10_000)}\n`],
    ["a header of 60,000 characters", `${"h".repeat(60_000)};${text}`],
    ["5,000 wrong lines", `${header.join(";")}\n${"a;b\n".repeat(5_000)}`],
    ["20,000 empty records", `${header.join(";")}\n${'""\n'.repeat(20_000)}`],
  ];
  return contents.map(([name, content]) => ({ name, kind, must: "refuse", content }));
}

function utf32(text: string): Buffer {
  const points = [...text].map((character) => character.codePointAt(0) ?? 0);
  const bytes = Buffer.alloc(points.length * 4);
  for (const [at, point] of points.entries()) {
    bytes.writeUInt32LE(point, at * 4);
  }
  return bytes;
}

const xlsx = () =>
  zipOf([
    { name: "[Content_Types].xml", content: Buffer.from("<Types/>") },
    { name: "xl/workbook.xml", content: Buffer.from("<workbook/>") },
    { name: "xl/worksheets/sheet1.xml", content: Buffer.from("<worksheet/>") },
  ]);
