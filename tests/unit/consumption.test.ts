import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dayBefore, type Period, partsOf, periodOf, shifted } from "@/lib/consumption/period";
import { formatWithUnit } from "@/lib/consumption/quantity";
import type { ConsumptionDay } from "@/lib/consumption/queries";
import { type DayProfile, dayTotals, MISSING, profileFault } from "@/lib/consumption/rules";
import { choiceOf, consumptionAddress } from "@/lib/consumption/schema";
import { percentages, summarize } from "@/lib/consumption/summary";

const hours = (values: number[], quality = "a".repeat(values.length)): DayProfile => ({
  localDay: "2024-09-02",
  intervalMinutes: 60,
  values,
  quality,
});
const flat = (value: number) => Array.from({ length: 24 }, () => value);

describe("dayTotals", () => {
  test("R22 a missing interval is counted, never summed and never zero", () => {
    const values = flat(100);
    values[10] = MISSING;
    const totals = dayTotals(hours(values, `${"a".repeat(10)}m${"a".repeat(13)}`), "computed");
    expect(totals).toMatchObject({ total: 2300, missing: 1, intervals: 24, f1: 1000, peak: 100 });
  });

  test("R22 a day of which everything is missing has no peak", () => {
    const totals = dayTotals(hours(flat(MISSING), "m".repeat(24)), "computed");
    expect(totals).toMatchObject({ total: 0, missing: 24, peak: null });
  });

  test("R22 estimated intervals are summed and counted", () => {
    const totals = dayTotals(hours(flat(5), "e".repeat(4) + "a".repeat(20)), null);
    expect(totals).toMatchObject({ total: 120, estimated: 4, f1: null });
  });

  test("R23 measured bands win over computed ones", () => {
    const measured = { f1: 1, f2: 2, f3: 3 };
    expect(dayTotals(hours(flat(10)), measured)).toMatchObject({
      ...measured,
      bandsMeasured: true,
    });
    expect(dayTotals(hours(flat(10)), "computed")).toMatchObject({
      f1: 110,
      f2: 50,
      f3: 80,
      bandsMeasured: false,
    });
  });

  test("R23 computed bands always add up to the total", () => {
    const value = fc.integer({ min: MISSING, max: 100_000 });
    fc.assert(
      fc.property(fc.array(value, { minLength: 24, maxLength: 24 }), (values) => {
        const quality = values.map((one) => (one === MISSING ? "m" : "a")).join("");
        const { total, f1, f2, f3 } = dayTotals(hours(values, quality), "computed");
        expect((f1 ?? 0) + (f2 ?? 0) + (f3 ?? 0)).toBe(total);
      }),
    );
  });
});

describe("profileFault", () => {
  test.each([
    ["a wrong number of intervals", { values: [1, 2] }, /has 24 intervals, not 2/],
    ["fractions", { values: flat(0.5) }, /whole number/],
    ["a negative value that is not the missing one", { values: flat(-2) }, /whole number/],
    ["missing in the value alone", { values: flat(MISSING) }, /missing in value and quality/],
    ["missing in the quality alone", { quality: "m".repeat(24) }, /missing in value and quality/],
    ["an unknown quality", { quality: "x".repeat(24) }, /letters a, e, m/],
    ["an unknown interval", { intervalMinutes: 7 }, /intervals of 7 minutes/],
    ["a total beyond the database's integers", { values: flat(2 ** 30) }, /larger than any/],
  ])("R22 refuses %s", (_, over, reason) => {
    expect(profileFault({ ...hours(flat(1)), ...over })).toMatch(reason);
  });

  test("R22 takes 92, 96 and 100 quarter-hours on their days only", () => {
    const quarters = (localDay: string, count: number) =>
      profileFault({
        localDay,
        intervalMinutes: 15,
        values: Array.from({ length: count }, () => 1),
        quality: "a".repeat(count),
      });
    expect(quarters("2024-03-31", 92)).toBeNull();
    expect(quarters("2024-04-01", 96)).toBeNull();
    expect(quarters("2024-10-27", 100)).toBeNull();
    expect(quarters("2024-10-27", 96)).toMatch(/100 intervals, not 96/);
    expect(quarters("2024-04-01", 100)).toMatch(/96 intervals, not 100/);
  });
});

const day = (localDay: string, over: Partial<ConsumptionDay> = {}): ConsumptionDay => ({
  contractId: "c",
  direction: "consumption",
  localDay,
  profile: null,
  total: 600,
  f1: 100,
  f2: 200,
  f3: 300,
  bandsMeasured: false,
  intervals: 96,
  estimated: 0,
  missing: 0,
  peak: 50,
  ...over,
});

const month = periodOf("month", "2024-09-01");
const year = periodOf("year", "2024-09-01");

