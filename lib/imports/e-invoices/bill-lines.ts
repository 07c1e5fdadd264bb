import type { InvoiceLine } from "./lines";
import type { EInvoice } from "./read-e-invoices";

/**
 * The lines of an invoice as a bill has them: they add up to its total. What the lines do not hold is the tax
 * on them, as one more line (VAT, rounding and stamp duty, which FatturaPA keeps apart).
 */
export function billLinesOf({
  lines,
  totalCents,
}: Pick<EInvoice, "lines" | "totalCents">): InvoiceLine[] {
  if (lines.length === 0) {
    return [];
  }
  const rest = totalCents - lines.reduce((sum, { amountCents }) => sum + amountCents, 0);
  if (rest === 0) {
    return lines;
  }
  return [
    ...lines,
    {
      section: "taxes",
      description: "IVA e arrotondamenti",
      quantity: null,
      unit: null,
      unitPriceEur: null,
      amountCents: rest,
    },
  ];
}
