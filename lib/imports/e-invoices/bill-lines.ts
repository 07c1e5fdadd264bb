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
