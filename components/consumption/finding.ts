import { getTranslations } from "next-intl/server";
import { type PartKind, partKindOf } from "@/lib/consumption/period";
import { type Commodity, formatWithUnit } from "@/lib/consumption/quantity";
import type { ViewChoice } from "@/lib/consumption/schema";
import { type Part, percentages, type Summary } from "@/lib/consumption/summary";
import type { DayPart } from "@/lib/consumption/views/hours";
import type { Language } from "@/lib/i18n/languages";
import { formatCents, formatShare } from "@/lib/money";
import { beforeOf, elided, partWords, periodWords } from "./period-words";

/** A summary, and what it is of. */
export interface ConsumptionView extends ViewChoice {
  commodity: Commodity;
  summary: Summary;
  changeIn: DayPart | null;
  /** Energy that went the other way: what a customer's own panels gave to the network. */
  injected: boolean;
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

/** What a bar of a view stands for, and its words. */
export function wordsOf(
  { period, language }: ConsumptionView,
  part: Pick<Part, "day" | "clock" | "until">,
): string {
  return partWords(partKindOf(period), part, language);
}

const HIGHEST: Record<PartKind, "highestInterval" | "highestDay" | "highestMonth" | "highestYear"> =
  {
    interval: "highestInterval",
    day: "highestDay",
    month: "highestMonth",
    year: "highestYear",
  };

/** The key that names the highest bar of a view. */
export const highestKey = (view: ConsumptionView) => HIGHEST[partKindOf(view.period)];

/** Which sentences are said: of what was used, or of what was given. */
const wayOf = ({ injected }: ConsumptionView) => (injected ? "injected" : "used");

/** What the chart shows, as sentences (R24): the same numbers as chart and table. */
export async function findingOf(view: ConsumptionView): Promise<string> {
  const t = await getTranslations("consumption.finding");
  const { commodity, period, summary, language } = view;
  const { whole, highest } = summary;
  const amount = (base: number) => formatWithUnit(base, commodity, language);
  const total = {
    ...{ period: periodWords(period, language), elided: elided(period.from) },
    total: amount(whole.total),
  };
  const sentences = [t(`${wayOf(view)}.${period.kind}`, total)];
  if (whole.cents !== null && view.measure === "euro") {
    sentences.push(t("cost", { amount: formatCents(whole.cents, language) }));
  }
  const change = await changeSentence(view);
  if (change) {
    sentences.push(change);
  }
  if (whole.bands && whole.total > 0) {
    const [f1 = 0, f2 = 0, f3 = 0] = percentages(Object.values(whole.bands));
    sentences.push(t("bands", { f1, f2, f3 }));
  }
  if (highest) {
    sentences.push(
      t(`${wayOf(view)}.${highestKey(view)}`, {
        day: wordsOf(view, highest),
        amount: amount(highest.total),
      }),
    );
  }
  const gaps = await gapSentence(view);
  if (gaps) {
    sentences.push(gaps);
  }
  if (whole.estimated > 0) {
    sentences.push(t("estimates", { count: whole.estimated }));
  }
  return sentences.join(" ");
}

/** How the period stands to the year before, over the days that both have whole; null where none are. */
export async function changeSentence(view: ConsumptionView): Promise<string | null> {
  const change = changeOf(view);
  if (!change) {
    return null;
  }
  const t = await getTranslations("consumption.finding");
  const { kind, ...before } = beforeOf(view.period, view.alignment, view.language);
  return t(change.kind, {
    share: change.share,
    than: t(`than.${kind}`, before),
    as: t(`as.${kind}`, before),
    where: view.changeIn ? `, ${t(`mostly.${view.changeIn}`)}` : "",
    partly: change.everyDay ? "" : t("partly", { days: change.days }),
  });
}

/** How many days lack readings, which the total is short of; null where none do. */
export async function gapSentence(view: ConsumptionView): Promise<string | null> {
  const t = await getTranslations("consumption.finding");
  const count = view.summary.whole.absent + view.summary.whole.incomplete;
  return count > 0 ? t(`${wayOf(view)}.gaps`, { count }) : null;
}
