import { createTranslator } from "next-intl";
import type { ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { BarPlot } from "@/components/charts/bar-plot";
import { ticksUpTo } from "@/components/charts/bars";
import { barsOfParts } from "@/components/consumption/bars-of-parts";
import { ConsumptionTable } from "@/components/consumption/consumption-table";
import { type ConsumptionView, findingOf } from "@/components/consumption/finding";
import { type Period, periodOf } from "@/lib/consumption/period";
import type { ConsumptionDay } from "@/lib/consumption/queries";
import { summarize } from "@/lib/consumption/summary";
import { LANGUAGES, type Language } from "@/lib/i18n/languages";
import { MESSAGES } from "@/lib/i18n/messages";

let locale: Language = "it";
beforeEach(() => {
  locale = "it";
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

const day = (localDay: string, over: Partial<ConsumptionDay> = {}): ConsumptionDay => ({
  contractId: "c",
  direction: "consumption",
  localDay,
  profile: null,
  total: 8_000,
  f1: 4_000,
  f2: 1_000,
  f3: 3_000,
  bandsMeasured: false,
  intervals: 96,
  estimated: 0,
  missing: 0,
  peak: 500,
  ...over,
});

const days = [
  day("2023-09-02", { total: 10_000 }),
  day("2023-09-03", { total: 10_000 }),
  day("2024-09-02"),
  day("2024-09-03", { total: 9_125, f3: 4_125, estimated: 4 }),
  day("2024-09-05", { total: 5_000, f1: 1_000, missing: 8 }),
];
const known = { from: "2023-09-02", to: "2024-09-05" };

const month = periodOf("month", "2024-09-01");
const year = periodOf("year", "2024-09-01");

function view(language: Language, period: Period = month): ConsumptionView {
  locale = language;
  const summary = summarize({ period, alignment: "date", days, known });
  return {
    ...{ commodity: "electricity", period, alignment: "date", measure: "quantity" },
    ...{ summary, changeIn: null, injected: false, language },
  };
}

const textOf = (markup: string) => markup.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");

describe("R24 the finding", () => {
  test("R24 tells total, change, bands, highest day, gaps and estimates", async () => {
    expect(await findingOf(view("it"))).toBe(
      "Nel mese di settembre 2024 hai consumato 22,125 kWh. " +
        "14% in meno rispetto a settembre 2023, contando solo i 2 giorni completi in entrambi gli anni. " +
        "Per fascia: F1 41%, F2 13%, F3 46%. " +
        "Il giorno con il consumo più alto è stato martedì 3 settembre, con 9,125 kWh. " +
        "Mancano misure per 3 giorni: il consumo vero è più alto. " +
        "1 giorno è stimato e può ancora cambiare.",
    );
  });

  test.each(LANGUAGES)(
    "R29 every sentence exists in %s, for months and years",
    async (language) => {
      const written = language === "en" ? "22.125 kWh" : "22,125 kWh";
      expect(await findingOf(view(language))).toContain(written);
      expect(await findingOf(view(language, year))).toContain(written);
    },
  );

  test("R24 a year before without data is not compared", async () => {
    expect(await findingOf(view("it", periodOf("month", "2023-09-01")))).not.toMatch(
      /rispetto|Quasi/,
    );
  });
});

describe("R24 the table", () => {
  test("R24 has the finding's total, the sums of the bands, and says what is not measured", async () => {
    const text = textOf(
      renderToStaticMarkup(await ConsumptionTable({ ...view("it"), contract: "C1" })),
    );
    expect(text).toContain("Totale 9,000 3,000 10,125 22,125 20,000");
    expect(text).toContain("lunedì 2 settembre 4,000 1,000 3,000 8,000 10,000");
    expect(text).toContain("martedì 3 settembre 4,000 1,000 4,125 9,125 10,000 stimato");
    expect(text).toContain("mercoledì 4 settembre – – – – – nessun dato");
    expect(text).toContain("giovedì 5 settembre 1,000 1,000 3,000 5,000 – incompleto");
  });
});

describe("R24 the chart", () => {
  const draw = async (shown: ConsumptionView) => {
    const { series, bars } = await barsOfParts(shown);
    const plot = <BarPlot series={series} bars={bars} unit="kWh" formatTick={String} />;
    return { bars, markup: renderToStaticMarkup(plot) };
  };
  const count = (markup: string, piece: string) => markup.split(piece).length - 1;

  test("R24 the server draws every band of every day, without JavaScript", async () => {
    const { markup } = await draw(view("it"));
    for (const fill of ["solid", "hatched", "dotted"]) {
      expect(count(markup, `url(#fill-${fill})`)).toBe(3);
    }
  });

  test("R22 a day without data is drawn as a gap, a day to come as nothing", async () => {
    const { bars, markup } = await draw(view("it"));
    expect(bars.filter(({ values }) => values === null).map(({ key }) => key)).toEqual([
      "2024-09-01",
      "2024-09-04",
    ]);
    expect(count(markup, "url(#fill-gap)")).toBe(2);
    expect(bars.map(({ mark }) => mark).slice(0, 6)).toEqual(["×", "", "≈", "×", "!", ""]);
  });

  test("R24 the bars are the numbers of the table", async () => {
    const { bars } = await draw(view("it"));
    const total = bars.flatMap(({ values }) => values ?? []).reduce((sum, value) => sum + value, 0);
    expect(total).toBeCloseTo(22.125, 9);
  });

  test("R24 a year compares each month with the one before", async () => {
    const { bars } = await draw(view("it", year));
    expect(bars).toHaveLength(12);
    // Of September 2023, two days of five are known: no line to compare the whole with.
    expect(bars[8]).toMatchObject({ reference: null, mark: "!" });
    expect(bars[8]?.lines).toContainEqual({ label: "Un anno prima", value: "20,000 kWh" });
    expect(bars[8]?.lines.at(-1)?.value).toContain("un anno prima 3 giorni senza misure complete");
  });

  test.each([
    [0, [0, 1]],
    [13.131, [0, 5, 10, 15]],
    [558, [0, 200, 400, 600]],
    [5, [0, 1, 2, 3, 4, 5]],
    [0.04, [0, 0.01, 0.02, 0.03, 0.04]],
  ])("the axis up to %d has few, round steps", (max, ticks) => {
    const found = ticksUpTo(max);
    expect(found).toHaveLength(ticks.length);
    ticks.forEach((tick, at) => {
      expect(found[at]).toBeCloseTo(tick, 9);
    });
  });
});
