import type { Language } from "@/lib/i18n/languages";
import { formatCents } from "@/lib/money";
import { formatMonth } from "@/lib/time";
import { partOfMonth } from "./rules";

/** next-intl's translator of the namespace `delivery`. */
type Translate = (key: string, values: Record<string, string>) => string;

/** `dalla bolletta di metà dicembre 2026`, from the day of its cut-off (R11). */
export function fromBillWords(
  t: (key: `from.${ReturnType<typeof partOfMonth>}`, values: { month: string }) => string,
  cutOffOn: string,
  language: Language,
): string {
  return t(`from.${partOfMonth(cutOffOn)}`, { month: formatMonth(cutOffOn, language) });
}

/** `6,00 € all'anno`; null when there is no discount (R13). */
export function offerWords(
  t: Translate,
  offer: { offerCents: number | null; offerBasis: string | null },
  language: Language,
): string | null {
  return offer.offerCents === null
    ? null
    : t(`offer.${offer.offerBasis}`, { amount: formatCents(offer.offerCents, language) });
}
