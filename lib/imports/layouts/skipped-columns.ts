import { MISSING } from "@/lib/consumption/rules";
import type { ZoneDay } from "./calendar";
import type { WideProfile } from "./profile";

/** Columns that stand for no time: by the clock, or because the day is over. */
export interface SkippedColumns {
  from: number;
  /** The first that stands for a time again. */
  to: number;
  byClock: boolean;
}

/**
 * Which columns stand for no time on a day shorter than they are many. Where the layout leaves open
 * what their places mean, the empty cells of the spring day show it: the hour the clocks skip, or
 * the last one. `unclear` if both are empty.
 */
export function skippedColumns(
  values: readonly number[],
  day: ZoneDay,
  { intervalMinutes, position }: Pick<WideProfile, "intervalMinutes" | "position">,
): SkippedColumns | "unclear" {
  const count = intervalMinutes === 1440 ? 1 : day.minutes / intervalMinutes;
  const rest = { from: count, to: values.length, byClock: false };
  if (!day.change || day.change.by < 0 || position === "elapsed") {
    return rest;
  }
  const from = day.change.after / intervalMinutes;
  const hour = { from, to: from + day.change.by / intervalMinutes, byClock: true };
  if (position === "clock") {
    return hour;
  }
  const isEmpty = (begin: number, end: number) =>
    values.slice(begin, end).every((value) => value === MISSING);
  if (!isEmpty(rest.from, rest.to)) {
    return hour;
  }
  return isEmpty(hour.from, hour.to) && !isEmpty(hour.to, rest.from) ? "unclear" : rest;
}
