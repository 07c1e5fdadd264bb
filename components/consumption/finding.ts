import { getTranslations } from "next-intl/server";
import { type Period, yearBefore } from "@/lib/consumption/period";
import { type Commodity, formatWithUnit } from "@/lib/consumption/quantity";
import { percentages, type Summary } from "@/lib/consumption/summary";
import type { Language } from "@/lib/i18n/languages";
import { formatShare } from "@/lib/money";
import { formatMonth, formatWeekday } from "@/lib/time";
import { periodWords } from "./period-words";

export interface ConsumptionView {
  commodity: Commodity;
  period: Period;
  summary: Summary;
  language: Language;
}

/** How this period stands to the year before: the kind of sentence and the share of the change. */
export function changeOf({ summary, language }: ConsumptionView) {
  const { comparison } = summary;
  if (!comparison) {
    return null;
  }
  const ratio = comparison.now / comparison.before - 1;
  const kind = Math.abs(ratio) < 0.005 ? "same" : ratio > 0 ? "more" : "less";
  return { ...comparison, kind, share: formatShare(Math.abs(ratio), language) } as const;
}

/** A part's day or month in words. */
export function partWords({ period, language }: ConsumptionView, day: string): string {
  return period.month === null ? formatMonth(day, language) : formatWeekday(day, language);
}

/** What the chart shows, as sentences (R24): the same numbers as chart and table. */
export async function findingOf(view: ConsumptionView): Promise<string> {
  const t = await getTranslations("consumption.finding");
  const { commodity, period, summary, language } = view;
  const { whole, highest } = summary;
  const words = (of: Period) => periodWords(of, language);
  const amount = (base: number) => formatWithUnit(base, commodity, language);
  const kind = period.month === null ? "year" : "month";
  const sentences = [t(kind, { period: words(period), total: amount(whole.total) })];
  const change = changeOf(view);
  if (change) {
    const key = change.everyDay ? change.kind : (`${change.kind}Partly` as const);
    sentences.push(t(key, { share: change.share, before: words(yearBefore(period)) }));
  }
  if (whole.bands && whole.total > 0) {
    const [f1 = 0, f2 = 0, f3 = 0] = percentages(Object.values(whole.bands));
    sentences.push(t("bands", { f1, f2, f3 }));
  }
  if (highest) {
    const key = kind === "year" ? "highestMonth" : "highestDay";
    sentences.push(t(key, { day: partWords(view, highest.day), amount: amount(highest.total) }));
  }
  const gaps = whole.absentDays + whole.incompleteDays;
  if (gaps > 0) {
    sentences.push(t("gaps", { count: gaps }));
  }
  if (whole.estimatedDays > 0) {
    sentences.push(t("estimates", { count: whole.estimatedDays }));
  }
  return sentences.join(" ");
}
