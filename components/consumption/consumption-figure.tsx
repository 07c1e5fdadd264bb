import { getTranslations } from "next-intl/server";
import { BarPlot } from "@/components/charts/bar-plot";
import { ChartFigure } from "@/components/charts/chart-figure";
import { Swatch } from "@/components/charts/fill-patterns";
import { unitOf } from "@/lib/consumption/quantity";
import { formatNumber } from "@/lib/money";
import { barsOfParts, inEuro, MARKS, type Mark, markOf } from "./bars-of-parts";
import { ConsumptionTable } from "./consumption-table";
import { type ConsumptionView, findingOf } from "./finding";

/** The period's chart with finding, legend of its signs, and table (R24). */
export async function ConsumptionFigure({
  contract,
  ...view
}: ConsumptionView & { contract: string }) {
  const { commodity, summary, language } = view;
  const t = await getTranslations("consumption");
  const { series, bars } = await barsOfParts(view);
  const euro = inEuro(view);
  const used = (Object.keys(MARKS) as Mark[]).filter((mark) =>
    summary.parts.some((part) => markOf(part, euro) === mark),
  );
  const notes = [
    ...(series.length > 1
      ? series.map(({ label, fill }) => ({ sign: <Swatch fill={fill} />, text: label }))
      : []),
    ...used.map((mark) => ({ sign: MARKS[mark], text: t(`legend.${mark}`) })),
    ...(bars.some(({ reference }) => reference !== null)
      ? [{ sign: "—", text: t("legend.reference") }]
      : []),
  ];
  return (
    <>
      <ChartFigure
        finding={await findingOf(view)}
        tableLabel={t("table")}
        table={<ConsumptionTable {...view} contract={contract} />}
        chart={
          bars.length > 0 ? (
            <>
              <BarPlot
                series={series}
                bars={bars}
                unit={euro ? "€" : unitOf(commodity)}
                formatTick={(value) => formatNumber(value, language, 2)}
              />
              {notes.length > 0 ? (
                <ul className="mt-3 flex flex-wrap gap-x-6 gap-y-1 text-muted text-sm">
                  {notes.map(({ sign, text }) => (
                    <li key={text} className="flex items-center gap-1.5">
                      <span className="font-bold text-ink leading-none">{sign}</span> {text}
                    </li>
                  ))}
                </ul>
              ) : null}
            </>
          ) : (
            <p className="max-w-prose text-muted">{t("noIntervals")}</p>
          )
        }
      />
      {summary.whole.bands && summary.bandsFrom ? (
        <p className="mt-4 text-muted text-sm">{t(`bandsFrom.${summary.bandsFrom}`)}</p>
      ) : null}
      {summary.parts.some(({ cents }) => cents !== null) ? (
        <p className="mt-2 text-muted text-sm">{t("costNote")}</p>
      ) : null}
    </>
  );
}
