import { apportioned } from "@/lib/money";
import {
  type Alignment,
  byMonths,
  dayBefore,
  daysOf,
  lengthOf,
  type PartKind,
  type Period,
  partKindOf,
  partsOf,
  periodOf,
  rangeBefore,
} from "./period";
import type { ConsumptionDay, DayRange } from "./queries";
import type { BandTotals } from "./rules";
import { intervalParts } from "./views/interval-parts";
import { type CostOf, costOfDays } from "./views/prices";
import { beforeOfParts, beforeOfRange, compared } from "./views/year-before";

/** Days of a part (of a day: intervals): all, those with data, and what is to be said of these. */
interface Slots {
  all: number;
  known: number;
  estimated: number;
  incomplete: number;
  /** Those between the contract's first and last data that have none (R22: not zero). */
  absent: number;
}

/** A bar of the chart and a row of its table: an interval, a day, a month or a year. Base units. */
export interface Part extends Slots {
  /** Its first day. */
  day: string;
  /** When an interval begins on Rome's clock, `08:15`; null for days and more. */
  clock: string | null;
  /** The last day of a month or year that the period cuts off; null of whole ones, and of days. */
  until: string | null;
  total: number;
  /** Null unless everything with data has them. */
  bands: BandTotals | null;
  /** What stands beside it of the year before, up to the last with data; null without data. */
  before: number | null;
  /** Of the days that `before` stands for, those without data or with only some. */
  beforeLacks: number;
  /** After the average price of what was billed; null where no bill tells it. */
  cents: number | null;
}

/** What a chart's caption tells (R24), all of it from the same numbers as its table. */
export interface Summary {
  parts: Part[];
  whole: Omit<Part, "day" | "clock" | "until">;
  /** Whether the shown bands were measured by the distributor, computed by us, or both (R23). */
  bandsFrom: "measured" | "computed" | "both" | null;
  /**
   * Of days that lack nothing, the total less the bands' sum: not 0 where the distributor's bands say other than
   * its intervals (R23).
   */
  bandDifference: number;
  /**
   * Of several parts with data the highest, unless nothing was used or a cut-off one is higher; and of those that
   * lack nothing, the lowest.
   */
  highest: Part | null;
  lowest: Part | null;
  /** Highest quarter-hour: base units and day; null where the data is coarser. */
  peak: { base: number; day: string } | null;
  /**
   * Against the year before, over those days alone that are complete in both years: how many, and `everyDay`
   * when these are all days of the period and of what it is set beside.
   */
  comparison: { now: number; before: number; days: number; everyDay: boolean } | null;
}

/** What a period is summed up from. */
export interface Measured {
  period: Period;
  alignment: Alignment;
  /** One row for a day; those of the year before may be among them. */
  days: ConsumptionDay[];
  /** Where data may be. */
  known: DayRange;
  /** Without it, nothing is said of money. */
  costOf?: CostOf;
  /** The parts of a single day whose one row has no intervals of its own. */
  intervals?: Part[];
}

/** Sums up a period. */
export function summarize(measured: Measured): Summary {
  const { period, alignment, days, known, costOf } = measured;
  const byDay = new Map(days.map((day) => [day.localDay, day]));
  const beforeOf = (day: string) => byDay.get(dayBefore(day, alignment) ?? "");
  const slots = daysOf(period);
  const present = slots.flatMap((slot) => byDay.get(slot) ?? []);
  const kind = partKindOf(period);
  const months = byMonths(period);
  // What is not over yet is set beside the same days, not beside the whole.
  const before = ({ from, to }: DayRange, whole: boolean) =>
    from > known.to
      ? { before: null, beforeLacks: 0 }
      : beforeOfRange(
          rangeBefore({ from, to: to < known.to ? to : known.to }, alignment, whole && months),
          byDay,
        );
  const parts =
    kind === "interval"
      ? (measured.intervals ?? intervalParts(byDay.get(period.from), beforeOf(period.from), costOf))
      : partsOf(period).map(({ first, days: of }): Part => {
          const found = of.flatMap((day) => byDay.get(day) ?? []);
          return {
            day: first,
            clock: null,
            until: cutOff(kind, first, of.at(-1) ?? first),
            ...summed(of, byDay, known),
            ...before({ from: first, to: of.at(-1) ?? first }, kind !== "day"),
            cents: costOfDays(found, costOf),
          };
        });
  const whole = {
    ...summed(slots, byDay, known),
    ...(kind === "month" || kind === "year" ? beforeOfParts(parts) : before(period, true)),
  };
  const { cents, shares } = wholeCents(parts);
  // A day without intervals has a cost all the same.
  const ofDay = parts.length === 0 ? costOfDays(present, costOf) : null;
  const filled = parts.filter((part) => part.known > 0);
  const lacking = (part: Part) =>
    part.known < part.all || part.incomplete > 0 || part.until !== null;
  const uncut = filled.filter(({ until }) => until === null);
  const most = filled.reduce<Part | null>((a, b) => (a && a.total >= b.total ? a : b), null);
  const lowest = filled.filter((part) => !lacking(part));
  return {
    parts: parts.map((part, at) => ({ ...part, cents: shares[at] ?? null })),
    whole: { ...whole, cents: ofDay === null ? cents : Math.round(ofDay) },
    bandsFrom: bandsFrom(present),
    bandDifference: bandDifference(present),
    highest: most && most.until === null && most.total > 0 && uncut.length > 1 ? most : null,
    lowest: lowest.length > 1 ? lowest.reduce((a, b) => (b.total < a.total ? b : a)) : null,
    peak: peakOf(present),
    comparison: compared(slots, lengthOf(rangeBefore(period, alignment, months)), beforeOf, byDay),
  };
}

