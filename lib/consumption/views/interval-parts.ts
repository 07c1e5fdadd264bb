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
      until: null,
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

/** A contract's day, the one beside it, and what its intervals cost. */
interface OwnDay {
  day: ConsumptionDay | undefined;
  before: ConsumptionDay | undefined;
  costOf: CostOf | undefined;
}

/**
 * The intervals of a day of several contracts added up by the clock, as long as the longest of theirs; each
 * contract that should have data is among them, with or without. One that some have and others lack is
 * incomplete. The year before stands beside them only if all were measured then as well. Empty where one of
 * them has no intervals within the day.
 */
export function intervalPartsTogether(each: OwnDay[]): Part[] {
  const present = each.filter(({ day }) => day !== undefined);
  const minutes = Math.max(...present.map(({ day }) => day?.profile?.minutes ?? 1440));
  if (present.length === 0 || minutes > 60) {
    return [];
  }
  const beside = each.every(({ day, before }) => day && before);
  const own = present.map(({ day, before, costOf }) => {
    const parts = intervalParts(day, beside ? before : undefined, costOf);
    const size = minutes / (day?.profile?.minutes ?? minutes);
    return Array.from({ length: parts.length / size }, (_, at) =>
      partsAsOne(parts.slice(at * size, (at + 1) * size)),
    );
  });
  return (own[0] ?? []).map((_, at) => {
    const part = partsAsOne(own.flatMap((parts) => parts[at] ?? []));
    return present.length < each.length && part.known > 0 ? { ...part, incomplete: 1 } : part;
  });
}

/** Intervals that follow or lie upon each other as one. */
function partsAsOne(parts: Part[]): Part {
  const known = parts.filter((part) => part.known > 0);
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  const all = (values: (number | null)[]) =>
    values.includes(null) || values.length === 0 ? null : sum(values.map((value) => value ?? 0));
  const band = (key: keyof BandTotals) => all(known.map(({ bands }) => bands?.[key] ?? null));
  const [f1, f2, f3] = [band("f1"), band("f2"), band("f3")];
  const lacking = parts.length > known.length || parts.some(({ incomplete }) => incomplete > 0);
  return {
    day: parts[0]?.day ?? "",
    clock: parts[0]?.clock ?? "",
    until: null,
    total: sum(known.map(({ total }) => total)),
    bands: f1 === null || f2 === null || f3 === null ? null : { f1, f2, f3 },
    all: 1,
    known: known.length > 0 ? 1 : 0,
    estimated: known.some(({ estimated }) => estimated > 0) ? 1 : 0,
    incomplete: known.length > 0 && lacking ? 1 : 0,
    absent: known.length > 0 ? 0 : 1,
    before: all(parts.map(({ before }) => before)),
    beforeLacks: 0,
    cents: all(known.map(({ cents }) => cents)),
  };
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
