import { describe, expect, test } from "vitest";
import { Profile } from "@/lib/imports/layouts/profile";
import { read, refusal } from "./read-file";

const two = (number: number) => String(number).padStart(2, "0");
const clock = (at: number) => `${two(Math.floor(at / 4) % 24)}:${two((at % 4) * 15)}`;
const cells = (text: string, over: Record<number, string> = {}, count = 96) =>
  Array.from({ length: count }, (_, at) => over[at] ?? text).join(";");

describe("e-distribuzione", () => {
  const HEADER = `Giorno;${Array.from({ length: 96 }, (_, at) => `${clock(at)}-${clock(at + 1)}`).join(";")}`;
  const line = (day: string, values = cells("0,25")) => `${day};${values};`;

  test("R22 reads a day exactly; empty cells are missing", async () => {
    const [day] = await read([
      HEADER,
      line("02/09/2024", cells("0,1", { 0: "1", 1: "0,08", 2: "0,0050", 3: "" })),
    ]);
    expect(day?.values.slice(0, 5)).toEqual([1000, 80, 5, -1, 100]);
    expect(day?.quality.slice(0, 5)).toBe("aaama");
    expect(day).toMatchObject({ localDay: "2024-09-02", line: 2, of: null });
  });

  test("R22 spring has 92 values, autumn is refused", async () => {
    const skipped = { 8: "", 9: "0", 10: "0,000", 11: "" };
    const [spring] = await read([HEADER, line("31/03/2024", cells("0,1", skipped))]);
    expect(spring?.values).toEqual(Array.from({ length: 92 }, () => 100));
    expect(await refusal(read([HEADER, line("30/03/2025", cells("", { 8: "0,1" }))]))).toEqual([
      "r.csv, line 2, column 02:00-02:15: the clocks skip this time on 30/03/2025, so the cell must be empty",
    ]);
    expect(await refusal(read([HEADER, line("27/10/2024")]))).toEqual([
      "r.csv, line 2, column Giorno: 27/10/2024 has 25 hours, and 96 columns cannot hold its 100 quarter-hours; take the line out and load that day from a layout that can",
    ]);
  });

  test("every fault is told by line and column, as ever", async () => {
    const sentences = await refusal(
      read([
        HEADER,
        line("02/09/2024", cells("0,1", { 1: "-0,1", 2: "n/a", 3: "0,0001", 4: "99999" })),
        line("31/09/2024"),
        line("03/09/2024"),
        line("2024-09-04"),
        line("03/09/2024"),
        line("05/09/2024", cells("0,1", {}, 95)),
        line("06/09/2024", cells("0,1", {}, 97)),
        "07/09/2024;0,1",
      ]),
    );
    expect(sentences).toEqual([
      'r.csv, line 2, column 00:15-00:30: "-0,1" is negative',
      'r.csv, line 2, column 00:30-00:45: "n/a" is not a number of kWh such as 0,139',
      'r.csv, line 2, column 00:45-01:00: "0,0001" is finer than a watt-hour (0,001 kWh)',
      'r.csv, line 2, column 01:00-01:15: "99999" kWh in a quarter of an hour is more than any supply',
      'r.csv, line 3, column Giorno: "31/09/2024" is not a day such as 01/09/2024',
      'r.csv, line 5, column Giorno: "2024-09-04" is not a day such as 01/09/2024',
      "r.csv, line 6: 2024-09-03 stands there twice, already on line 4",
      "r.csv, line 7: the line has 95 values, and a day has 96 columns",
      "r.csv, line 8: the line has 97 values, and a day has 96 columns",
      "r.csv, line 9: the line has 1 values, and a day has 96 columns",
    ]);
  });

  test("a header out of order is refused at its first wrong column", async () => {
    const wrong = HEADER.replace("02:45-03:00", "02:45-03:15");
    for (const [header, sentence] of [
      [wrong, 'column 02:45-03:00: column 13 must be 02:45-03:00, but is "02:45-03:15"'],
      [`${HEADER};pod`, "column pod: this column is unknown; after 23:45-00:00 none may follow"],
      [
        HEADER.replace(";23:45-00:00", ""),
        "column 23:45-00:00: column 97 must be 23:45-00:00, but is missing",
      ],
    ] as const) {
      expect(await refusal(read([header]))).toEqual([`r.csv, line 1, ${sentence}`]);
    }
  });
});

