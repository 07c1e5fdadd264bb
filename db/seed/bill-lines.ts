import type { BillPdf } from "./bill-pdf";
import { diceFor } from "./dice";
import { DISCOUNTS } from "./group";
import { isFirm, type SuppliedContract } from "./supplied";
import { BILL_WORDS, BILLING, PRICES } from "./tariffs";

/** What one bill covers. */
export interface Period {
  from: string;
  to: string;
  months: number;
  closing: boolean;
}

/** What was used in a period, base units, and per time band where there are any. */
export interface Use {
  total: number;
  f1: number;
  f2: number;
  f3: number;
  estimated: boolean;
}

/** Whole units, as a bill counts them. */
export const inUnit = (contract: SuppliedContract, baseUnits: number) =>
  Math.round(baseUnits / BILLING[contract.commodity].baseUnits);

/** The lines of a bill, in the order of its sections; they add up to its total. */
export function linesOf(
  contract: SuppliedContract,
  period: Period,
  use: Use,
  discountCents: number,
  issued: string,
): BillPdf["lines"] {
  const { commodity, language, powerKw } = contract;
  const words = BILL_WORDS[language];
  const billing = BILLING[commodity];
  const segment = isFirm(contract.customer) ? "firm" : "home";
  // The bands are whole units each, and together the whole units of the bill.
  const total = inUnit(contract, use.total);
  const f1 = Math.min(total, inUnit(contract, use.f1));
  const f2 = Math.min(total - f1, inUnit(contract, use.f2));
  const quantities = {
    use: total,
    f1,
    f2,
    f3: total - f1 - f2,
    months: period.months,
    "kw-months": (powerKw ?? 0) * period.months,
  };
  const units = { months: words.month, "kw-months": "kW" } as Record<string, string>;
  // Prices move a little from year to year, so that a change of the price can be seen.
  const year = diceFor(`prices ${commodity} ${issued.slice(0, 4)}`).between(0.95, 1.06);
  const lines: BillPdf["lines"] = PRICES[commodity].map((price) => {
    const moves = price.section === "energy" ? year : 1;
    const unitPriceEur = Math.round(price[segment] * moves * 1e6) / 1e6;
    const quantity = quantities[price.per];
    return {
      section: price.section,
      description: price.name[language],
      quantity,
      unit: units[price.per] ?? billing.unit,
      unitPriceEur,
      amountCents: Math.round(quantity * unitPriceEur * 100),
    };
  });
  if (discountCents > 0) {
    lines.push(item("other", words.discount, -discountCents));
  }
  if (isTimeBarred(contract, period)) {
    lines.push(item("time-barred", words.timeBarred, 4_218));
  }
  const taxable = lines.reduce((sum, { amountCents }) => sum + amountCents, 0);
  const vatRate = billing.vatRate[segment];
  lines.push(item("taxes", words.vat(Math.round(vatRate * 100)), Math.round(taxable * vatRate)));
  if (commodity === "electricity" && segment === "home" && hasTelevision(contract, period)) {
    lines.push(item("other", words.television, 900 * period.months));
  }
  return lines.sort(
    (one, other) => SECTIONS.indexOf(one.section) - SECTIONS.indexOf(other.section),
  );
}

const SECTIONS = ["energy", "network", "system", "taxes", "other", "time-barred"];

/** A line without a price per unit. */
export const item = (
  section: BillPdf["lines"][number]["section"],
  description: string,
  cents: number,
) => ({
  section,
  description,
  quantity: null,
  unit: null,
  unitPriceEur: null,
  amountCents: cents,
});

/** The fee comes with the bills from January to October; a holiday home pays none. */
const hasTelevision = ({ supply }: SuppliedContract, { to }: Period) =>
  supply.usage !== "holiday-home" && Number(to.slice(5, 7)) <= 10;

const isTimeBarred = ({ supply }: SuppliedContract, { from }: Period) =>
  supply.event === "time-barred" && from.slice(5, 7) === "03";

/** What the electronic bill earned at its issue (R13): per bill, or a share of the year. */
export function discountOf(
  { supply, commodity, mandate }: SuppliedContract,
  { months }: Period,
  issued: string,
  electronicSince: string,
): number {
  const active = mandate?.since && mandate.since <= issued && (mandate.until ?? "9999") > issued;
  if (supply.choice !== "electronic" || !active || issued < electronicSince) {
    return 0;
  }
  const discount = DISCOUNTS.find(
    (one) =>
      one.commodity === commodity &&
      one.validFrom <= issued &&
      (one.validUntil === undefined || one.validUntil === null || issued < one.validUntil),
  );
  if (!discount) {
    return 0;
  }
  return discount.basis === "per_bill"
    ? discount.amountCents
    : Math.round((discount.amountCents * months) / 12);
}
