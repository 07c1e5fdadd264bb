import { apart } from "../errors";
import type { InvoiceLine } from "./lines";
import type { EInvoice } from "./read-e-invoices";

type Billed = Pick<EInvoice, "lines" | "totalCents" | "vatCents">;

/** What neither the lines of an invoice nor its VAT hold of its total, in cents. */
export function restOf({ lines, totalCents, vatCents }: Billed): number {
  let rest = totalCents - vatCents;
  for (const { amountCents } of lines) {
    rest -= amountCents;
  }
  return rest;
}

/**
 * The lines of an invoice as a bill has them: they add up to its total. The VAT, which FatturaPA keeps apart, is one
 * more line, and so is what else the lines do not hold: discounts on the whole, stamp duty, rounding.
 */
export function billLinesOf(invoice: Billed): InvoiceLine[] {
  const { lines, vatCents } = invoice;
  if (lines.length === 0) {
    return [];
  }
  const rest = restOf(invoice);
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
export const keptLinesOf = (invoice: Billed): string =>
  `[${billLinesOf(invoice).map(keptLine).join()}]`;

const keptLine = (
  { section, description, quantity, unit, unitPriceEur, amountCents }: InvoiceLine,
  at: number,
) =>
  `[${at + 1},"${section}",${quoted(description)},${quantity},${unit === null ? null : quoted(unit)},${unitPriceEur},${amountCents}]`;

/** Texts as JSON: those of lines are few, and stand in invoice after invoice. */
const known = new Map<string, string>();
const KNOWN_MAX = 1_000;

function quoted(text: string): string {
  let json = known.get(text);
  if (json === undefined) {
    json = JSON.stringify(text);
    if (known.size < KNOWN_MAX) {
      known.set(apart(text), json);
    }
  }
  return json;
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
