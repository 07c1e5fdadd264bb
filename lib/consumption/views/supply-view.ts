import { dayBefore, lengthOf, type Period } from "../period";
import type { Commodity } from "../quantity";
import type { ConsumptionDay, DayRange, Direction, MeteredContract } from "../queries";
import type { BilledPrice } from "../queries/billed-prices";
import { type BandTotals, dayTotals } from "../rules";
import type { ViewChoice } from "../schema";
import { type Part, type Summary, summarize } from "../summary";
import {
  changeMostlyIn,
  type DayPart,
  type HourMap,
  hourMap,
  type NightLoad,
  nightLoad,
} from "./hours";
import { intervalPartsTogether } from "./interval-parts";
import { type CostOf, costAfter } from "./prices";
import { dueOn, knownOf, together } from "./together";

/** Views of more days do not read the intervals: they would be most of what is read. */
const MOST_DAYS_BY_HOUR = 93;

/** One contract, or all of a commodity, as a view shows it. */
export interface SupplyView extends ViewChoice {
  commodity: Commodity;
  contracts: MeteredContract[];
  known: DayRange;
  consumption: Summary;
  /** Of those who produce; null without any such day. */
  injection: Summary | null;
  /** What was taken less what was given, base units; null unless both are known of every day. */
  net: number | null;
  /** Of one contract, in a period short enough to read its intervals; null else. */
  hours: HourMap | null;
  night: NightLoad | null;
  /** The part of the day that most of the change against the year before comes from. */
  changeIn: DayPart | null;
  /** The distributor's bands beside those of its own intervals, where they differ (R23). */
  bandGap: { measured: BandTotals; computed: BandTotals } | null;
  /** Whether its days go from six to six: gas that is counted once a day (R22). */
  gasDay: boolean;
  /** Days whose highest quarter-hour was above the contracted power; null where it is not known. */
  daysAbovePower: number | null;
}

/** Whether a period's view needs the intervals of its days: of several contracts, those of a single day. */
export function needsIntervals(period: Period, contracts: number): boolean {
  return period.kind === "day" || (contracts === 1 && lengthOf(period) <= MOST_DAYS_BY_HOUR);
}

/**
 * A view for each commodity of the contracts, in their order. `days` and `prices` are what `listDays` and
 * `listBilledPrices` give for all of them, the year before's days included.
 */
export function supplyViews(
  contracts: MeteredContract[],
  choice: ViewChoice,
  { days, prices }: { days: ConsumptionDay[]; prices: BilledPrice[] },
): SupplyView[] {
  const metered = contracts.filter(({ firstDay }) => firstDay !== null);
  const commodities = [...new Set(metered.map(({ commodity }) => commodity))];
  return commodities.map((commodity) => {
    const of = metered.filter((contract) => contract.commodity === commodity);
    const ids = new Set(of.map(({ id }) => id));
    return viewOf(commodity, of, choice, {
      days: days.filter(({ contractId }) => ids.has(contractId)),
      prices: prices.filter(({ contractId }) => ids.has(contractId)),
    });
  });
}

