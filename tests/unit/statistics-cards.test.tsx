import { createTranslator } from "next-intl";
import type { ReactElement, ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { MonthGlance } from "@/components/consumption/month-glance";
import { AverageDay } from "@/components/statistics/average-day";
import { EmissionsCard } from "@/components/statistics/emissions-card";
import { TrendCard } from "@/components/statistics/trend-card";
import { UnusualCard } from "@/components/statistics/unusual-card";
import { daysOf, periodOf, spanOf } from "@/lib/consumption/period";
import type { ConsumptionDay, MeteredContract } from "@/lib/consumption/queries";
import { besideYearBefore, dayStatistics } from "@/lib/consumption/statistics/days";
import { generalFactor } from "@/lib/consumption/statistics/emissions";
import { LANGUAGES, type Language } from "@/lib/i18n/languages";
import { MESSAGES } from "@/lib/i18n/messages";
import { addDays } from "@/lib/time";
import { consumptionDay } from "../factories/consumption-days";
import { must } from "../factories/people";

let locale: Language = "en";
beforeEach(() => {
  locale = "en";
});
// The form is the browser's; what is said above it is not.
vi.mock("@/components/ui/action-form", () => ({
  ActionForm: ({ children }: { children: ReactNode }) => <form>{children}</form>,
  useForm: () => ({ state: {}, idPrefix: "" }),
}));
vi.mock("@/components/ui/local-link", () => ({
  LocalLink: ({ children }: { children: ReactNode }) => <a href="/">{children}</a>,
}));
vi.mock("@/components/ui/submit-button", () => ({ SubmitButton: () => null }));
vi.mock("@/lib/consumption/actions", () => ({ setAlertAction: null }));
vi.mock("next-intl/server", () => ({
  getLocale: async () => locale,
  getTranslations: async (namespace: "statistics") =>
    createTranslator({ locale, messages: MESSAGES[locale], namespace }),
}));

const textOf = async (element: Promise<ReactElement | null>) =>
  renderToStaticMarkup(await element)
    .replace(/<[^>]+>/g, " ")
    .replace(/&#x27;/g, "'")
    .replace(/\s+/g, " ");
const span = (from: string, to: string) =>
  daysOf({ from, to }).map((localDay) =>
    consumptionDay({ localDay, intervalMinutes: 1440, values: [5_000] }),
  );

describe("R24 the overview's month", () => {
  const contract = { id: "c", commodity: "gas", contractNumber: "C-1" } as MeteredContract;
  const said = async (month: string, ...days: ConsumptionDay[][]) => {
    const of = { contract, month: periodOf("month", month), language: locale, days: days.flat() };
    return await textOf(MonthGlance(of));
  };
  const scaled = (days: ConsumptionDay[], times: number) =>
    days.map((day) => ({ ...day, total: day.total * times }));

  test("R24 tells both sums of the days that it compares, where these are not all of both months", async () => {
    const october = span("2026-10-01", "2026-10-31");
    const before = scaled(span("2025-10-01", "2025-10-31"), 0.5);
    const whole = await said("2026-10-01", before, october);
    expect(whole).toContain("you used 155 Smc.");
    expect(whole).toContain("That is 100% more than in October 2025 (77.5 Smc).");
    expect(whole).not.toContain("holds for");
    const lateBefore = await said("2026-10-01", before.slice(11), october);
    expect(lateBefore).toContain("(100 Smc against 50 Smc). The comparison holds for the 20 days");
    const lateNow = await said("2026-10-01", before, october.slice(0, 20));
    expect(lateNow).toContain("you used 100 Smc.");
    expect(lateNow).toContain("(100 Smc against 50 Smc).");
    expect(lateNow).toContain("11 days are missing. The comparison holds for the 20 days");
  });

  test("R22 nothing used a year before is not nothing known of it", async () => {
    const october = span("2026-10-01", "2026-10-31");
    const unused = await said("2026-10-01", scaled(span("2025-10-01", "2025-10-31"), 0), october);
    expect(unused).toContain("A year before you used nothing.");
    expect(unused).not.toContain("no readings");
    expect(await said("2026-10-01", october)).toContain("We have no readings of a year before.");
  });

  test("R24 a 29 February of the year before is not silently left out", async () => {
    const text = await said(
      "2025-02-01",
      span("2024-02-01", "2024-02-29"),
      span("2025-02-01", "2025-02-28"),
    );
    expect(text).toContain("(140 Smc against 140 Smc). The comparison holds for the 28 days");
  });

  test("R24 in all three languages", async () => {
    for (const [language, words] of [
      ["it", "(100 Smc contro 100 Smc). Mancano 11 giorni."],
      ["de", "(100 Smc gegenüber 100 Smc). 11 Tage fehlen."],
    ] as const) {
      locale = language;
      const text = await said(
        "2026-10-01",
        span("2025-10-01", "2025-10-31"),
        span("2026-10-01", "2026-10-20"),
      );
      expect(text).toContain(words);
    }
  });
});

describe("R25 the average day", () => {
  const said = async (days: ConsumptionDay[]) => {
    const last = must(days.at(-1)).localDay;
    const statistics = must(dayStatistics(days, { from: addDays(last, -364), to: last }));
    const measured = must(spanOf(days));
    const given = { measured, commodity: "gas", language: locale } as const;
    const factor = generalFactor("gas", last);
    return `${await textOf(AverageDay({ statistics, ...given }))} ${await textOf(EmissionsCard({ year: statistics, factor, ...given }))}`;
  };

  test("R25 is of the days that it names, however long ago and however few", async () => {
    const text = await said(span("2023-11-21", "2023-11-30"));
    expect(text).toContain("From 21 November 2023 to 30 November 2023 you used 5.000 Smc a day");
    expect(text).toContain("from 21 November 2023 to 30 November 2023, over the 10 days");
    expect(text).not.toContain("twelve months");
  });

  test("R22 tells of how many days in between nothing is known", async () => {
    const days = span("2025-09-01", "2025-09-30").filter(
      ({ localDay }) => localDay < "2025-09-08" || localDay > "2025-09-11",
    );
    expect(await said(days)).toContain("There are no readings for 4 days.");
  });

  test("R29 Italian elides the article of the 8th and the 11th", async () => {
    locale = "it";
    expect(await said(span("2025-09-08", "2025-09-11"))).toContain(
      "Dall'8 settembre 2025 all'11 settembre 2025 hai usato",
    );
    expect(await said(span("2025-09-07", "2025-09-12"))).toContain(
      "Dal 7 settembre 2025 al 12 settembre 2025, nei 6 giorni",
    );
  });

  test.each(LANGUAGES)("R29 has its sentences in %s", async (language) => {
    locale = language;
    expect(await said(span("2025-09-08", "2025-09-11"))).not.toMatch(
      /average\.\w|emissions\.|[{}]/,
    );
  });
});

describe("R25 the trend", () => {
  test("R25 names the days that are compared, not those until now", async () => {
    const days = span("2022-01-01", "2023-11-30");
    const card = (last: string) =>
      textOf(
        TrendCard({
          ...{ trend: null, usual: 300_000, last, commodity: "gas", language: "en" },
          yearToDate: besideYearBefore(days, { from: "2023-01-01", to: last }),
          thisMonth: besideYearBefore(days, { from: "2023-11-01", to: last }),
        }),
      );
    const whole = await card("2023-11-30");
    expect(whole).toMatch(/1 January\W+30 November 2023/);
    expect(whole).toContain(" November 2023 ");
    expect(whole).not.toMatch(/so far|twelve months/);
    expect(await card("2023-11-20")).toMatch(/1\W+20 November 2023/);
  });
});

describe("R25 unusual consumption", () => {
  const card = (over: Partial<Parameters<typeof UnusualCard>[0]>) =>
    textOf(
      UnusualCard({
        ...{ contractId: "c", commodity: "water", byHour: true, language: locale },
        state: { thresholdPercent: 50, lookedTo: "2025-11-08", findings: [] },
        ...over,
      }),
    );

  test("R25 says that nothing was noticed only where somebody looked, and until when", async () => {
    const unasked = { thresholdPercent: null, lookedTo: null, findings: [] };
    expect(await card({ state: unasked })).toContain("We are not checking yet");
    const unlooked = { thresholdPercent: 50, lookedTo: null, findings: [] };
    expect(await card({ state: unlooked })).toContain("We have not looked yet");
    for (const text of [await card({ state: unasked }), await card({ state: unlooked })]) {
      expect(text).not.toMatch(/noticed nothing/);
    }
    expect(await card({})).toContain("up to 8 November 2025, and noticed nothing unusual");
    locale = "it";
    expect(await card({})).toContain("fino all'8 novembre 2025");
  });

  test.each(LANGUAGES)(
    "R25 promises in %s only what can be noticed of a commodity and its meter",
    async (language) => {
      locale = language;
      const { week, water, electricity } = MESSAGES[language].statistics.alert.lead;
      expect(await card({})).toContain(water);
      const hourly = await card({ commodity: "electricity" });
      expect(hourly).toContain(electricity);
      expect(hourly).toContain(MESSAGES[language].statistics.alert.baseLoadHint);
      expect(await card({ commodity: "gas" })).toContain(week);
      expect(await card({ byHour: false })).toContain(week);
      const daily = await card({ commodity: "electricity", byHour: false });
      expect(daily).toContain(week);
      expect(daily).not.toContain(MESSAGES[language].statistics.alert.baseLoadHint);
    },
  );

  test("R29 Italian elides the article of a finding's days", async () => {
    locale = "it";
    const days = { fromDay: "2025-11-08", toDay: "2025-11-11" };
    const finding = { kind: "more_than_usual", ...days, measured: 900, usual: 400 } as const;
    const state = { thresholdPercent: 50, lookedTo: "2025-11-11", findings: [finding] };
    expect(await card({ state })).toContain("Dall'8 novembre 2025 all'11 novembre 2025 hai");
  });
});
