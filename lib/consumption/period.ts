import { addDays } from "@/lib/time";
import type { DayRange } from "./queries";

/** A month, or a whole year when `month` is null. */
export interface Period {
  year: number;
  /** 1–12. */
  month: number | null;
}

const two = (value: number) => String(value).padStart(2, "0");

/** The first day of a month, `YYYY-MM-01`; months beyond 12 or below 1 run into other years. */
function monthStart(year: number, month: number): string {
  const ofYear = year + Math.floor((month - 1) / 12);
  return `${ofYear}-${two(((((month - 1) % 12) + 12) % 12) + 1)}-01`;
}

/** The period's days, both ends included. */
export function rangeOf({ year, month }: Period): DayRange {
  return month === null
    ? { from: `${year}-01-01`, to: `${year}-12-31` }
    : { from: monthStart(year, month), to: addDays(monthStart(year, month + 1), -1) };
}

/** The same period a year before (R24). */
export function yearBefore({ year, month }: Period): Period {
  return { year: year - 1, month };
}

/** The period that many months or years away. */
export function shifted({ year, month }: Period, by: number): Period {
  if (month === null) {
    return { year: year + by, month };
  }
  const [shiftedYear, shiftedMonth] = monthStart(year, month + by)
    .split("-")
    .map(Number);
  return { year: shiftedYear ?? year, month: shiftedMonth ?? month };
}

/** The month a day lies in. */
export function monthOf(isoDate: string): Period & { month: number } {
  return { year: Number(isoDate.slice(0, 4)), month: Number(isoDate.slice(5, 7)) };
}

/** Whether any day of the period lies within the range. */
export function overlaps(period: Period, range: DayRange): boolean {
  const { from, to } = rangeOf(period);
  return from <= range.to && to >= range.from;
}

/** Every day of the period. */
export function daysOf(period: Period): string[] {
  const { from, to } = rangeOf(period);
  const days: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) {
    days.push(day);
  }
  return days;
}

/** The period's days, in groups as a chart shows them: each on its own, or the months of a year. */
export function partsOf(period: Period): { first: string; days: string[] }[] {
  const days = daysOf(period);
  if (period.month !== null) {
    return days.map((day) => ({ first: day, days: [day] }));
  }
  return Array.from({ length: 12 }, (_, index) => {
    const first = monthStart(period.year, index + 1);
    return { first, days: days.filter((day) => day.startsWith(first.slice(0, 7))) };
  });
}

/** The day's date a year earlier; null for 29 February, which has none. */
export function dayYearBefore(isoDate: string): string | null {
  return isoDate.endsWith("-02-29")
    ? null
    : `${Number(isoDate.slice(0, 4)) - 1}${isoDate.slice(4)}`;
}
