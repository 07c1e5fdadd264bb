import { existsSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readMeters } from "@/db/seed/readings";
import { suppliedContracts } from "@/db/seed/supplied";
import { bandsOfDay, clockOfDay, intervalsOfDay } from "@/lib/consumption/bands";
import {
  type Alignment,
  daysOf,
  PERIOD_KINDS,
  type Period,
  periodOf,
} from "@/lib/consumption/period";
import type { ConsumptionDay, MeteredContract } from "@/lib/consumption/queries";
import type { BilledPrice } from "@/lib/consumption/queries/billed-prices";
import { dayTotals, MISSING } from "@/lib/consumption/rules";
import type { Summary } from "@/lib/consumption/summary";
import { costAfter } from "@/lib/consumption/views/prices";
import { supplyViews } from "@/lib/consumption/views/supply-view";
import { addDays } from "@/lib/time";
import { consumptionDay } from "../factories/consumption-days";
import { readPath } from "./layouts/read-file";

const samples = process.env.SPORTELLO_SAMPLES ?? "../shared/samples";

const contract = (over: Partial<MeteredContract> = {}): MeteredContract => ({
  ...{ companyId: 1, id: "c", contractNumber: "EL-1", commodity: "electricity", companyName: "A" },
  ...{ supplyPoint: "IT001E00000001", supplyAddress: "Via A 1" },
  ...{ contractedPowerKw: 3, availablePowerKw: 3.3, endsOn: null, firstDay: null, lastDay: null },
  ...{ injectedFrom: null, injectedTo: null },
  ...over,
});

/** Of a contract with these days, every period that has one of its days, and some around them. */
function periodsOf(days: ConsumptionDay[]): Period[] {
  const [first, last] = [days[0]?.localDay ?? "", days.at(-1)?.localDay ?? ""];
  const anchors = [first, last, days[days.length >> 1]?.localDay ?? first];
  const calendar = PERIOD_KINDS.filter((kind) => kind !== "range");
  return [
    ...anchors.flatMap((day) => calendar.map((kind) => periodOf(kind, day))),
    { kind: "range", from: first, to: last },
    { kind: "range", from: addDays(first, 1), to: addDays(first, 40) },
    { kind: "range", from: addDays(first, -400), to: addDays(last, 20) },
  ];
}

/** What the intervals of the days come to, one by one. */
function byIntervals(days: ConsumptionDay[], { from, to }: Period) {
  const sum = { total: 0, f1: 0, f2: 0, f3: 0, intervals: 0, missing: 0 };
  for (const { localDay, profile } of days) {
    if (localDay < from || localDay > to || !profile) {
      continue;
    }
    const bands = bandsOfDay(localDay, profile.minutes);
    for (const [at, value] of profile.values.entries()) {
      sum.intervals += 1;
      sum.missing += value === MISSING ? 1 : 0;
      if (value !== MISSING) {
        sum.total += value;
        sum[`f${bands?.[at] ?? 3}` as "f1"] += value;
      }
    }
  }
  return sum;
}

function expectSums(summary: Summary, days: ConsumptionDay[], period: Period): void {
  const expected = byIntervals(days, period);
  const sum = (value: (part: Summary["parts"][number]) => number) =>
    summary.parts.reduce((total, part) => total + value(part), 0);
  expect(summary.whole.total).toBe(expected.total);
  expect(sum(({ total }) => total)).toBe(expected.total);
  const measured = days.some(({ bandsMeasured }) => bandsMeasured);
  if (summary.whole.bands && !measured) {
    const { f1, f2, f3 } = summary.whole.bands;
    expect({ f1, f2, f3 }).toEqual({ f1: expected.f1, f2: expected.f2, f3: expected.f3 });
    expect(summary.bandDifference).toBe(0);
    for (const band of ["f1", "f2", "f3"] as const) {
      expect(sum(({ bands }) => bands?.[band] ?? 0)).toBe(expected[band]);
    }
  }
  if (summary.whole.cents !== null) {
    expect(sum(({ cents }) => cents ?? 0)).toBe(summary.whole.cents);
  }
  const days_ = daysOf(period).length;
  expect(summary.whole.all).toBe(days_);
  if (period.kind === "day" && expected.intervals > 0) {
    expect(summary.parts).toHaveLength(expected.intervals);
    expect(sum(({ absent }) => absent)).toBe(expected.missing);
  } else if (period.kind !== "day") {
    expect(sum(({ all }) => all)).toBe(days_);
    expect(sum(({ known }) => known)).toBe(summary.whole.known);
  }
}

