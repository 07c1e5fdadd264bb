import type { ConsumptionDay, DayRange, MeteredContract } from "../queries";
import type { CostOf } from "./prices";

/** Several contracts' days, of one direction, as if they were one contract's. */
export interface Together {
  days: ConsumptionDay[];
  known: DayRange;
  costOf: CostOf;
}

/**
 * Adds up contracts of one commodity day by day. A day on which one of them should have data and has none
 * lacks something (R22): until a contract ends, one whose data come later than the others' is behind. Bands are told only when all have them. There is no highest quarter-hour: theirs
 * need not be the same one.
 */
export function together(
  contracts: MeteredContract[],
  days: ConsumptionDay[],
  costOf: (contractId: string) => CostOf,
): Together {
  const byDay = new Map<string, ConsumptionDay[]>();
  for (const day of days) {
    const found = byDay.get(day.localDay);
    if (found) {
      found.push(day);
    } else {
      byDay.set(day.localDay, [day]);
    }
  }
  const known = knownOf(contracts);
  return {
    days: [...byDay].map(([localDay, of]) =>
      added(localDay, of, dueOn(contracts, localDay, known.to).length),
    ),
    known,
    costOf(localDay) {
      let sum = 0;
      for (const { contractId, total } of byDay.get(localDay) ?? []) {
        const cents = costOf(contractId)(localDay, total);
        if (cents === null) {
          return null;
        }
        sum += cents;
      }
      return sum;
    },
  };
}

/** The contracts that should have data of a day: until they end, or to the last day that any has. */
export function dueOn(contracts: MeteredContract[], day: string, last: string): MeteredContract[] {
  return contracts.filter(
    ({ firstDay, endsOn }) => (firstDay ?? "9") <= day && day <= (endsOn ?? last),
  );
}

/** From the first of their first days to the last of their last ones. */
export function knownOf(contracts: MeteredContract[]): DayRange {
  const first = contracts.flatMap(({ firstDay }) => firstDay ?? []).sort();
  const last = contracts.flatMap(({ lastDay }) => lastDay ?? []).sort();
  return { from: first[0] ?? "", to: last.at(-1) ?? "" };
}

function added(localDay: string, days: ConsumptionDay[], due: number): ConsumptionDay {
  const sum = (value: (day: ConsumptionDay) => number) =>
    days.reduce((total, day) => total + value(day), 0);
  const banded = days.every(({ f1 }) => f1 !== null);
  return {
    contractId: "",
    direction: days[0]?.direction ?? "consumption",
    localDay,
    total: sum(({ total }) => total),
    f1: banded ? sum(({ f1 }) => f1 ?? 0) : null,
    f2: banded ? sum(({ f2 }) => f2 ?? 0) : null,
    f3: banded ? sum(({ f3 }) => f3 ?? 0) : null,
    bandsMeasured: days.every(({ bandsMeasured }) => bandsMeasured),
    intervals: sum(({ intervals }) => intervals),
    estimated: sum(({ estimated }) => estimated),
    missing: sum(({ missing }) => missing) + Math.max(0, due - days.length),
    peak: null,
    profile: null,
  };
}
