import { DIRECTIONS } from "@/db/schema";
import type { Context } from "@/lib/auth/context";
import { addDays, formatRomeOffset } from "@/lib/time";
import { clockOfDay, intervalsOfDay } from "../bands";
import { type ConsumptionDay, type DayRange, listDays, type MeteredContract } from "../queries";
import { MISSING } from "../rules";
import type { Resolution } from "../schema";

/** Days read at once: of intervals about 100 KB of quarter-hours in both directions, of totals 200 KB. */
const CHUNK_DAYS: Record<Resolution, number> = { intervals: 100, days: 1_000 };

/**
 * The days of a contract, both directions, read in parts: whoever writes them holds no more, however
 * long the range is. Those of another customer, and of a former holder, are none (R28, R5).
 */
export async function* exportedDays(
  ctx: Context,
  { companyId, id: contractId }: MeteredContract,
  { from, to, resolution }: DayRange & { resolution: Resolution },
): AsyncGenerator<ConsumptionDay> {
  const intervals = resolution === "intervals";
  for (let first = from; first <= to; first = addDays(first, CHUNK_DAYS[resolution])) {
    const last = addDays(first, CHUNK_DAYS[resolution] - 1);
    const chunk = { from: first, to: last < to ? last : to };
    const days = await listDays(ctx, [{ companyId, contractId }], [chunk], { intervals });
    yield* days.sort(byDayAndDirection);
  }
}

/** The same export twice is the same file: what was taken goes before what was fed in. */
const byDayAndDirection = (a: ConsumptionDay, b: ConsumptionDay) =>
  a.localDay === b.localDay
    ? DIRECTIONS.indexOf(a.direction) - DIRECTIONS.indexOf(b.direction)
    : a.localDay < b.localDay
      ? -1
      : 1;

/** What a day came to, in base units: null where nothing of it was measured, which is not zero (R22). */
export function measuredOf(day: ConsumptionDay) {
  const { f1, f2, f3, bandsMeasured: measured } = day;
  const any = day.missing < day.intervals;
  const known = (any || measured) && f1 !== null && f2 !== null && f3 !== null;
  return { total: any ? day.total : null, bands: known ? { f1, f2, f3, measured } : null };
}

/** An interval as every export tells it. */
export interface ExportedInterval {
  /** On Rome's clock with its offset, `2024-10-27T02:15:00+01:00`. */
  start: string;
  end: string;
  /** Base units; null where nothing was measured, which is not zero (R22). */
  base: number | null;
  quality: "actual" | "estimated" | "missing";
}

const QUALITY = { a: "actual", e: "estimated", m: "missing" } as const;

/** The intervals of a day; of a day without a profile, none. */
export function intervalsOf({ localDay, profile }: ConsumptionDay): ExportedInterval[] {
  if (!profile) {
    return [];
  }
  const starts = startsOf(localDay, profile.minutes);
  const next = `${addDays(localDay, 1)}T00:00:00${formatRomeOffset(addDays(localDay, 1))}`;
  return profile.values.map((value, at) => ({
    start: starts[at] ?? next,
    end: starts[at + 1] ?? next,
    base: value === MISSING ? null : value,
    quality: QUALITY[profile.quality[at] as keyof typeof QUALITY] ?? "missing",
  }));
}

/** When each interval begins. The offset changes once at most, where the clock does (R22). */
function startsOf(localDay: string, minutes: number): string[] {
  const morning = formatRomeOffset(localDay);
  const evening = formatRomeOffset(addDays(localDay, 1));
  const hours = intervalsOfDay(localDay, 60);
  // Spring skips the hour after two, autumn repeats it: two hours are old time then, or three.
  const changeAt = hours === 23 ? 120 : 180;
  return clockOfDay(localDay, minutes).map(({ label }, at) => {
    const offset = at * minutes < changeAt ? morning : evening;
    return `${localDay}T${label.slice(0, 5)}:00${offset}`;
  });
}
