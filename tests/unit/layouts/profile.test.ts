import { describe, expect, test } from "vitest";
import { writeText } from "../../factories/import-files";
import { read, readPath, refusal } from "./read-file";

const GOOD = {
  name: "mine",
  shape: "long",
  unit: "Wh",
  start: { column: "at", format: "dd/MM/yyyy HH:mm" },
  intervalMinutes: 60,
  value: "wh",
};
const layoutFile = (content: unknown) =>
  writeText("mine.json", typeof content === "string" ? content : JSON.stringify(content));

describe("layouts from a JSON file", () => {
  test("are read as they are declared", async () => {
    const days = await read(["at;wh", "02/09/2024 10:00;5"], await layoutFile(GOOD));
    expect(days[0]).toMatchObject({ source: "mine", intervalMinutes: 60, localDay: "2024-09-02" });
    expect(days[0]?.values[10]).toBe(5);
  });

  test("a bad one is refused with one line per fault that names the field", async () => {
    const bad = {
      ...GOOD,
      name: "Not A Name",
      delimiter: ":",
      zone: "Europe/Roma",
      colour: "red",
      start: { column: [], format: "MM/dd/yy" },
      unit: "therm",
      intervalMinutes: 10,
    };
    const sentences = await refusal(read(["at;wh"], await layoutFile(bad)));
    expect(sentences.map((sentence) => /field ([\w.]+)/.exec(sentence)?.[1]).sort()).toEqual(
      [
        "delimiter",
        "intervalMinutes",
        "name",
        "start.column",
        "start.format",
        "unit",
        "zone",
        undefined,
      ].sort(),
    );
    expect(
      sentences.every((sentence) => sentence.startsWith("r.csv: the layout mine.json: ")),
    ).toBe(true);
    expect(sentences.join()).toMatch(/colour/);
    expect(sentences.join()).toMatch(/field zone: is not an IANA zone such as Europe\/Rome/);
  });

  test.each([
    ["no start or end", { start: undefined }, /field start: a long layout needs the column/],
    ["no length", { intervalMinutes: undefined }, /field intervalMinutes: is needed/],
    [
      "two times",
      { start: { column: "a", timeColumn: "b", format: "iso-offset" } },
      /field start\.format: must be that of a date/,
    ],
    [
      "too many columns",
      {
        shape: "wide",
        day: { column: "d", format: "yyyy-MM-dd" },
        columns: [{ names: "h{n}", count: 25 }],
        start: undefined,
        value: undefined,
      },
      /field columns\.0\.count: does not go with the interval/,
    ],
    [
      "too few names",
      {
        shape: "wide",
        day: { column: "d", format: "yyyy-MM-dd" },
        columns: [{ names: ["h1"] }],
        start: undefined,
        value: undefined,
      },
      /field columns\.0\.names: must be 24 names/,
    ],
    ["an unknown shape", { shape: "deep" }, /field shape: /],
  ])("refuses %s", async (_, over, sentence) => {
    const sentences = await refusal(read(["at;wh"], await layoutFile({ ...GOOD, ...over })));
    expect(sentences).toHaveLength(1);
    expect(sentences[0]).toMatch(sentence);
  });

  test("no JSON, no file, a folder and an endless file are one line each", async () => {
    const sentence = async (layout: string) => (await refusal(read(["at;wh"], layout))).join();
    expect(await sentence(await layoutFile("{"))).toBe(
      "r.csv: the layout mine.json: it is not JSON",
    );
    expect(await sentence("/nowhere/x.json")).toBe(
      "r.csv: the layout x.json: there is no such file",
    );
    expect(await sentence(await layoutFile(" ".repeat(300_000)))).toMatch(/far too long/);
    expect(await sentence(await layoutFile("[]"))).toMatch(/the layout mine\.json: /);
  });
});

describe("which layout", () => {
  test("an unknown name and an unknown header list the known ones", async () => {
    expect(await refusal(read(["a;b;c"], "terna"))).toEqual([
      'r.csv: there is no layout "terna"; known are e-distribuzione, portale-consumi-luce, portale-consumi-gas, fluvius, sportello, green-button, or name a JSON file with a layout of your own',
    ]);
    const [sentence] = await refusal(read(["a;b;c"]));
    expect(sentence).toMatch(
      /line 1: the header is of no known layout; known are e-distribuzione \(Giorno…\), /,
    );
    expect(sentence).toMatch(/green-button \(XML\)$/);
  });

  test("a named layout wins over what the header tells", async () => {
    expect((await refusal(read(["Giorno;x"], "sportello")))[0]).toMatch(
      /column contract_number: this column is missing/,
    );
  });

  test("a byte order mark, quotes, case and the order of columns do not matter", async () => {
    const header = '\uFEFF"END";"START";"Contract_Number";unit;value;quality';
    const line = "2024-09-02T11:00Z;2024-09-02T10:00Z;C;kWh;1;";
    expect((await read([header, line]))[0]?.source).toBe("sportello");
  });

  test.each([
    ["an empty file", "", /r\.csv: the file is empty; its first line must be a header/],
    ["blank lines", "\n\n", /the file is empty/],
    ["bytes that are no text", "Giorno;\u0000", /NUL bytes|column/],
    [
      "an open quote",
      'contract_number;start;end;value;unit;quality\n"C;1',
      /is opened and never closed/,
    ],
  ])("refuses %s", async (_, content, sentence) => {
    const sentences = await refusal(read(content));
    expect(sentences).toHaveLength(1);
    expect(sentences[0]).toMatch(sentence);
  });

  test("no such file, and a folder", async () => {
    expect(await refusal(readPath({ path: "/nowhere/r.csv" }))).toEqual([
      "r.csv: there is no such file",
    ]);
    expect(await refusal(readPath({ path: "/tmp" }))).toEqual([
      "tmp: this is a folder, not a file",
    ]);
  });
});
