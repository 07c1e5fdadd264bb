import { getTranslations } from "next-intl/server";
import { endsInWords } from "@/components/consumption/period-words";
import { Card } from "@/components/ui/card";
import { Facts } from "@/components/ui/facts";
import { type Commodity, formatWithUnit } from "@/lib/consumption/quantity";
import type { DayRange } from "@/lib/consumption/queries";
import { DAY_KINDS, type DayStatistics } from "@/lib/consumption/statistics/days";
import { percentages } from "@/lib/consumption/summary";
import type { Language } from "@/lib/i18n/languages";
import { formatDate } from "@/lib/time";

interface AverageDayProps {
  statistics: DayStatistics;
  /** The days that there are data of, and how many in between there are none of. */
  measured: DayRange & { absent: number };
  commodity: Commodity;
  language: Language;
}

/** What a day of the year up to the last measured one was like (R25). */
export async function AverageDay({ statistics, measured, commodity, language }: AverageDayProps) {
  const t = await getTranslations("statistics");
  const amount = (base: number) => formatWithUnit(Math.round(base), commodity, language);
  const on = ({ localDay, total }: { localDay: string; total: number }) =>
    `${amount(total)} · ${formatDate(localDay, language)}`;
  const { bands } = statistics;
  const shares = bands ? percentages(Object.values(bands)) : [];
  return (
    <Card title={t("average.title")} className="mb-6">
      <p className="mb-4 max-w-prose">
        {t("average.finding", {
          ...endsInWords(measured, language),
          average: amount(statistics.average),
        })}
        {measured.absent > 0 ? ` ${t("average.absent", { count: measured.absent })}` : ""}
        {statistics.leftOut > 0 ? ` ${t("average.leftOut", { count: statistics.leftOut })}` : ""}
      </p>
      <Facts
        items={[
          ...DAY_KINDS.flatMap((kind) => {
            const average = statistics.averageOf[kind];
            return average === null
              ? []
              : [{ label: t(`average.${kind}`), value: amount(average) }];
          }),
          { label: t("average.highest"), value: on(statistics.highest) },
          { label: t("average.lowest"), value: on(statistics.lowest) },
          {
            label: t("average.total", { days: t("days", { count: statistics.days }) }),
            value: amount(statistics.total),
          },
          ...(bands
            ? (["f1", "f2", "f3"] as const).map((band, at) => ({
                label: band.toUpperCase(),
                value: `${amount(bands[band])} · ${shares[at]}%`,
              }))
            : []),
        ]}
      />
    </Card>
  );
}
