import {
  type Alignment,
  byMonths,
  type Period,
  periodOf,
  rangeBefore,
} from "@/lib/consumption/period";
import type { DayRange } from "@/lib/consumption/queries";
import type { Part } from "@/lib/consumption/summary";
import type { Language } from "@/lib/i18n/languages";
import { formatDate, formatDateRange, formatMonth, formatWeekday } from "@/lib/time";

/** `15 settembre 2024`, `9–15 settembre 2024`, `settembre 2024`, or `2024`. */
export function periodWords({ kind, from, to }: Period, language: Language): string {
  switch (kind) {
    case "day":
      return formatDate(from, language);
    case "month":
      return formatMonth(from, language);
    case "year":
      return from.slice(0, 4);
    case "week":
    case "range":
      return formatDateRange(from, to, language);
  }
}

/** What a period is set beside, as a message's arguments, and which of its sentences they are for. */
export function beforeOf(period: Period, alignment: Alignment, language: Language) {
  const before = rangeBefore(period, alignment, byMonths(period));
  const { kind } = period;
  const unit =
    kind === "day" || (alignment === "date" && (kind === "month" || kind === "year")) ? kind : null;
  return {
    kind: unit ?? ("range" as const),
    before: periodWords(
      unit ? periodOf(unit, before.from) : { kind: "range", ...before },
      language,
    ),
    elided: unit === "day" ? elided(before.from) : ("no" as const),
  };
}

/** A part in words: `08:15`, `domenica 15 settembre`, `settembre 2024`, `20–30 settembre 2024`, `2024`. */
export function partWords(
  kind: string,
  { day, clock, until }: Pick<Part, "day" | "clock" | "until">,
  language: Language,
): string {
  if (clock !== null) {
    return clock;
  }
  if (until !== null) {
    return formatDateRange(day, until, language);
  }
  if (kind === "year") {
    return day.slice(0, 4);
  }
  return kind === "month" ? formatMonth(day, language) : formatWeekday(day, language);
}

/** Whether Italian elides the article before a date: `l'8`, `dall'11`. For a message's `select`. */
export const elided = (isoDate: string): "yes" | "no" =>
  ["08", "11"].includes(isoDate.slice(8)) ? "yes" : "no";

/** Both ends of a span as a message's arguments. */
export function endsInWords({ from, to }: DayRange, language: Language) {
  return {
    ...{ from: formatDate(from, language), fromElided: elided(from) },
    ...{ to: formatDate(to, language), toElided: elided(to) },
  };
}
