import { getTranslations } from "next-intl/server";
import { Card } from "@/components/ui/card";
import { type Commodity, unitOf } from "@/lib/consumption/quantity";
import type { DayStatistics } from "@/lib/consumption/statistics/days";
import { type EmissionFactor, kilograms } from "@/lib/consumption/statistics/emissions";
import type { Language } from "@/lib/i18n/languages";
import { formatNumber } from "@/lib/money";
import { formatDate } from "@/lib/time";

interface EmissionsCardProps {
  year: DayStatistics;
  /** Nothing is said without one. */
  factor: EmissionFactor | null;
  commodity: Commodity;
  language: Language;
}

/** The CO2 of the last twelve months, where a factor with a source is known. */
export async function EmissionsCard({ year, factor, commodity, language }: EmissionsCardProps) {
  if (!factor) {
    return null;
  }
  const t = await getTranslations("statistics.emissions");
  return (
    <Card title={t("title")} className="mb-6">
      <p className="mb-2 max-w-prose">
        {t("finding", { amount: formatNumber(kilograms(year.total, factor), language) })}
      </p>
      <p className="max-w-prose text-muted text-sm">
        {t("source", {
          factor: formatNumber(factor.gramsPerUnit / 1000, language, 3),
          unit: unitOf(commodity),
          since: formatDate(factor.since, language),
          source: factor.source,
        })}
      </p>
    </Card>
  );
}
