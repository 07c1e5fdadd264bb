import type { FINDING_KINDS } from "@/db/schema";
import { addDays } from "@/lib/time";
import { dayBefore, daysOf } from "../period";
import type { Commodity } from "../quantity";
import type { ConsumptionDay } from "../queries";
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
 * What is unusual at the end of a contract's days: water that never stops at night for three nights running, a
 * base load of electricity that has doubled for a week, and a week of more than usual. `threshold` is by how much,
 * 0.5 for half as much again. `days` in order, with their intervals where there are any, and with those of the year
 * before; all of one contract and direction.
 */
export function unusualIn(
  commodity: Commodity,
  days: ConsumptionDay[],
  threshold: number,
): Unusual[] {
  const last = days.at(-1)?.localDay;
  if (last === undefined) {
    return [];
  }
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

const nightsOf = (days: ConsumptionDay[]): Night[] =>
  days.flatMap((day) => {
    const low = lowestNightHour(day);
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
  const measured = median(leak.map(({ low }) => low));
  if (usual === null || measured === null || leak.length < NIGHTS_OF_A_LEAK) {
    return null;
  }
  const least = Math.max(LEAST_FLOW, usual * (1 + threshold));
  if (leak.some(({ low }) => low < least)) {
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
  const week = daysOf({ from: first, to: last }).flatMap(complete);
  if (week.length < WEEK) {
    return null;
  }
  const total = (of: ConsumptionDay[]) => of.reduce((sum, day) => sum + day.total, 0);
  const before = daysOf({ from: addDays(first, -DAYS_LOOKED_AT), to: addDays(first, -1) }).flatMap(
    complete,
  );
  const then = week.flatMap(({ localDay }) => complete(dayBefore(localDay, "weekday")));
  const lately = before.slice(-DAYS_BEFORE);
  const usual =
    then.length === WEEK
      ? total(then) * paceOf(before, byDay)
      : lately.length >= FEWEST_NIGHTS
        ? (total(lately) / lately.length) * WEEK
        : 0;
  return usual > 0 && total(week) > usual * (1 + threshold)
    ? {
        ...{ kind: "more_than_usual", fromDay: first, toDay: last },
        ...{ measured: Math.round(total(week) / WEEK), usual: Math.round(usual / WEEK) },
      }
    : null;
}
