import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { daysOf } from "@/lib/consumption/period";
import type { ConsumptionDay } from "@/lib/consumption/queries";
import type { Billed, BilledParts } from "@/lib/consumption/queries/billed-parts";
import { besideYearBefore, dayStatistics, trendOf } from "@/lib/consumption/statistics/days";
import { generalFactor, kilograms } from "@/lib/consumption/statistics/emissions";
import { forecastNext } from "@/lib/consumption/statistics/forecast";
import { averagePrice, billChange, priceChange } from "@/lib/consumption/statistics/price-change";
import { addDays } from "@/lib/time";
import { consumptionDay } from "../factories/consumption-days";

const day = (localDay: string, total: number, over: Partial<ConsumptionDay> = {}) =>
  consumptionDay({ localDay, intervalMinutes: 1440, values: [total] }, over);

/** Every day from the one to the other. */
const span = (from: string, to: string, total: (localDay: string) => number) =>
  daysOf({ from, to }).map((localDay) => day(localDay, total(localDay)));

const bill = (over: Partial<BilledParts> = {}): BilledParts => {
  const parts = { byQuantityCents: 2_000, fixedCents: 1_000, vatCents: 300, otherCents: -50 };
  const given = { ...parts, ...over };
  return {
    ...{ id: "b", billNumber: "B1", issueDate: "2026-02-10", from: "2026-01-01", to: "2026-01-31" },
    base: 100_000,
    totalCents: given.byQuantityCents + given.fixedCents + given.vatCents + given.otherCents,
    ...given,
  };
};

describe("dayStatistics", () => {
  test("R25 tells the average of working days, Saturdays and holidays, the highest and the lowest day", () => {
    // Monday the 1st to Sunday the 7th of June 2026; Tuesday is the Republic's day.
    const totals = [100, 900, 300, 300, 300, 600, 1_200];
    const days = totals.map((total, at) => day(addDays("2026-06-01", at), total));
    const found = dayStatistics(days, { from: "2026-06-01", to: "2026-06-07" });
    expect(found).toMatchObject({
      days: 7,
      leftOut: 0,
      total: 3_700,
      averageOf: { workday: 250, saturday: 600, holiday: 1_050 },
    });
    expect(found?.average).toBeCloseTo(3_700 / 7, 9);
    expect([found?.highest.localDay, found?.lowest.localDay]).toEqual(["2026-06-07", "2026-06-01"]);
  });

  test("R22 R25 a day that lacks intervals is left out and counted, never taken for a low one", () => {
    const days = [day("2026-06-01", 100), day("2026-06-02", 1, { missing: 3 })];
    const range = { from: "2026-06-01", to: "2026-06-30" };
    expect(dayStatistics(days, range)).toMatchObject({ days: 1, leftOut: 1, total: 100 });
    expect(dayStatistics(days.slice(1), range)).toBeNull();
  });
});

describe("besideYearBefore", () => {
  test("R25 counts the days alone that are complete in both years", () => {
    const days = [
      day("2025-03-01", 10),
      day("2025-03-02", 20, { missing: 1 }),
      day("2025-03-04", 40),
      day("2026-03-01", 11),
      day("2026-03-02", 22),
      day("2026-03-03", 33),
      day("2026-03-04", 44),
    ];
    const range = { from: "2026-03-01", to: "2026-03-31" };
    expect(besideYearBefore(days, range)).toEqual({ now: 55, before: 50, days: 2 });
    expect(besideYearBefore(days.slice(3), range)).toBeNull();
  });
});

