import { Temporal } from "temporal-polyfill";

/** A local day of a zone on the line of minutes since 1970. */
export interface ZoneDay {
  /** `YYYY-MM-DD`. */
  text: string;
  /** Days since 1970-01-01. */
  number: number;
  /** The minute it begins. */
  start: number;
  /** 1440, or 1380 and 1500 where the clock changes. */
  minutes: number;
  /** After how many minutes the clock is moved, and by how many. */
  change: { after: number; by: number } | null;
}

const FIRST_DAY = Date.UTC(2000, 0, 1) / 86_400_000;
const LAST_DAY = Date.UTC(2099, 11, 31) / 86_400_000;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Days since 1970 of a date; -1 if there is none such from 2000 to 2099 (others are slips). */
export function dayNumber(year: number, month: number, day: number): number {
  if (!(year >= 2000 && year <= 2099 && month >= 1 && month <= 12 && day >= 1)) {
    return -1;
  }
  // No century within these years breaks the rule of four.
  const days = month === 2 && year % 4 === 0 ? 29 : (MONTH_DAYS[month - 1] ?? 0);
  return day <= days ? Date.UTC(year, month - 1, day) / 86_400_000 : -1;
}

/** The days of one zone, each computed once. */
export class Calendar {
  private readonly days = new Map<number, ZoneDay>();
  private last: ZoneDay;

  /** `zone` is an IANA name, already checked. */
  constructor(readonly zone: string) {
    this.last = this.day(FIRST_DAY);
  }

  /** The day of a number that `dayNumber` gave, or one beside it. */
  day(number: number): ZoneDay {
    let day = this.days.get(number);
    if (!day) {
      day = dayOf(number, this.zone);
      this.days.set(number, day);
    }
    return day;
  }

  /** The day an instant (minutes since 1970) falls in; null before 2000 and after 2099. */
  at(minute: number): ZoneDay | null {
    const { last } = this;
    if (minute >= last.start && minute < last.start + last.minutes) {
      return last;
    }
    const number = Math.floor(minute / 1440);
    if (!(number >= FIRST_DAY && number <= LAST_DAY)) {
      return null;
    }
    let day = this.day(number);
    if (minute < day.start) {
      day = this.day(number - 1);
    } else if (minute >= day.start + day.minutes) {
      day = this.day(number + 1);
    }
    this.last = day;
    return day;
  }
}

function dayOf(number: number, zone: string): ZoneDay {
  const text = new Date(number * 86_400_000).toISOString().slice(0, 10);
  const date = Temporal.PlainDate.from(text);
  const begin = date.toZonedDateTime(zone);
  const start = begin.epochMilliseconds / 60_000;
  const end = date.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds / 60_000;
  const minutes = end - start;
  if (minutes === 1440) {
    return { text, number, start, minutes, change: null };
  }
  // A moment earlier, since some zones move the clock at midnight itself.
  const before = begin.subtract({ nanoseconds: 1 });
  const after = before.getTimeZoneTransition("next");
  const by = 1440 - minutes;
  const at = after ? after.epochMilliseconds / 60_000 - start : 0;
  return { text, number, start, minutes, change: { after: at, by } };
}

/** The time on the day's clock after so many minutes. */
export function clockOf({ change }: ZoneDay, elapsed: number): string {
  const wall = change && elapsed >= change.after ? elapsed + change.by : elapsed;
  const two = (number: number) => String(number).padStart(2, "0");
  return `${two(Math.floor(wall / 60))}:${two(wall % 60)}`;
}
