import { describe, expect, test } from "vitest";
import { plainLong, read, refusal } from "./read-file";

const OURS = "contract_number;start;end;value;unit;quality";
const two = (number: number) => String(number).padStart(2, "0");
/** Local labels of a whole day's hours, from one hour to another. */
const hours = (day: string, from: number, to: number, value: (hour: number) => number | string) =>
  Array.from({ length: to - from }, (_, at) => `${day} ${two(from + at)}:00;${value(from + at)}`);
const hourly = plainLong({ intervalMinutes: 60 });

describe("intervals of one day", () => {
  test("R22 gaps are missing, never zero; a day is told by its first line", async () => {
    const days = await read(["at;wh", "2024-09-02 00:15;7", "2024-09-02 23:45;0"], plainLong());
    expect(days).toHaveLength(1);
    expect(days[0]).toMatchObject({ line: 2, localDay: "2024-09-02", intervalMinutes: 15 });
    expect(days[0]?.values.filter((value) => value >= 0)).toEqual([7, 0]);
    expect(days[0]?.values[1]).toBe(7);
    expect(days[0]?.quality).toBe(`ma${"m".repeat(93)}a`);
  });

  test("R22 the hour that spring skips may be absent, empty or zero, and nothing else", async () => {
    const day = "2024-03-31";
    const whole = [...hours(day, 0, 2, (h) => h), ...hours(day, 3, 24, (h) => h)];
    const values = [0, 1, ...Array.from({ length: 21 }, (_, at) => at + 3)];
    for (const skipped of [[], hours(day, 2, 3, () => ""), hours(day, 2, 3, () => 0)]) {
      const days = await read(["at;wh", ...whole, ...skipped], hourly);
      expect(days.map((one) => one.values)).toEqual([values]);
    }
    expect(await refusal(read(["at;wh", ...whole, `${day} 02:00;5`], hourly))).toEqual([
      "r.csv, line 25, column at: the clocks skip this time, so the value must be empty",
    ]);
  });

  test("R22 a label that autumn repeats once only is its first hour; the second is missing", async () => {
    const days = await read(["at;wh", ...hours("2024-10-27", 0, 24, (h) => h)], hourly);
    expect(days[0]?.values.slice(0, 5)).toEqual([0, 1, 2, -1, 3]);
    expect(days[0]?.values).toHaveLength(25);
  });

  test("R22 within the repeated hour, labels that begin anew are the second pass", async () => {
    const at = (minute: number, wh: number) => `2024-10-27 02:${two(minute)};${wh}`;
    // Hour by hour, with 02:15 lost from the first: it must not take the second's.
    const lines = [at(0, 1), at(30, 3), at(45, 4), at(0, 5), at(15, 6), at(30, 7), at(45, 8)];
    const [day] = await read(["at;wh", "2024-10-27 01:45;9", ...lines], plainLong());
    expect(day?.values.slice(7, 16)).toEqual([9, 1, -1, 3, 4, 5, 6, 7, 8]);
    // Label by label, as Fluvius writes it.
    const pairs = [
      at(0, 1),
      at(0, 5),
      at(15, 2),
      at(15, 6),
      at(30, 3),
      at(30, 7),
      at(45, 4),
      at(45, 8),
    ];
    const [paired] = await read(["at;wh", ...pairs], plainLong());
    expect(paired?.values.slice(8, 16)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test("R22 an offset tells the two hours apart, whatever the order", async () => {
    const days = await read([
      OURS,
      "C;2024-10-27T02:00+01:00;2024-10-27T03:00+01:00;2;kWh;",
      "C;2024-10-27T02:00+02:00;2024-10-27T02:00+01:00;1;kWh;",
    ]);
    expect(days[0]?.values.slice(1, 5)).toEqual([-1, 1000, 2000, -1]);
  });

  test("R22 the same interval again is fine with the same value, else both lines are named", async () => {
    const twice = ["at;wh", "2024-09-02 10:15;7", "2024-09-02 10:15;7"];
    expect((await read(twice, plainLong()))[0]?.values[41]).toBe(7);
    expect(await refusal(read([...twice, "2024-09-02 10:15;8"], plainLong()))).toEqual([
      "r.csv, line 4: 2024-09-02 10:15 stands there twice with different values, already on line 2",
    ]);
    // In the repeated hour, a third telling is no third interval.
    const autumn = ["at;wh", ...[1, 2, 2, 1].map((wh) => `2024-10-27 02:00;${wh}`)];
    expect((await read(autumn, hourly))[0]?.values.slice(2, 4)).toEqual([1, 2]);
    expect(await refusal(read([...autumn, "2024-10-27 02:00;3"], hourly))).toHaveLength(1);
  });

  test("R22 registers of a direction are added up; one that is missing leaves the sum missing", async () => {
    const layout = plainLong({
      register: {
        column: "register",
        values: { Day: "consumption", Night: "consumption", Fed: "injection", kvarh: "ignore" },
      },
    });
    const row = (at: string, wh: number | string, register: string) =>
      `2024-09-02 ${at};${wh};${register}`;
    const days = await read(
      [
        "at;wh;register",
        row("00:00", 5, "night"),
        row("00:00", 7, "Day"),
        row("00:00", 9, "Fed"),
        row("00:00", 99, "kvarh"),
        row("00:15", "", "Night"),
        row("00:15", 7, "Day"),
        row("00:30", 7, "Day"),
      ],
      layout,
    );
    const of = (direction: string) => days.find((day) => day.direction === direction);
    expect(of("consumption")?.values.slice(0, 4)).toEqual([12, -1, 7, -1]);
    expect(of("injection")?.values.slice(0, 2)).toEqual([9, -1]);
    expect(await refusal(read(["at;wh;register", row("00:00", 5, "Peak")], layout))).toEqual([
      'r.csv, line 2, column register: the layout does not know what "Peak" means here',
    ]);
  });

  test.each([
    [
      "00:00:00;2024-09-02T00:05:00",
      /the interval has 5 minutes, and a quarter of an hour is the shortest/,
    ],
    [
      "00:00:00;2024-09-02T00:45:00",
      /the interval has 45 minutes; 15, 30, 60 and a whole day are known/,
    ],
    ["00:15:00;2024-09-02T00:00:00", /the interval ends before it has begun/],
    ["00:10:00;2024-09-02T00:25:00", /2024-09-02 00:10 is no start of an interval of 15 minutes/],
    [
      "06:00:00;2024-09-03T06:00:00",
      /an interval of 1440 minutes from 2024-09-02 06:00 is neither/,
    ],
    [
      "00:00:30;2024-09-02T00:15:30",
      /"2024-09-02T00:00:30\+02:00" is not a time on the minute such as/,
    ],
    ["25:00:00;2024-09-03T00:15:00", /is not a time on the minute/],
  ])("refuses an interval of %s", async (span, sentence) => {
    const [start, end] = span.split(";");
    const sentences = await refusal(
      read([OURS, `C;2024-09-02T${start}+02:00;${end}+02:00;1;kWh;actual`]),
    );
    expect(sentences).toHaveLength(1);
    expect(sentences[0]).toMatch(sentence);
  });

  test("R22 a whole day is one value, on clock-change days too", async () => {
    const days = await read([
      OURS,
      "C;2024-10-27T00:00+02:00;2024-10-28T00:00+01:00;25;kWh;estimated",
      "C;2024-03-31T00:00+01:00;2024-04-01T00:00+02:00;23;kWh;",
      "C;2024-03-30T00:00+01:00;2024-03-31T00:00+01:00;24;kWh;",
    ]);
    expect(days.map((day) => [day.localDay, day.intervalMinutes, day.values, day.quality])).toEqual(
      [
        ["2024-10-27", 1440, [25_000], "e"],
        ["2024-03-31", 1440, [23_000], "a"],
        ["2024-03-30", 1440, [24_000], "a"],
      ],
    );
    const short = "C;2024-10-27T00:00+02:00;2024-10-28T00:00+02:00;25;kWh;";
    expect((await refusal(read([OURS, short])))[0]).toMatch(
      /neither 15, 30 or 60 minutes nor a whole day/,
    );
    const daily = plainLong({
      intervalMinutes: 1440,
      start: { column: "at", format: "yyyy-MM-dd" },
    });
    const dated = await read(["at;wh", "2024-10-27;5", "2024-03-31;6"], daily);
    expect(dated.map(({ values }) => values)).toEqual([[5], [6]]);
  });

  test("R22 a day has one kind of interval and one kind of unit", async () => {
    const at = (from: string, to: string, rest: string) =>
      `C;2024-09-02T${from}Z;2024-09-02T${to}Z;${rest};`;
    const sentences = await refusal(
      read([
        OURS,
        at("10:00", "10:15", "1;kWh"),
        at("11:00", "12:00", "1;kWh"),
        at("12:00", "12:15", "1;Smc"),
      ]),
    );
    expect(sentences).toEqual([
      "r.csv, line 3: 2024-09-02 has intervals of 15 minutes in kWh on line 2 and of 60 minutes in kWh here; a day has one kind",
      "r.csv, line 4: 2024-09-02 has intervals of 15 minutes in kWh on line 2 and of 15 minutes in Smc here; a day has one kind",
    ]);
  });
});

describe("units and commodities", () => {
  test.each([
    ["1,5", "kWh", 1500, null, null],
    ["0.0015", "MWh", 1500, null, null],
    ["1500", "wh", 1500, null, null],
    ["1,5", "m³", 1500, null, "m3"],
    ["1500", "l", 1500, "water", "m3"],
    ["1,5", "Smc", 1500, "gas", "Smc"],
  ])("%s %s", async (value, unit, base, commodity, volume) => {
    const line = `C;2024-09-02T10:00Z;2024-09-02T11:00Z;${value};${unit};`;
    const [day] = await read([OURS, line]);
    expect(day).toMatchObject({ commodity, volume, of: { by: "contract_number", value: "C" } });
    expect(day?.values[12]).toBe(base);
  });

  test("labels of another zone make Rome's days; ora solare all year has no doubled hour", async () => {
    const layout = plainLong({ intervalMinutes: 60, zone: "Etc/GMT-1" });
    const lines = hours("2024-10-27", 0, 24, (hour) => hour + 1);
    const days = await read(["at;wh", ...lines], layout);
    expect(days.map(({ localDay }) => localDay)).toEqual(["2024-10-27"]);
    expect(days[0]?.values).toEqual([-1, ...Array.from({ length: 24 }, (_, at) => at + 1)]);
  });

  test("a direction column of our own layout is read where it is there", async () => {
    const line = "C;2024-09-02T10:00Z;2024-09-02T11:00Z;1;kWh;;injection";
    expect((await read([`${OURS};direction`, line]))[0]?.direction).toBe("injection");
  });
});
