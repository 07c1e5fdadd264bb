import { createTranslator } from "next-intl";
import { renderToStaticMarkup } from "react-dom/server";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { CumulativeFigure } from "@/components/consumption/cumulative-figure";
import { type ConsumptionView, findingOf } from "@/components/consumption/finding";
import { daysOf, type Period, periodOf } from "@/lib/consumption/period";
import type { ConsumptionDay } from "@/lib/consumption/queries";
import { summarize } from "@/lib/consumption/summary";
import { cumulative } from "@/lib/consumption/views/cumulative";
import { LANGUAGES, type Language } from "@/lib/i18n/languages";
import { MESSAGES } from "@/lib/i18n/messages";
import { consumptionDay } from "../factories/consumption-days";

let locale: Language = "en";
beforeEach(() => {
  locale = "en";
});
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
): ConsumptionView {
  const known = { from: days[0]?.localDay ?? "", to: days.at(-1)?.localDay ?? "" };
  const alignment = over.alignment ?? "date";
  return {
    ...{ commodity: "electricity", period, alignment, measure: "quantity", language: locale },
    ...{ changeIn: null, injected: false },
    summary: summarize({ period, alignment, days, known }),
    ...over,
  };
}

const textOf = (markup: string) => markup.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");

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