function viewOf(
  commodity: Commodity,
  contracts: MeteredContract[],
  choice: ViewChoice,
  { days, prices }: { days: ConsumptionDay[]; prices: BilledPrice[] },
): SupplyView {
  const { period, alignment } = choice;
  const costs = new Map(
    contracts.map(({ id }) => [id, costAfter(prices.filter((price) => price.contractId === id))]),
  );
  const [only] = contracts;
  const measured = (direction: Direction) => {
    const given = direction === "injection";
    const of = given ? asInjecting(contracts) : contracts;
    const own = days.filter((day) => day.direction === direction);
    // Bills tell what it costs to take energy, not what it earns to give it.
    const costOf = (id: string) => (given ? null : costs.get(id)) ?? (() => null);
    if (contracts.length === 1 && only) {
      return { days: own, known: knownOf(of), costOf: costOf(only.id) };
    }
    const added = together(of, own, costOf);
    return period.kind === "day"
      ? { ...added, intervals: clockParts(of, choice, own, costOf) }
      : added;
  };
  const consumed = measured("consumption");
  const given = measured("injection");
  const consumption = summarize({ period, alignment, ...consumed });
  const injection = given.days.some(({ localDay }) => isWithin(localDay, period))
    ? summarize({ period, alignment, ...given })
    : null;
  const shown = consumed.days.filter(({ localDay }) => isWithin(localDay, period));
  const byDay = new Map(consumed.days.map((day) => [day.localDay, day]));
  const pairs = shown.flatMap((day): [ConsumptionDay, ConsumptionDay][] => {
    const before = byDay.get(dayBefore(day.localDay, alignment) ?? "");
    return before && day.missing === 0 && before.missing === 0 ? [[day, before]] : [];
  });
  const power = contracts.length === 1 ? (only?.contractedPowerKw ?? null) : null;
  return {
    ...choice,
    commodity,
    contracts,
    known: consumed.known,
    consumption,
    injection,
    net:
      injection &&
      [consumption, injection].every(({ whole }) => whole.absent + whole.incomplete === 0) &&
      // What was given must be known for as long as what was taken.
      (given.known.to >= period.to || given.known.to >= consumed.known.to)
        ? consumption.whole.total - injection.whole.total
        : null,
    hours: period.kind === "day" ? null : hourMap(shown),
    night: nightLoad(shown),
    changeIn: changeMostlyIn(pairs),
    bandGap: bandGap(shown),
    gasDay:
      commodity === "gas" &&
      days.some(({ localDay, intervals }) => intervals === 1 && isWithin(localDay, period)),
    daysAbovePower:
      power === null || commodity !== "electricity"
        ? null
        : shown.filter((day) => (quarterPeakKw(day) ?? 0) > power).length,
  };
}

const isWithin = (day: string, { from, to }: DayRange) => from <= day && day <= to;

/** The intervals of a single day of several contracts. */
function clockParts(
  contracts: MeteredContract[],
  { period, alignment }: ViewChoice,
  days: ConsumptionDay[],
  costOf: (contractId: string) => CostOf,
): Part[] {
  const then = dayBefore(period.from, alignment);
  const due = new Set(dueOn(contracts, period.from, knownOf(contracts).to).map(({ id }) => id));
  return intervalPartsTogether(
    contracts.flatMap(({ id }) => {
      const on = (localDay: string | null) =>
        days.find((day) => day.contractId === id && day.localDay === localDay);
      const [day, before] = [on(period.from), on(then)];
      return day || before || due.has(id) ? { day, before, costOf: costOf(id) } : [];
    }),
  );
}

/** Contracts that give energy, as from when to when they do. */
const asInjecting = (contracts: MeteredContract[]): MeteredContract[] =>
  contracts.flatMap((contract) =>
    contract.injectedFrom === null
      ? []
      : { ...contract, firstDay: contract.injectedFrom, lastDay: contract.injectedTo },
  );

/** The mean power of a day's highest quarter-hour, kW; null where it was measured more coarsely. */
function quarterPeakKw({ peak, intervals }: ConsumptionDay): number | null {
  // Wh in a quarter of an hour, four times that is W.
  return peak === null || intervals < 92 ? null : (peak * 4) / 1000;
}

function bandGap(days: ConsumptionDay[]): SupplyView["bandGap"] {
  const measured: BandTotals = { f1: 0, f2: 0, f3: 0 };
  const computed: BandTotals = { f1: 0, f2: 0, f3: 0 };
  for (const { localDay, profile, bandsMeasured, missing, f1, f2, f3 } of days) {
    // Of a day that lacks intervals, its bands say more than they can.
    if (bandsMeasured && missing === 0 && profile && profile.minutes <= 60) {
      const own = dayTotals(
        {
          localDay,
          intervalMinutes: profile.minutes,
          values: profile.values,
          quality: profile.quality,
        },
        "computed",
      );
      add(measured, { f1, f2, f3 });
      add(computed, own);
    }
  }
  const differ = (["f1", "f2", "f3"] as const).some((band) => measured[band] !== computed[band]);
  return differ ? { measured, computed } : null;
}

function add(sum: BandTotals, { f1, f2, f3 }: { [band in keyof BandTotals]: number | null }): void {
  sum.f1 += f1 ?? 0;
  sum.f2 += f2 ?? 0;
  sum.f3 += f3 ?? 0;
}
