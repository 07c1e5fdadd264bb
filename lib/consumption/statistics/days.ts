import { addDays } from "@/lib/time";
import { dayKind } from "../bands";
import { dayBefore } from "../period";
import type { ConsumptionDay, DayRange } from "../queries";
import type { BandTotals } from "../rules";

export const DAY_KINDS = ["workday", "saturday", "holiday"] as const;
type DayKind = (typeof DAY_KINDS)[number];

/** A span of days in a few figures (R25), base units. Days that lack intervals are left out, and counted. */
export interface DayStatistics {
  range: DayRange;
  days: number;
  leftOut: number;
  total: number;
  average: number;
  averageOf: Record<DayKind, number | null>;
  highest: ConsumptionDay;
  lowest: ConsumptionDay;
  bands: BandTotals | null;
}

/** One day per date, complete ones only. */
const complete = (days: ConsumptionDay[], { from, to }: DayRange) =>
  days.filter(({ localDay, missing }) => missing === 0 && localDay >= from && localDay <= to);

const totalOf = (days: ConsumptionDay[]) => days.reduce((sum, { total }) => sum + total, 0);
const meanOf = (days: ConsumptionDay[]) => (days.length > 0 ? totalOf(days) / days.length : null);

/** What an average day is, and the days that were least like it; null without a complete day. */
export function dayStatistics(days: ConsumptionDay[], range: DayRange): DayStatistics | null {
  const whole = complete(days, range);
  const [first] = whole;
  if (!first) {
    return null;
  }
  const of = (kind: DayKind) => meanOf(whole.filter(({ localDay }) => dayKind(localDay) === kind));
  const total = totalOf(whole);
  const banded = whole.every(({ f1 }) => f1 !== null);
  const band = (key: "f1" | "f2" | "f3") => whole.reduce((sum, day) => sum + (day[key] ?? 0), 0);
  return {
    range,
    days: whole.length,
    leftOut:
      days.filter(({ localDay }) => localDay >= range.from && localDay <= range.to).length -
      whole.length,
    total,
    average: total / whole.length,
    averageOf: { workday: of("workday"), saturday: of("saturday"), holiday: of("holiday") },
    highest: whole.reduce((a, b) => (b.total > a.total ? b : a), first),
    lowest: whole.reduce((a, b) => (b.total < a.total ? b : a), first),
    bands: banded ? { f1: band("f1"), f2: band("f2"), f3: band("f3") } : null,
  };
}

/** Two spans over the same days of two years. */
export interface Beside {
  now: number;
  before: number;
  /** How many days were complete in both. */
  days: number;
}

/** A span beside the year before, over the days that are complete in both years; null without any (R25). */
export function besideYearBefore(days: ConsumptionDay[], range: DayRange): Beside | null {
  const sum = besideDays(days, range);
  return sum.days > 0 && sum.before > 0 ? sum : null;
}

function besideDays(days: ConsumptionDay[], range: DayRange): Beside {
  const byDay = new Map(days.map((day) => [day.localDay, day]));
  const sum: Beside = { now: 0, before: 0, days: 0 };
  for (const day of complete(days, range)) {
    const then = byDay.get(dayBefore(day.localDay, "date") ?? "");
    if (then?.missing === 0) {
      sum.now += day.total;
      sum.before += then.total;
      sum.days += 1;
    }
  }
  return sum;
}

/** How consumption goes when the season is taken out. */
export interface Trend {
  /** Change in a year: 0.05 is 5 % more. */
  change: number;
  /** Where it lies, as far as the months tell. */
  low: number;
  high: number;
  months: number;
}

const MONTHS_FOR_A_TREND = 9;
/** Of a month, so many days have to be complete in both years. */
const DAYS_OF_A_MONTH = 20;

/**
 * The change in a year with the season taken out (R25): the last twelve months against the same days a year before,
 * a month of much counting for much; and twice the standard error of that ratio, as the months scatter, to both
 * sides. Null with fewer than nine months that can be compared.
 */
export function trendOf(days: ConsumptionDay[], last: string): Trend | null {
  const months: Beside[] = [];
  for (let back = 0; back < 12; back += 1) {
    const to = addDays(last, -30 * back);
    const beside = besideDays(days, { from: addDays(to, -29), to });
    if (beside.days >= DAYS_OF_A_MONTH) {
      months.push(beside);
    }
  }
  const before = months.reduce((sum, month) => sum + month.before, 0);
  if (months.length < MONTHS_FOR_A_TREND || before === 0) {
    return null;
  }
  const ratio = months.reduce((sum, { now }) => sum + now, 0) / before;
  const scatter = months.reduce((sum, month) => sum + (month.now - ratio * month.before) ** 2, 0);
  const error = (2 * Math.sqrt((scatter * months.length) / (months.length - 1))) / before;
  return {
    change: ratio - 1,
    low: Math.max(ratio - error, 0) - 1,
    high: ratio + error - 1,
    months: months.length,
  };
}

/** A trend of few days or of a holiday home is no trend. */
const STEEPEST = { low: 0.6, high: 1.6 } as const;

/** How some days went against the same dates a year before, within bounds; 1 where nothing tells. */
export function paceOf(recent: ConsumptionDay[], byDay: Map<string, ConsumptionDay>): number {
  let [now, before] = [0, 0];
  for (const day of recent) {
    const then = byDay.get(dayBefore(day.localDay, "date") ?? "");
    if (then?.missing === 0) {
      now += day.total;
      before += then.total;
    }
  }
  return before > 0 ? Math.min(STEEPEST.high, Math.max(STEEPEST.low, now / before)) : 1;
}
