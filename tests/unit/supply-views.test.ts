import { describe, expect, test } from "vitest";
import { daysOf, periodOf } from "@/lib/consumption/period";
import type { ConsumptionDay, Direction, MeteredContract } from "@/lib/consumption/queries";
import { MISSING } from "@/lib/consumption/rules";
import { needsIntervals, supplyViews } from "@/lib/consumption/views/supply-view";
import { consumptionDay } from "../factories/consumption-days";

const contract = (over: Partial<MeteredContract> = {}): MeteredContract => ({
  ...{ companyId: 1, id: "c", contractNumber: "EL-1", commodity: "electricity", companyName: "A" },
  ...{ supplyPoint: "IT001E00000001", supplyAddress: "Via A 1", endsOn: null },
  ...{ contractedPowerKw: 3, availablePowerKw: 3.3, firstDay: null, lastDay: null },
  ...{ injectedFrom: null, injectedTo: null },
  ...over,
});

describe("R22 contracts together", () => {
  const choice = { alignment: "date", measure: "quantity" } as const;
  const daily = (contractId: string, from: string, to: string) =>
    daysOf({ from, to }).map((localDay) =>
      consumptionDay({ localDay, intervalMinutes: 1440, values: [10_000] }, { contractId }),
    );
  const november = periodOf("month", "2025-11-01");
  const first = contract({ id: "a", firstDay: "2024-01-01", lastDay: "2025-11-30" });
  const late = contract({ id: "b", firstDay: "2024-01-01", lastDay: "2025-11-10" });
  const days = [
    ...daily("a", "2024-11-01", "2024-11-30"),
    ...daily("b", "2024-11-01", "2024-11-30"),
    ...daily("a", "2025-11-01", "2025-11-30"),
    ...daily("b", "2025-11-01", "2025-11-10"),
  ];
  const viewOf = (contracts: MeteredContract[]) =>
    supplyViews(contracts, { ...choice, period: november }, { days, prices: [] })[0];

  test("R22 of which one's data come later: its days lack something and are not compared", () => {
    const view = viewOf([first, late]);
    expect(view?.consumption.whole).toMatchObject({ total: 400_000, known: 30, incomplete: 20 });
    expect(view?.consumption.comparison).toMatchObject({
      ...{ now: 200_000, before: 200_000, everyDay: false },
    });
  });

  test("R22 of which one ended: what comes after its end is no gap", () => {
    const view = viewOf([first, { ...late, endsOn: "2025-11-10" }]);
    expect(view?.consumption.whole).toMatchObject({ total: 400_000, incomplete: 0, absent: 0 });
  });
});

describe("R24 energy that was given", () => {
  const producer = contract({
    ...{ firstDay: "2025-01-01", lastDay: "2025-12-31" },
    ...{ injectedFrom: "2025-01-10", injectedTo: "2025-12-31" },
  });
  const of = (direction: Direction, from: string, to: string, total: number) =>
    daysOf({ from, to }).map((localDay) =>
      consumptionDay({ localDay, intervalMinutes: 1440, values: [total] }, { direction }),
    );
  const viewOf = (month: string, days: ConsumptionDay[], contracts = [producer]) => {
    const choice = { alignment: "date", measure: "quantity" } as const;
    const period = periodOf("month", `2025-${month}-01`);
    return supplyViews(contracts, { ...choice, period }, { days, prices: [] })[0];
  };

  test("R22 days without it at the end of a month are gaps, those before it began are none", () => {
    const march = viewOf("03", of("injection", "2025-03-01", "2025-03-25", 5_000));
    expect(march?.injection?.whole).toMatchObject({ known: 25, absent: 6 });
    const january = viewOf("01", of("injection", "2025-01-10", "2025-01-31", 5_000));
    expect(january?.injection?.whole).toMatchObject({ known: 22, absent: 0 });
  });

  test("R22 is taken off what was used only where both are known of every day", () => {
    const given = of("injection", "2025-03-01", "2025-03-31", 5_000);
    const whole = [...of("consumption", "2025-03-01", "2025-03-31", 10_000), ...given];
    expect(viewOf("03", whole)?.net).toBe(31 * 5_000);
    const two = [...of("consumption", "2025-03-01", "2025-03-02", 10_000), ...given];
    expect(viewOf("03", two)?.net).toBeNull();
    const behind = { ...producer, injectedTo: "2025-03-25" };
    expect(viewOf("03", whole, [behind])?.net).toBeNull();
  });

  test("R24 a contract that does nothing else has a view of it", () => {
    const only = { ...producer, firstDay: "2025-01-10" };
    const view = viewOf("03", of("injection", "2025-03-01", "2025-03-31", 5_000), [only]);
    expect(view?.injection?.whole).toMatchObject({ known: 31, absent: 0 });
    expect(view?.consumption.whole).toMatchObject({ known: 0, total: 0 });
    expect(view?.net).toBeNull();
  });
});

