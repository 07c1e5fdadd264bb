import path from "node:path";
import { describe, expect, test } from "vitest";
import { rowReader, words } from "@/lib/imports/cells";
import { readCsv } from "@/lib/imports/csv";
import { FaultList, faultSentence, ImportRefusedError } from "@/lib/imports/errors";
import { newFolder, writeText } from "../factories/import-files";

const COLUMNS = ["name", "amount"] as const;

async function read(content: string | Uint8Array) {
  const file = await writeText("a.csv", content);
  return await readFile(file);
}

async function readFile(file: string) {
  const faults = new FaultList(path.basename(file));
  const rows: { line: number; values: Record<string, string> }[] = [];
  for await (const some of readCsv(file, COLUMNS, faults)) {
    rows.push(...some);
  }
  faults.throwIfAny();
  return rows;
}

async function refusal(content: string | Uint8Array): Promise<string[]> {
  const error = await read(content).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ImportRefusedError);
  return (error as ImportRefusedError).faults.map(faultSentence);
}

describe("readCsv", () => {
  test("reads columns in any order, a byte order mark, CRLF, quotes and empty lines", async () => {
    expect(await read('\uFEFFamount;name\r\n1;" Rossi; ""Mario"" "\r\n\r\n2;Verdi\r\n')).toEqual([
      { line: 2, values: { name: 'Rossi; "Mario"', amount: "1" } },
      { line: 4, values: { name: "Verdi", amount: "2" } },
    ]);
  });

  test("a record over several lines counts by its first, and the next by its own", async () => {
    const rows = await read('name;amount\n"a\nb\nc";1\nd;2\n');
    expect(rows.map(({ line }) => line)).toEqual([2, 5]);
  });

  test("lines are counted through CRLF and CR within quotation marks", async () => {
    const rows = await read('name;amount\r\n"a\r\nb";1\r\n"c\rd";2\r\n\r\ne;3\r\n');
    expect(rows.map(({ line }) => line)).toEqual([2, 4, 6]);
  });

  test("names every unknown, missing and repeated column at once", async () => {
    expect(await refusal("name;colour;name\nx;y;z\n")).toEqual([
      'a.csv, line 1, column "colour": this column is unknown; take it out of the file',
      "a.csv, line 1, column name: this column stands there twice",
      "a.csv, line 1, column amount: this column is missing",
    ]);
  });

  test("names every line with too few or too many cells", async () => {
    expect(await refusal("name;amount\nx\ny;1\nz;1;2\n")).toEqual([
      "a.csv, line 2: the line has 1 cells where the header names 2 columns",
      "a.csv, line 4: the line has 3 cells where the header names 2 columns",
    ]);
  });

  test.each([
    ["an empty file", "", /^a\.csv: the file is empty/],
    ["commas", "name,amount\nx,1\n", /line 1: the columns must be separated by ; \(semicolon\)/],
    ["NUL bytes", "name;amount\nx;1\ny;\0\n", /line 3: the file holds NUL bytes/],
    ["Latin-1", Buffer.from("name;amount\nCittà;1\n", "latin1"), /line 2: the file is not UTF-8/],
    ["UTF-16", Buffer.from("\uFEFFname;amount\n", "utf16le"), /the file is not UTF-8/],
    ["an open quote", 'name;amount\nx;1\n"y;2\nz;3\n', /line 3: a quotation mark .* never closed/],
    [
      "an open quote after cells of several lines",
      'name;amount\n"x\ny";1\n\n"z;2\n',
      /line 5: a quotation mark .* never closed/,
    ],
    [
      "cells without end and without text",
      `name;amount\n"x";1\n${";".repeat(300_000)}`,
      /line 3: the line is far too long/,
    ],
    ["a quote in a cell", 'name;amount\nx"y";1\n', /line 2: a cell with quotation marks/],
    ["a long cell", `name;amount\n${"x".repeat(2_001)};1\n`, /line 2, column name: .* longer than/],
    ["a swallowed file", `name;amount\n"${"x;1\n".repeat(30_000)}`, /the line is far too long/],
  ])("refuses %s in one sentence", async (_what, content, sentence) => {
    const sentences = await refusal(content);
    expect(sentences).toHaveLength(1);
    expect(sentences[0]).toMatch(sentence);
  });

  test("a bad byte is found in whatever chunk of a large file it is", async () => {
    const good = Buffer.from(`name;amount\n${"Città;1\n".repeat(40_000)}`);
    expect(await read(good)).toHaveLength(40_000);
    const sentences = await refusal(Buffer.concat([good, Buffer.from([0xc3, 0x28, 10])]));
    expect(sentences).toEqual([
      "a.csv, line 40002: the file is not UTF-8 text; export it as UTF-8",
    ]);
  });

  test("a file that is not there, or is a folder, is named", async () => {
    const folder = await newFolder();
    await expect(readFile(path.join(folder, "none.csv"))).rejects.toThrow(
      "none.csv: there is no such file",
    );
    await expect(readFile(folder)).rejects.toThrow("this is a folder, not a file");
  });

  test("keeps a hundred faults and counts the rest", async () => {
    const faults = new FaultList("a.csv");
    for (let line = 1; line <= 250; line += 1) {
      rowReader({ name: words(5) })({ line, values: { name: "" } }, faults);
    }
    expect(() => faults.throwIfAny()).toThrow("a.csv, line 1, column name: is empty");
    const error = faults.refusal({ reason: "the last" });
    expect([error.faults.length, error.more]).toEqual([100, 151]);
  });

  test("shows no whole codice fiscale, whatever column it stands in", () => {
    const faults = new FaultList("a.csv");
    faults.add({ line: 3, reason: "RSSMRA80A01H501U stands in line 2 already" });
    expect(faults.all).toMatchObject([{ reason: "•••01U stands in line 2 already" }]);
  });

  test("shows no character that turns a line round or breaks it", () => {
    const faults = new FaultList("a.csv");
    faults.add({ line: 3, reason: "1 of B-5\u202E\u2066\u0007 stands in line 2 already" });
    expect(faults.all).toMatchObject([{ reason: "1 of B-5  stands in line 2 already" }]);
  });
});