function expectEveryView(
  of: MeteredContract,
  days: ConsumptionDay[],
  prices: BilledPrice[] = [],
  alignments: Alignment[] = ["date", "weekday"],
): void {
  const consumed = days.filter(({ direction }) => direction === "consumption");
  const injected = days.filter(({ direction }) => direction === "injection");
  const metered = {
    ...of,
    firstDay: consumed[0]?.localDay ?? null,
    lastDay: consumed.at(-1)?.localDay ?? null,
    injectedFrom: injected[0]?.localDay ?? null,
    injectedTo: injected.at(-1)?.localDay ?? null,
  };
  for (const period of periodsOf(consumed)) {
    for (const alignment of alignments) {
      const [view] = supplyViews(
        [metered],
        { period, alignment, measure: "euro" },
        { days, prices },
      );
      if (!view) {
        throw new Error("a contract with days has a view");
      }
      expectSums(view.consumption, consumed, period);
      if (view.injection) {
        expectSums(view.injection, injected, period);
      } else {
        expect(byIntervals(injected, period).intervals).toBe(0);
      }
    }
  }
}

const minutes = fc.constantFrom(15, 30, 60, 1440);
const someDays = fc
  .record({
    first: fc.constantFrom("2023-03-20", "2023-10-24", "2024-02-26", "2024-12-20", "2025-10-20"),
    minutes,
    days: fc.array(
      fc.record({
        skip: fc.constantFrom(1, 1, 1, 1, 2, 9),
        seed: fc.integer({ min: 0, max: 1_000_000 }),
        gap: fc.constantFrom(0, 0, 3, 40),
      }),
      { minLength: 1, maxLength: 60 },
    ),
  })
  .map(({ first, minutes: each, days }) => {
    let localDay: string = first;
    return days.map(({ skip, seed, gap }) => {
      localDay = addDays(localDay, skip);
      const count = intervalsOfDay(localDay, each);
      const values = Array.from({ length: count }, (_, at) =>
        at < Math.min(gap, count) ? MISSING : (seed * (at + 7)) % 911,
      );
      return consumptionDay({ localDay, intervalMinutes: each, values });
    });
  });

