import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { profileFault } from "@/lib/consumption/rules";
import { Profile } from "@/lib/imports/layouts/profile";
import type { ReadingDay } from "@/lib/imports/layouts/reading-day";
import { read, readPath, refusal } from "./read-file";

const samples = process.env.SPORTELLO_SAMPLES ?? "../shared/samples";
const of = (name: string) => path.join(samples, name);
const household = of("consumption/e-distribuzione-quarter-hours-2024-09.csv");
const fluvius = of("consumption/fluvius-electricity-quarter-hours-2023-autumn.csv");
const hourly = of("greenbutton/real-customer-hourly-2011.xml");

const sum = (days: ReadingDay[]) =>
  days.flatMap(({ values }) => values).reduce((total, value) => total + Math.max(value, 0), 0);
const missing = (day: ReadingDay | undefined) => day?.values.filter((value) => value < 0).length;
const on = (days: ReadingDay[], localDay: string, direction = "consumption") =>
  days.find((day) => day.localDay === localDay && day.direction === direction);

/** Skipped without the samples; with SPORTELLO_SAMPLES set, their absence is a failure. */
describe.skipIf(!existsSync(samples) && !process.env.SPORTELLO_SAMPLES)(
  `readings written by others (${samples})`,
  () => {
    test("R22 the distributor's month is 269.281 kWh in 30 days of 96 quarter-hours", async () => {
      const days = await readPath({ path: household });
      expect(days).toHaveLength(30);
      expect(sum(days)).toBe(269_281);
      expect(days[0]).toMatchObject({
        line: 2,
        of: null,
        commodity: "electricity",
        direction: "consumption",
        localDay: "2024-09-01",
        intervalMinutes: 15,
        volume: null,
        source: "e-distribuzione",
      });
      expect(days.map(profileFault)).toEqual(days.map(() => null));
    });

    test("R22 Fluvius: registers added up, injection apart, 100 quarter-hours in autumn", async () => {
      const days = await readPath({ path: fluvius });
      const rows = readFileSync(fluvius, "utf8").split("\r\n").slice(1).filter(Boolean);
      const wh = (register: string) =>
        rows
          .map((row) => row.split(";"))
          .filter((cells) => cells[7]?.startsWith(register))
          .reduce(
            (total, cells) => total + Math.round(Number(cells[8]?.replace(",", ".")) * 1000),
            0,
          );
      const consumed = days.filter(({ direction }) => direction === "consumption");
      const injected = days.filter(({ direction }) => direction === "injection");
      expect([consumed.length, injected.length]).toEqual([71, 71]);
      expect(sum(consumed)).toBe(wh("Offtake"));
      expect(sum(injected)).toBe(wh("Injection"));
      expect([wh("Offtake"), wh("Injection")]).toEqual([1_462_321, 124_930]);
      expect(days.map(profileFault)).toEqual(days.map(() => null));
      expect(days[0]?.of).toEqual({ by: "supply_point", value: "123456879123456789" });
      // The one interval the meter told nothing of is missing, not zero.
      expect(on(days, "2023-10-22")?.values.slice(0, 3)).toEqual([-1, 173, 162]);
      expect(on(days, "2023-10-22")?.quality).toBe(`m${"a".repeat(95)}`);
      // The repeated hour as the file has it: both 02:00, both 02:15, …; the last pair by its ends.
      const autumn = on(days, "2023-10-29");
      expect(autumn?.values).toHaveLength(100);
      expect(missing(autumn)).toBe(0);
      expect(autumn?.values.slice(7, 17)).toEqual([
        284, 276, 286, 269, 295, 261, 268, 273, 286, 283,
      ]);
    });

    test("R22 Green Button: a year of a real customer, its gap and its lost hour", async () => {
      const days = await readPath({ path: hourly });
      const xml = readFileSync(hourly, "utf8");
      const values = [...xml.matchAll(/<\/timePeriod>\s*<value>(\d+)</g)];
      expect(values).toHaveLength(8_727);
      expect(sum(days)).toBe(values.reduce((total, [, value]) => total + Number(value), 0));
      expect(days.map(profileFault)).toEqual(days.map(() => null));
      expect(days.flatMap((day) => day.values).filter((value) => value >= 0)).toHaveLength(8_727);
      expect(missing(on(days, "2011-02-09"))).toBe(8);
      expect(on(days, "2011-03-27")?.values).toHaveLength(23);
      expect(on(days, "2011-10-30")?.values).toHaveLength(25);
      expect(days[0]).toMatchObject({ of: null, commodity: "electricity", intervalMinutes: 60 });
    });

    test("R22 Green Button: by the customer's own clock, the autumn hour is missing", async () => {
      const layout = Profile.parse({
        name: "california",
        shape: "green-button",
        days: "America/Los_Angeles",
      });
      const days = await readPath({ path: hourly, layout });
      expect(days).toHaveLength(364);
      expect(on(days, "2011-11-06")?.values).toHaveLength(25);
      expect(missing(on(days, "2011-11-06"))).toBe(1);
      expect(days.filter((day) => missing(day)).map(({ localDay }) => localDay)).toEqual([
        "2011-02-08",
        "2011-11-06",
      ]);
    });

    test("Green Button: quality by reading, a feed with links and a stylesheet", async () => {
      const days = await readPath({ path: of("greenbutton/test_usage_data_01.xml") });
      expect(days.map(({ localDay }) => localDay)).toEqual(["2012-03-01", "2012-03-02"]);
      expect(days[0]?.values.slice(22, 28)).toEqual([-1, -1, 282, 323, 294, 331]);
      expect(days[0]?.quality.slice(22, 28)).toBe("mmeeaa");
    });

    test.each([
      ["the portal's electricity", "luce", "pod", "portale-consumi-luce"],
      ["the portal's gas", "gas", "PDR", "portale-consumi-gas"],
    ])("the header of %s tells its layout", async (_, file, column, source) => {
      const header = readFileSync(
        of(`consumption/PortaleConsumi_letture_${file}.csv`),
        "utf8",
      ).trim();
      expect(await refusal(read(header))).toEqual(["r.csv: the file has a header and no days"]);
      const names = header.split(/\r?\n/)[0]?.split(";") ?? [];
      const row = (day: string, reading: string) =>
        names
          .map((name) => {
            if (name === column) {
              return "12345678901234";
            }
            return /^data.lettura$/i.test(name)
              ? day
              : /^(ea\d+|LETTURA)$/.test(name)
                ? reading
                : "";
          })
          .join(";");
      const days = await read([header, row("01/03/2024", "1"), row("02/03/2024", "1")]);
      expect(days[0]).toMatchObject({ localDay: "2024-03-01", source });
    });

    test.each([
      ["greenbutton/Retail_Customer_Statement_Example.xml", /holds no IntervalReading/],
      ["greenbutton/espi.xsd", /holds no IntervalReading/],
      ["einvoices/hostile/billion_laughs.xml", /DOCTYPE/],
      ["einvoices/hostile/entity_expansion.xml", /DOCTYPE/],
      ["einvoices/hostile/quadratic_blowup.xml", /DOCTYPE/],
      ["einvoices/hostile/recursive_entity.xml", /DOCTYPE/],
      ["einvoices/hostile/embedded_schema.xml", /./],
      ["einvoices/hostile/small_jumbo.xml", /./],
      ["SOURCES.md", /the header is of no known layout; known are e-distribuzione/],
    ])("refuses %s in one line", async (file, sentence) => {
      const sentences = await refusal(readPath({ path: of(file) }));
      expect(sentences).toHaveLength(1);
      expect(sentences[0]).toMatch(sentence);
    });

    test("R22 every clock-change day of the vectors has 92 and 100 quarter-hours", async () => {
      const vectors: { dst: Record<string, { spring: string; autumn: string }> } = JSON.parse(
        readFileSync(of("identifier-and-band-vectors.json"), "utf8"),
      );
      for (const { spring, autumn } of Object.values(vectors.dst)) {
        for (const [day, count, offset] of [
          [spring, 92, "+01:00"],
          [autumn, 100, "+02:00"],
        ] as const) {
          const midnight = Date.parse(`${day}T00:00:00${offset}`);
          const at = (index: number) => new Date(midnight + index * 900_000).toISOString();
          const rows = Array.from(
            { length: count },
            (_, index) => `C;${at(index)};${at(index + 1)};${index};Wh;`,
          );
          const days = await read(["contract_number;start;end;value;unit;quality", ...rows]);
          expect(days).toHaveLength(1);
          expect(days[0]).toMatchObject({
            localDay: day,
            values: Array.from({ length: count }, (_, index) => index),
            quality: "a".repeat(count),
          });
        }
      }
    });
  },
);
