import { minutesOfRomeDay } from "@/lib/time";
import { isNationalHoliday } from "./holidays";

/** Time bands of ARERA 181/06: 1 is F1 (peak), 2 is F2 (shoulder), 3 is F3 (off-peak). */
export type Band = 1 | 2 | 3;

type DayKind = "workday" | "saturday" | "holiday";

/** What kind of day a local day is for the bands; a holiday on a Saturday is a holiday (R23). */
export function dayKind(localDay: string): DayKind {
  const weekday = new Date(`${localDay}T00:00:00Z`).getUTCDay();
  if (weekday === 0 || isNationalHoliday(localDay)) {
    return "holiday";
  }
  return weekday === 6 ? "saturday" : "workday";
}

/** The band of an hour (0–23) on Rome's clock. */
export function bandOfHour(kind: DayKind, hour: number): Band {
  if (kind === "holiday" || hour < 7 || hour >= 23) {
    return 3;
  }
  return kind === "workday" && hour >= 8 && hour < 19 ? 1 : 2;
}

const minutes = new Map<string, number>();

/** Minutes of a local day in Rome, remembered: three years of days are asked for again and again. */
function minutesOf(localDay: string): number {
  let found = minutes.get(localDay);
  if (found === undefined) {
    found = minutesOfRomeDay(localDay);
    minutes.set(localDay, found);
  }
  return found;
}

/**
 * How many intervals a local day has: 92, 96 or 100 quarter-hours, 23, 24 or 25 hours (R22). One
 * value for the whole day has `intervalMinutes` 1440, whatever the clock does.
 */
export function intervalsOfDay(localDay: string, intervalMinutes: number): number {
  return intervalMinutes === 1440 ? 1 : minutesOf(localDay) / intervalMinutes;
}

/** The hour on Rome's clock after `elapsed` minutes of a day: none at 2 in spring, two in autumn. */
function clockHour(elapsed: number, dayMinutes: number): number {
  const hour = Math.floor(elapsed / 60);
  if (dayMinutes === 1380) {
    return hour < 2 ? hour : hour + 1;
  }
  return dayMinutes === 1500 && hour > 2 ? hour - 1 : hour;
}

/** An interval's beginning on Rome's clock. */
export interface ClockTime {
  /** `02:15`; of the hour that autumn has twice `02:15 (2)` the second time: unique within a day. */
  label: string;
  hour: number;
}

/**
 * When each interval of a local day begins on Rome's clock (R22): spring leaves the hour from 2 out, autumn
 * has it twice. One interval of a whole day begins at midnight.
 */
export function clockOfDay(localDay: string, intervalMinutes: number): ClockTime[] {
  const dayMinutes = minutesOf(localDay);
  return Array.from({ length: intervalsOfDay(localDay, intervalMinutes) }, (_, index) => {
    const elapsed = index * intervalMinutes;
    const hour = clockHour(elapsed, dayMinutes);
    const label = `${String(hour).padStart(2, "0")}:${String(elapsed % 60).padStart(2, "0")}`;
    const again = dayMinutes === 1500 && hour === 2 && elapsed >= 180;
    return { label: again ? `${label} (2)` : label, hour };
  });
}

const patterns = new Map<string, readonly Band[]>();

/**
 * The band of each interval of a local day (R23, ARERA 181/06), or null when an interval is longer
 * than an hour and may lie in more than one band.
 */
export function bandsOfDay(localDay: string, intervalMinutes: number): readonly Band[] | null {
  if (intervalMinutes > 60) {
    return null;
  }
  const kind = dayKind(localDay);
  const dayMinutes = minutesOf(localDay);
  const id = `${kind} ${dayMinutes} ${intervalMinutes}`;
  let found = patterns.get(id);
  if (!found) {
    found = Array.from({ length: dayMinutes / intervalMinutes }, (_, index) =>
      bandOfHour(kind, clockHour(index * intervalMinutes, dayMinutes)),
    );
    patterns.set(id, found);
  }
  return found;
}
