import { Temporal } from "temporal-polyfill";
import { isIsoDate, minutesOfRomeDay, ROME } from "@/lib/time";

/** A local day of Rome's clock: when it begins and how long it is (R22). */
export interface LocalDay {
  day: string;
  startMs: number;
  /** 1380, 1440 or 1500. */
  minutes: number;
}

const days = new Map<string, LocalDay>();
const KEPT = 20_000;

/** A local day by its date; undefined where there is none such, or in another century. */
export function localDay(day: string): LocalDay | undefined {
  const known = days.get(day);
  if (known) {
    return known;
  }
  if (!isIsoDate(day) || day < "2000" || day >= "2100") {
    return undefined;
  }
  const start = Temporal.PlainDate.from(day).toZonedDateTime(ROME);
  const found = { day, startMs: start.epochMilliseconds, minutes: minutesOfRomeDay(day) };
  if (days.size >= KEPT) {
    days.clear();
  }
  days.set(day, found);
  return found;
}

const HOUR_MS = 3_600_000;

/** The local day of an instant, and the minutes since it began. */
export function placeOf(atMs: number): { day: LocalDay; minute: number } | undefined {
  // Rome is one or two hours ahead of UTC.
  for (const ahead of [1, 2]) {
    const at = new Date(atMs + ahead * HOUR_MS);
    const day = Number.isNaN(at.getTime()) ? undefined : localDay(at.toISOString().slice(0, 10));
    const minute = day ? (atMs - day.startMs) / 60_000 : -1;
    if (day && minute >= 0 && minute < day.minutes) {
      return { day, minute };
    }
  }
  return undefined;
}

/**
 * Minutes since a day began for a label of its clock. On the autumn Sunday the labels from 2 to 3 stand for two
 * hours: the second one for `again`. On the spring Sunday they stand for none: null.
 */
export function minuteOfLabel({ minutes }: LocalDay, label: number, again: boolean): number | null {
  if (minutes === 1380) {
    return label < 120 ? label : label < 180 ? null : label - 60;
  }
  return minutes === 1500 && (label >= 180 || (label >= 120 && again)) ? label + 60 : label;
}

/** Whether a label of that day stands for two times. */
export const isRepeated = ({ minutes }: LocalDay, label: number): boolean =>
  minutes === 1500 && label >= 120 && label < 180;
