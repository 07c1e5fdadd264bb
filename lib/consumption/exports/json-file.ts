import { BASE_UNITS } from "../quantity";
import type { ConsumptionDay, DayRange, MeteredContract } from "../queries";
import type { Resolution } from "../schema";
import { intervalsOf, measuredOf } from "./exported-days";
import type { FiledDay, FileHead } from "./json-schema";

/**
 * One object: what it is of, and its days in order, each with its totals and, if asked, its intervals (its
 * schema: consumptionFile). Quantities are integers in `baseUnit`; what was not measured is null (R22).
 */
export async function* jsonOfDays(
  { contractNumber, commodity, supplyPoint }: MeteredContract,
  { from, to, resolution }: DayRange & { resolution: Resolution },
  days: AsyncIterable<ConsumptionDay>,
): AsyncGenerator<string> {
  const head: FileHead = {
    ...{ contractNumber, commodity, supplyPoint, from, to },
    ...{ baseUnit: BASE_UNITS[commodity], zone: "Europe/Rome", resolution },
  };
  yield `${JSON.stringify(head).slice(0, -1)},"days":[`;
  let before = "\n";
  for await (const day of days) {
    const { localDay, direction, estimated, missing } = day;
    const { total, bands } = measuredOf(day);
    const written: FiledDay = {
      ...{ day: localDay, direction, total, bands },
      ...{ intervalCount: day.intervals, estimated, missing },
      ...(resolution === "days"
        ? {}
        : { minutes: day.profile?.minutes ?? null, intervals: intervalsOf(day) }),
    };
    yield `${before}${JSON.stringify(written)}`;
    before = ",\n";
  }
  yield "\n]}\n";
}