function cutOff(kind: PartKind, first: string, last: string): string | null {
  if (kind !== "month" && kind !== "year") {
    return null;
  }
  const { from, to } = periodOf(kind, first);
  return from === first && to === last ? null : last;
}

/** Of a day that lacks intervals, the distributor may have measured more in bands. */
const bandDifference = (days: ConsumptionDay[]) =>
  days
    .filter(({ missing, f1 }) => missing === 0 && f1 !== null)
    .reduce((sum, { total, f1, f2, f3 }) => sum + total - (f1 ?? 0) - (f2 ?? 0) - (f3 ?? 0), 0);

function summed(slots: string[], byDay: Map<string, ConsumptionDay>, known: DayRange) {
  const days = slots.flatMap((slot) => byDay.get(slot) ?? []);
  const sum = (value: (day: ConsumptionDay) => number) =>
    days.reduce((total, day) => total + value(day), 0);
  const banded =
    days.length > 0 && days.every(({ f1, f2, f3 }) => f1 !== null && f2 !== null && f3 !== null);
  return {
    total: sum(({ total }) => total),
    bands: banded
      ? { f1: sum(({ f1 }) => f1 ?? 0), f2: sum(({ f2 }) => f2 ?? 0), f3: sum(({ f3 }) => f3 ?? 0) }
      : null,
    all: slots.length,
    known: days.length,
    estimated: days.filter(({ estimated }) => estimated > 0).length,
    incomplete: days.filter(({ missing }) => missing > 0).length,
    absent: slots.filter((slot) => slot >= known.from && slot <= known.to && !byDay.has(slot))
      .length,
  };
}

/** The parts' costs in whole cents that add up to the whole's; null while one of those with data has none. */
function wholeCents(parts: Part[]): { cents: number | null; shares: (number | null)[] } {
  const exact = parts.map(({ cents }) => cents);
  const whole = apportioned(exact.map((cents) => cents ?? 0));
  const shares = exact.map((cents, at) => (cents === null ? null : (whole[at] ?? null)));
  const priced = parts.filter(({ known }) => known > 0);
  const complete = priced.length > 0 && priced.every(({ cents }) => cents !== null);
  return {
    cents: complete ? shares.reduce<number>((sum, cents) => sum + (cents ?? 0), 0) : null,
    shares,
  };
}

function bandsFrom(days: ConsumptionDay[]): Summary["bandsFrom"] {
  const banded = days.filter(({ f1 }) => f1 !== null);
  if (banded.length === 0) {
    return null;
  }
  const measured = banded.filter((day) => day.bandsMeasured).length;
  return measured === banded.length ? "measured" : measured === 0 ? "computed" : "both";
}

function peakOf(days: ConsumptionDay[]): Summary["peak"] {
  let highest: Summary["peak"] = null;
  for (const { peak, intervals, localDay } of days) {
    if (peak !== null && intervals >= 92 && peak > (highest?.base ?? 0)) {
      highest = { base: peak, day: localDay };
    }
  }
  return highest;
}

/** Whole percentages that add up to 100, by largest remainder; all 0 when there is nothing. */
export function percentages(values: number[]): number[] {
  const total = values.reduce((sum, value) => sum + value, 0);
  return total === 0
    ? values.map(() => 0)
    : apportioned(values.map((value) => (value * 100) / total));
}
