import { BASE_UNITS } from "../quantity";
import type { ConsumptionDay, DayRange, MeteredContract } from "../queries";
import { intervalsOf } from "./exported-days";

/**
 * One object: what it is of, and its days in order, each with its totals and its intervals. Quantities are
 * integers in `baseUnit`; what was not measured is null (R22).
 */
export async function* jsonOfDays(
  { contractNumber, commodity, supplyPoint }: MeteredContract,
  { from, to }: DayRange,
  days: AsyncIterable<ConsumptionDay>,
): AsyncGenerator<string> {
  const head = {
    ...{ contractNumber, commodity, supplyPoint, from, to },
    ...{ baseUnit: BASE_UNITS[commodity], zone: "Europe/Rome" },
  };
  yield `${JSON.stringify(head).slice(0, -1)},"days":[`;
  let before = "\n";
  for await (const day of days) {
    const { localDay, direction, total, f1, f2, f3, bandsMeasured, estimated, missing } = day;
    const bands = f1 === null ? null : { f1, f2, f3, measured: bandsMeasured };
    const written = {
      ...{ day: localDay, direction, total, bands, estimated, missing },
      minutes: day.profile?.minutes ?? null,
      intervals: intervalsOf(day),
    };
    yield `${before}${JSON.stringify(written)}`;
    before = ",\n";
  }
  yield "\n]}\n";
}
