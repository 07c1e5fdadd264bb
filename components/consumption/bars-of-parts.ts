import { getTranslations } from "next-intl/server";
import type { Bar, Series } from "@/components/charts/bars";
import { formatWithUnit, toUnit } from "@/lib/consumption/quantity";
import type { BandTotals } from "@/lib/consumption/rules";
import type { Part } from "@/lib/consumption/summary";
import { formatMonthName } from "@/lib/time";
import { type ConsumptionView, partWords } from "./finding";

export const BANDS: (Series & { key: keyof BandTotals })[] = [
  { key: "f1", label: "F1", fill: "solid" },
  { key: "f2", label: "F2", fill: "hatched" },
  { key: "f3", label: "F3", fill: "dotted" },
];

/** Signs below a bar, by how much they matter; the legend explains those that occur. */
export const MARKS = { absent: "×", incomplete: "!", estimated: "≈" } as const;
export type Mark = keyof typeof MARKS;

/** The one sign below a part's bar (R22, R24): a month that lacks some days is incomplete. */
export function markOf(part: Part): Mark | null {
  if (part.absentDays > 0 && part.days === 0) {
    return "absent";
  }
  if (part.absentDays > 0 || part.incompleteDays > 0) {
    return "incomplete";
  }
  return part.estimatedDays > 0 ? "estimated" : null;
}

/** The chart's bars with their texts: bands where the whole period has them, else totals. */
export async function barsOfParts(
  view: ConsumptionView,
): Promise<{ series: Series[]; bars: Bar[] }> {
  const t = await getTranslations("consumption");
  const { commodity, period, summary, language } = view;
  const banded = summary.whole.bands !== null;
  const amount = (base: number) => formatWithUnit(base, commodity, language);
  const bars = summary.parts.map((part, index): Bar => {
    const mark = markOf(part);
    const note = noteOf(part, period.month === null, t);
    const split = banded && part.bands ? BANDS.map(({ key }) => part.bands?.[key] ?? 0) : null;
    const values = split ?? [part.total];
    const known = part.days > 0;
    return {
      key: part.day,
      axis:
        period.month === null
          ? {
              wide: formatMonthName(part.day, language, "short"),
              narrow: formatMonthName(part.day, language, "narrow"),
            }
          : {
              wide: String(index + 1),
              narrow: index === 0 || (index + 1) % 5 === 0 ? String(index + 1) : "",
            },
      // A part beyond the data is empty; one without data among others is a gap.
      values: known || part.absentDays === 0 ? values.map((base) => toUnit(base, commodity)) : null,
      reference:
        period.month === null && part.before !== null ? toUnit(part.before, commodity) : null,
      mark: mark ? MARKS[mark] : "",
      title: partWords(view, part.day),
      lines: [
        { label: t("total"), value: known ? amount(part.total) : t("unknown") },
        ...(known && split
          ? BANDS.map(({ label, fill }, at) => ({ label, fill, value: amount(split[at] ?? 0) }))
          : []),
        ...(part.before === null ? [] : [{ label: t("yearBefore"), value: amount(part.before) }]),
        ...(known && note ? [{ label: t("note"), value: note }] : []),
      ],
    };
  });
  return {
    series: banded ? BANDS : [{ key: "total", label: t("total"), fill: "solid" }],
    bars,
  };
}

type Words = Awaited<ReturnType<typeof getTranslations<"consumption">>>;

/** What the table says of a part's data: in words for a day, with numbers of days for a month. */
export function noteOf(part: Part, isMonth: boolean, t: Words): string {
  if (!isMonth) {
    return [
      part.absentDays > 0 ? t("unknown") : "",
      part.incompleteDays > 0 ? t("incomplete") : "",
      part.estimatedDays > 0 ? t("estimated") : "",
    ]
      .filter(Boolean)
      .join(", ");
  }
  const counts = ["absentDays", "incompleteDays", "estimatedDays"] as const;
  return counts
    .filter((count) => part[count] > 0)
    .map((count) => t(count, { count: part[count] }))
    .join(", ");
}
