import type { FINDING_KINDS } from "@/db/schema";
import { addDays } from "@/lib/time";
import { dayBefore, daysOf } from "../period";
import type { Commodity } from "../quantity";
import type { ConsumptionDay, DayRange } from "../queries";
import { lowestNightHour } from "../views/hours";
import { paceOf } from "./days";

type FindingKind = (typeof FINDING_KINDS)[number];

/** Consumption that is not what this customer's own past leads to expect (R25). */
export interface Unusual {
  kind: FindingKind;
  fromDay: string;
  toDay: string;
  /** Base units an hour (`night_flow`, `base_load`) or a day (`more_than_usual`). */
  measured: number;
  usual: number;
}

/** Days of its past that a finding needs with their intervals, and of totals the year before. */
export const DAYS_LOOKED_AT = 75;

const NIGHTS_OF_A_LEAK = 3;
/** Of a water meter: less is a filter that rinses itself. */
const LEAST_FLOW = 2;
const WEEK = 7;
const FEWEST_NIGHTS = 20;
const DAYS_BEFORE = 28;
/** A base load has to double, whatever the customer asks to be told of. */
const DOUBLED = 1;

/**
 * What is unusual on the days from `since` on: water that never stops at night for three nights running, a
 * base load of electricity that has doubled for a week, and a week of more than usual. `threshold` is by how
 * much, 0.5 for half as much again. `days` in order, with their intervals where there are any, and with those of
 * the year before; all of one contract and direction. Every day from `since` on is looked at as if it were the last
 * one known, and what goes on from one to the next is one finding. Estimates give nobody away (R22).
 */
export function unusualSince(
  commodity: Commodity,
  days: ConsumptionDay[],
  threshold: number,
  since: string,
): Unusual[] {
  const found = new Map<FindingKind, Unusual[]>();
  for (const { localDay: last } of days.filter(({ localDay }) => localDay >= since)) {
    const known = days.filter(({ localDay }) => localDay <= last);
    for (const unusual of unusualAt(commodity, known, last, threshold)) {
      const before = found.get(unusual.kind) ?? [];
      found.set(unusual.kind, before);
      const latest = before.at(-1);
      if (latest && goesOn(latest, unusual)) {
        latest.toDay = unusual.toDay;
      } else {
        before.push(unusual);
      }
    }
  }
  return [...found.values()]
    .flat()
    .map((unusual) => ({ ...unusual, measured: measuredIn(days, unusual) ?? unusual.measured }));
}

/** Whether a finding is another one that goes on: they overlap, or follow each other without a day between. */
export function goesOn(earlier: DayRangeOf, later: DayRangeOf): boolean {
  return later.fromDay <= addDays(earlier.toDay, 1) && later.toDay >= earlier.fromDay;
}

/** Of each kind, the days running that it takes to see it. */
const DAYS_TO_SEE: Record<FindingKind, number> = {
  night_flow: NIGHTS_OF_A_LEAK,
  base_load: WEEK,
  more_than_usual: WEEK,
};

/** What is left of a finding without the days from one on: null where the others do not show it. */
export function upTo<Found extends Pick<Unusual, "kind" | "fromDay" | "toDay">>(
  found: Found,
  since: string,
): Found | null {
  if (found.toDay < since) {
    return found;
  }
  const toDay = addDays(since, -1);
  return toDay >= addDays(found.fromDay, DAYS_TO_SEE[found.kind] - 1) ? { ...found, toDay } : null;
}

type DayRangeOf = Pick<Unusual, "fromDay" | "toDay">;

/**
 * What was measured from a finding's first day to its last: of a night's flow the least, of a base load the median, of
 * a week of more the mean of its days. Null where none of them is among `days`.
 */
export function measuredIn(
  days: ConsumptionDay[],
  { kind, fromDay, toDay }: Pick<Unusual, "kind" | "fromDay" | "toDay">,
): number | null {
  const within = days.filter(({ localDay }) => localDay >= fromDay && localDay <= toDay);
  if (kind === "more_than_usual") {
    const whole = within.filter(isMeasured);
    return whole.length > 0 ? Math.round(totalOf(whole) / whole.length) : null;
  }
  const lows = nightsOf(within).map(({ low }) => low);
  return kind === "base_load" ? median(lows) : lows.length > 0 ? Math.min(...lows) : null;
}

