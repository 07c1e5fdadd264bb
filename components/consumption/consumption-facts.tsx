import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { Swatch } from "@/components/charts/fill-patterns";
import { formatQuantity, formatWithUnit, toUnit, unitOf } from "@/lib/consumption/quantity";
import { percentages } from "@/lib/consumption/summary";
import type { NightLoad } from "@/lib/consumption/views/hours";
import { formatCents, formatFixed, formatNumber } from "@/lib/money";
import { formatWeekday } from "@/lib/time";
import { BANDS } from "./bars-of-parts";
import { type ConsumptionView, changeOf, highestKey, wordsOf } from "./finding";
import { beforeOf } from "./period-words";

export interface FactsProps extends ConsumptionView {
  night: NightLoad | null;
  contractedPowerKw: number | null;
  daysAbovePower: number | null;
}

function Fact({ label, hint, children }: { label: ReactNode; hint?: string; children: ReactNode }) {
  return (
    <div>
      <dt className="flex flex-wrap items-center gap-x-2 text-muted text-sm">{label}</dt>
      <dd>
        <span className="font-semibold text-lg">{children}</span>
        {hint ? <span className="block text-muted text-sm">{hint}</span> : null}
      </dd>
    </div>
  );
}

/** The period in a few figures; those of the bands are the chart's legend as well. */
export async function ConsumptionFacts(view: FactsProps) {
  const { commodity, period, alignment, summary, language, night } = view;
  const { whole, highest } = summary;
  const t = await getTranslations("consumption");
  const amount = (base: number) => formatWithUnit(base, commodity, language);
  const change = changeOf(view);
  const { kind, ...before } = beforeOf(period, alignment, language);
  const shares = whole.bands ? percentages(Object.values(whole.bands)) : [];
  return (
    <>
      <dl className="grid gap-x-8 gap-y-4 @lg:grid-cols-2 @4xl:grid-cols-4">
        <div>
          <dt className="text-muted text-sm">{t("total")}</dt>
          <dd>
            <span className="font-bold text-3xl tracking-tight">
              {formatQuantity(whole.total, commodity, language)}{" "}
              <span className="font-semibold text-lg text-muted">{unitOf(commodity)}</span>
            </span>
            {whole.cents === null ? null : (
              <span className="block text-muted text-sm">
                {t("costHint", { amount: formatCents(whole.cents, language) })}
              </span>
            )}
          </dd>
        </div>
        {change ? (
          <Fact
            label={t(`change.${kind}`, before)}
            hint={t("changeHint", {
              now: amount(change.now),
              before: amount(change.before),
              partly: change.everyDay ? "" : t("finding.partly", { days: change.days }),
            })}
          >
            {t(change.kind, { share: change.share })}
          </Fact>
        ) : null}
        {highest ? (
          <Fact label={t(highestKey(view))} hint={wordsOf(view, highest)}>
            {amount(highest.total)}
          </Fact>
        ) : null}
        {await PowerFact(view)}
        {night ? (
          <Fact
            label={t(`night.${commodity === "electricity" ? "electricity" : "other"}`)}
            hint={t("nightHint", { count: night.nights })}
          >
            {commodity === "electricity"
              ? `${formatNumber(night.perHour, language)} W`
              : t("perHour", {
                  amount: formatFixed(toUnit(night.perHour, commodity), language, 3),
                  unit: unitOf(commodity),
                })}
          </Fact>
        ) : null}
      </dl>
      {whole.bands ? (
        <dl className="mt-6 grid gap-x-8 gap-y-4 border-line border-t pt-5 @lg:grid-cols-3">
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

/** The highest quarter-hour's mean power, against the contracted one. */
async function PowerFact(view: FactsProps) {
  const { commodity, summary, language, contractedPowerKw, daysAbovePower } = view;
  const { peak } = summary;
  if (!peak || commodity !== "electricity") {
    return null;
  }
  const t = await getTranslations("consumption");
  const day = formatWeekday(peak.day, language);
  return (
    <Fact
      label={t("peak")}
      hint={
        contractedPowerKw === null
          ? t("peakHint", { day })
          : t("peakHintPower", {
              ...{ day, power: formatNumber(contractedPowerKw, language, 1) },
              count: daysAbovePower ?? 0,
            })
      }
    >
      {/* Wh in a quarter of an hour, four times that is W. */}
      {formatFixed((peak.base * 4) / 1000, language, 2)} kW
    </Fact>
  );
}
