import type { InvoiceLine } from "./lines";
import type { EInvoice } from "./read-e-invoices";

/**
 * The lines of an invoice as a bill has them: they add up to its total. The VAT, which FatturaPA keeps apart, is one
 * more line, and so is what else the lines do not hold: discounts on the whole, stamp duty, rounding.
 */
export function billLinesOf({
  lines,
  totalCents,
  vatCents,
}: Pick<EInvoice, "lines" | "totalCents" | "vatCents">): InvoiceLine[] {
  if (lines.length === 0) {
    return [];
  }
  const rest = totalCents - vatCents - lines.reduce((sum, { amountCents }) => sum + amountCents, 0);
  return [
    ...lines,
    ...(vatCents === 0 ? [] : [further("taxes", "IVA", vatCents)]),
    ...(rest === 0 ? [] : [further("other", "Altri importi e arrotondamenti", rest)]),
  ];
}

/**
 * The same as JSON of `bill_line_sets`, numbered from 1. Quantities and prices are written as they are: as
 * numbers of JavaScript they would lose digits.
 */
export const keptLinesOf = (invoice: Parameters<typeof billLinesOf>[0]): string =>
  `[${billLinesOf(invoice).map(keptLine).join()}]`;

const keptLine = (
  { section, description, quantity, unit, unitPriceEur, amountCents }: InvoiceLine,
  at: number,
) =>
  `[${at + 1},"${section}",${JSON.stringify(description)},${quantity},${JSON.stringify(unit)},${unitPriceEur},${amountCents}]`;

const further = (
  section: InvoiceLine["section"],
  description: string,
  amountCents: number,
): InvoiceLine => ({
  section,
  description,
  quantity: null,
  unit: null,
  unitPriceEur: null,
  amountCents,
});