describe("R22 the sums of every view are those of the intervals it stands for", () => {
  test("R22 R23 R24 whatever days, gaps and clock changes there are", () => {
    fc.assert(
      fc.property(someDays, (days) => expectEveryView(contract(), days)),
      { numRuns: process.env.FULL ? 500 : 25 },
    );
  });

  test("R24 euro of the parts add up to the whole's in every view", () => {
    fc.assert(
      fc.property(someDays, fc.integer({ min: 1, max: 90_000 }), (days, cents) => {
        const from = addDays(days[0]?.localDay ?? "", -3);
        const price = (first: number, last: number) => ({
          ...{ contractId: "c", from: addDays(from, first), to: addDays(from, last) },
          issueDate: addDays(from, last + 10),
        });
        const prices = [
          { ...price(0, 20), cents, base: 7_919 },
          { ...price(21, 50), cents: 4_711, base: 13 },
        ];
        expectEveryView(contract(), days, prices, ["date"]);
      }),
      { numRuns: process.env.FULL ? 300 : 20 },
    );
  });

  test("R24 a day's price is that of the bill issued last for it, and then of the bill that ends last", () => {
    const price = (from: string, to: string, issueDate: string, cents: number) => ({
      ...{ contractId: "c", from, to, issueDate, cents, base: 1_000 },
    });
    const cost = costAfter([
      price("2025-01-01", "2025-06-30", "2025-08-10", 20),
      price("2025-03-01", "2025-03-31", "2025-04-10", 45),
    ]);
    expect([cost("2025-03-10", 1_000), cost("2025-07-10", 1_000)]).toEqual([20, 20]);
    expect(cost("2024-12-31", 1_000)).toBeNull();
  });

  test("R22 R24 of contracts together: each commodity's is the sum of its contracts'", () => {
    fc.assert(
      fc.property(someDays, someDays, (one, other) => {
        const span = (days: ConsumptionDay[]) => ({
          firstDay: days[0]?.localDay ?? null,
          lastDay: days.at(-1)?.localDay ?? null,
        });
        const contracts = [
          contract({ id: "a", ...span(one) }),
          contract({ id: "b", contractNumber: "EL-2", ...span(other) }),
        ];
        const days = [
          ...one.map((day) => ({ ...day, contractId: "a" })),
          ...other.map((day) => ({ ...day, contractId: "b" })),
        ];
        for (const period of periodsOf(one)) {
          const choice = { period, alignment: "date", measure: "quantity" } as const;
          const [view] = supplyViews(contracts, choice, { days, prices: [] });
          const total = byIntervals(one, period).total + byIntervals(other, period).total;
          expect(view?.consumption.whole.total).toBe(total);
          const parts = view?.consumption.parts ?? [];
          // A day of which one contract has no hours has no parts.
          if (period.kind !== "day" || parts.length > 0) {
            expect(parts.reduce((sum, part) => sum + part.total, 0)).toBe(total);
          }
        }
      }),
      { numRuns: process.env.FULL ? 200 : 12 },
    );
  });

  test("R22 a day with one value has one part; without any it has none", () => {
    const single = [consumptionDay({ localDay: "2024-05-04", intervalMinutes: 1440, values: [5] })];
    expectEveryView(contract({ commodity: "water" }), single);
  });

  test
    .skipIf(!existsSync(samples) && !process.env.SPORTELLO_SAMPLES)
    .each([
      "consumption/e-distribuzione-quarter-hours-2024-09.csv",
      "consumption/fluvius-electricity-quarter-hours-2023-autumn.csv",
      "greenbutton/real-customer-hourly-2011.xml",
    ])(`R22 for each contract of the samples (${samples}): %s`, async (name) => {
    const read = await readPath({ path: path.join(samples, name) });
    const days = read
      .toSorted((a, b) => (a.localDay < b.localDay ? -1 : 1))
      .map((day) => {
        const { direction, measuredBands } = day;
        const bands = measuredBands ? { ...measuredBands, bandsMeasured: true } : {};
        return consumptionDay(day, { direction, ...bands });
      });
    expect(days.length).toBeGreaterThan(0);
    expectEveryView(contract(), days);
  });

  test("R22 for each contract of the seed", { timeout: 120_000 }, () => {
    const today = "2026-11-20";
    const contracts = suppliedContracts(today);
    const { of } = readMeters(contracts, today);
    for (const supplied of contracts.slice(0, process.env.FULL ? contracts.length : 15)) {
      const days = [...of(supplied)].map(({ direction, ...day }) =>
        consumptionDay(day, {
          direction,
          ...(supplied.commodity === "electricity" ? {} : { f1: null, f2: null, f3: null }),
        }),
      );
      if (days.length > 0) {
        expectEveryView(contract({ commodity: supplied.commodity }), days, [], ["date"]);
      }
    }
  });
});

