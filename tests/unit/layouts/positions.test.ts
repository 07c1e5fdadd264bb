import { describe, expect, test } from "vitest";
import { Profile } from "@/lib/imports/layouts/profile";
import { read, refusal } from "./read-file";

const HEADER = "PDR;ANNOMESE_RIFERIMENTO;DATA LETTURA;DATA RICEZIONE;FLUSSO;MOTIVAZIONE;LETTURA";
const line = (day: string, position: string, pdr = "12345678901234") =>
  `${pdr};202403;${day};;TGL;;${position}`;
const three = [line("01/03/2024", "100"), line("02/03/2024", "103,5"), line("03/03/2024", "103,5")];

describe("portale-consumi-gas", () => {
  test.each([
    ["forwards", three],
    ["backwards", three.toReversed()],
  ])("R22 readings a day apart give that day's cubic metres, %s", async (_, lines) => {
    const days = await read([HEADER, ...lines]);
    const told = days.map(({ localDay, values }) => [localDay, values]);
    expect(told.sort()).toEqual([
      ["2024-03-01", [3500]],
      ["2024-03-02", [0]],
    ]);
    expect(days[0]).toMatchObject({
      of: { by: "supply_point", value: "12345678901234" },
      commodity: "gas",
      volume: "m3",
      intervalMinutes: 1440,
      quality: "a",
    });
  });

  test("R22 a longer span is never spread over its days: it is left out and counted", async () => {
    const notes: string[] = [];
    const lines = [line("01/02/2024", "50"), ...three, line("31/03/2024", "200")];
    const days = await read([HEADER, ...lines], undefined, (note) => notes.push(note));
    expect(days).toHaveLength(2);
    expect(notes).toEqual([
      "2 spans between readings more than a day apart were left out: their consumption cannot be put on days",
    ]);
    expect(await refusal(read([HEADER, line("01/02/2024", "1"), line("01/03/2024", "2")]))).toEqual(
      ["r.csv: no two readings are a day apart, so no day's consumption is known"],
    );
  });

  test("supplies may be mixed; an empty position is no reading", async () => {
    const other = "98765432109876";
    const days = await read([
      HEADER,
      line("01/03/2024", "1"),
      line("01/03/2024", "500", other),
      line("02/03/2024", ""),
      line("02/03/2024", "2"),
      line("02/03/2024", "507", other),
    ]);
    expect(days.map(({ of, values }) => [of?.value, values])).toEqual([
      ["12345678901234", [1000]],
      [other, [7000]],
    ]);
  });

  test("a lower position, another one for the same day and a jumbled order are refused", async () => {
    const sentences = await refusal(
      read([
        HEADER,
        line("01/03/2024", "100"),
        line("02/03/2024", "99"),
        line("02/03/2024", "99"),
        line("02/03/2024", "98"),
        line("01/03/2024", "98"),
        line("31/02/2024", "98"),
        line("03/03/2024", "1e9"),
      ]),
    );
    expect(sentences).toEqual([
      "r.csv, line 3: on 2024-03-02 the counter stands lower than on 2024-03-01 (lines 2 and 3); where the meter was changed, load its readings from a file of their own",
      "r.csv, line 5: 2024-03-02 stands there twice with different positions, already on line 4",
      "r.csv, line 6: 2024-03-01 is out of order; sort the file by supply and day",
      'r.csv, line 7, column DATA LETTURA: "31/02/2024" is not a day such as 01/09/2024',
      'r.csv, line 8, column LETTURA: "1e9" is not a number of m3 such as 0,139',
    ]);
  });

  test("a layout may say that counters are read as the day ends", async () => {
    const layout = Profile.parse({
      name: "ends",
      shape: "positions",
      unit: "m3",
      day: { column: "day", format: "yyyy-MM-dd" },
      read: "at-end",
      value: "counter",
    });
    const days = await read(["day;counter", "2024-02-29;1", "2024-03-01;2"], layout);
    expect(days.map(({ localDay }) => localDay)).toEqual(["2024-03-01"]);
  });
});