describe("summarize", () => {
  const known = { from: "2023-01-01", to: "2024-09-03" };
  const sum = (period: Period, days: ConsumptionDay[]) =>
    summarize({ period, alignment: "date", days, known });

  test("R24 parts add up to the whole; days without data are absent, not zero", () => {
    const days = [day("2024-09-01"), day("2024-09-03", { total: 700, f3: 400, estimated: 2 })];
    const { parts, whole, highest } = sum(month, days);
    expect(parts).toHaveLength(30);
    expect(whole).toMatchObject({
      total: 1300,
      bands: { f1: 200, f2: 400, f3: 700 },
      all: 30,
      known: 2,
      estimated: 1,
      absent: 1,
    });
    expect(parts.reduce((sum, part) => sum + part.total, 0)).toBe(whole.total);
    expect(highest?.day).toBe("2024-09-03");
  });

  test("R24 compares with the year before over days that are complete in both", () => {
    const days = [
      day("2023-09-01", { total: 1000 }),
      day("2023-09-02", { total: 5000 }),
      day("2024-09-01"),
      day("2024-09-02", { missing: 3 }),
    ];
    const { comparison } = sum(month, days);
    expect(comparison).toEqual({ now: 600, before: 1000, days: 1, everyDay: false });
  });

  test("R24 a month that is not over is set beside the same days of the year before", () => {
    const days = [
      day("2023-09-02", { total: 1000 }),
      day("2023-09-20", { total: 9000 }),
      day("2024-09-02"),
    ];
    const { parts } = sum(year, days);
    expect(parts[8]?.before).toBe(1000);
    expect(parts[9]?.before).toBeNull();
  });

  test("R24 there is no comparison without a year before", () => {
    expect(sum(month, [day("2024-09-01")]).comparison).toBeNull();
  });

  test("R24 a year has twelve parts, and 29 February no year before", () => {
    const { parts, whole } = sum(year, [day("2024-02-29")]);
    expect(parts).toHaveLength(12);
    expect(parts[1]).toMatchObject({ day: "2024-02-01", known: 1, absent: 28, before: null });
    expect(whole.total).toBe(600);
    expect(dayBefore("2024-02-29", "date")).toBeNull();
  });

  test("R23 says where the bands come from, and has none when a day has none", () => {
    const one = (...days: ConsumptionDay[]) => sum(month, days);
    const measured = day("2024-09-01", { bandsMeasured: true });
    expect(one(measured).bandsFrom).toBe("measured");
    expect(one(measured, day("2024-09-02")).bandsFrom).toBe("both");
    const bandless = one(measured, day("2024-09-02", { f1: null, f2: null, f3: null }));
    expect(bandless.whole.bands).toBeNull();
  });
});

describe("periods", () => {
  test("months run over the year's ends", () => {
    expect(shifted(periodOf("month", "2024-01-20"), -1)).toEqual(periodOf("month", "2023-12-31"));
    expect(shifted(periodOf("month", "2024-12-01"), 1)).toEqual(periodOf("month", "2025-01-01"));
    expect(shifted(year, -1)).toEqual({ kind: "year", from: "2023-01-01", to: "2023-12-31" });
    expect(periodOf("month", "2024-02-10")).toMatchObject({ from: "2024-02-01", to: "2024-02-29" });
    expect(partsOf(periodOf("month", "2023-02-01"))).toHaveLength(28);
  });

  test("R24 a week begins on a Monday, and a range moves by its own length", () => {
    expect(periodOf("week", "2024-09-01")).toMatchObject({ from: "2024-08-26", to: "2024-09-01" });
    expect(shifted(periodOf("week", "2024-09-01"), 1).from).toBe("2024-09-02");
    const ten: Period = { kind: "range", from: "2024-02-20", to: "2024-02-29" };
    expect(shifted(ten, 1)).toEqual({ kind: "range", from: "2024-03-01", to: "2024-03-10" });
  });

  test("R24 a day stands beside its date or its weekday of the year before", () => {
    expect(dayBefore("2024-09-02", "date")).toBe("2023-09-02");
    expect(dayBefore("2024-09-02", "weekday")).toBe("2023-09-04");
    expect(dayBefore("2024-02-29", "weekday")).toBe("2023-03-02");
  });

  test("R24 36 months are shown by months, ten years and more by years", () => {
    const range = (from: string, to: string): Period => ({ kind: "range", from, to });
    expect(partsOf(range("2021-10-15", "2024-10-14"))).toHaveLength(37);
    expect(partsOf(range("2010-01-01", "2024-12-31"))).toHaveLength(15);
    expect(partsOf(range("2024-08-01", "2024-10-31"))).toHaveLength(92);
  });

  test("what is wrong in the address counts as not given", () => {
    expect(consumptionAddress.parse({ view: "week", date: "2024-09-01" })).toEqual({
      view: "week",
      date: "2024-09-01",
    });
    const wrong = { view: "decade", date: "2024-02-30", from: "1850-01-01", contract: ["a", "b"] };
    expect(consumptionAddress.parse(wrong)).toEqual({});
  });

  test("without a period the month of the last day that is known is shown", () => {
    const known = { from: "2023-01-01", to: "2024-09-03" };
    expect(choiceOf({}, known)).toEqual({ period: month, alignment: "date", measure: "quantity" });
    const reversed = { view: "range", from: "2024-09-03", to: "2024-09-01" } as const;
    expect(choiceOf(reversed, known).period).toMatchObject({
      from: "2024-09-01",
      to: "2024-09-03",
    });
  });
});

describe("quantities", () => {
  test("R27 base units are written exactly, with the language's decimal sign", () => {
    expect(formatWithUnit(269_281, "electricity", "it")).toBe("269,281 kWh");
    expect(formatWithUnit(1_269_281, "water", "en")).toBe("1,269.281 m³");
    expect(formatWithUnit(80, "gas", "de")).toBe("0,080 Smc");
  });

  test("R24 percentages of the bands add up to 100", () => {
    expect(percentages([94_036, 68_086, 107_159])).toEqual([35, 25, 40]);
    expect(percentages([1, 1, 1])).toEqual([34, 33, 33]);
    expect(percentages([0, 0, 0])).toEqual([0, 0, 0]);
  });
});