describe("R22 the clock of a day", () => {
  test("R22 spring leaves an hour out, autumn has it twice", () => {
    const labels = (day: string) => clockOfDay(day, 60).map(({ label }) => label);
    expect(labels("2024-03-31").slice(0, 4)).toEqual(["00:00", "01:00", "03:00", "04:00"]);
    expect(labels("2024-10-27").slice(1, 5)).toEqual(["01:00", "02:00", "02:00 (2)", "03:00"]);
    expect(new Set(clockOfDay("2024-10-27", 15).map(({ label }) => label)).size).toBe(100);
  });

  test("R24 an interval stands beside the same time of a day that has fewer", () => {
    const day = (localDay: string, wh: number) =>
      consumptionDay({
        localDay,
        intervalMinutes: 60,
        values: Array.from({ length: intervalsOfDay(localDay, 60) }, (_, at) => wh + at),
      });
    const days = [day("2023-10-27", 100), day("2024-10-27", 1)];
    const choice = { alignment: "date", measure: "quantity" } as const;
    const of = contract({ firstDay: "2023-10-27", lastDay: "2024-10-27" });
    const period = periodOf("day", "2024-10-27");
    const [view] = supplyViews([of], { ...choice, period }, { days, prices: [] });
    const beside = view?.consumption.parts.map(({ clock, before }) => [clock, before]);
    expect(beside?.slice(1, 5)).toEqual([
      ["01:00", 101],
      ["02:00", 102],
      ["02:00 (2)", null],
      ["03:00", 103],
    ]);
  });
});

describe("R23 bands of the distributor", () => {
  test("R23 win, and what its own intervals say otherwise is shown", () => {
    const values = Array.from({ length: 96 }, () => 10);
    const computed = consumptionDay({ localDay: "2024-09-02", intervalMinutes: 15, values });
    const measured = { ...computed, bandsMeasured: true, f1: 400, f2: 280, f3: 270 };
    const of = contract({ firstDay: "2024-09-02", lastDay: "2024-09-02" });
    const choice = { alignment: "date", measure: "quantity" } as const;
    const period = periodOf("month", "2024-09-02");
    const [view] = supplyViews([of], { ...choice, period }, { days: [measured], prices: [] });
    const own = dayTotals(
      { localDay: "2024-09-02", intervalMinutes: 15, values, quality: "a".repeat(96) },
      "computed",
    );
    expect(view?.consumption.whole.bands).toEqual({ f1: 400, f2: 280, f3: 270 });
    expect(view?.consumption.bandDifference).toBe(10);
    expect(view?.bandGap).toEqual({
      measured: { f1: 400, f2: 280, f3: 270 },
      computed: { f1: own.f1, f2: own.f2, f3: own.f3 },
    });
  });
});

describe("R22 a contract that changes inside a period", () => {
  test("R22 begins, ends and gets another meter: what was not its own is no gap", () => {
    const day = (localDay: string, intervalMinutes: number) =>
      consumptionDay({
        localDay,
        intervalMinutes,
        values: Array.from({ length: intervalsOfDay(localDay, intervalMinutes) }, () => 4),
      });
    // A meter that counted hours until the 12th, and one of quarter-hours from the 14th on.
    const days = [
      ...daysOf({ from: "2024-09-10", to: "2024-09-12" }).map((date) => day(date, 60)),
      ...daysOf({ from: "2024-09-14", to: "2024-09-15" }).map((date) => day(date, 15)),
    ];
    const of = contract({ firstDay: "2024-09-10", lastDay: "2024-09-15" });
    const choice = { alignment: "date", measure: "quantity" } as const;
    const period = periodOf("month", "2024-09-01");
    const [view] = supplyViews([of], { ...choice, period }, { days, prices: [] });
    expect(view?.consumption.whole).toMatchObject({ total: 3 * 96 + 2 * 384, known: 5, absent: 1 });
    expect(view?.hours?.days).toBe(5);
    expectEveryView(contract(), days);
  });
});
