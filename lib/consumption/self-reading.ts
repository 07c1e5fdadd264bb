import type { SELF_READING_DOUBTS } from "@/db/schema";
import { addDays } from "@/lib/time";
import { lengthOf, monthsBefore, periodOf } from "./period";
import type { Commodity } from "./quantity";

export type Doubt = (typeof SELF_READING_DOUBTS)[number];

/** What a meter counts, before any conversion: gas is measured in m³ and billed in Smc. */
export const METER_UNITS: Record<Commodity, string> = {
  electricity: "kWh",
  gas: "m³",
  district_heating: "kWh",
  water: "m³",
};

/** When a company takes self-readings of a commodity: days of each month, both included. */
export interface ReadingWindow {
  opensOnDay: number;
  /** 31 is the last day of any month. */
  closesOnDay: number;
  validFrom: string;
  /** The first day on which it no longer holds. */
  validUntil: string | null;
}

/** A window in one month. */
export interface OpenDays {
  from: string;
  to: string;
}

/** What was told of a meter before. */
export interface Count {
  readOn: string;
  countThousandths: number;
}

/** A meter that was read remotely within so many days needs nobody to read it. */
export const REMOTE_DAYS = 45;
/** So much more or less than expected is asked about once more. */
const MUCH_MORE = 2.5;
const MUCH_LESS = 0.25;
/** A difference of less is no doubt, whatever it is in per cent. */
const LEAST_DIFFERENCE = 5_000;
/** A window that begins later is not told of yet. */
const MONTHS_AHEAD = 13;

function daysIn(window: ReadingWindow, month: string): OpenDays | null {
  const { from, to } = periodOf("month", month);
  const day = (of: number) => {
    const asked = `${from.slice(0, 8)}${String(of).padStart(2, "0")}`;
    return asked < to ? asked : to;
  };
  const { validFrom, validUntil } = window;
  const opens = day(window.opensOnDay);
  const closes = day(window.closesOnDay);
  const days = {
    from: opens > validFrom ? opens : validFrom,
    to: validUntil === null || closes < validUntil ? closes : addDays(validUntil, -1),
  };
  return days.from <= days.to && days.from >= from ? days : null;
}

/** The days that are open on a day, or the next ones that will be; null where no window is to come. */
export function nextOpenDays(windows: ReadingWindow[], today: string): OpenDays | null {
  const first = `${today.slice(0, 7)}-01`;
  const months = Array.from({ length: MONTHS_AHEAD }, (_, ahead) => monthsBefore(first, -ahead));
  const found = windows
    .flatMap((window) => months.flatMap((month) => daysIn(window, month) ?? []))
    .filter(({ to }) => to >= today)
    .sort((a, b) => (a.from < b.from ? -1 : 1));
  return found[0] ?? null;
}

export const isOpen = (days: OpenDays | null, today: string): days is OpenDays =>
  days !== null && days.from <= today && today <= days.to;

/**
 * What looks wrong with a count, beside the next one that stood after it, the last one that stood and the year's consumption; null when nothing
 * does, or when there is nothing to compare with. A lower count may be another meter, or one that began anew.
 * @param annual thousandths of the meter's unit in a year
 */
export function doubtOf(
  count: Count,
  { last, next = null }: { last: Count | null; next?: Count | null },
  annual: number | null,
): Doubt | null {
  if (next && count.countThousandths > next.countThousandths) {
    return "much_more";
  }
  if (!last) {
    return null;
  }
  const used = count.countThousandths - last.countThousandths;
  if (used < 0) {
    return "lower";
  }
  if (!annual) {
    return null;
  }
  const days = lengthOf({ from: addDays(last.readOn, 1), to: count.readOn });
  const expected = (annual * days) / 365;
  if (Math.abs(used - expected) < LEAST_DIFFERENCE) {
    return null;
  }
  if (used > expected * MUCH_MORE) {
    return "much_more";
  }
  return used < expected * MUCH_LESS ? "much_less" : null;
}
