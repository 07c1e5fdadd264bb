import { existsSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { intervalsOfDay } from "@/lib/consumption/bands";
import { MISSING, profileFault } from "@/lib/consumption/rules";
import { FaultList, faultSentence, ImportRefusedError } from "@/lib/imports/errors";
import { localDay } from "@/lib/imports/layouts/local-clock";
import { readReadings } from "@/lib/imports/layouts/read-readings";
import type { ReadingDay } from "@/lib/imports/layouts/reading-day";

const SPRING = "2026-03-29";
const AUTUMN = "2026-10-25";

async function fileOf(lines: string[] | string, name = "readings.csv"): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "sportello-readings-"));
  const text = typeof lines === "string" ? lines : `${lines.join("\n")}\n`;
  await writeFile(path.join(folder, name), text);
  return path.join(folder, name);
}

async function read(file: string, layout?: string) {
  const list = new FaultList(path.basename(file));
  const days: ReadingDay[] = [];
  try {
    for await (const day of readReadings({ path: file, layout }, list)) {
      days.push(day);
      expect(profileFault(day)).toBeNull();
    }
  } catch (error) {
    expect(error).toBeInstanceOf(ImportRefusedError);
  }
  return { days, faults: list.all.map(faultSentence) };
}

const total = (days: ReadingDay[], direction = "consumption") =>
  days
    .filter((day) => day.direction === direction)
    .reduce((sum, { values }) => sum + values.reduce((all, one) => all + Math.max(one, 0), 0), 0);

const OWN = "contract_number;start;end;value;unit;quality";

/** An instant with Rome's offset of then, as our own layout has it. */
function iso(ms: number, offset: number): string {
  const local = new Date(ms + offset * 3_600_000).toISOString().slice(0, 19);
  return `${local}+0${offset}:00`;
}

function ownLines(
  day: string,
  values: (number | null)[],
  minutes = 15,
  contract = "C-1",
): string[] {
  const start = localDay(day)?.startMs ?? 0;
  return values.map((value, at) => {
    const from = start + at * minutes * 60_000;
    const cell = value === null ? "" : (value / 1000).toFixed(3).replace(".", at % 2 ? "," : ".");
    return [
      contract,
      iso(from, at % 3 === 0 ? 1 : 2),
      iso(from + minutes * 60_000, 2),
      cell,
      "kWh",
      value === null ? "missing" : "actual",
    ].join(";");
  });
}

/** A day by the labels of its clock, twice where the clock shows them twice. */
function labels(day: string, minutes: number): string[] {
  const count = intervalsOfDay(day, minutes);
  return Array.from({ length: count }, (_, at) => {
    const elapsed = at * minutes;
    const shift =
      count * minutes === 1380 && elapsed >= 120
        ? 60
        : count * minutes === 1500 && elapsed >= 180
          ? -60
          : 0;
    const clock = elapsed + shift;
    return `${String(Math.floor(clock / 60)).padStart(2, "0")}:${String(clock % 60).padStart(2, "0")}`;
  });
}

