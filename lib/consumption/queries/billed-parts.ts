import { and, count, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import { billLines, contracts, documents } from "@/db/schema";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { visibleDocuments } from "@/lib/documents/scope";
import type { ContractKey } from "../queries";
import { billedBase, contractOfDocument } from "./billed-base";

/** A bill, taken apart by what makes its amounts grow. All in cents; the four parts add up to the total. */
export interface BilledParts {
  id: string;
  billNumber: string;
  issueDate: string;
  /** First and last day that it covers. */
  from: string;
  to: string;
  totalCents: number;
  /** Base units that were billed: more than 0. */
  base: number;
  /** Lines by the kWh, Smc or m³. */
  byQuantityCents: number;
  /** Lines by the month, the kW or whatever else does not move with the consumption. */
  fixedCents: number;
  /** Value-added tax and whatever else stands among the taxes without a quantity. */
  vatCents: number;
  /** Discounts, television fee, time-barred amounts. */
  otherCents: number;
}

/** What is known of a contract's bills. */
export interface Billed {
  /** The latest that have lines, newest first. */
  bills: BilledParts[];
  /** The last day that any bill covers; null without one. */
  to: string | null;
  /** The contract has its closing bill. */
  closed: boolean;
  /** The contract's last day, if it has one. */
  endsOn: string | null;
}

/** As many as two years of monthly bills, and some to spare for those that overlap. */
const MOST_BILLS = 26;
/** A bill, others that end on the same day, and the one before. */
const MOST_BESIDE = 6;
/** How lines name the unit of what is used, in lower case. */
const QUANTITY_UNITS = ["kwh", "smc", "m³", "m3", "mc"];

/** Which of a contract's bills are taken apart. */
interface AskedBills extends ContractKey {
  /** That bill, and those whose period ends before; else all. */
  upTo?: { periodTo: string; issueDate: string };
  most: number;
}

/**
 * The latest bills of a contract, those that have lines and a consumption taken apart (R25). Withdrawn ones and
 * credit notes are not among them; of another customer's contract there is none (R28).
 */
export async function getBilled(ctx: Context, key: ContractKey): Promise<Billed> {
  const rows = await inTransaction(ctx, (tx) => billRows(tx, { ...key, most: MOST_BILLS }));
  return {
    bills: takenApart(rows),
    to: rows[0]?.to ?? null,
    closed: rows.some(({ kind }) => kind === "closing_bill"),
    endsOn: rows[0]?.endsOn ?? null,
  };
}

/** A bill and the last one whose period ended before its own; null where either is missing or has no lines. */
export async function billedBeside(
  tx: TxContext,
  {
    id,
    periodTo,
    issueDate,
    ...key
  }: ContractKey & {
    id: string;
    periodTo: string;
    issueDate: string;
  },
): Promise<{ before: BilledParts; after: BilledParts } | null> {
  const upTo = { periodTo, issueDate };
  const bills = takenApart(await billRows(tx, { ...key, upTo, most: MOST_BESIDE }));
  const after = bills.find((bill) => bill.id === id);
  const before = bills.find(({ to }) => to < periodTo);
  return after && before ? { before, after } : null;
}

type BillRow = Awaited<ReturnType<typeof billRows>>[number];

const takenApart = (rows: BillRow[]): BilledParts[] =>
  rows.flatMap(({ lines, kind, endsOn, base, ...bill }) =>
    lines > 0 && base ? [{ ...bill, base }] : [],
  );

async function billRows(
  { db, actor }: TxContext,
  { companyId, contractId, upTo, most }: AskedBills,
) {
  const byQuantity = sql`lower(${billLines.unit}) in ${QUANTITY_UNITS}`;
  const vat = sql`${billLines.section} = 'taxes' and ${billLines.unit} is null`;
  const other = sql`${billLines.section} in ('other', 'time-barred') and ${billLines.unit} is null`;
  const sumWhere = (condition: ReturnType<typeof sql>) =>
    sql<number>`coalesce(sum(${billLines.amountCents}) filter (where ${condition}), 0)::int`;
  return await db
    .select({
      id: documents.id,
      kind: documents.kind,
      endsOn: contracts.endsOn,
      lines: count(billLines.lineNumber),
      billNumber: documents.billNumber,
      issueDate: documents.issueDate,
      from: documents.periodFrom,
      to: documents.periodTo,
      totalCents: documents.totalCents,
      base: billedBase,
      byQuantityCents: sumWhere(byQuantity),
      fixedCents: sumWhere(
        sql`not coalesce(${byQuantity}, false) and not (${vat}) and not (${other})`,
      ),
      vatCents: sumWhere(vat),
      otherCents: sumWhere(other),
    })
    .from(documents)
    // A former holder keeps the bills, and sees the contract no more (R5).
    .leftJoin(contracts, contractOfDocument)
    .leftJoin(
      billLines,
      and(
        eq(billLines.companyId, documents.companyId),
        eq(billLines.contractId, documents.contractId),
        eq(billLines.documentId, documents.id),
      ),
    )
    .where(
      and(
        eq(documents.companyId, companyId),
        eq(documents.contractId, contractId),
        inArray(documents.kind, ["bill", "closing_bill"]),
        isNull(documents.withdrawnAt),
        upTo
          ? sql`(${documents.periodTo}, ${documents.issueDate}) <= (${upTo.periodTo}::date, ${upTo.issueDate}::date)`
          : undefined,
        visibleDocuments(actor),
      ),
    )
    .groupBy(
      ...[documents.companyId, documents.contractId, documents.id],
      ...[contracts.companyId, contracts.id],
    )
    .orderBy(desc(documents.periodTo), desc(documents.issueDate))
    .limit(most);
}
