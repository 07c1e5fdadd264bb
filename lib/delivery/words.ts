import type { Language } from "@/lib/i18n/languages";
import { formatCents } from "@/lib/money";
import { formatMonth } from "@/lib/time";
import { CONTRACTS_NAMED, partOfMonth } from "./rules";

/** next-intl's translator of the namespace `delivery`. */
type Translate = (key: string, values: Record<string, string>) => string;

/**
 * `dalla bolletta di metà dicembre 2026`, from the day of its cut-off (R11); null stands for the closing
 * bill, of a supply that no cut-off finds any more.
 */
export function fromBillWords(
  t: (
    key: `from.${ReturnType<typeof partOfMonth> | "closing"}`,
    values: { month: string },
  ) => string,
  cutOffOn: string | null,
  language: Language,
): string {
  if (cutOffOn === null) {
    return t("from.closing", { month: "" });
  }
  return t(`from.${partOfMonth(cutOffOn)}`, { month: formatMonth(cutOffOn, language) });
}

/** `la bolletta di metà novembre 2026`, from the day of its cut-off. */
export function billWords(
  t: (key: `bill.${ReturnType<typeof partOfMonth>}`, values: { month: string }) => string,
  cutOffOn: string,
  language: Language,
): string {
  return t(`bill.${partOfMonth(cutOffOn)}`, { month: formatMonth(cutOffOn, language) });
}

/** The first ten of some contract numbers, and how many more there are. */
export function contractWords(
  t: (key: "contracts", values: { numbers: string; more: number }) => string,
  contractNumbers: string[],
): string {
  const named = contractNumbers.slice(0, CONTRACTS_NAMED);
  return t("contracts", {
    numbers: named.join(", "),
    more: contractNumbers.length - named.length,
  });
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
