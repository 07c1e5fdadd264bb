import { addDays } from "@/lib/time";
import { dayBefore, daysOf, lengthOf, monthsBefore, wholeMonths } from "../period";
import type { ConsumptionDay, DayRange } from "../queries";
import type { Billed, BilledParts } from "../queries/billed-parts";
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
  /** How many days of it are measured already, and how many are still open. */
  measuredDays: number;
  openDays: number;
  /** How many past bills were forecast the same way, to see how far off that is. */
  tried: number;
  /** They were less far off than any forecast is said to be. */
  spreadIsLeast: boolean;
}

const FEWEST_BILLS = 3;
/** No forecast is said to be better than this. */
const LEAST_SPREAD = 0.1;
const RECENT_DAYS = 90;
/** Bills that tell how long one is: a correction of half a year among them changes nothing. */
const BILLS_FOR_THE_LENGTH = 6;

/**
 * Forecasts the bill after the newest one: as long as bills are, what is measured of its days already, for
 * the others the same days of the year before at the last months' pace (or else the last months' average),
 * at the newest bill's price and fixed part, with what was collected along a year before. The range is how far
 * such forecasts of past bills were off, 10 % at least. Null with fewer than three bills, without days to go by,
 * and where no bill is to come.
 */
export function forecastNext(
  { bills, to: billedTo, closed, endsOn }: Billed,
  days: ConsumptionDay[],
): Forecast | null {
  if (bills.length < FEWEST_BILLS || billedTo === null || closed) {
    return null;
  }
  const range = nextAfter(billedTo, bills, endsOn);
  const next = range ? forecastOf(range, bills, days) : null;
  if (!next) {
    return null;
  }
  // Each past bill from what was known the day after the bill before.
  const errors = bills.slice(0, -1).flatMap((bill, at) => {
    const known = days.filter(({ localDay }) => localDay <= (bills[at + 1]?.to ?? ""));
    const told = forecastOf(bill, bills.slice(at + 1), known);
    return told && told.cents > 0 ? [Math.abs(bill.totalCents - told.cents) / told.cents] : [];
  });
  const off = quantile(errors, 0.8);
  const spread = Math.max(LEAST_SPREAD, off);
  return {
    ...next,
    cents: Math.round(next.cents),
    lowCents: Math.round(next.cents * (1 - Math.min(spread, 0.9))),
    highCents: Math.round(next.cents * (1 + spread)),
    base: Math.round(next.base),
    tried: errors.length,
    spreadIsLeast: off <= LEAST_SPREAD,
  };
}

/** The days of the bill after a day: whole months where bills have them; null past the contract's end. */
function nextAfter(billedTo: string, bills: BilledParts[], endsOn: string | null): DayRange | null {
  const latest = bills.slice(0, BILLS_FOR_THE_LENGTH);
  const from = addDays(billedTo, 1);
  if (endsOn !== null && endsOn < from) {
    return null;
  }
  const months = quantile(latest.map(wholeMonths), 0.5);
  const to =
    months > 0 && from.endsWith("-01")
      ? addDays(monthsBefore(from, -months), -1)
      : addDays(billedTo, quantile(latest.map(lengthOf), 0.5));
  return { from, to: endsOn !== null && endsOn < to ? endsOn : to };
}

type Told = Pick<Forecast, "from" | "to" | "cents" | "base" | "by" | "measuredDays" | "openDays">;

/** Forecasts a bill of some days after the first of `bills`, at its price. */
function forecastOf(
  { from, to }: DayRange,
  bills: BilledParts[],
  days: ConsumptionDay[],
): Told | null {
  const [bill] = bills;
  if (!bill) {
    return null;
  }
  const byDay = new Map(days.map((day) => [day.localDay, day]));
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
  // What is collected along with some months' bills comes again in the same months.
  const yearBefore = dayBefore(from, "date") ?? from;
  const along = bills.find((old) => old.from <= yearBefore && yearBefore <= old.to) ?? bill;
  const openDays = lengthOf({ from, to }) - measuredDays;
  return {
    ...{ from, to, base, measuredDays, openDays },
    by: before * 2 >= openDays ? "year_before" : "average",
    cents:
      base * price.perBase +
      price.fixed * shareOf({ from, to }, bill) +
      along.otherCents * shareOf({ from, to }, along),
  };
}

/** How much of what is paid by time a span has of a bill's: by months where both are whole ones. */
function shareOf(span: DayRange, bill: DayRange): number {
  const [months, ofBill] = [wholeMonths(span), wholeMonths(bill)];
  return months > 0 && ofBill > 0 ? months / ofBill : lengthOf(span) / lengthOf(bill);
}

/** The value that so many of them do not exceed; 0 of none. */
function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
