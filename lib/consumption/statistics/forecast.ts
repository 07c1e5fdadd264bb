import { addDays } from "@/lib/time";
import { dayBefore, daysOf, lengthOf } from "../period";
import type { ConsumptionDay, DayRange } from "../queries";
import type { BilledParts } from "../queries/billed-parts";
import { paceOf } from "./days";
import { pricePartsOf } from "./price-change";

/** What the next bill may come to (R25), and from what that was made. */
export interface Forecast extends DayRange {
  cents: number;
  lowCents: number;
  highCents: number;
  /** Base units. */
  base: number;
  /** How the quantity was found: the same days a year before, or the average of the last months. */
  by: "year_before" | "average";
  /** How many days of it are measured already. */
  measuredDays: number;
  /** How many past bills were forecast the same way, to see how far off that is. */
  tried: number;
}

const FEWEST_BILLS = 3;
/** No forecast is said to be better than this. */
const LEAST_SPREAD = 0.1;
const RECENT_DAYS = 90;

/**
 * Forecasts the bill after the newest one: as many days as that covers, what is measured of them already, for
 * the others the same days of the year before at the last months' pace (or else the last months' average),
 * at the newest bill's price and fixed part, with what was collected along a year before. The range is how far such forecasts of past bills were off, 10 % at
 * least. `bills` newest first. Null with fewer than three bills, or without days to go by.
 */
export function forecastNext(bills: BilledParts[], days: ConsumptionDay[]): Forecast | null {
  const [newest] = bills;
  if (bills.length < FEWEST_BILLS || !newest) {
    return null;
  }
  const next = forecastAfter(bills, days, lengthOf(newest));
  if (!next) {
    return null;
  }
  // Each past bill from what was known the day after the bill before.
  const errors = bills.slice(0, -1).flatMap((bill, at) => {
    const known = days.filter(({ localDay }) => localDay <= (bills[at + 1]?.to ?? ""));
    const told = forecastAfter(bills.slice(at + 1), known, lengthOf(bill));
    return told && told.cents > 0 ? [Math.abs(bill.totalCents - told.cents) / told.cents] : [];
  });
  const spread = Math.max(LEAST_SPREAD, quantile(errors, 0.8));
  return {
    ...next,
    cents: Math.round(next.cents),
    lowCents: Math.round(next.cents * (1 - Math.min(spread, 0.9))),
    highCents: Math.round(next.cents * (1 + spread)),
    base: Math.round(next.base),
    tried: errors.length,
  };
}

type Told = Pick<Forecast, "from" | "to" | "cents" | "base" | "by" | "measuredDays">;

/** Forecasts the bill after the first of `bills`, of so many days. */
function forecastAfter(bills: BilledParts[], days: ConsumptionDay[], length: number): Told | null {
  const [bill] = bills;
  if (!bill) {
    return null;
  }
  const byDay = new Map(days.map((day) => [day.localDay, day]));
  const from = addDays(bill.to, 1);
  const to = addDays(bill.to, length);
  const recent = days.filter(
    ({ localDay, missing }) =>
      missing === 0 && localDay > addDays(days.at(-1)?.localDay ?? "0001-01-01", -RECENT_DAYS),
  );
  if (recent.length === 0) {
    return null;
  }
  const average = recent.reduce((sum, { total }) => sum + total, 0) / recent.length;
  const pace = paceOf(recent, byDay);
  let [base, measuredDays, before] = [0, 0, 0];
  for (const day of daysOf({ from, to })) {
    const measured = byDay.get(day);
    const then = byDay.get(dayBefore(day, "date") ?? "");
    if (measured?.missing === 0) {
      base += measured.total;
      measuredDays += 1;
    } else if (then?.missing === 0) {
      base += then.total * pace;
      before += 1;
    } else {
      base += average;
    }
  }
  const price = pricePartsOf(bill);
  const share = length / lengthOf(bill);
  // What is collected along with some months' bills comes again in the same months.
  const yearBefore = dayBefore(from, "date") ?? from;
  const along = bills.find((old) => old.from <= yearBefore && yearBefore <= old.to) ?? bill;
  const other = (along.otherCents * length) / lengthOf(along);
  const by = before * 2 >= length - measuredDays ? "year_before" : "average";
  return {
    from,
    to,
    base,
    by,
    measuredDays,
    cents: base * price.perBase + price.fixed * share + other,
  };
}

function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
