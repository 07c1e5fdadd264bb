import { createTranslator } from "next-intl";
import type { ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { barsOfParts } from "@/components/consumption/bars-of-parts";
import { ConsumptionFacts } from "@/components/consumption/consumption-facts";
import { ConsumptionTable } from "@/components/consumption/consumption-table";
import { CumulativeFigure } from "@/components/consumption/cumulative-figure";
import { type ConsumptionView, findingOf } from "@/components/consumption/finding";
import { HourTable } from "@/components/consumption/hour-table";
import { byMonths, daysOf, type Period, periodOf, rangeBefore } from "@/lib/consumption/period";
import type { ConsumptionDay } from "@/lib/consumption/queries";
import type { BilledPrice } from "@/lib/consumption/queries/billed-prices";
import { summarize } from "@/lib/consumption/summary";
import { cumulative } from "@/lib/consumption/views/cumulative";
import { costAfter } from "@/lib/consumption/views/prices";
import { LANGUAGES, type Language } from "@/lib/i18n/languages";
import { MESSAGES } from "@/lib/i18n/messages";
import { consumptionDay } from "../factories/consumption-days";

let locale: Language = "en";
beforeEach(() => {
  locale = "en";
});
// Asynchronous, as static markup is not; where it leads is tested in the browser.
vi.mock("@/components/ui/local-link", () => ({
  LocalLink: ({ href, children }: { href: string; children: ReactNode }) => (
    <a href={href}>{children}</a>
  ),
}));
vi.mock("next-intl/server", () => ({
  getLocale: async () => locale,
  getTranslations: async (namespace: "consumption") =>
    createTranslator({ locale, messages: MESSAGES[locale], namespace }),
}));

/** Days of one value each, Wh. */
const span = (from: string, to: string, total: number | ((day: string) => number)) =>
  daysOf({ from, to }).map((localDay) => {
    const wh = typeof total === "number" ? total : total(localDay);
    return consumptionDay({ localDay, intervalMinutes: 1440, values: [wh] });
  });

/** A view of days that came in order, as far as they go. */
function viewOf(
  period: Period,
  days: ConsumptionDay[],
  over: Partial<ConsumptionView> = {},
  prices: BilledPrice[] = [],
): ConsumptionView {
  const known = { from: days[0]?.localDay ?? "", to: days.at(-1)?.localDay ?? "" };
  const alignment = over.alignment ?? "date";
  const costOf = over.measure === "euro" ? costAfter(prices) : undefined;
  return {
    ...{ commodity: "electricity", period, alignment, measure: "quantity", language: locale },
    ...{ changeIn: null, injected: false },
    summary: summarize({ period, alignment, days, known, ...(costOf ? { costOf } : {}) }),
    ...over,
  };
}

const textOf = (markup: string) =>
  markup
    .replace(/<[^>]+>/g, " ")
    .replace(/&#x27;/g, "'")
    .replace(/\s+/g, " ");

describe("R25 the running sum of a year", () => {
  const year = periodOf("year", "2025-01-01");
  const captionOf = async (days: ConsumptionDay[]) => {
    const figure = renderToStaticMarkup(await CumulativeFigure(viewOf(year, days)));
    return textOf(figure.slice(0, figure.indexOf("</figcaption>"))).trim();
  };

  test("R25 is compared over the days that both years have, whenever the data began", async () => {
    const caption = await captionOf(span("2024-05-01", "2025-12-31", 10_000));
    expect(caption).toContain("Up to December 2025 it comes to 3,650.000 kWh.");
    expect(caption).toMatch(/almost the same/);
    expect(caption).not.toMatch(/more|less/);
  });

  test("R25 R22 is compared over the days that both years have, whatever is missing this year", async () => {
    const days = span("2024-01-01", "2025-03-31", 10_000).filter(
      ({ localDay }) => !localDay.startsWith("2025-02"),
    );
    const caption = await captionOf(days);
    expect(caption).toMatch(/almost the same/);
    expect(caption).toContain("Readings are missing for 28 days");
  });

  test("R25 says that it is the same rather than nothing per cent more", async () => {
    const days = span("2024-01-01", "2025-12-31", (day) => (day < "2025" ? 10_000 : 10_010));
    expect(await captionOf(days)).toMatch(/almost the same/);
  });

  test("R25 says from when on, where the data began within the year", async () => {
    const caption = await captionOf(span("2025-04-10", "2025-06-30", 1_000));
    expect(caption).toBe("From April 2025 to June 2025 it comes to 82.000 kWh.");
  });

  test("R22 has no sum for months of which nothing is known: not before, within, or after", () => {
    const days = [
      ...span("2024-03-01", "2024-12-31", 1_000),
      ...span("2025-01-01", "2025-01-31", 1),
    ];
    const known = { from: "2024-03-01", to: "2025-05-31" };
    const may = span("2025-05-01", "2025-05-31", 1);
    const summary = summarize({ period: year, alignment: "date", days: [...days, ...may], known });
    const sums = cumulative(summary.parts);
    expect(sums.map(({ now }) => now)).toEqual([
      ...[31, null, null, null, 62],
      ...Array.from({ length: 7 }, () => null),
    ]);
    expect(sums.slice(0, 4).map(({ before }) => before)).toEqual([null, null, 31_000, 61_000]);
    expect(sums.slice(5).map(({ before }) => before)).toEqual(
      Array.from({ length: 7 }, () => null),
    );
  });
});

describe("R24 the caption of energy that was given", () => {
  test.each(LANGUAGES)(
    "R24 speaks of what was given and not of what was used, in %s",
    async (language) => {
      locale = language;
      const days = span("2025-06-01", "2025-06-30", (day) => Number(day.slice(8)) * 1_000).filter(
        ({ localDay }) => localDay !== "2025-06-10",
      );
      const said = await findingOf(
        viewOf(periodOf("month", "2025-06-01"), days, { injected: true }),
      );
      expect(said).not.toMatch(/consum|verbrauch|used/i);
      expect(said).toMatch(/455[.,]000 kWh/);
      expect(said).toMatch(/30[.,]000 kWh/);
    },
  );
});

describe("R24 the year before", () => {
  test("R22 is marked, and no line across the bar, where only some of its days are known", async () => {
    const days = [
      ...span("2024-11-01", "2024-11-10", 10_000),
      ...span("2025-11-01", "2025-11-30", 10_000),
    ];
    const month = viewOf(periodOf("month", "2025-11-01"), days);
    expect(month.summary.whole).toMatchObject({ before: 100_000, beforeLacks: 20 });
    expect(await findingOf(month)).toContain(
      "almost the same as in November 2024, counting only the 10 days that are complete in both years.",
    );
    const table = renderToStaticMarkup(await ConsumptionTable({ ...month, contract: "C1" }));
    expect(textOf(table)).toContain(
      "Total 300.000 100.000 a year before 20 days without complete readings",
    );
    const { bars } = await barsOfParts(viewOf(periodOf("year", "2025-01-01"), days));
    expect(bars[10]).toMatchObject({ values: [300], reference: null });
    const whole = span("2024-11-01", "2025-11-30", 10_000);
    const complete = await barsOfParts(viewOf(periodOf("year", "2025-01-01"), whole));
    expect(complete.bars[10]).toMatchObject({ reference: 300 });
  });

  const leap = span("2023-01-01", "2025-12-31", 10_000);

  test("R24 of a leap year's February, 29 days are not said to be 28", async () => {
    const february = viewOf(periodOf("month", "2024-02-01"), leap);
    expect(february.summary.comparison).toEqual({
      ...{ now: 280_000, before: 280_000, days: 28, everyDay: false },
    });
    expect(await findingOf(february)).toContain(
      "you used 290.000 kWh. That is almost the same as in February 2023, counting only the 28 days",
    );
  });

  test("R24 has its 29 February in the year after, in views of months, and says so in views of days", async () => {
    const year = viewOf(periodOf("year", "2025-01-01"), leap);
    expect(year.summary.whole).toMatchObject({ before: 3_660_000, beforeLacks: 0 });
    const sum = year.summary.parts.reduce((total, { before }) => total + (before ?? 0), 0);
    expect(sum).toBe(3_660_000);
    expect(year.summary.comparison).toMatchObject({ before: 3_650_000, everyDay: false });
    const february = viewOf(periodOf("month", "2025-02-01"), leap);
    expect(february.summary.whole.before).toBe(290_000);
    const table = renderToStaticMarkup(await ConsumptionTable({ ...february, contract: "C1" }));
    expect(textOf(table)).toContain("Total 280.000 290.000 a year before with 29 February");
    expect(viewOf(periodOf("month", "2024-02-01"), leap).summary.whole.before).toBe(280_000);
  });

  test.each([
    ["month", "2025-02-10", "2024-02-01", "2024-02-29"],
    ["month", "2024-02-10", "2023-02-01", "2023-02-28"],
    ["year", "2025-02-10", "2024-01-01", "2024-12-31"],
    ["day", "2025-02-28", "2024-02-28", "2024-02-28"],
  ] as const)("R24 the days beside a %s of %s", (kind, day, from, to) => {
    const period = periodOf(kind, day);
    expect(rangeBefore(period, "date", byMonths(period))).toEqual({ from, to });
  });
});

describe("R22 R24 euro", () => {
  test("R22 a month that no bill tells the cost of is a gap with a sign, not a bar of nothing", async () => {
    const days = span("2025-01-01", "2025-09-30", 10_000);
    const july = {
      contractId: "c",
      from: "2025-07-01",
      to: "2025-07-31",
      cents: 6_200,
      ...{ issueDate: "2025-12-10", base: 310_000 },
    };
    const year = periodOf("year", "2025-01-01");
    const view = viewOf(year, days, { measure: "euro" }, [july]);
    const { bars } = await barsOfParts(view);
    expect(bars.map(({ values }) => values?.[0] ?? null)).toEqual([
      ...[null, null, null, null, null, null],
      ...[62, 62, 60, 0, 0, 0],
    ]);
    expect(bars.map(({ mark }) => mark)).toEqual([..."??????", "", "", "", "", "", ""]);
    expect(bars[0]?.lines).toContainEqual({ label: "Cost", value: "not known" });
    // In kWh all of them are there.
    const { bars: inKwh } = await barsOfParts({ ...view, measure: "quantity" });
    expect(inKwh[0]).toMatchObject({ values: [310], mark: "" });
  });
});

describe("R24 R29 the words of a caption", () => {
  const days = [
    ...span("2024-08-25", "2024-10-05", 10_000),
    ...span("2025-08-25", "2025-10-05", 12_000),
  ];
  const range = { kind: "range", from: "2025-09-05", to: "2025-09-20" } as const;
  const periods: Period[] = [
    ...[
      periodOf("day", "2025-09-08"),
      periodOf("day", "2025-09-11"),
      periodOf("day", "2025-09-12"),
    ],
    ...[periodOf("week", "2025-09-10"), range, periodOf("month", "2025-09-01")],
  ];
  const plain = (text: string) => text.replace(/[\u00a0\u2009\u202f]/g, " ");

  test.each([
    [
      "it",
      [
        "L'8 settembre 2025 hai consumato 12,000 kWh. 20% in più rispetto all'8 settembre 2024, soprattutto la sera.",
        "L'11 settembre 2025 hai consumato 12,000 kWh. 20% in più rispetto all'11 settembre 2024, soprattutto la sera.",
        "Il 12 settembre 2025 hai consumato 12,000 kWh. 20% in più rispetto al 12 settembre 2024, soprattutto la sera.",
        "Nella settimana 8–14 settembre 2025 hai consumato 84,000 kWh. 20% in più rispetto al periodo 8–14 settembre 2024, soprattutto la sera.",
        "Nel periodo 5–20 settembre 2025 hai consumato 192,000 kWh. 20% in più rispetto al periodo 5–20 settembre 2024, soprattutto la sera.",
        "Nel mese di settembre 2025 hai consumato 360,000 kWh. 20% in più rispetto a settembre 2024, soprattutto la sera.",
      ],
    ],
    [
      "en",
      [
        "On 8 September 2025 you used 12.000 kWh. That is 20% more than on 8 September 2024, mostly in the evening.",
        "On 11 September 2025 you used 12.000 kWh. That is 20% more than on 11 September 2024, mostly in the evening.",
        "On 12 September 2025 you used 12.000 kWh. That is 20% more than on 12 September 2024, mostly in the evening.",
        "In the week of 8 – 14 September 2025 you used 84.000 kWh. That is 20% more than in the period 8 – 14 September 2024, mostly in the evening.",
        "In the period 5 – 20 September 2025 you used 192.000 kWh. That is 20% more than in the period 5 – 20 September 2024, mostly in the evening.",
        "In September 2025 you used 360.000 kWh. That is 20% more than in September 2024, mostly in the evening.",
      ],
    ],
    [
      "de",
      [
        "Am 8. September 2025 haben Sie 12,000 kWh verbraucht. Das sind 20 % mehr als am 8. September 2024, vor allem am Abend.",
        "Am 11. September 2025 haben Sie 12,000 kWh verbraucht. Das sind 20 % mehr als am 11. September 2024, vor allem am Abend.",
        "Am 12. September 2025 haben Sie 12,000 kWh verbraucht. Das sind 20 % mehr als am 12. September 2024, vor allem am Abend.",
        "In der Woche vom 8.–14. September 2025 haben Sie 84,000 kWh verbraucht. Das sind 20 % mehr als im Zeitraum 8.–14. September 2024, vor allem am Abend.",
        "Im Zeitraum 5.–20. September 2025 haben Sie 192,000 kWh verbraucht. Das sind 20 % mehr als im Zeitraum 5.–20. September 2024, vor allem am Abend.",
        "Im September 2025 haben Sie 360,000 kWh verbraucht. Das sind 20 % mehr als im September 2024, vor allem am Abend.",
      ],
    ],
  ] as const)("R29 fit the kind of period, in %s", async (language, expected) => {
    locale = language;
    for (const [at, period] of periods.entries()) {
      const said = plain(await findingOf(viewOf(period, days, { changeIn: "evening" })));
      expect(said).toContain(expected[at]);
    }
  });

  test.each([
    ["it", "Quasi come nel 2024.", "Quasi come l'8 settembre 2024."],
    [
      "en",
      "That is almost the same as in 2024.",
      "That is almost the same as on 8 September 2024.",
    ],
    [
      "de",
      "Das ist fast so viel wie im Jahr 2024.",
      "Das ist fast so viel wie am 8. September 2024.",
    ],
  ] as const)("R29 say in %s what is almost the same", async (language, year, day) => {
    locale = language;
    const steady = span("2024-03-01", "2025-12-31", 10_000);
    const view = viewOf(periodOf("year", "2025-01-01"), steady);
    const whole = { now: 1, before: 1, days: 365, everyDay: true };
    const summary = { ...view.summary, comparison: whole };
    expect(plain(await findingOf({ ...view, summary }))).toContain(year);
    expect(plain(await findingOf(viewOf(periodOf("day", "2025-09-08"), steady)))).toContain(day);
  });

  test.each([
    ["it", "2025-09-08", "Rispetto all'8 settembre 2024"],
    ["it", "2025-09-12", "Rispetto al 12 settembre 2024"],
    ["de", "2025-09-08", "Im Vergleich zum 8. September 2024"],
  ] as const)("R29 and of its figures, in %s of %s", async (language, day, expected) => {
    locale = language;
    const facts = { night: null, contractedPowerKw: null, daysAbovePower: null };
    const view = { ...viewOf(periodOf("day", day), days), ...facts };
    expect(textOf(renderToStaticMarkup(await ConsumptionFacts(view)))).toContain(expected);
  });

  test("R24 name no highest day where nothing was used", async () => {
    const empty = viewOf(periodOf("month", "2025-11-01"), span("2025-11-01", "2025-11-30", 0));
    expect(empty.summary.highest).toBeNull();
    expect(await findingOf(empty)).toBe("In November 2025 you used 0.000 kWh.");
  });

  test("R24 name a month that a range cuts off by its days, and never as the lowest or against whole ones", async () => {
    const cut = { kind: "range", from: "2025-01-20", to: "2025-06-10" } as const;
    const view = viewOf(cut, span("2025-01-01", "2025-12-31", 10_000));
    expect(view.summary.parts.map(({ until }) => until)).toEqual([
      ...["2025-01-31", null, null, null, null, "2025-06-10"],
    ]);
    expect(view.summary.lowest).toMatchObject({ day: "2025-02-01" });
    expect(view.summary.highest).toMatchObject({ day: "2025-03-01" });
    const table = plain(
      textOf(renderToStaticMarkup(await ConsumptionTable({ ...view, contract: "C1" }))),
    );
    expect(table).toContain("20 – 31 January 2025");
    expect(table).toContain(" February 2025 ");
    // Of a month that is higher already in part, who knows how high it was.
    const heavy = span("2025-01-01", "2025-12-31", (day) => (day < "2025-02" ? 90_000 : 10_000));
    expect(viewOf(cut, heavy).summary.highest).toBeNull();
  });

  test("R29 call what a gas or water meter counts at night by another name than what is on", async () => {
    const night = { perHour: 20, nights: 30 };
    const facts = { night, contractedPowerKw: null, daysAbovePower: null };
    const of = async (commodity: ConsumptionView["commodity"]) => {
      const view = { ...viewOf(periodOf("month", "2025-09-01"), days, { commodity }), ...facts };
      return textOf(renderToStaticMarkup(await ConsumptionFacts(view)));
    };
    expect(await of("electricity")).toContain("Always on at night");
    expect(await of("gas")).not.toContain("Always on");
    expect(await of("water")).toContain("Lowest consumption at night");
  });
});

describe("R29 the hours of the week", () => {
  test("R29 are written in as few digits as a cell has room for at 320 px", async () => {
    const hours = [340, 9_994, 9_996, 12_340, 99_940, 99_960, 1_234_000];
    const mean = Array.from({ length: 7 }, () =>
      Array.from({ length: 24 }, (_, at) => hours[at] ?? null),
    );
    const given = { hours: { mean, most: 1_234_000, days: 7 }, commodity: "electricity" } as const;
    locale = "it";
    const text = textOf(renderToStaticMarkup(await HourTable({ ...given, language: "it" })));
    for (const figure of ["0,34", "9,99", "10,0", "12,3", "99,9", "100", "1.234"]) {
      expect(text).toContain(` ${figure} ${figure} `);
    }
  });
});
