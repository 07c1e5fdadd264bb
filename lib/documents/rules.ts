import { PAYMENT_STATUSES } from "@/db/schema";

type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** Where the payment of a document stands, as pages tell it. */
export const PAYMENT_WORDS = [...PAYMENT_STATUSES, "in_your_favour", "nothing"] as const;
export type PaymentWord = (typeof PAYMENT_WORDS)[number];

interface Payable {
  totalCents: number;
  paymentStatus: PaymentStatus;
}

/** What is left to be done about a document's amount. */
export type Settlement = "direct_debit" | "to_pay" | "in_your_favour" | "nothing";

/**
 * Who settles a document, as page and mail both tell it (R16). A credit is in the customer's favour,
 * whatever its status; what is paid, refunded or zero leaves nothing to do; the rest is collected
 * where a mandate pays it, else paid by hand.
 */
export function settlementOf(
  { totalCents, paymentStatus }: Payable,
  mandatePays: boolean,
): Settlement {
  if (totalCents < 0) {
    return "in_your_favour";
  }
  if (totalCents === 0 || paymentStatus === "paid" || paymentStatus === "refunded") {
    return "nothing";
  }
  return mandatePays ? "direct_debit" : "to_pay";
}

/** A document's payment in a word: its status, but of an open credit or zero that none is to pay. */
export function paymentWord(document: Payable): PaymentWord {
  const { paymentStatus } = document;
  if (paymentStatus === "paid" || paymentStatus === "refunded") {
    return paymentStatus;
  }
  const settlement = settlementOf(document, false);
  return settlement === "in_your_favour" || settlement === "nothing" ? settlement : paymentStatus;
}

/** So many PDFs go into one archive: more would keep a connection for minutes. */
export const MOST_PDFS = 120;

/** What PDFs are called in an archive, each name once: two companies may give out the same number. */
export function pdfNames(pdfs: { issueDate: string; billNumber: string }[]): string[] {
  const taken = new Map<string, number>();
  return pdfs.map(({ issueDate, billNumber }) => {
    const name = `${issueDate}_${billNumber.replace(/[^A-Za-z0-9._-]/g, "_")}`;
    const times = (taken.get(name.toLowerCase()) ?? 0) + 1;
    taken.set(name.toLowerCase(), times);
    return `${name}${times > 1 ? `_${times}` : ""}.pdf`;
  });
}
