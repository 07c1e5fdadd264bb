import { daysOf, dayYearBefore, type Period, partsOf } from "./period";
import type { ConsumptionDay, DayRange } from "./queries";
import type { BandTotals } from "./rules";

/** A bar of the chart and a row of its table: a day of a month, or a month of a year. Base units. */
export interface Part {
  /** Its first day. */
  day: string;
  total: number;
  /** Null unless every day with data has them. */
  bands: BandTotals | null;
  /** Days with data; of these, how many hold estimates or lack intervals. */
  days: number;
  estimatedDays: number;
  incompleteDays: number;
  /** Days between the contract's first and last data that have none (R22: not zero). */
  absentDays: number;
  /** What the same days were a year before, up to the last with data; null without data. */
  before: number | null;
}

/** What a chart's caption tells (R24), all of it from the same numbers as its table. */
export interface Summary {
  parts: Part[];
  whole: Omit<Part, "day" | "before">;
  /** Whether the shown bands were measured by the distributor, computed by us, or both (R23). */
  bandsFrom: "measured" | "computed" | "both" | null;
  highest: Part | null;
  /** Highest quarter-hour: base units and day; null where the data is coarser. */
  peak: { base: number; day: string } | null;
  /**
   * Against the year before, over those days alone that are complete in both years; `everyDay`
   * when these are all days of the period.
   */
  comparison: { now: number; before: number; everyDay: boolean } | null;
}

/** Sums up a period. `days` may hold the year before's as well; `known` is where data may be. */
export function summarize(period: Period, days: ConsumptionDay[], known: DayRange): Summary {
  const byDay = new Map(days.map((day) => [day.localDay, day]));
  const parts = partsOf(period).map((part): Part => {
    // A month that is not over is set beside the same days, not beside the whole month.
    const over = part.days.filter((day) => day <= known.to);
    const before = over.flatMap((day) => byDay.get(dayYearBefore(day) ?? "") ?? []);
    return {
      day: part.first,
      ...summed(part.days, byDay, known),
      before: before.length > 0 ? before.reduce((sum, day) => sum + day.total, 0) : null,
    };
  });
  const slots = daysOf(period);
  const present = slots.flatMap((slot) => byDay.get(slot) ?? []);
  const filled = parts.filter((part) => part.days > 0);
  return {
    parts,
    whole: summed(slots, byDay, known),
    bandsFrom: bandsFrom(present),
    highest:
      filled.length > 1
        ? filled.reduce((high, part) => (part.total > high.total ? part : high))
        : null,
    peak: peakOf(present),
    comparison: compared(slots, byDay),
  };
}

function summed(slots: string[], byDay: Map<string, ConsumptionDay>, known: DayRange) {
  const days = slots.flatMap((slot) => byDay.get(slot) ?? []);
  const sum = (value: (day: ConsumptionDay) => number) =>
    days.reduce((total, day) => total + value(day), 0);
  const banded =
    days.length > 0 && days.every(({ f1, f2, f3 }) => f1 !== null && f2 !== null && f3 !== null);
  return {
    total: sum(({ total }) => total),
    bands: banded
      ? { f1: sum(({ f1 }) => f1 ?? 0), f2: sum(({ f2 }) => f2 ?? 0), f3: sum(({ f3 }) => f3 ?? 0) }
      : null,
    days: days.length,
    estimatedDays: days.filter(({ estimated }) => estimated > 0).length,
    incompleteDays: days.filter(({ missing }) => missing > 0).length,
    absentDays: slots.filter((slot) => slot >= known.from && slot <= known.to && !byDay.has(slot))
      .length,
  };
}

function bandsFrom(days: ConsumptionDay[]): Summary["bandsFrom"] {
  const banded = days.filter(({ f1 }) => f1 !== null);
  if (banded.length === 0) {
    return null;
  }
  const measured = banded.filter((day) => day.bandsMeasured).length;
  return measured === banded.length ? "measured" : measured === 0 ? "computed" : "both";
}

function peakOf(days: ConsumptionDay[]): Summary["peak"] {
  let highest: Summary["peak"] = null;
  for (const { peak, intervals, localDay } of days) {
    if (peak !== null && intervals >= 92 && peak > (highest?.base ?? 0)) {
      highest = { base: peak, day: localDay };
    }
  }
  return highest;
}

function compared(slots: string[], byDay: Map<string, ConsumptionDay>): Summary["comparison"] {
  let [now, before, days] = [0, 0, 0];
  for (const slot of slots) {
    const today = byDay.get(slot);
    const then = byDay.get(dayYearBefore(slot) ?? "");
    if (today?.missing === 0 && then?.missing === 0) {
      now += today.total;
      before += then.total;
      days += 1;
    }
  }
  const comparable = slots.filter((slot) => dayYearBefore(slot) !== null).length;
  return before > 0 ? { now, before, everyDay: days === comparable } : null;
}

/** Whole percentages that add up to 100, by largest remainder; all 0 when there is nothing. */
export function percentages(values: number[]): number[] {
  const total = values.reduce((sum, value) => sum + value, 0);
  if (total === 0) {
    return values.map(() => 0);
  }
  const exact = values.map((value) => (value * 100) / total);
  const whole = exact.map(Math.floor);
  const byRemainder = exact
    .map((value, at) => ({ at, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder);
  const left = 100 - whole.reduce((sum, value) => sum + value, 0);
  for (const { at } of byRemainder.slice(0, left)) {
    whole[at] = (whole[at] ?? 0) + 1;
  }
  return whole;
}