describe("trendOf", () => {
  const season = (localDay: string) =>
    1_000 + 800 * Math.cos((Number(localDay.slice(5, 7)) * Math.PI) / 6);

  test("R25 finds a tenth more a year under any season, and nothing where nothing changed", () => {
    const grown = span("2024-06-01", "2026-05-31", (localDay) =>
      Math.round(season(localDay) * (localDay < "2025-06-01" ? 1 : 1.1)),
    );
    expect(trendOf(grown, "2026-05-31")?.change).toBeCloseTo(0.1, 2);
    const steady = trendOf(span("2024-06-01", "2026-05-31", season), "2026-05-31");
    expect(steady?.change).toBeCloseTo(0, 9);
    expect([steady?.low, steady?.high]).toEqual([steady?.change, steady?.change]);
  });

  test("R25 a month of little counts for little, and one of nothing counts too", () => {
    const winter = (localDay: string) => !/-(04|05|06|07|08|09|10)-/.test(localDay);
    const gas = span("2024-01-01", "2025-12-31", (localDay) =>
      localDay < "2025-01-01" ? (winter(localDay) ? 6_000 : 200) : winter(localDay) ? 4_800 : 500,
    );
    const trend = trendOf(gas, "2025-12-31");
    expect(trend?.change).toBeLessThan(-0.1);
    expect(trend?.low).toBeLessThan(trend?.change ?? 0);
    const left = span("2024-01-01", "2025-12-31", (localDay) =>
      localDay >= "2025-10-01" ? 0 : 10,
    );
    expect(trendOf(left, "2025-12-31")?.change).toBeLessThan(-0.2);
  });

  test("R25 says nothing with fewer than nine months that can be compared", () => {
    expect(trendOf(span("2024-12-01", "2026-05-31", season), "2026-05-31")).toBeNull();
  });
});

describe("priceChange", () => {
  test("R25 takes a difference apart: quantity at the old price, price for the new quantity", () => {
    const before = bill({ vatCents: 0, otherCents: 0 });
    const after = bill({
      ...{ vatCents: 0, otherCents: 200, fixedCents: 1_100 },
      ...{ base: 150_000, byQuantityCents: 3_600 },
    });
    // 50 kWh more at 20 cents, 150 kWh at 4 cents more.
    expect(priceChange(before, after)).toMatchObject({
      differenceCents: 1_900,
      quantityCents: 1_000,
      priceCents: 600,
      fixedCents: 100,
      otherCents: 200,
    });
  });

  test("R25 R27 the effects add up to the difference to the cent, whatever the bills", () => {
    const cents = fc.integer({ min: 0, max: 5_000_000 });
    const any = fc.record({
      byQuantityCents: cents,
      fixedCents: cents,
      vatCents: cents,
      otherCents: fc.integer({ min: -9_999, max: 99_999 }),
      base: fc.integer({ min: 1, max: 90_000_000 }),
    });
    fc.assert(
      fc.property(any, any, (one, other) => {
        const found = priceChange(bill(one), bill(other));
        const sum = found.quantityCents + found.priceCents + found.fixedCents + found.otherCents;
        expect(sum).toBe(found.differenceCents);
      }),
    );
  });

  test("R25 beside the bill before, days and what was used a day are apart", () => {
    const [from, to] = ["2026-02-01", "2026-02-28"];
    const before = bill({ from, to, base: 280_000, byQuantityCents: 5_600, vatCents: 0 });
    const after = bill({
      ...{ from: "2026-03-01", to: "2026-03-31", base: 372_000, byQuantityCents: 7_440 },
      vatCents: 0,
    });
    // 3 days more of 10 kWh at 20 cents, and 2 kWh more on 31 days.
    expect(billChange(before, after)).toMatchObject({
      ...{ days: { before: 28, after: 31 }, daysCents: 600, usageCents: 1_240 },
      ...{ priceCents: 0, fixedCents: 0, otherCents: 0 },
    });
  });

  test("R25 R27 also what the lines leave unexplained of a total is in the difference", () => {
    const before = bill();
    const after = { ...bill({ base: 70_000 }), totalCents: before.totalCents - 77 };
    const found = billChange(before, after);
    const { daysCents, usageCents, priceCents, fixedCents, otherCents } = found;
    expect(daysCents + usageCents + priceCents + fixedCents + otherCents).toBe(-77);
  });

  test("R25 the average price has everything in it", () => {
    expect(averagePrice(bill())).toBeCloseTo(32.5, 9);
  });
});

