import type { Actor } from "@/lib/auth/actor";
import { bandsOfDay, intervalsOfDay } from "./bands";

/** An interval that was not measured. Never zero, never summed (R22). */
export const MISSING = -1;

const LETTER_E = "e".charCodeAt(0);
const LETTER_M = "m".charCodeAt(0);

/** Energy per band in base units. */
export interface BandTotals {
  f1: number;
  f2: number;
  f3: number;
}

/** A local day as it is delivered: integers in the commodity's base unit. */
export interface DayProfile {
  /** `YYYY-MM-DD`, Europe/Rome. */
  localDay: string;
  /** 15, 30 or 60; 1440 for one value a day. */
  intervalMinutes: number;
  /** Wh, litres or thousandths of Smc; MISSING where nothing was measured. */
  values: readonly number[];
  /** One letter per interval: a actual, e estimated, m missing. */
  quality: string;
}

/** A day in one line, base units. Bands are null where they make no sense or cannot be known. */
export interface DayTotals {
  total: number;
  f1: number | null;
  f2: number | null;
  f3: number | null;
  bandsMeasured: boolean;
  intervals: number;
  estimated: number;
  missing: number;
  /** Highest interval present; null when all are missing. */
  peak: number | null;
}

/** The largest day that fits the database's integers: 2,147 MWh. */
const LARGEST_TOTAL = 2 ** 31 - 1;

/**
 * What is wrong with a day, as one sentence, or null. Interval counts follow Rome's clock: 92, 96 or
 * 100 quarter-hours (R22).
 */
export function profileFault(day: DayProfile): string | null {
  if (![15, 30, 60, 1440].includes(day.intervalMinutes)) {
    return `intervals of ${day.intervalMinutes} minutes are not known; 15, 30, 60 and 1440 are`;
  }
  const expected = intervalsOfDay(day.localDay, day.intervalMinutes);
  if (day.values.length !== expected) {
    return `${day.localDay} has ${expected} intervals, not ${day.values.length}`;
  }
  if (day.quality.length !== expected || !/^[aem]*$/.test(day.quality)) {
    return `the quality of ${day.localDay} needs one of the letters a, e, m per interval`;
  }
  const { values, quality } = day;
  let total = 0;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as number;
    if (!Number.isInteger(value) || value < MISSING) {
      return `interval ${index + 1} of ${day.localDay} is not a whole number of base units`;
    }
    if ((value === MISSING) !== (quality.charCodeAt(index) === LETTER_M)) {
      return `interval ${index + 1} of ${day.localDay} must be missing in value and quality alike`;
    }
    total += value === MISSING ? 0 : value;
  }
  return total > LARGEST_TOTAL ? `the total of ${day.localDay} is larger than any supply` : null;
}

/**
 * Totals of a day (R22): missing intervals are counted, not summed. `bands` asks for F1/F2/F3:
 * those the distributor measured win over those computed after ARERA 181/06 (R23).
 */
export function dayTotals(day: DayProfile, bands: BandTotals | "computed" | null): DayTotals {
  const ofInterval = bands === "computed" ? bandsOfDay(day.localDay, day.intervalMinutes) : null;
  const { values, quality } = day;
  const anyEstimated = quality.includes("e");
  const perBand: [number, number, number, number] = [0, 0, 0, 0];
  let total = 0;
  let missing = 0;
  let estimated = 0;
  let peak = MISSING;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as number;
    if (value === MISSING) {
      missing += 1;
      continue;
    }
    total += value;
    peak = value > peak ? value : peak;
    estimated += anyEstimated && quality.charCodeAt(index) === LETTER_E ? 1 : 0;
    perBand[ofInterval?.[index] ?? 0] += value;
  }
  const [, f1, f2, f3] = perBand;
  const measured = bands !== null && bands !== "computed" ? bands : null;
  const shown = measured ?? (ofInterval ? { f1, f2, f3 } : { f1: null, f2: null, f3: null });
  return {
    total,
    f1: shown.f1,
    f2: shown.f2,
    f3: shown.f3,
    bandsMeasured: measured !== null,
    intervals: values.length,
    estimated,
    missing,
    peak: peak === MISSING ? null : peak,
  };
}

/** Days for which a meter's photo is kept after the decision: a bill that rests on it can be contested meanwhile. */
export const PHOTO_KEPT_DAYS = 90;
/** And where nobody decides. */
export const PHOTO_UNDECIDED_DAYS = 365;

/** Who judges what customers read off their meters: operators and admins; support looks. */
export function mayDecideReadings(actor: Actor): boolean {
  return actor.kind === "staff" && (actor.role === "operator" || actor.role === "admin");
}