describe("R24 the part of the day that a change comes from", () => {
  const one = contract({ firstDay: "2024-01-01", lastDay: "2025-11-30" });
  /** A day with so many Wh in each hour of its night, morning, afternoon and evening. */
  const hourly = (localDay: string, parts: [number, number, number, number]) =>
    consumptionDay({
      ...{ localDay, intervalMinutes: 60 },
      values: Array.from({ length: 24 }, (_, hour) => parts[Math.floor(hour / 6)] ?? 0),
    });
  const whole = (localDay: string, total: number) =>
    consumptionDay({ localDay, intervalMinutes: 1440, values: [total] });
  const changeIn = (...days: ConsumptionDay[]) => {
    const choice = { alignment: "date", measure: "quantity" } as const;
    const period = periodOf("month", "2025-11-01");
    return supplyViews([one], { ...choice, period }, { days, prices: [] })[0]?.changeIn;
  };

  test("R24 is where more than half of all that changed did, and not where less did", () => {
    const before = hourly("2024-11-05", [100, 100, 100, 100]);
    expect(changeIn(before, hourly("2025-11-05", [100, 90, 120, 300]))).toBe("evening");
    expect(changeIn(before, hourly("2025-11-05", [150, 100, 150, 100]))).toBeNull();
  });

  test("R24 is not said where parts of the day went against each other", () => {
    const before = hourly("2024-11-05", [100, 100, 100, 400]);
    expect(changeIn(before, hourly("2025-11-05", [200, 240, 100, 200]))).toBeNull();
    expect(changeIn(before, hourly("2025-11-05", [200, 540, 100, 10]))).toBeNull();
  });

  test("R24 is not said where one of the years was measured by the day, even of some days", () => {
    const now = [1, 2, 3].map((date) => hourly(`2025-11-0${date}`, [100, 100, 100, 1_000]));
    const [first, ...others] = [1, 2, 3].map((date) => whole(`2024-11-0${date}`, 9_000));
    expect(changeIn(first as ConsumptionDay, ...others, ...now)).toBeNull();
    expect(changeIn(hourly("2024-11-01", [1, 1, 1, 1]), ...others, ...now)).toBeNull();
  });
});

