import { getTranslations } from "next-intl/server";
import type { Bar, Series } from "@/components/charts/bars";
import { type PartKind, partKindOf } from "@/lib/consumption/period";
import { formatWithUnit, toUnit } from "@/lib/consumption/quantity";
import type { BandTotals } from "@/lib/consumption/rules";
import type { Part, Summary } from "@/lib/consumption/summary";
import type { Language } from "@/lib/i18n/languages";
import { formatCents } from "@/lib/money";
import { formatMonthName, formatWeekdayName } from "@/lib/time";
import { type ConsumptionView, wordsOf } from "./finding";

export const BANDS: (Series & { key: keyof BandTotals })[] = [
  { key: "f1", label: "F1", fill: "solid" },
  { key: "f2", label: "F2", fill: "hatched" },
  { key: "f3", label: "F3", fill: "dotted" },
];

/** Signs below a bar, by how much they matter; the legend explains those that occur. */
export const MARKS = { unpriced: "?", absent: "×", incomplete: "!", estimated: "≈" } as const;
export type Mark = keyof typeof MARKS;

/** More bars than this have room for a label now and then only. */
const FEW_BARS = 31;

/** Where the bars stand for money, a part that no bill tells the cost of. */
const unpriced = ({ known, cents }: Part, euro: boolean) => euro && known > 0 && cents === null;

/** The one sign below a part's bar (R22, R24): a month that lacks some days is incomplete. */
export function markOf(part: Part, euro: boolean): Mark | null {
  if (unpriced(part, euro)) {
    return "unpriced";
  }
  if (part.absent > 0 && part.known === 0) {
    return "absent";
  }
  if (part.absent > 0 || part.incomplete > 0) {
    return "incomplete";
  }
  return part.estimated > 0 ? "estimated" : null;
}

/** Whether the bars of a view stand for money. */
export const inEuro = ({ measure, summary }: ConsumptionView) =>
  measure === "euro" && summary.parts.some(({ cents }) => cents !== null);

/** The chart's bars with their texts: bands where the whole period has them, else totals. */
export async function barsOfParts(
  view: ConsumptionView,
): Promise<{ series: Series[]; bars: Bar[] }> {
  const t = await getTranslations("consumption");
  const { commodity, period, summary, language } = view;
  const kind = partKindOf(period);
  const euro = inEuro(view);
  const banded = summary.whole.bands !== null && !euro;
  const amount = (base: number) => formatWithUnit(base, commodity, language);
  const bars = summary.parts.map((part, index): Bar => {
    const mark = markOf(part, euro);
    const note = noteOf(part, kind, t);
    const split = banded && part.bands ? BANDS.map(({ key }) => part.bands?.[key] ?? 0) : null;
    const known = part.known > 0;
    const quantities = (split ?? [part.total]).map((base) => toUnit(base, commodity));
    // A line that stands for fewer days than the bar would compare what cannot be compared.
    const compared = part.beforeLacks === 0 && !euro && summary.parts.length <= FEW_BARS;
    return {
      key: part.clock === null ? part.day : `${part.day} ${part.clock}`,
      axis: axisOf(kind, part, index, summary.parts.length, language),
      // A part beyond the data is empty; one without data among others, or without a cost, is a gap.
      values:
        (!known && part.absent > 0) || unpriced(part, euro)
          ? null
          : euro
            ? [(part.cents ?? 0) / 100]
            : quantities,
      reference: compared && part.before !== null ? toUnit(part.before, commodity) : null,
      mark: mark ? MARKS[mark] : "",
      title: wordsOf(view, part),
      lines: [
        { label: t("total"), value: known ? amount(part.total) : t("unknown") },
        ...(known && split
          ? BANDS.map(({ label, fill }, at) => ({ label, fill, value: amount(split[at] ?? 0) }))
          : []),
        ...(part.before === null ? [] : [{ label: t("yearBefore"), value: amount(part.before) }]),
        ...(part.cents === null
          ? unpriced(part, euro)
            ? [{ label: t("cost"), value: t("unpriced") }]
            : []
          : [{ label: t("cost"), value: formatCents(part.cents, language) }]),
        ...(known && note ? [{ label: t("note"), value: note }] : []),
      ],
    };
  });
  return {
    series: banded ? BANDS : [{ key: "total", label: t("total"), fill: "solid" }],
    bars,
  };
}

/** What stands below a bar: of many bars, below a few of them. */
function axisOf(
  kind: PartKind,
  { day, clock }: Part,
  index: number,
  count: number,
  language: Language,
): Bar["axis"] {
  if (kind === "interval") {
    const hour = clock?.endsWith(":00") ? Number(clock.slice(0, 2)) : null;
    return {
      wide: hour !== null && hour % 3 === 0 ? String(hour) : "",
      narrow: hour !== null && hour % 6 === 0 ? String(hour) : "",
    };
  }
  if (kind === "year") {
    return { wide: day.slice(0, 4), narrow: `’${day.slice(2, 4)}` };
  }
  const first = index === 0;
  if (kind === "month") {
    const januaries = day.slice(5, 7) === "01" ? day.slice(0, 4) : "";
    return count <= 12
      ? {
          wide: formatMonthName(day, language, "short"),
          narrow: formatMonthName(day, language, "narrow"),
        }
      : { wide: januaries, narrow: count <= 48 ? januaries : "" };
  }
  const date = Number(day.slice(8));
  if (count <= 7) {
    const name = formatWeekdayName(day, language, "short");
    return { wide: `${name} ${date}`, narrow: name };
  }
  const month = formatMonthName(day, language, "short");
  return count <= FEW_BARS
    ? { wide: String(date), narrow: first || date % 5 === 0 ? String(date) : "" }
    : { wide: date === 1 || first ? `${date} ${month}` : "", narrow: date === 1 ? month : "" };
}

type Words = Awaited<ReturnType<typeof getTranslations<"consumption">>>;

/** What the table says of a part's data: in words for one slot, with numbers of days for more. */
export function noteOf(part: Summary["whole"], kind: PartKind | "whole", t: Words): string {
  const before = part.before === null ? 0 : part.beforeLacks;
  if (kind === "interval" || kind === "day") {
    return [
      part.absent > 0 ? t("unknown") : "",
      part.incomplete > 0 ? t("incomplete") : "",
      part.estimated > 0 ? t("estimated") : "",
      before > 0 ? t("beforeIncomplete") : "",
    ]
      .filter(Boolean)
      .join(", ");
  }
  const counts = {
    absentDays: part.absent,
    incompleteDays: part.incomplete,
    estimatedDays: part.estimated,
    beforeLacks: before,
  };
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([key, count]) => t(key as keyof typeof counts, { count }))
    .join(", ");
}
