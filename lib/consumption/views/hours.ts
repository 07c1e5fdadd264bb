import { clockOfDay } from "../bands";
import { weekdayOf } from "../period";
import type { ConsumptionDay } from "../queries";
import { MISSING } from "../rules";

/** Mean base units of an hour by weekday (0 is Monday) and hour on Rome's clock; null where none was measured. */
export interface HourMap {
  mean: (number | null)[][];
  /** The highest of them. */
  most: number;
  days: number;
}

/** What is always used at night. */
export interface NightLoad {
  /** Base units an hour: of electricity, W. */
  perHour: number;
  nights: number;
}

const DAY_PARTS = ["night", "morning", "afternoon", "evening"] as const;
export type DayPart = (typeof DAY_PARTS)[number];

const HOURS_OF_A_PART = 6;
/** Nobody cooks or showers then: what runs, runs by itself. */
const NIGHT = { from: 1, to: 5 } as const;

interface Hour {
  hour: number;
  base: number;
}

/** The hours of a day that were measured whole; none for one value a day. */
function hoursOf({ localDay, profile }: ConsumptionDay): Hour[] {
  if (!profile || profile.minutes > 60) {
    return [];
  }
  const perHour = 60 / profile.minutes;
  const clocks = clockOfDay(localDay, profile.minutes);
  const hours: Hour[] = [];
  for (let at = 0; at < profile.values.length; at += perHour) {
    const values = profile.values.slice(at, at + perHour);
    if (!values.includes(MISSING)) {
      hours.push({
        hour: clocks[at]?.hour ?? 0,
        base: values.reduce((sum, value) => sum + value, 0),
      });
    }
  }
  return hours;
}

/** When in the week it is used: null without any hours. */
export function hourMap(days: ConsumptionDay[]): HourMap | null {
  const empty = () => Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 0));
  const [sums, counts] = [empty(), empty()];
  let measured = 0;
  for (const day of days) {
    const hours = hoursOf(day);
    measured += hours.length > 0 ? 1 : 0;
    const weekday = weekdayOf(day.localDay);
    const [sum, count] = [sums[weekday] ?? [], counts[weekday] ?? []];
    for (const { hour, base } of hours) {
      sum[hour] = (sum[hour] ?? 0) + base;
      count[hour] = (count[hour] ?? 0) + 1;
    }
  }
  const mean = sums.map((hours, weekday) =>
    hours.map((sum, hour) => {
      const count = counts[weekday]?.[hour] ?? 0;
      return count > 0 ? sum / count : null;
    }),
  );
  const most = Math.max(0, ...mean.flat().map((value) => value ?? 0));
  return measured > 0 ? { mean, most, days: measured } : null;
}

/** The lowest hour of a night between 1 and 5; null where fewer than three of them were measured whole. */
export function lowestNightHour(day: ConsumptionDay): number | null {
  const hours = hoursOf(day).filter(({ hour }) => hour >= NIGHT.from && hour < NIGHT.to);
  return hours.length >= NIGHT.to - NIGHT.from - 1
    ? Math.min(...hours.map(({ base }) => base))
    : null;
}

/** The middle one of the nights' lowest hours between 1 and 5; null without a night that was measured whole. */
export function nightLoad(days: ConsumptionDay[]): NightLoad | null {
  const lowest = days.flatMap((day) => lowestNightHour(day) ?? []).sort((a, b) => a - b);
  const middle = lowest[Math.floor((lowest.length - 1) / 2)];
  return middle === undefined ? null : { perHour: middle, nights: lowest.length };
}

/**
 * The part of the day that more than half of all that changed changed in, over pairs of days; null when nothing
 * stands out so, when that part went the other way than the whole, or when one of the days was not measured by
 * the hour.
 */
export function changeMostlyIn(pairs: [ConsumptionDay, ConsumptionDay][]): DayPart | null {
  const change = DAY_PARTS.map(() => 0);
  for (const pair of pairs) {
    const [now, before] = pair.map(hoursOf) as [Hour[], Hour[]];
    // The hours must tell of the very change that the totals tell of.
    if (now.length === 0 || before.length === 0) {
      return null;
    }
    for (const [sign, hours] of [[1, now] as const, [-1, before] as const]) {
      for (const { hour, base } of hours) {
        const part = Math.floor(hour / HOURS_OF_A_PART);
        change[part] = (change[part] ?? 0) + sign * base;
      }
    }
  }
  const whole = change.reduce((sum, value) => sum + value, 0);
  const changed = change.reduce((sum, value) => sum + Math.abs(value), 0);
  const found = change.findIndex((value) => value * Math.sign(whole) > changed / 2);
  return DAY_PARTS[found] ?? null;
}