describe("our own layout", () => {
  test("R22 intervals become a day, whatever offset they are written with; gaps are missing", async () => {
    const values = Array.from({ length: 96 }, (_, at) => (at === 5 ? null : at * 10));
    const lines = ownLines("2026-05-04", values).filter((_, at) => at !== 40);
    const { days, faults } = await read(await fileOf([OWN, ...lines]));
    expect(faults).toEqual([]);
    expect(days).toMatchObject([
      {
        of: { by: "contract_number", value: "C-1" },
        localDay: "2026-05-04",
        intervalMinutes: 15,
        source: "sportello",
        line: 2,
      },
    ]);
    expect(
      days[0]?.values.map((value, at) => (at === 40 ? null : value === MISSING ? null : value)),
    ).toEqual(values.map((value, at) => (at === 40 ? null : value)));
    expect([...(days[0]?.quality ?? "")].filter((letter) => letter === "m")).toHaveLength(2);
  });

  test.each([
    [SPRING, 92],
    [AUTUMN, 100],
    ["2026-05-04", 96],
  ])("R22 %s has %i quarter-hours", async (day, count) => {
    const values = Array.from({ length: count }, (_, at) => at);
    const { days, faults } = await read(await fileOf([OWN, ...ownLines(day, values)]));
    expect(faults).toEqual([]);
    expect(days[0]?.values).toEqual(values);
  });

  test("R22 hours, whole days, gas in m3 and Smc, water", async () => {
    const row = (contract: string, unit: string, value: string) =>
      `${contract};2026-05-04T00:00:00+02:00;2026-05-05T00:00:00+02:00;${value};${unit};estimated`;
    const { days, faults } = await read(
      await fileOf([OWN, row("G", "m3", "1,234"), row("S", "Smc", "2.5"), row("W", "l", "120")]),
    );
    expect(faults).toEqual([]);
    expect(days).toMatchObject([
      { intervalMinutes: 1440, values: [1234], volume: "m3", commodity: null, quality: "e" },
      { values: [2500], commodity: "gas" },
      { values: [120], volume: "m3" },
    ]);
  });

  test("the same interval twice is one; with another value it is a fault that names both lines", async () => {
    const [line = ""] = ownLines("2026-05-04", [10]);
    expect((await read(await fileOf([OWN, line, line]))).faults).toEqual([]);
    const other = line.replace("0.010", "0.011");
    expect((await read(await fileOf([OWN, line, other]))).faults).toEqual([
      "readings.csv, line 3: this interval stands on line 2 already, with another value",
    ]);
  });

  test.each([
    ["C-1;2026-02-31T00:00:00Z;2026-03-01T00:15:00Z;1;kWh;", /not a time/],
    ["C-1;2026-05-04 00:00;2026-05-04 00:15;1;kWh;", /not a time/],
    ["C-1;2026-05-04T00:00:00Z;2026-05-04T00:05:00Z;1;kWh;", /has 5 minutes/],
    ["C-1;2026-05-04T00:07:00Z;2026-05-04T00:22:00Z;1;kWh;", /multiple of 15/],
    ["C-1;2026-05-04T00:00:00Z;2026-05-04T00:15:00Z;-1;kWh;", /is negative/],
    ["C-1;2026-05-04T00:00:00Z;2026-05-04T00:15:00Z;1e3;kWh;", /not a number/],
    ["C-1;2026-05-04T00:00:00Z;2026-05-04T00:15:00Z;1.2.3;kWh;", /not a number/],
    ["C-1;2026-05-04T00:00:00Z;2026-05-04T00:15:00Z;0,0001;kWh;", /finer than the base unit/],
    ["C-1;2026-05-04T00:00:00Z;2026-05-04T00:15:00Z;99999999999999999999;kWh;", /more than any/],
    ["C-1;2026-05-04T00:00:00Z;2026-05-04T00:15:00Z;1;BTU;", /no unit that is known/],
    [";2026-05-04T00:00:00Z;2026-05-04T00:15:00Z;1;kWh;", /is empty/],
    ["C-1;2026-05-04T00:00:00Z;1;kWh;", /has 5 cells/],
  ])("R22 %s is refused by line", async (line, sentence) => {
    const { days, faults } = await read(await fileOf([OWN, line]));
    expect(days).toEqual([]);
    expect(faults).toEqual([expect.stringMatching(sentence)]);
    expect(faults[0]).toContain("line 2");
  });

  test("R22 whatever quarter-hours are written come back, over clock changes, in three layouts", async () => {
    const wide = await fileOf(JSON.stringify(WIDE), "wide.json");
    const local = await fileOf(JSON.stringify(LOCAL), "local.json");
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(SPRING, AUTUMN, "2026-01-01", "2024-02-29"),
        fc.array(fc.option(fc.nat(4_000), { freq: 8 }), { minLength: 100, maxLength: 100 }),
        async (day, drawn) => {
          const values = drawn.slice(0, intervalsOfDay(day, 15));
          fc.pre(values.some((value) => value !== null));
          const expected = values.map((value) => value ?? MISSING);
          const own = await read(await fileOf([OWN, ...ownLines(day, values)]));
          expect(own.days[0]?.values).toEqual(expected);
          const cell = (value: number | null) => (value === null ? "" : String(value / 1000));
          const rows = labels(day, 15).map(
            (label, at) => `${day} ${label}|${cell(values[at] ?? null)}`,
          );
          const labelled = await read(await fileOf(["when|kwh", ...rows]), local);
          expect(labelled.faults).toEqual([]);
          expect(labelled.days[0]?.values).toEqual(expected);
          if (day !== AUTUMN) {
            const cells = values.map(cell);
            const row =
              day === SPRING ? [...cells.slice(0, 8), "", "", "", "", ...cells.slice(8)] : cells;
            const header = Array.from({ length: 96 }, (_, at) => `q${at + 1}`).join(",");
            const file = await fileOf([`day,${header}`, `${day},${row.join(",")}`]);
            expect((await read(file, wide)).days[0]?.values).toEqual(expected);
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});

const WIDE = {
  name: "their-wide",
  delimiter: ",",
  commodity: "electricity",
  unit: { fixed: "kwh" },
  layout: { shape: "wide", day: "day", format: "yyyy-MM-dd", minutes: 15, intervals: "q{n}" },
};
const LOCAL = {
  name: "their-long",
  delimiter: "|",
  unit: { fixed: "kwh" },
  layout: { shape: "long", start: ["when"], format: "yyyy-MM-dd HH:mm", minutes: 15, value: "kwh" },
};

describe("declared layouts", () => {
  test("R22 the autumn day's 25 hours are refused by 96 columns, and the spring's skipped hour must be empty", async () => {
    const wide = await fileOf(JSON.stringify(WIDE), "wide.json");
    const header = `day,${Array.from({ length: 96 }, (_, at) => `q${at + 1}`).join(",")}`;
    const full = (day: string) => `${day},${Array.from({ length: 96 }, () => "0.1").join(",")}`;
    expect((await read(await fileOf([header, full(AUTUMN)]), wide)).faults).toEqual([
      expect.stringContaining("has 25 hours"),
    ]);
    expect((await read(await fileOf([header, full(SPRING)]), wide)).faults[0]).toContain(
      "the clocks skip this time",
    );
  });

  test("labels of the end, registers that are summed, words for direction and quality", async () => {
    const profile = {
      ...LOCAL,
      direction: { column: "way", values: { in: "consumption", out: "injection" } },
      register: { column: "tariff" },
      quality: { column: "state", values: { E: "e", X: "m" } },
      ignored: ["note"],
      layout: { ...LOCAL.layout, label: "end", minutes: 60 },
    };
    const layout = await fileOf(JSON.stringify(profile), "p.json");
    const { days, faults } = await read(
      await fileOf([
        "when|kwh|way|tariff|state|note",
        "2026-05-04 01:00|1|in|day|A|",
        "2026-05-04 01:00|2|in|night|E|",
        "2026-05-05 00:00|4|in|day|A|",
        "2026-05-04 02:00|9|in|day|X|",
        "2026-05-04 01:00|0|out|day|A|",
      ]),
      layout,
    );
    expect(faults).toEqual([]);
    expect(days).toHaveLength(2);
    expect(days[0]?.values).toEqual([3000, ...new Array<number>(22).fill(MISSING), 4000]);
    expect(days[0]?.quality).toBe(`e${"m".repeat(22)}a`);
    expect(days[1]).toMatchObject({ direction: "injection", values: expect.arrayContaining([0]) });
  });

  test("a profile that is wrong is told by its field", async () => {
    const data = await fileOf(["when|kwh", "2026-05-04 00:00|1"]);
    const wrong = { ...LOCAL, delimiter: "#", more: 1, layout: { ...LOCAL.layout, minutes: 7 } };
    const { faults } = await read(data, await fileOf(JSON.stringify(wrong), "wrong.json"));
    expect(faults.join("\n")).toMatch(/delimiter/);
    expect(faults.join("\n")).toMatch(/minutes/);
    expect((await read(data, await fileOf("{", "broken.json"))).faults[0]).toContain("not JSON");
    expect((await read(data, "/nowhere/none.json")).faults[0]).toContain("not there");
  });

  test("a day that comes back after two thousand others is too late", async () => {
    const layout = await fileOf(
      JSON.stringify({ ...LOCAL, contract: { column: "c", by: "contract_number" } }),
      "l.json",
    );
    const rows = Array.from({ length: 2_100 }, (_, at) => `2026-05-04 00:00|1|C-${at}`);
    const { days, faults } = await read(
      await fileOf(["when|kwh|c", ...rows, "2026-05-04 00:15|1|C-0"]),
      layout,
    );
    expect(days).toHaveLength(2_100);
    expect(faults).toEqual([expect.stringContaining("sort it by contract and time")]);
  });
});

describe("gas positions of the national portal", () => {
  const HEADER = "PDR;ANNOMESE_RIFERIMENTO;DATA LETTURA;DATA RICEZIONE;FLUSSO;MOTIVAZIONE;LETTURA";
  const at = (day: string, position: string) =>
    `01234567890123;202605;${day};${day};TML;1;${position}`;

  test("R22 two following days give one day's gas; what lies further apart gives none", async () => {
    const { days, faults } = await read(
      await fileOf([
        HEADER,
        at("04/05/2026", "1000"),
        at("06/05/2026", "1005,5"),
        at("05/05/2026", "1002"),
      ]),
    );
    expect(faults).toEqual([]);
    expect(days.map(({ localDay: day, values }) => [day, values])).toEqual([
      ["2026-05-04", [2000]],
      ["2026-05-05", [3500]],
    ]);
    const { faults: none } = await read(
      await fileOf([HEADER, at("04/05/2026", "1"), at("04/06/2026", "2")]),
    );
    expect(none).toEqual([expect.stringContaining("following days")]);
  });
});

const samples = process.env.SPORTELLO_SAMPLES ?? "../shared/samples";

describe.skipIf(!existsSync(samples) && !process.env.SPORTELLO_SAMPLES)(
  `readings that others wrote (${samples})`,
  () => {
    const sample = (name: string) => path.join(samples, name);

    test("R22 a real household's month", async () => {
      const { days, faults } = await read(
        sample("consumption/e-distribuzione-quarter-hours-2024-09.csv"),
      );
      expect(faults).toEqual([]);
      expect([days.length, total(days)]).toEqual([30, 269_281]);
    });

    test("R22 the autumn day's labels come twice: 100 quarter-hours each way", async () => {
      const { days, faults } = await read(
        sample("consumption/fluvius-electricity-quarter-hours-2023-autumn.csv"),
      );
      expect(faults).toEqual([]);
      expect(
        days.filter(({ localDay: day }) => day === "2023-10-29").map(({ values }) => values.length),
      ).toEqual([100, 100]);
      const autumn = days.find(({ localDay: day }) => day === "2023-10-29");
      // From 2 to 3 of both hours, as the file has them side by side.
      expect(autumn?.values.slice(8, 16)).toEqual([276, 286, 269, 295, 261, 268, 273, 286]);
      expect([total(days), total(days, "injection")]).toEqual([1_462_321, 124_930]);
    });

    test("R22 a real Green Button export: its sum, its gaps, its clock changes", async () => {
      const { days, faults } = await read(sample("greenbutton/real-customer-hourly-2011.xml"));
      expect(faults).toEqual([]);
      // What the export itself states as the sum.
      expect(total(days)).toBe(5_089_595);
      const given = days.flatMap(({ values }) => values).filter((value) => value !== MISSING);
      expect(given).toHaveLength(8_727);
      expect(days.map(({ values }) => values.length).filter((count) => count !== 24)).toEqual([
        23, 25,
      ]);
      const quarters = await read(sample("greenbutton/test_usage_data_01.xml"));
      expect(quarters.faults).toEqual([]);
      expect(total(quarters.days)).toBe(93_846);
    });

    test("headers alone, and a statement without intervals, hold no days", async () => {
      for (const name of ["luce", "gas"]) {
        const { days } = await read(sample(`consumption/PortaleConsumi_letture_${name}.csv`));
        expect(days).toEqual([]);
      }
      const statement = await read(sample("greenbutton/Retail_Customer_Statement_Example.xml"));
      expect(statement.faults).toEqual([expect.stringContaining("holds no IntervalBlock")]);
    });
  },
);
