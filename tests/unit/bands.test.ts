import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { bandOfHour, bandsOfDay, dayKind, intervalsOfDay } from "@/lib/consumption/bands";
import { easterSunday, isNationalHoliday } from "@/lib/consumption/holidays";
import { addDays } from "@/lib/time";

const samples = process.env.SPORTELLO_SAMPLES ?? "../shared/samples";
const vectorsFile = path.join(samples, "identifier-and-band-vectors.json");

function hoursOfYear(year: number): number[] {
  const hours = [0, 0, 0, 0];
  for (let day = `${year}-01-01`; day.startsWith(String(year)); day = addDays(day, 1)) {
    for (const band of bandsOfDay(day, 60) ?? []) {
      hours[band] = (hours[band] ?? 0) + 1;
    }
  }
  return hours.slice(1);
}

describe("R23 time bands after ARERA 181/06", () => {
  test.each([
    [2023, [2750, 2082, 3928]],
    [2024, [2794, 2086, 3904]],
    [2025, [2761, 2071, 3928]],
    [2026, [2794, 2054, 3912]],
    [2027, [2794, 2070, 3896]],
    [2028, [2739, 2077, 3968]],
  ])("R23 the hours of F1, F2 and F3 in %i are those of the regulation", (year, hours) => {
    expect(hoursOfYear(year)).toEqual(hours);
  });

  test("R23 4 October is a holiday from 2026 on", () => {
    expect(isNationalHoliday("2025-10-04")).toBe(false);
    expect(isNationalHoliday("2026-10-04")).toBe(true);
    expect(dayKind("2027-10-04")).toBe("holiday");
  });

  test("R23 a holiday on a Saturday is all F3, the next Saturday is not", () => {
    expect(new Set(bandsOfDay("2026-08-15", 15))).toEqual(new Set([3]));
    expect(new Set(bandsOfDay("2026-08-22", 15))).toEqual(new Set([2, 3]));
  });

  test("R23 a workday turns at 7, 8, 19 and 23", () => {
    const bands = bandsOfDay("2024-09-02", 15) ?? [];
    expect(bands).toHaveLength(96);
    const turns = bands.flatMap((band, at) => (at > 0 && bands[at - 1] !== band ? [at / 4] : []));
    expect(turns).toEqual([7, 8, 19, 23]);
  });

  test("R22 clock-change days have 92 and 100 quarter-hours, 23 and 25 hours, all F3", () => {
    for (const [day, quarters] of [
      ["2024-03-31", 92],
      ["2024-10-27", 100],
    ] as const) {
      expect(intervalsOfDay(day, 15)).toBe(quarters);
      expect(intervalsOfDay(day, 60)).toBe(quarters / 4);
      expect(bandsOfDay(day, 15)).toEqual(Array.from({ length: quarters }, () => 3));
    }
    expect(intervalsOfDay("2024-10-28", 15)).toBe(96);
    expect(intervalsOfDay("2024-03-31", 1440)).toBe(1);
  });

  test("R23 one value for a whole day has no band", () => {
    expect(bandsOfDay("2024-09-02", 1440)).toBeNull();
  });
});

describe.skipIf(!existsSync(vectorsFile) && !process.env.SPORTELLO_SAMPLES)(
  `R23 the shared vectors (${vectorsFile})`,
  () => {
    interface Vectors {
      bands: {
        workdayHours: number[];
        saturdayHours: number[];
        sundayOrHolidayHours: number[];
        days: Record<string, "workday" | "saturday" | "sunday" | "holiday">;
      };
      dst: Record<string, { spring: string; autumn: string }>;
      easterMonday: string[];
    }
    const vectors = (): Vectors => JSON.parse(readFileSync(vectorsFile, "utf8"));
    const hours = Array.from({ length: 24 }, (_, hour) => hour);

    test("R23 every hour of every kind of day has the band of the vectors", () => {
      const { bands } = vectors();
      expect(hours.map((hour) => bandOfHour("workday", hour))).toEqual(bands.workdayHours);
      expect(hours.map((hour) => bandOfHour("saturday", hour))).toEqual(bands.saturdayHours);
      expect(hours.map((hour) => bandOfHour("holiday", hour))).toEqual(bands.sundayOrHolidayHours);
      for (const [day, kind] of Object.entries(bands.days)) {
        expect([day, dayKind(day)]).toEqual([day, kind === "sunday" ? "holiday" : kind]);
      }
    });

    test("R22 the clock changes on the days of the vectors", () => {
      for (const { spring, autumn } of Object.values(vectors().dst)) {
        expect([spring, intervalsOfDay(spring, 15)]).toEqual([spring, 92]);
        expect([autumn, intervalsOfDay(autumn, 15)]).toEqual([autumn, 100]);
      }
    });

    test("R23 Easter Monday is computed as in the vectors", () => {
      for (const monday of vectors().easterMonday) {
        expect(addDays(easterSunday(Number(monday.slice(0, 4))), 1)).toBe(monday);
        expect(isNationalHoliday(monday)).toBe(true);
      }
    });
  },
);
