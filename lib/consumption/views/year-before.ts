import { daysOf } from "../period";
import type { ConsumptionDay, DayRange } from "../queries";
import type { Part, Summary } from "../summary";

/** What the days of the year before come to, and how many of them are not whole. */
export function beforeOfRange(range: DayRange, byDay: Map<string, ConsumptionDay>) {
  const slots = daysOf(range);
  const days = slots.flatMap((slot) => byDay.get(slot) ?? []);
  return {
    before: days.length > 0 ? days.reduce((sum, { total }) => sum + total, 0) : null,
    beforeLacks: slots.length - days.filter(({ missing }) => missing === 0).length,
  };
}

/** The same of what the parts of a period stand beside. */
export function beforeOfParts(parts: Part[]) {
  const known = parts.flatMap(({ before }) => before ?? []);
  return {
    before: known.length > 0 ? known.reduce((sum, value) => sum + value, 0) : null,
    beforeLacks: parts.reduce((sum, { beforeLacks }) => sum + beforeLacks, 0),
  };
}

/**
 * A period's days against those of the year before, over the days that are complete in both; `beside` is how many
 * days it is set beside. Null where nothing was used then.
 */
export function compared(
  slots: string[],
  beside: number,
  beforeOf: (day: string) => ConsumptionDay | undefined,
  byDay: Map<string, ConsumptionDay>,
): Summary["comparison"] {
  let [now, before, days] = [0, 0, 0];
  for (const slot of slots) {
    const [today, then] = [byDay.get(slot), beforeOf(slot)];
    if (today?.missing === 0 && then?.missing === 0) {
      now += today.total;
      before += then.total;
      days += 1;
    }
  }
  const everyDay = days === slots.length && days === beside;
  return before > 0 ? { now, before, days, everyDay } : null;
}
