import type { Period } from "@/lib/consumption/period";
import { rangeOf } from "@/lib/consumption/period";
import type { Language } from "@/lib/i18n/languages";
import { formatMonth } from "@/lib/time";

/** `settembre 2024`, or `2024`. */
export function periodWords(period: Period, language: Language): string {
  return period.month === null ? String(period.year) : formatMonth(rangeOf(period).from, language);
}

/** The page's address for a contract and period, without the language's prefix. */
export function consumptionHref(contract: string, period?: Period): string {
  const query = new URLSearchParams({ contract });
  if (period) {
    query.set("year", String(period.year));
    if (period.month !== null) {
      query.set("month", String(period.month));
    }
  }
  return `/consumption?${query}`;
}
