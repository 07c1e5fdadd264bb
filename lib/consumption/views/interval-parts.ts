import { bandsOfDay, clockOfDay } from "../bands";
import type { ConsumptionDay } from "../queries";
import { type BandTotals, MISSING } from "../rules";
import type { Part } from "../summary";
import type { CostOf } from "./prices";

/**
 * The intervals of a day as the parts of its view: 92, 96 or 100 quarter-hours with their time on Rome's
 * clock, of which autumn has an hour twice (R22). Beside each stands the same time of the other day, when
 * that was measured as finely. Empty without a profile.
 */
export function intervalParts(
  day: ConsumptionDay | undefined,
  before: ConsumptionDay | undefined,
  costOf: CostOf | undefined,
): Part[] {
  if (!day?.profile) {
    return [];
  }
  const { minutes, values, quality } = day.profile;
  const clocks = clockOfDay(day.localDay, minutes);
  const bands = day.f1 === null ? null : bandsOfDay(day.localDay, minutes);
  const then = beforeByClock(before, minutes);
  return values.map((value, at): Part => {
    const known = value !== MISSING;
    const total = known ? value : 0;
    return {
      day: day.localDay,
      clock: clocks[at]?.label ?? "",
      total,
      bands: bands && known ? onlyIn(bands[at] ?? 3, total) : null,
      all: 1,
      known: known ? 1 : 0,
      estimated: quality[at] === "e" ? 1 : 0,
      incomplete: 0,
      absent: known ? 0 : 1,
      before: then.get(clocks[at]?.label ?? "") ?? null,
      beforeLacks: 0,
      cents: known ? (costOf?.(day.localDay, total) ?? null) : null,
    };
  });
}

const onlyIn = (band: 1 | 2 | 3, total: number): BandTotals => ({
  f1: band === 1 ? total : 0,
  f2: band === 2 ? total : 0,
  f3: band === 3 ? total : 0,
});

function beforeByClock(day: ConsumptionDay | undefined, minutes: number): Map<string, number> {
  const found = new Map<string, number>();
  if (day?.profile?.minutes === minutes) {
    for (const [at, { label }] of clockOfDay(day.localDay, minutes).entries()) {
      const value = day.profile.values[at] ?? MISSING;
      if (value !== MISSING) {
        found.set(label, value);
      }
    }
  }
  return found;
}