describe("R24 a single day of several contracts", () => {
  const a = contract({ id: "a", firstDay: "2024-01-01", lastDay: "2025-11-30" });
  const b = { ...a, id: "b", contractNumber: "EL-2" };
  const on = (contractId: string, localDay: string, intervalMinutes: number, wh: number) =>
    consumptionDay(
      {
        ...{ localDay, intervalMinutes },
        values: Array.from({ length: 1440 / intervalMinutes }, () => wh),
      },
      { contractId },
    );
  const prices = ["a", "b"].map((contractId) => ({
    ...{ contractId, from: "2025-11-01", to: "2025-11-30", cents: 1_000, base: 100_000 },
    issueDate: "2025-12-10",
  }));
  const dayOf = (...days: ConsumptionDay[]) => {
    const choice = { alignment: "date", measure: "euro" } as const;
    const period = periodOf("day", "2025-11-10");
    return supplyViews([a, b], { ...choice, period }, { days, prices })[0]?.consumption;
  };

  test("R24 adds them up by the clock, as finely as all are measured", () => {
    const summary = dayOf(
      on("a", "2024-11-10", 60, 50),
      on("b", "2024-11-10", 60, 50),
      on("a", "2025-11-10", 60, 100),
      on("b", "2025-11-10", 15, 25),
    );
    expect(summary?.parts).toHaveLength(24);
    expect(summary?.parts[8]).toMatchObject({
      ...{ clock: "08:00", total: 200, bands: { f1: 200, f2: 0, f3: 0 }, known: 1, incomplete: 0 },
    });
    expect(summary?.whole).toMatchObject({ total: 4_800, cents: 48, before: 2_400 });
    // The quarter-hours of the one have no like among the hours of the year before.
    expect(summary?.parts[8]?.before).toBeNull();
    const alike = dayOf(
      ...["a", "b"].flatMap((id) => [on(id, "2024-11-10", 60, 50), on(id, "2025-11-10", 60, 100)]),
    );
    expect(alike?.parts[8]).toMatchObject({ total: 200, before: 100 });
  });

  test("R22 an interval that one of them lacks is incomplete, and so is a day that one has no data of", () => {
    const gap = on("b", "2025-11-10", 60, 100);
    const values = gap.profile?.values.map((wh, at) => (at === 3 ? MISSING : wh)) ?? [];
    const lacking = consumptionDay(
      { localDay: "2025-11-10", intervalMinutes: 60, values },
      { contractId: "b" },
    );
    const summary = dayOf(on("a", "2025-11-10", 60, 100), lacking);
    expect(summary?.parts[3]).toMatchObject({ total: 100, known: 1, incomplete: 1 });
    expect(summary?.parts[4]).toMatchObject({ total: 200, incomplete: 0 });
    const alone = dayOf(on("a", "2025-11-10", 60, 100));
    expect(alone?.parts.every(({ incomplete }) => incomplete === 1)).toBe(true);
    expect(alone?.whole).toMatchObject({ total: 2_400, incomplete: 1 });
  });

  test("R24 has no parts where one of them counts by the day, but its total and its cost", () => {
    const summary = dayOf(on("a", "2025-11-10", 60, 100), on("b", "2025-11-10", 1440, 10_000));
    expect(summary?.parts).toEqual([]);
    expect(summary?.whole).toMatchObject({ total: 12_400, cents: 124 });
  });

  test("R24 reads the intervals of all contracts for a day, of one for a quarter of a year", () => {
    expect(needsIntervals(periodOf("day", "2025-11-10"), 3)).toBe(true);
    expect(needsIntervals(periodOf("week", "2025-11-10"), 3)).toBe(false);
    expect(needsIntervals(periodOf("month", "2025-11-10"), 1)).toBe(true);
    expect(needsIntervals(periodOf("year", "2025-11-10"), 1)).toBe(false);
  });
});

describe("R23 the distributor's bands beside its intervals", () => {
  const one = contract({ firstDay: "2025-01-01", lastDay: "2025-12-31" });
  const measured = (values: number[], bands: { f1: number; f2: number; f3: number }) =>
    consumptionDay(
      { localDay: "2025-03-04", intervalMinutes: 60, values },
      { ...bands, bandsMeasured: true },
    );
  const viewOf = (kind: "month" | "year", day: ConsumptionDay) => {
    const choice = { alignment: "date", measure: "quantity" } as const;
    const period = periodOf(kind, "2025-03-04");
    return supplyViews([one], { ...choice, period }, { days: [day], prices: [] })[0];
  };

  test("R23 a day that lacks an interval is no disagreement", () => {
    const values = Array.from({ length: 24 }, (_, hour) => (hour === 10 ? MISSING : 100));
    const view = viewOf("month", measured(values, { f1: 1_100, f2: 500, f3: 800 }));
    expect(view?.bandGap).toBeNull();
    expect(view?.consumption.bandDifference).toBe(0);
  });

  test("R23 of a year, whose intervals are not read, what their sum differs by is known", () => {
    const values = Array.from({ length: 24 }, () => 100);
    const day = { ...measured(values, { f1: 1_200, f2: 500, f3: 800 }), profile: null };
    const view = viewOf("year", day);
    expect(view?.bandGap).toBeNull();
    expect(view?.consumption.bandDifference).toBe(-100);
  });
});

describe("R22 the gas day", () => {
  test("R22 is that of gas which is counted once a day, and of nothing else", () => {
    const gasDay = (commodity: MeteredContract["commodity"], intervalMinutes: number) => {
      const values = Array.from({ length: 1440 / intervalMinutes }, () => 10);
      const day = consumptionDay({ localDay: "2025-03-04", intervalMinutes, values });
      const one = contract({ commodity, firstDay: "2025-03-04", lastDay: "2025-03-04" });
      const choice = { alignment: "date", measure: "quantity" } as const;
      const period = periodOf("month", "2025-03-04");
      return supplyViews([one], { ...choice, period }, { days: [day], prices: [] })[0]?.gasDay;
    };
    expect(gasDay("gas", 1440)).toBe(true);
    expect(gasDay("gas", 60)).toBe(false);
    expect(gasDay("water", 1440)).toBe(false);
  });
});
