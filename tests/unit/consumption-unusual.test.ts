import { describe, expect, test } from "vitest";
import { intervalsOfDay } from "@/lib/consumption/bands";
import { daysOf } from "@/lib/consumption/period";
import type { Commodity } from "@/lib/consumption/quantity";
import type { ConsumptionDay } from "@/lib/consumption/queries";
import { unusualSince } from "@/lib/consumption/statistics/unusual";
import { consumptionDay } from "../factories/consumption-days";

/** Days of hours: so much in each hour of the night, and so much in each of the others. */
const days = (
  from: string,
  to: string,
  hour: (localDay: string) => { night: number; other: number; missing?: boolean },
) =>
  daysOf({ from, to }).map((localDay) => {
    const { night, other, missing = false } = hour(localDay);
    return consumptionDay({
      localDay,
      intervalMinutes: 60,
      values: Array.from({ length: intervalsOfDay(localDay, 60) }, (_, at) =>
        missing && at === 3 ? -1 : at < 6 ? night : other,
      ),
    });
  });

/** What is unusual on the last of the days. */
const unusual = (commodity: Commodity, all: ConsumptionDay[], threshold: number) =>
  unusualSince(commodity, all, threshold, all.at(-1)?.localDay ?? "");

describe("unusualSince", () => {
  test("R25 water that runs for three nights is a leak from its first night on", () => {
    const leaking = days("2026-05-01", "2026-06-20", (day) => ({
      night: day >= "2026-06-17" ? 24 : 0,
      other: 10,
    }));
    expect(unusual("water", leaking, 9)).toEqual([
      { kind: "night_flow", fromDay: "2026-06-17", toDay: "2026-06-20", measured: 24, usual: 0 },
    ]);
    const twoNights = leaking.filter(({ localDay }) => localDay <= "2026-06-18");
    expect(unusual("water", twoNights, 9)).toEqual([]);
  });

  test("R22 a night that was not measured is no dry one, and no wet one", () => {
    const unknown = days("2026-05-01", "2026-06-20", (day) => ({
      night: day >= "2026-06-17" ? 24 : 0,
      other: 10,
      missing: day === "2026-06-19",
    }));
    // Hours are missing, but three of the night's four are there.
    expect(unusual("water", unknown, 9)).toMatchObject([{ kind: "night_flow" }]);
    const none = days("2026-05-01", "2026-06-20", () => ({ night: 24, other: 10 })).filter(
      ({ localDay }) => localDay < "2026-06-18" || localDay > "2026-06-18",
    );
    expect(unusual("water", none, 0.5)).toEqual([]);
  });

  test("R25 what stays on at night has to double, whatever the threshold", () => {
    const load = (now: number) =>
      days("2026-04-01", "2026-06-20", (day) => ({
        night: day > "2026-06-13" ? now : 100,
        other: 400,
      }));
    expect(unusual("electricity", load(210), 0.1)).toMatchObject([
      { kind: "base_load", fromDay: "2026-06-14", measured: 210, usual: 100 },
    ]);
    expect(unusual("electricity", load(190), 0.1)).toEqual([]);
  });

  test("R25 a week of more than the same weekdays a year before, at the pace of the last weeks", () => {
    const year = (now: number) =>
      days("2025-01-01", "2026-06-20", (day) => ({
        night: 0,
        other: day > "2026-06-13" ? now : day >= "2026-01-01" ? 120 : 100,
      }));
    // A fifth more than the year before is usual by now.
    expect(unusual("gas", year(170), 0.5)).toEqual([]);
    expect(unusual("gas", year(190), 0.5)).toMatchObject([
      { kind: "more_than_usual", fromDay: "2026-06-14", measured: 18 * 190, usual: 18 * 120 },
    ]);
  });

  test("R25 without a year before, more than the four weeks before", () => {
    const short = days("2026-05-01", "2026-06-20", (day) => ({
      night: 0,
      other: day > "2026-06-13" ? 200 : 100,
    }));
    expect(unusual("gas", short, 0.5)).toMatchObject([{ kind: "more_than_usual" }]);
    expect(unusual("gas", short, 1.5)).toEqual([]);
    expect(unusual("gas", [], 0.5)).toEqual([]);
  });

  test("R25 a leak that began and ended before the last day is found in a month that comes at once", () => {
    const month = days("2026-04-01", "2026-06-30", (day) => ({
      night: day >= "2026-06-03" && day <= "2026-06-25" ? 24 : 0,
      other: 10,
    }));
    expect(unusualSince("water", month, 9, "2026-06-01")).toEqual([
      { kind: "night_flow", fromDay: "2026-06-03", toDay: "2026-06-25", measured: 24, usual: 0 },
    ]);
  });

  test("R25 at least so much flows as on the night with the least", () => {
    const leaking = days("2026-05-01", "2026-06-20", (day) => ({
      night: day === "2026-06-18" ? 3 : day > "2026-06-18" ? 20 : 0,
      other: 10,
    }));
    expect(unusual("water", leaking, 9)).toMatchObject([{ measured: 3, usual: 0 }]);
  });

  test("R22 R25 estimates give nobody away", () => {
    const estimated = days("2026-05-01", "2026-06-20", (day) => ({
      night: day >= "2026-06-14" ? 240 : 0,
      other: 10,
    })).map((day) => (day.localDay >= "2026-06-14" ? { ...day, estimated: 24 } : day));
    expect(unusual("water", estimated, 0.5)).toEqual([]);
  });

  test("R25 what goes on for longer than a week is one finding, with the mean of all its days", () => {
    const more = days("2026-05-01", "2026-06-30", (day) => ({
      night: 0,
      other: day >= "2026-06-20" ? 400 : day >= "2026-06-11" ? 200 : 100,
    }));
    const [found, ...others] = unusualSince("gas", more, 0.5, "2026-06-11");
    expect(others).toEqual([]);
    expect(found?.toDay).toBe("2026-06-30");
    const within = more.filter(({ localDay }) => localDay >= (found?.fromDay ?? ""));
    const mean = within.reduce((sum, { total }) => sum + total, 0) / within.length;
    expect(found?.measured).toBe(Math.round(mean));
  });
});
