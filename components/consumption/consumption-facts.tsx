import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { Swatch } from "@/components/charts/fill-patterns";
import { yearBefore } from "@/lib/consumption/period";
import { formatQuantity, formatWithUnit, unitOf } from "@/lib/consumption/quantity";
import { percentages } from "@/lib/consumption/summary";
import { formatFixed } from "@/lib/money";
import { formatWeekday } from "@/lib/time";
import { BANDS } from "./bars-of-parts";
import { type ConsumptionView, changeOf, partWords } from "./finding";
import { periodWords } from "./period-words";

function Fact({ label, hint, children }: { label: ReactNode; hint?: string; children: ReactNode }) {
  return (
    <div>
      <dt className="flex items-center gap-2 text-muted text-sm">{label}</dt>
      <dd>
        <span className="font-semibold text-lg">{children}</span>
        {hint ? <span className="block text-muted text-sm">{hint}</span> : null}
      </dd>
    </div>
  );
}

/** The period in a few figures; those of the bands are the chart's legend as well. */
export async function ConsumptionFacts(view: ConsumptionView) {
  const { commodity, period, summary, language } = view;
  const { whole, highest, peak } = summary;
  const t = await getTranslations("consumption");
  const amount = (base: number) => formatWithUnit(base, commodity, language);
  const change = changeOf(view);
  const shares = whole.bands ? percentages(Object.values(whole.bands)) : [];
  return (
    <>
      <dl className="grid gap-x-8 gap-y-4 sm:grid-cols-2 lg:grid-cols-4">
        <div>
          <dt className="text-muted text-sm">{t("total")}</dt>
          <dd className="font-bold text-3xl tracking-tight">
            {formatQuantity(whole.total, commodity, language)}{" "}
            <span className="font-semibold text-lg text-muted">{unitOf(commodity)}</span>
          </dd>
        </div>
        {change ? (
          <Fact
            label={t("change", { before: periodWords(yearBefore(period), language) })}
            hint={t(change.everyDay ? "changeHint" : "changeHintPartly", {
              now: amount(change.now),
              before: amount(change.before),
            })}
          >
            {t(change.kind, { share: change.share })}
          </Fact>
        ) : null}
        {highest ? (
          <Fact
            label={t(period.month === null ? "highestMonth" : "highestDay")}
            hint={partWords(view, highest.day)}
          >
            {amount(highest.total)}
          </Fact>
        ) : null}
        {peak && commodity === "electricity" ? (
          <Fact label={t("peak")} hint={t("peakHint", { day: formatWeekday(peak.day, language) })}>
            {/* Wh in a quarter of an hour, four times that is W. */}
            {formatFixed((peak.base * 4) / 1000, language, 2)} kW
          </Fact>
        ) : null}
      </dl>
      {whole.bands ? (
        <dl className="mt-6 grid gap-x-8 gap-y-4 border-line border-t pt-5 sm:grid-cols-3">
          {BANDS.map(({ key, label, fill }, at) => (
            <Fact
              key={key}
              label={
                <>
                  <Swatch fill={fill} />
                  <span className="font-semibold text-ink">{label}</span>
                  {t("share", { share: `${shares[at]}%` })}
                </>
              }
              hint={t(`band.${key}`)}
            >
              {amount(whole.bands?.[key] ?? 0)}
            </Fact>
          ))}
        </dl>
      ) : null}
    </>
  );
}
