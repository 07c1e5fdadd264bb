import { getTranslations } from "next-intl/server";
import { Card } from "@/components/ui/card";
import { Facts } from "@/components/ui/facts";
import { periodOf } from "@/lib/consumption/period";
import { type Commodity, formatWithUnit } from "@/lib/consumption/quantity";
import type { Beside, Trend } from "@/lib/consumption/statistics/days";
import type { Language } from "@/lib/i18n/languages";
import { formatShare, formatSignedShare } from "@/lib/money";
import { formatDateRange, formatMonth } from "@/lib/time";

interface TrendCardProps {
  trend: Trend | null;
  yearToDate: Beside | null;
  thisMonth: Beside | null;
  /** What as many days come to on average. */
  usual: number;
  /** The last day with data. */
  last: string;
  commodity: Commodity;
  language: Language;
}

/** How consumption goes against one's own past (R25): with the season taken out, the last year and the last month with data. */
export async function TrendCard(props: TrendCardProps) {
  const { trend, yearToDate, thisMonth, usual, last, commodity, language } = props;
  const t = await getTranslations("statistics.trend");
  const month = periodOf("month", last);
  const days = await getTranslations("statistics");
  const amount = (base: number) => formatWithUnit(Math.round(base), commodity, language);
  const beside = ({ now, before, days: count }: Beside) =>
    `${formatSignedShare(now / before - 1, language)} · ${t("now", {
      now: amount(now),
      before: amount(before),
      days: days("days", { count }),
    })}`;
  return (
    <Card title={t("title")} className="mb-6">
      <p className="mb-4 max-w-prose">
        {trend ? (
          <>
            {t(Math.abs(trend.change) < 0.01 ? "same" : trend.change > 0 ? "more" : "less", {
              share: formatShare(Math.abs(trend.change), language),
              // Italian elides the article before otto, undici and ottanta.
              elided: /^(8\d?|11)$/.test((Math.abs(trend.change) * 100).toFixed()) ? "yes" : "no",
            })}{" "}
            {t("range", {
              months: trend.months,
              low: formatSignedShare(trend.low, language),
              high: formatSignedShare(trend.high, language),
            })}
          </>
        ) : (
          t("none")
        )}
      </p>
      <Facts
        items={[
          {
            label: formatDateRange(periodOf("year", last).from, last, language),
            value: yearToDate ? beside(yearToDate) : null,
          },
          {
            label:
              last === month.to
                ? formatMonth(last, language)
                : formatDateRange(month.from, last, language),
            value: thisMonth ? beside(thisMonth) : null,
          },
          { label: t("usual"), value: thisMonth ? amount(usual) : null },
        ]}
      />
    </Card>
  );
}
