import { Temporal } from "temporal-polyfill";
import { addDays } from "@/lib/time";
import { discountOf, inUnit, item, linesOf, type Period, type Use } from "./bill-lines";
import type { BillPdf } from "./bill-pdf";
import { diceFor } from "./dice";
import { endOfMonth, isFirm, monthsFrom, type SuppliedContract } from "./supplied";
import { BILL_WORDS, BILLING } from "./tariffs";

/** How far back the archive goes. */
const ARCHIVE_MONTHS = 24;

export interface SeedBill {
  contract: SuppliedContract;
  billNumber: string;
  kind: "bill" | "closing_bill" | "credit_note";
  issueDate: string;
  dueDate: string;
  periodFrom: string;
  periodTo: string;
  totalCents: number;
  consumption: number | null;
  estimated: boolean;
  discountCents: number;
  paymentStatus: "open" | "paid" | "overdue" | "refunded";
  lines: BillPdf["lines"];
}

/** Tells what a contract used between two days, both included. */
export type Meter = (contract: SuppliedContract, from: string, to: string) => Use;

/**
 * Two years of bills of every contract, as they are issued by `today`, with numbers counted per
 * company and year. What was used comes from the readings, so that page and chart agree.
 */
export function seedBills(
  contracts: SuppliedContract[],
  meter: Meter,
  today: string,
  electronicSince: string,
): SeedBill[] {
  const bills = contracts
    .flatMap((contract) =>
      periodsOf(contract, today).map((period) =>
        billOf(contract, period, meter(contract, period.from, period.to), today, electronicSince),
      ),
    )
    .concat(contracts.flatMap((contract) => creditNotes(contract, today)));
  bills.sort(
    (one, other) =>
      one.issueDate.localeCompare(other.issueDate) ||
      one.contract.contractNumber.localeCompare(other.contract.contractNumber),
  );
  const counted = new Map<string, number>();
  return bills.map((bill) => {
    const { letter } = BILLING[bill.contract.commodity];
    const series = `${letter}${bill.issueDate.slice(0, 4)}`;
    const number = (counted.get(series) ?? 100) + 1;
    counted.set(series, number);
    return { ...bill, billNumber: `${series}${String(number).padStart(6, "0")}` };
  });
}

/** The complete periods of the calendar that are billed by today. */
function periodsOf(contract: SuppliedContract, today: string): Period[] {
  const { months: cycle, issueDay } = BILLING[contract.commodity];
  const months = isFirm(contract.customer) ? cycle.firm : cycle.home;
  const thisMonth = Temporal.PlainDate.from(today).with({ day: 1 });
  const periods: Period[] = [];
  for (let back = ARCHIVE_MONTHS + months; back > 0; back -= 1) {
    const first = thisMonth.subtract({ months: back });
    if ((first.month - 1) % months !== 0) {
      continue;
    }
    const from = first.toString();
    const lastDay = endOfMonth(monthsFrom(from, months - 1));
    const closing = contract.endsOn !== null && contract.endsOn <= lastDay;
    const to = closing && contract.endsOn ? contract.endsOn : lastDay;
    const issued = issueDate(to, issueDay);
    if (from >= firstFullMonth(contract.startsOn) && from <= to && issued <= today) {
      periods.push({ from, to, months: monthsIn(from, to), closing });
    }
  }
  return periods;
}

const firstFullMonth = (startsOn: string) =>
  startsOn.endsWith("-01") ? startsOn : addDays(endOfMonth(startsOn), 1);

const monthsIn = (from: string, to: string) =>
  Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(addDays(to, 1)), {
    largestUnit: "months",
  }).months;

const issueDate = (periodTo: string, day: number) =>
  Temporal.PlainDate.from(addDays(endOfMonth(periodTo), 1))
    .with({ day })
    .toString();

function billOf(
  contract: SuppliedContract,
  period: Period,
  use: Use,
  today: string,
  electronicSince: string,
): SeedBill {
  const { issueDay } = BILLING[contract.commodity];
  const issued = issueDate(period.to, issueDay);
  const dueDate = addDays(issued, 24);
  const discountCents = discountOf(contract, period, issued, electronicSince);
  const lines = linesOf(contract, period, use, discountCents, issued);
  return {
    contract,
    billNumber: "",
    kind: period.closing ? "closing_bill" : "bill",
    issueDate: issued,
    dueDate,
    periodFrom: period.from,
    periodTo: period.to,
    totalCents: lines.reduce((sum, { amountCents }) => sum + amountCents, 0),
    consumption: inUnit(contract, use.total),
    estimated: use.estimated,
    discountCents,
    paymentStatus: paymentOf(contract, dueDate, today),
    lines,
  };
}

function paymentOf(
  { contractNumber, supply, mandate }: SuppliedContract,
  dueDate: string,
  today: string,
): SeedBill["paymentStatus"] {
  if (dueDate >= today) {
    return "open";
  }
  if (supply.event === "unpaid" && dueDate >= monthsFrom(today, -5)) {
    return "overdue";
  }
  const forgotten =
    mandate?.status !== "active" &&
    dueDate >= monthsFrom(today, -2) &&
    diceFor(`forgotten ${contractNumber}`).roll() < 0.3;
  return forgotten ? "overdue" : "paid";
}

function creditNotes(contract: SuppliedContract, today: string): SeedBill[] {
  if (contract.supply.event !== "credit-note") {
    return [];
  }
  const issued = monthsFrom(`${today.slice(0, 8)}10`, -7);
  const lines = [item("other", BILL_WORDS[contract.language].refund, -3_785)];
  return [
    {
      contract,
      billNumber: "",
      kind: "credit_note",
      issueDate: issued,
      dueDate: addDays(issued, 24),
      periodFrom: monthsFrom(`${issued.slice(0, 8)}01`, -4),
      periodTo: endOfMonth(monthsFrom(issued, -1)),
      totalCents: -3_785,
      consumption: null,
      estimated: false,
      discountCents: 0,
      paymentStatus: "refunded",
      lines,
    },
  ];
}
