import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import { Profile } from "@/lib/imports/layouts/profile";
import type { ReadingDay } from "@/lib/imports/layouts/reading-day";
import { plainLong, read } from "./read-file";

/** A quarter-hour as the test's own arithmetic has it. */
interface Quarter {
  start: Temporal.ZonedDateTime;
  end: Temporal.ZonedDateTime;
  wh: number;
}

const ROME = "Europe/Rome";
const AROUND_CHANGES = ["2024-03-30", "2024-10-26", "2025-03-29", "2026-10-24", "2024-02-28"];

/** Three days on Rome's clock, the middle one with a clock change or a leap day. */
function quartersFrom(first: string, values: (at: number) => number): Quarter[] {
  const begin = Temporal.PlainDate.from(first).toZonedDateTime(ROME);
  const end = Temporal.PlainDate.from(first).add({ days: 3 }).toZonedDateTime(ROME);
  const count = (end.epochMilliseconds - begin.epochMilliseconds) / 900_000;
  return Array.from({ length: count }, (_, at) => ({
    start: begin.add({ minutes: at * 15 }),
    end: begin.add({ minutes: at * 15 + 15 }),
    wh: values(at),
  }));
}

const series = fc.record({
  first: fc.constantFrom(...AROUND_CHANGES),
  values: fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 0, max: 20_000_000 }) },
      { weight: 3, arbitrary: fc.integer({ min: 0, max: 999 }) },
      { weight: 1, arbitrary: fc.constant(-1) },
    ),
    { minLength: 300, maxLength: 300 },
  ),
});
const written = ({ first, values }: { first: string; values: number[] }) =>
  quartersFrom(first, (at) => values[at] ?? -1);

function byDay(quarters: Quarter[]): Quarter[][] {
  const days = new Map<string, Quarter[]>();
  for (const quarter of quarters) {
    const day = quarter.start.toPlainDate().toString();
    days.set(day, [...(days.get(day) ?? []), quarter]);
  }
  return [...days.values()];
}
const expected = (quarters: Quarter[]) =>
  byDay(quarters).map((day) => ({
    localDay: day[0]?.start.toPlainDate().toString(),
    values: day.map(({ wh }) => wh),
    quality: day.map(({ wh }) => (wh < 0 ? "m" : "a")).join(""),
  }));
const told = (days: ReadingDay[]) =>
  days
    .map(({ localDay, values, quality }) => ({ localDay, values, quality }))
    .sort((a, b) => (a.localDay < b.localDay ? -1 : 1));

/** Wh in kWh, as one of the ways it may be written. */
function kwh(wh: number, sign: string, full: boolean): string {
  if (wh < 0) {
    return "";
  }
  const decimals = String(wh % 1000).padStart(3, "0");
  const kept = full ? decimals : decimals.replace(/0+$/, "");
  return `${Math.floor(wh / 1000)}${kept === "" ? "" : `${sign}${kept}`}`;
}

const local = (at: Temporal.ZonedDateTime) =>
  at.toPlainDateTime().toString({ smallestUnit: "minute" });
const zoned = (at: Temporal.ZonedDateTime, utc: boolean) =>
  utc
    ? at.toInstant().toString()
    : `${at.toPlainDateTime().toString({ smallestUnit: "second" })}${at.offset}`;

const runs = { numRuns: process.env.FULL ? 300 : 25 };

describe("R22 what is written comes back, over clock changes in both directions", () => {
  test("in our own layout, with offsets or in UTC, in any order", async () => {
    await fc.assert(
      fc.asyncProperty(
        series,
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom(",", "."),
        fc.infiniteStream(fc.nat()),
        async (given, utc, shuffled, sign, random) => {
          const quarters = written(given);
          // In UTC, what is missing is not even told.
          const rows = quarters.filter(({ wh }) => !utc || wh >= 0);
          const lines = rows.map(
            ({ start, end, wh }) =>
              `C-1;${zoned(start, utc)};${zoned(end, utc)};${kwh(wh, sign, utc)};kWh;${wh < 0 ? "missing" : "actual"}`,
          );
          if (shuffled) {
            const keys = new Map(lines.map((line) => [line, random.next().value ?? 0]));
            lines.sort((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0));
          }
          const days = await read(["contract_number;start;end;value;unit;quality", ...lines]);
          expect(told(days)).toEqual(expected(quarters));
        },
      ),
      runs,
    );
  });

  test.each([
    ["elapsed", 100],
    ["either", 100],
  ] as const)(
    "in a wide layout by time since midnight (%s, %i columns)",
    async (position, count) => {
      const layout = Profile.parse({
        name: "wide",
        shape: "wide",
        unit: "kWh",
        decimal: ",",
        of: { by: "supply_point", column: "pod" },
        day: { column: "day", format: "dd/MM/yyyy" },
        intervalMinutes: 15,
        position,
        columns: [{ names: "e{n}", count }],
      });
      const header = `pod;day;${Array.from({ length: count }, (_, at) => `e${at + 1}`).join(";")}`;
      await fc.assert(
        fc.asyncProperty(series, async (given) => {
          // Where columns may be either, an empty hour on the spring day would be unclear.
          const quarters = written(given).map((one) =>
            position === "either" ? { ...one, wh: Math.max(one.wh, 1) } : one,
          );
          const lines = byDay(quarters).map((day) => {
            const date = day[0]?.start.toPlainDate().toString().split("-").reverse().join("/");
            const cells = Array.from({ length: count }, (_, at) =>
              kwh(day[at]?.wh ?? -1, ",", false),
            );
            return `IT001E12345678;${date};${cells.join(";")}`;
          });
          expect(told(await read([header, ...lines], layout))).toEqual(expected(quarters));
        }),
        runs,
      );
    },
  );

  test.each([
    ["starts, forwards", "start", 1],
    ["starts, backwards", "start", -1],
    ["ends, forwards", "end", 1],
    ["ends, backwards", "end", -1],
  ] as const)("in a declared layout by local labels: %s", async (_, side, step) => {
    const label = { column: "at", format: "yyyy-MM-ddTHH:mm" };
    const layout = plainLong({ start: undefined, [side]: label });
    await fc.assert(
      fc.asyncProperty(series, async (given) => {
        const quarters = written(given);
        const ordered = step < 0 ? quarters.toReversed() : quarters;
        const lines = ordered.map((one) => `${local(one[side])};${one.wh < 0 ? "" : one.wh}`);
        const days = await read(["at;wh", ...lines], layout);
        expect(told(days)).toEqual(expected(quarters));
      }),
      runs,
    );
  });
});
