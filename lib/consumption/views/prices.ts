import type { ConsumptionDay } from "../queries";
import type { BilledPrice } from "../queries/billed-prices";

/** What so many base units cost on a day, in cents, not rounded; null where no bill tells it. */
export type CostOf = (localDay: string, base: number) => number | null;

/**
 * Costs after the average price of each day (R24): that of the bill that covers it, taxes and fixed parts
 * included; of a day that is not billed yet, that of the last bill before. `prices` are of one contract.
 */
export function costAfter(prices: BilledPrice[]): CostOf {
  const known = new Map<string, number | null>();
  // Of two bills of the same days the one that was issued later counts: it corrects the other.
  const byIssue = prices.toSorted((a, b) => a.issueDate.localeCompare(b.issueDate));
  const byEnd = byIssue.toSorted((a, b) => a.to.localeCompare(b.to));
  const find = (day: string) => {
    const covering = byIssue.findLast(({ from, to }) => from <= day && day <= to);
    const price = covering ?? byEnd.findLast(({ to }) => to < day);
    return price ? price.cents / price.base : null;
  };
  return (day, base) => {
    let price = known.get(day);
    if (price === undefined) {
      price = find(day);
      known.set(day, price);
    }
    return price === null ? null : price * base;
  };
}

/** What days cost in cents, not rounded; null without days, or where one of them has no price. */
export function costOfDays(days: ConsumptionDay[], costOf: CostOf | undefined): number | null {
  if (!costOf || days.length === 0) {
    return null;
  }
  let sum = 0;
  for (const { localDay, total } of days) {
    const cents = costOf(localDay, total);
    if (cents === null) {
      return null;
    }
    sum += cents;
  }
  return sum;
}