function unusualAt(
  commodity: Commodity,
  days: ConsumptionDay[],
  last: string,
  threshold: number,
): Unusual[] {
  const recent = days.filter(({ localDay }) => localDay > addDays(last, -DAYS_LOOKED_AT));
  return [
    commodity === "water" ? nightFlow(recent, last, threshold) : null,
    commodity === "electricity" ? baseLoad(recent, last, Math.max(threshold, DOUBLED)) : null,
    moreThanUsual(days, last, threshold),
  ].flatMap((found) => found ?? []);
}

interface Night {
  localDay: string;
  low: number;
}

const isMeasured = ({ missing, estimated }: ConsumptionDay) => missing === 0 && estimated === 0;
const totalOf = (of: ConsumptionDay[]) => of.reduce((sum, day) => sum + day.total, 0);

const nightsOf = (days: ConsumptionDay[]): Night[] =>
  days.flatMap((day) => {
    const low = day.estimated === 0 ? lowestNightHour(day) : null;
    return low === null ? [] : { localDay: day.localDay, low };
  });

function median(values: number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

function nightFlow(days: ConsumptionDay[], last: string, threshold: number): Unusual | null {
  const nights = nightsOf(days);
  const first = addDays(last, 1 - NIGHTS_OF_A_LEAK);
  const leak = nights.filter(({ localDay }) => localDay >= first);
  const usual = median(nights.filter(({ localDay }) => localDay < first).map(({ low }) => low));
  if (usual === null || leak.length < NIGHTS_OF_A_LEAK) {
    return null;
  }
  const least = Math.max(LEAST_FLOW, usual * (1 + threshold));
  const measured = Math.min(...leak.map(({ low }) => low));
  if (measured < least) {
    return null;
  }
  // It may have begun earlier than the three nights that give it away.
  const before = nights.findLastIndex(({ localDay, low }) => localDay < first && low < least);
  const fromDay = nights[before + 1]?.localDay ?? first;
  return { kind: "night_flow", fromDay, toDay: last, measured, usual };
}

function baseLoad(days: ConsumptionDay[], last: string, threshold: number): Unusual | null {
  const nights = nightsOf(days);
  const first = addDays(last, 1 - WEEK);
  const now = nights.filter(({ localDay }) => localDay >= first);
  const past = nights.filter(({ localDay }) => localDay < first);
  const usual = median(past.map(({ low }) => low));
  const measured = median(now.map(({ low }) => low));
  const enough = past.length >= FEWEST_NIGHTS && now.length >= WEEK - 1;
  return enough && usual && measured && measured > usual * (1 + threshold)
    ? { kind: "base_load", fromDay: first, toDay: last, measured, usual }
    : null;
}

function moreThanUsual(days: ConsumptionDay[], last: string, threshold: number): Unusual | null {
  const first = addDays(last, 1 - WEEK);
  const byDay = new Map(days.map((day) => [day.localDay, day]));
  const complete = (localDay: string | null) => {
    const day = byDay.get(localDay ?? "");
    return day?.missing === 0 ? [day] : [];
  };
  const of = (range: DayRange) => daysOf(range).flatMap(complete);
  const week = of({ from: first, to: last }).filter(isMeasured);
  if (week.length < WEEK) {
    return null;
  }
  const before = of({ from: addDays(first, -DAYS_LOOKED_AT), to: addDays(first, -1) });
  const then = week.flatMap(({ localDay }) => complete(dayBefore(localDay, "weekday")));
  const lately = before.slice(-DAYS_BEFORE);
  const usual =
    then.length === WEEK
      ? totalOf(then) * paceOf(before, byDay)
      : lately.length >= FEWEST_NIGHTS
        ? (totalOf(lately) / lately.length) * WEEK
        : 0;
  return usual > 0 && totalOf(week) > usual * (1 + threshold)
    ? {
        ...{ kind: "more_than_usual", fromDay: first, toDay: last },
        ...{ measured: Math.round(totalOf(week) / WEEK), usual: Math.round(usual / WEEK) },
      }
    : null;
}
