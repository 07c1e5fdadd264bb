import { addDays } from "@/lib/time";
import type { DayRange } from "./queries";

export const PERIOD_KINDS = ["day", "week", "month", "year", "range"] as const;
export type PeriodKind = (typeof PERIOD_KINDS)[number];

/** What a view shows: a calendar unit (a week begins on Monday), or days of one's own choice. */
export interface Period extends DayRange {
  kind: PeriodKind;
}

/** What a day stands beside: the same date a year before, or the same weekday 52 weeks before (R24). */
export const ALIGNMENTS = ["date", "weekday"] as const;
export type Alignment = (typeof ALIGNMENTS)[number];

/** What a bar stands for. */
export type PartKind = "interval" | "day" | "month" | "year";

/** A range of more days is shown by months, and one of more months by years. */
const MOST_DAYS = 93;
const MOST_MONTHS = 120;
const WEEKS_OF_A_YEAR = 52;

const two = (value: number) => String(value).padStart(2, "0");

/** The first day of a month, `YYYY-MM-01`; months beyond 12 or below 1 run into other years. */
function monthStart(year: number, month: number): string {
  const ofYear = year + Math.floor((month - 1) / 12);
  return `${ofYear}-${two(((((month - 1) % 12) + 12) % 12) + 1)}-01`;
}

const yearOf = (day: string) => Number(day.slice(0, 4));
const monthOf = (day: string) => Number(day.slice(5, 7));

/** 0 on Mondays. */
export function weekdayOf(day: string): number {
  return (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
}

/** The calendar unit that a day lies in. */
export function periodOf(kind: Exclude<PeriodKind, "range">, day: string): Period {
  switch (kind) {
    case "day":
      return { kind, from: day, to: day };
    case "week": {
      const from = addDays(day, -weekdayOf(day));
      return { kind, from, to: addDays(from, 6) };
    }
    case "month": {
      const next = monthStart(yearOf(day), monthOf(day) + 1);
      return { kind, from: `${day.slice(0, 7)}-01`, to: addDays(next, -1) };
    }
    case "year":
      return { kind, from: `${yearOf(day)}-01-01`, to: `${yearOf(day)}-12-31` };
  }
}

/** How many whole months of the calendar a span covers; 0 where it begins or ends within one. */
export function wholeMonths({ from, to }: DayRange): number {
  const next = addDays(to, 1);
  return from.endsWith("-01") && next.endsWith("-01")
    ? (yearOf(next) - yearOf(from)) * 12 + monthOf(next) - monthOf(from)
    : 0;
}

/** The same day so many months before, or the last of a shorter month. */
export function monthsBefore(day: string, months: number): string {
  const first = monthStart(yearOf(day), monthOf(day) - months);
  const last = periodOf("month", first).to;
  const same = `${first.slice(0, 8)}${day.slice(8)}`;
  return same < last ? same : last;
}

/** How many days a period has. */
export function lengthOf({ from, to }: DayRange): number {
  return (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000 + 1;
}

/** The period so many units away; a range moves by its own length. */
export function shifted(period: Period, by: number): Period {
  switch (period.kind) {
    case "day":
      return periodOf("day", addDays(period.from, by));
    case "week":
      return periodOf("week", addDays(period.from, 7 * by));
    case "month":
      return periodOf("month", monthStart(yearOf(period.from), monthOf(period.from) + by));
    case "year":
      return periodOf("year", `${yearOf(period.from) + by}-01-01`);
    case "range": {
      const days = lengthOf(period) * by;
      return { kind: "range", from: addDays(period.from, days), to: addDays(period.to, days) };
    }
  }
}

/** Whether any day of the period lies within the range. */
export function overlaps(period: DayRange, range: DayRange): boolean {
  return period.from <= range.to && period.to >= range.from;
}

/** The days of both ranges; where there are none, a range that ends before it begins. */
export function commonDays(a: DayRange, b: DayRange): DayRange {
  return { from: a.from > b.from ? a.from : b.from, to: a.to < b.to ? a.to : b.to };
}

/** The same days in as few ranges as can be, in order: the planner looks at each month once for each range. */
export function merged(ranges: DayRange[]): DayRange[] {
  const found: DayRange[] = [];
  for (const range of ranges.toSorted((a, b) => (a.from < b.from ? -1 : 1))) {
    const last = found.at(-1);
    if (last && range.from <= addDays(last.to, 1)) {
      found[found.length - 1] = { from: last.from, to: range.to > last.to ? range.to : last.to };
    } else {
      found.push(range);
    }
  }
  return found;
}

/** Every day of the period. */
export function daysOf({ from, to }: DayRange): string[] {
  const days: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) {
    days.push(day);
  }
  return days;
}

/** From the first to the last of days that come in order, and how many between them are not there; null without any. */
export function spanOf(days: { localDay: string }[]): (DayRange & { absent: number }) | null {
  const [from, to] = [days[0]?.localDay, days.at(-1)?.localDay];
  return from && to ? { from, to, absent: lengthOf({ from, to }) - days.length } : null;
}

/** What the bars of a period stand for. */
export function partKindOf(period: Period): PartKind {
  const days = lengthOf(period);
  if (period.kind === "day") {
    return "interval";
  }
  if (days <= MOST_DAYS) {
    return "day";
  }
  return days <= MOST_MONTHS * 31 ? "month" : "year";
}

/** The period's days in groups, as a chart shows them; those of a range begin and end within it. */
export function partsOf(period: Period): { first: string; days: string[] }[] {
  const kind = partKindOf(period);
  const digits = kind === "year" ? 4 : kind === "month" ? 7 : 10;
  const parts = new Map<string, string[]>();
  for (const day of daysOf(period)) {
    const key = day.slice(0, digits);
    const part = parts.get(key);
    if (part) {
      part.push(day);
    } else {
      parts.set(key, [day]);
    }
  }
  return [...parts.values()].map((days) => ({ first: days[0] ?? period.from, days }));
}

/** The day that a day is set beside; null for 29 February by date, which has none. */
export function dayBefore(day: string, alignment: Alignment): string | null {
  if (alignment === "weekday") {
    return addDays(day, -7 * WEEKS_OF_A_YEAR);
  }
  return day.endsWith("-02-29") ? null : `${two(yearOf(day) - 1)}${day.slice(4)}`;
}

/** Whether months stand for their days, in a period's name or in its parts. */
export function byMonths(period: Period): boolean {
  const kind = partKindOf(period);
  return period.kind === "month" || kind === "month" || kind === "year";
}

/**
 * The days that some are set beside (R24). February's last is set beside the last of the February before where
 * months stand for their days, else beside the 28th.
 */
export function rangeBefore(
  { from, to }: DayRange,
  alignment: Alignment,
  months: boolean,
): DayRange {
  const before = {
    from: dayBefore(from, alignment) ?? `${yearOf(from) - 1}-03-01`,
    to: dayBefore(to, alignment) ?? `${yearOf(to) - 1}-02-28`,
  };
  return alignment === "date" && months && to.endsWith("-02-28")
    ? { ...before, to: periodOf("month", before.to).to }
    : before;
}
