import { apportioned } from "@/lib/money";
import { lengthOf } from "../period";
import type { BilledParts } from "../queries/billed-parts";

/** Why a bill is another than the one before, in cents that add up to the difference. */
export interface PriceChange {
  before: BilledParts;
  after: BilledParts;
  differenceCents: number;
  /** Because more or less was used. */
  quantityCents: number;
  /** Because a unit cost more or less. */
  priceCents: number;
  /** Because of what does not move with the consumption. */
  fixedCents: number;
  /** Discounts, fees that are collected along, time-barred amounts. */
  otherCents: number;
}

/** What a unit costs that is used more, and what is paid without using any; tax included, cents. */
export interface PriceParts {
  perBase: number;
  fixed: number;
  other: number;
}

/** A bill's prices, its value-added tax spread over what it is of. */
export function pricePartsOf(bill: BilledParts): PriceParts {
  const { byQuantityCents, fixedCents, vatCents, otherCents, base } = bill;
  const taxed = byQuantityCents + fixedCents;
  const withTax = taxed === 0 ? 0 : 1 + vatCents / taxed;
  return {
    perBase: (byQuantityCents * withTax) / base,
    fixed: taxed === 0 ? vatCents : fixedCents * withTax,
    other: otherCents,
  };
}

/**
 * Takes the difference of two bills apart (R25): a change of the quantity counts at the earlier price, a change
 * of the price for the later quantity. What is left over by rounding goes to the largest remainders.
 */
export function priceChange(before: BilledParts, after: BilledParts): PriceChange {
  const then = pricePartsOf(before);
  const now = pricePartsOf(after);
  const [quantityCents = 0, priceCents = 0, fixedCents = 0, otherCents = 0] = apportioned([
    (after.base - before.base) * then.perBase,
    after.base * (now.perBase - then.perBase),
    now.fixed - then.fixed,
    now.other - then.other,
  ]);
  return {
    ...{ before, after, quantityCents, priceCents, fixedCents, otherCents },
    differenceCents: after.totalCents - before.totalCents,
  };
}

/** What a bill's own page tells: what was used more or less is taken apart further. */
export interface BillChange extends PriceChange {
  /** How many days each bill has. */
  days: { before: number; after: number };
  /** Because the bill has more or fewer days, at what was used a day before. */
  daysCents: number;
  /** Because more or less was used a day. */
  usageCents: number;
}

/** The same, with the quantity's part in two; what the lines leave unexplained of a total counts as other. */
export function billChange(before: BilledParts, after: BilledParts): BillChange {
  const change = priceChange(before, after);
  const days = { before: lengthOf(before), after: lengthOf(after) };
  const perDay = (before.base / days.before) * pricePartsOf(before).perBase;
  const daysCents = Math.round((days.after - days.before) * perDay);
  const { quantityCents, priceCents, fixedCents } = change;
  return {
    ...change,
    ...{ days, daysCents, usageCents: quantityCents - daysCents },
    otherCents: change.differenceCents - quantityCents - priceCents - fixedCents,
  };
}

/** The average price of a unit, everything included: cents of a thousand base units (a kWh, Smc or m³). */
export const averagePrice = ({ totalCents, base }: BilledParts) => (totalCents * 1000) / base;