describe("portale-consumi-luce", () => {
  const names = (name: string) =>
    Array.from({ length: 96 }, (_, at) => `${name}${at + 1}`).join(";");
  const HEADER = `pod;data_lettura;lettura_f1;tipo_flusso;${names("ea")};${names("er")}`;
  const line = (day: string, ea: string, pod = "it001e12345678") =>
    `${pod};${day};1234;PDO;${ea};${cells("9")}`;

  test("R22 active energy only, by supply point; a line of meter positions says nothing", async () => {
    const days = await read([
      HEADER,
      line("01/09/2024", cells("0.25", { 95: "" })),
      line("30/09/2024", cells("")),
      line("01/09/2024", cells("1"), "IT001E87654321"),
    ]);
    expect(days.map(({ of, localDay }) => [of?.value, localDay])).toEqual([
      ["IT001E12345678", "2024-09-01"],
      ["IT001E87654321", "2024-09-01"],
    ]);
    expect(days[0]?.values.slice(94)).toEqual([250, -1]);
    expect(days[0]).not.toHaveProperty("measuredBands");
  });

  test("R22 in spring, columns are times of the clock or since midnight, as the line shows", async () => {
    const inOrder = (skip: (at: number) => boolean) =>
      cells(
        "",
        Object.fromEntries(Array.from({ length: 96 }, (_, at) => [at, skip(at) ? "" : String(at)])),
      );
    const [byClock] = await read([
      HEADER,
      line(
        "31/03/2024",
        inOrder((at) => at >= 8 && at < 12),
      ),
    ]);
    expect(byClock?.values.slice(6, 10)).toEqual([6000, 7000, 12_000, 13_000]);
    expect(byClock?.values).toHaveLength(92);
    const [elapsed] = await read([
      HEADER,
      line(
        "31/03/2024",
        inOrder((at) => at >= 92),
      ),
    ]);
    expect(elapsed?.values).toEqual(Array.from({ length: 92 }, (_, at) => at * 1000));
    expect(await refusal(read([HEADER, line("31/03/2024", cells("1"))]))).toHaveLength(4);
    const unclear = inOrder((at) => (at >= 8 && at < 12) || at >= 92);
    expect((await refusal(read([HEADER, line("31/03/2024", unclear)])))[0]).toMatch(
      /column data_lettura: on 31\/03\/2024 the clocks skip an hour, and the line does not show/,
    );
  });

  test("R22 the day of 25 hours and a day told twice are refused", async () => {
    const sentences = await refusal(
      read([
        HEADER,
        line("27/10/2024", cells("1")),
        line("01/09/2024", cells("1")),
        line("02/09/2024", cells("1")),
        line("02/09/2024", cells("2")),
      ]),
    );
    expect(sentences).toHaveLength(2);
    expect(sentences[0]).toMatch(/27\/10\/2024 has 25 hours, and 96 columns cannot hold its 100/);
    expect(sentences[1]).toBe("r.csv, line 5: 2024-09-02 stands there twice, already on line 4");
  });
});

describe("a declared wide layout", () => {
  const layout = (over: object = {}) =>
    Profile.parse({
      name: "heat",
      shape: "wide",
      commodity: "district_heating",
      delimiter: ",",
      decimal: ".",
      unit: "kWh",
      of: { by: "contract_number", column: ["contract", "contratto"] },
      day: { column: "day", format: "yyyyMMdd" },
      intervalMinutes: 1440,
      columns: [{ names: ["used"] }, { direction: "injection", names: ["fed"] }],
      missing: ["-", "n.d."],
      ...over,
    });

  test("another delimiter and name, missing markers, both directions, a value a day", async () => {
    const days = await read(
      ["Contratto,DAY,fed,used", "C-1,20241027,-,12.5", "C-1,20241028,1,n.d."],
      layout(),
    );
    expect(days.map((day) => [day.localDay, day.direction, day.values, day.quality])).toEqual([
      ["2024-10-27", "consumption", [12_500], "a"],
      ["2024-10-27", "injection", [-1], "m"],
      ["2024-10-28", "consumption", [-1], "m"],
      ["2024-10-28", "injection", [1000], "a"],
    ]);
    expect(days[0]).toMatchObject({
      commodity: "district_heating",
      intervalMinutes: 1440,
      source: "heat",
    });
  });

  test("quality and bands of the line", async () => {
    const profile = layout({
      columns: [{ names: ["used"] }],
      quality: { column: "q", values: { M: "actual", S: "estimated", X: "missing" } },
      bands: { f1: "f1", f2: "f2", f3: "f3" },
    });
    const header = "contract,day,used,q,f1,f2,f3";
    const days = await read(
      [header, "C,20240901,6,s,1,2,3", "C,20240902,6,M,1,,3", "C,20240903,,X,,,"],
      profile,
    );
    expect(days.map(({ quality }) => quality)).toEqual(["e", "a", "m"]);
    expect(days.map(({ measuredBands }) => measuredBands)).toEqual([
      { f1: 1000, f2: 2000, f3: 3000 },
      undefined,
      undefined,
    ]);
    expect(await refusal(read([header, "C,20240901,6,X,1,2,3"], profile))).toEqual([
      "r.csv, line 2: the line holds values, but says that they are missing",
    ]);
  });

  test("columns that are missing, twice or unknown are told at once", async () => {
    expect(await refusal(read(["contract,used,used,colour"], layout()))).toEqual([
      "r.csv, line 1, column day: this column is missing",
      'r.csv, line 1, column "used": this column stands there twice',
      "r.csv, line 1, column fed: this column is missing",
      'r.csv, line 1, column "colour": the layout heat does not know this column',
    ]);
    const lenient = layout({ otherColumns: "ignore", trailingDelimiter: true });
    const days = await read(["contract,day,used,fed,colour", "C,20240901,1,2,red,"], lenient);
    expect(days).toHaveLength(2);
  });

  test("rounds halves up and carries, where the layout says so, and refuses else", async () => {
    const hourly = { intervalMinutes: 60, columns: [{ names: "h{n}" }] };
    const header = `contract,day,${Array.from({ length: 24 }, (_, at) => `h${at + 1}`).join(",")}`;
    const line = `C,20240901,${cells("0.0005", { 1: "", 23: "0.0000000000004" }, 24).replaceAll(";", ",")}`;
    const [day] = await read([header, line], layout({ ...hourly, rounding: "half-up-with-carry" }));
    // 22 times half a watt-hour are 11.
    expect(day?.values.slice(0, 6)).toEqual([1, -1, 0, 1, 0, 1]);
    expect(day?.values.reduce((sum, value) => sum + Math.max(value, 0), 0)).toBe(11);
    expect(await refusal(read([header, line], layout(hourly)))).toHaveLength(23);
  });
});
