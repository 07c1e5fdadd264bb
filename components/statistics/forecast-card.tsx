import { getTranslations } from "next-intl/server";
import { Card } from "@/components/ui/card";
import { type Commodity, formatWithUnit } from "@/lib/consumption/quantity";
import type { Forecast } from "@/lib/consumption/statistics/forecast";
import type { Language } from "@/lib/i18n/languages";
import { formatCents } from "@/lib/money";
import { formatDateRange } from "@/lib/time";

interface ForecastCardProps {
  forecast: Forecast | null;
  commodity: Commodity;
  language: Language;
}

/** What the next bill may come to, between what and what, and how that was worked out (R25). */
export async function ForecastCard({ forecast, commodity, language }: ForecastCardProps) {
  const t = await getTranslations("statistics.forecast");
  if (!forecast) {
    return (
      <Card title={t("title")} className="mb-6">
        <p className="max-w-prose">{t("none")}</p>
      </Card>
    );
  }
  return (
    <Card title={t("title")} className="mb-6">
      <p className="mb-2 max-w-prose font-semibold">
        {t("finding", {
          period: formatDateRange(forecast.from, forecast.to, language),
          amount: formatCents(forecast.cents, language),
          low: formatCents(forecast.lowCents, language),
          high: formatCents(forecast.highCents, language),
        })}
      </p>
      <p className="mb-2 max-w-prose">
        {t("quantity", { amount: formatWithUnit(forecast.base, commodity, language) })}
      </p>
      <p className="max-w-prose text-muted text-sm">
        {t("how", {
          ...{ measured: forecast.measuredDays, open: forecast.openDays, by: forecast.by },
        })}{" "}
        {t(forecast.spreadIsLeast ? "leastSpread" : "spread", { count: forecast.tried })}
      </p>
    </Card>
  );
}
