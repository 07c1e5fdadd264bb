import type { ConsumptionDay } from "@/lib/consumption/queries";
import { type DayProfile, dayTotals, MISSING } from "@/lib/consumption/rules";

type Given = Omit<DayProfile, "quality"> & Partial<Pick<DayProfile, "quality">>;

/** A day as `listDays` tells it, with its intervals; all that is not missing is actual unless said. */
export function consumptionDay(given: Given, over: Partial<ConsumptionDay> = {}): ConsumptionDay {
  const quality =
    given.quality ?? given.values.map((value) => (value === MISSING ? "m" : "a")).join("");
  const { localDay, intervalMinutes, values } = given;
  return {
    contractId: "c",
    direction: "consumption",
    localDay,
    ...dayTotals({ ...given, quality }, "computed"),
    profile: { minutes: intervalMinutes, values: [...values], quality },
    ...over,
  };
}
