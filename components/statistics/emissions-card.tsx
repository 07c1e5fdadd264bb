import { getTranslations } from "next-intl/server";
import { endsInWords } from "@/components/consumption/period-words";
import { Card } from "@/components/ui/card";
import { type Commodity, unitOf } from "@/lib/consumption/quantity";
import type { DayRange } from "@/lib/consumption/queries";
import type { DayStatistics } from "@/lib/consumption/statistics/days";
import { type EmissionFactor, kilograms } from "@/lib/consumption/statistics/emissions";
import type { Language } from "@/lib/i18n/languages";
import { formatNumber } from "@/lib/money";
import { formatDate } from "@/lib/time";

interface EmissionsCardProps {
  year: DayStatistics;
  measured: DayRange;
  /** Nothing is said without one. */
  factor: EmissionFactor | null;
  commodity: Commodity;
  language: Language;
}

/** The CO2 of the year up to the last measured day, where a factor with a source is known. */
export async function EmissionsCard(props: EmissionsCardProps) {
  const { year, measured, factor, commodity, language } = props;
  if (!factor) {
    return null;
  }
  const t = await getTranslations("statistics.emissions");
  return (
    <Card title={t("title")} className="mb-6">
      <p className="mb-2 max-w-prose">
        {t("finding", {
          ...endsInWords(measured, language),
          ...{ days: year.days, amount: formatNumber(kilograms(year.total, factor), language) },
        })}
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