describe("forecastNext", () => {
  const forecast = (bills: BilledParts[], days: ConsumptionDay[], over: Partial<Billed> = {}) =>
    forecastNext({ bills, to: bills[0]?.to ?? null, closed: false, endsOn: null, ...over }, days);
  const months = ["2026-05", "2026-04", "2026-03", "2026-02"];
  const bills = months.map((month) => {
    const from = `${month}-01`;
    const to = addDays(addDays(from, 31).replace(/\d\d$/, "01"), -1);
    const base = daysOf({ from, to }).length * 10_000;
    return bill({ from, to, base, byQuantityCents: base / 50, vatCents: 0, otherCents: 0 });
  });

  test("R25 of even use and prices the next bill is like the last, give or take a tenth", () => {
    const found = forecast(
      bills,
      span("2025-01-01", "2026-06-10", () => 10_000),
    );
    // The bills cover a month each.
    expect(found).toMatchObject({
      ...{ from: "2026-06-01", to: "2026-06-30" },
      ...{ base: 300_000, cents: 7_000, measuredDays: 10, openDays: 20, by: "year_before" },
      ...{ tried: 3, spreadIsLeast: true, lowCents: 6_300, highCents: 7_700 },
    });
  });

  test("R25 the season comes from the year before, at the pace of the last months", () => {
    const days = span("2025-01-01", "2026-05-31", (localDay) =>
      localDay < "2026-01-01" ? (localDay < "2025-06-01" ? 10_000 : 30_000) : 20_000,
    );
    // Twice as much as last spring, so twice the 30 kWh of last June; no further than by 1.6.
    expect(forecast(bills, days)?.base).toBe(30 * 48_000);
  });

  test("R25 without a year before the average of the last months stands in", () => {
    const found = forecast(
      bills,
      span("2026-03-01", "2026-05-31", () => 5_000),
    );
    expect(found).toMatchObject({ by: "average", base: 150_000 });
  });

  test("R25 after February comes all of March, and a correction of half a year makes no half a year", () => {
    const even = span("2024-12-01", "2026-06-30", () => 10_000);
    const ofMonth = (month: string) => bills.find(({ from }) => from.startsWith(month)) ?? bill();
    const winter = [ofMonth("2026-02"), bill(), bill({ from: "2025-12-01", to: "2025-12-31" })];
    expect(forecast(winter, even)?.to).toBe("2026-03-31");
    const june = { ...ofMonth("2026-05"), from: "2026-06-01", to: "2026-06-30" };
    const half = { ...june, from: "2026-01-01", base: 1_810_000, byQuantityCents: 36_200 };
    const months = ["2026-05", "2026-04"].map(ofMonth);
    expect(forecast([half, june, ...months], even)).toMatchObject({
      ...{ from: "2026-07-01", to: "2026-07-31", base: 310_000 },
    });
  });

  test("R25 forecasts the bill after the last that any bill covers, up to the contract's end, and none after the closing one", () => {
    const even = span("2025-01-01", "2026-06-10", () => 10_000);
    expect(forecast(bills, even, { to: "2026-06-30" })).toMatchObject({
      ...{ from: "2026-07-01", to: "2026-07-31", measuredDays: 0 },
    });
    expect(forecast(bills, even, { endsOn: "2026-06-15" })).toMatchObject({ to: "2026-06-15" });
    expect(forecast(bills, even, { endsOn: "2026-05-31" })).toBeNull();
    expect(forecast(bills, even, { closed: true })).toBeNull();
  });

  test("R25 says nothing with fewer than three bills, or without days", () => {
    expect(
      forecast(
        bills.slice(0, 2),
        span("2026-01-01", "2026-05-31", () => 1),
      ),
    ).toBeNull();
    expect(forecast(bills, [])).toBeNull();
  });
});

describe("emissions", () => {
  test("R25 a dated factor with its source; none where the supplier's mix decides", () => {
    const factor = generalFactor("gas", "2026-01-01");
    expect(factor?.source).toMatch(/parametri standard nazionali/);
    expect(factor && kilograms(1_000_000, factor)).toBeCloseTo(1_972, 6);
    expect(generalFactor("gas", "2017-12-31")).toBeNull();
    expect(generalFactor("electricity", "2026-01-01")).toBeNull();
  });
});
