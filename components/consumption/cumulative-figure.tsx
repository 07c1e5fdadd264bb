import { getTranslations } from "next-intl/server";
import { ChartFigure } from "@/components/charts/chart-figure";
import { LinePlot } from "@/components/charts/line-plot";
import { DataTable } from "@/components/ui/data-table";
import { formatQuantity, formatWithUnit, toUnit, unitOf } from "@/lib/consumption/quantity";
import { cumulative } from "@/lib/consumption/views/cumulative";
import { formatNumber } from "@/lib/money";
import { formatMonth, formatMonthName } from "@/lib/time";
import { type ConsumptionView, changeSentence, gapSentence } from "./finding";

/** A year's running sum beside the year's before (R24, R25). */
export async function CumulativeFigure(view: ConsumptionView) {
  const { commodity, summary, language } = view;
  const t = await getTranslations("consumption");
  const sums = cumulative(summary.parts);
  const first = sums.find(({ now }) => now !== null);
  const last = sums.findLast(({ now }) => now !== null);
  if (!first || !last || last.now === null) {
    return null;
  }
  const year = first.day.slice(0, 4);
  const finding = [
    t(first === sums[0] ? "cumulative.upTo" : "cumulative.since", {
      from: formatMonth(first.day, language),
      month: formatMonth(last.day, language),
      now: formatWithUnit(last.now, commodity, language),
    }),
    // The lines may lack days of their own: they are compared over those that both years have.
    await changeSentence(view),
    await gapSentence(view),
  ]
    .filter(Boolean)
    .join(" ");
  const amount = (base: number | null) =>
    base === null ? "–" : formatQuantity(base, commodity, language);
  const line = (key: "now" | "before") => ({
    key,
    values: sums.map((sum) => {
      const base = sum[key];
      return base === null ? null : toUnit(base, commodity);
    }),
  });
  return (
    <ChartFigure
      finding={finding}
      tableLabel={t("table")}
      table={
        <DataTable
          caption={t("cumulative.caption", { unit: unitOf(commodity) })}
          rows={sums}
          rowKey={({ day }) => day}
          columns={[
            { key: "month", header: t("month"), cell: ({ day }) => formatMonth(day, language) },
            {
              key: "now",
              header: year,
              numeric: true,
              cell: (sum) => amount(sum.now),
            },
            {
              key: "before",
              header: t("yearBefore"),
              numeric: true,
              cell: (sum) => amount(sum.before),
            },
          ]}
        />
      }
      chart={
        <>
          <LinePlot
            lines={[line("now"), line("before")]}
            labels={sums.map(({ day }) => ({
              key: day,
              wide: formatMonthName(day, language, "short"),
              narrow: formatMonthName(day, language, "narrow"),
            }))}
            unit={unitOf(commodity)}
            formatTick={(value) => formatNumber(value, language, 2)}
          />
          <ul className="mt-3 flex flex-wrap gap-x-6 text-muted text-sm">
            <li>
              <span className="font-bold text-ink">━━</span> {year}
            </li>
            <li>
              <span className="font-bold text-ink">╌╌</span> {t("yearBefore")}
            </li>
          </ul>
        </>
      }
    />
  );
}
