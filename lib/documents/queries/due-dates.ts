import { and, asc, eq, gt, gte, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import { companies, documents } from "@/db/schema";
import { type Context, inTransaction } from "@/lib/auth/context";
import { addDays } from "@/lib/time";
import { visibleDocuments } from "../scope";

/** For so long a bill stays in a calendar after it was due. */
const KEPT_DAYS = 400;
/** Two years of bills of many contracts. */
const MOST = 2_000;

/** When a bill is due, as a calendar tells it. */
export interface DueDate {
  id: string;
  billNumber: string;
  contractNumber: string;
  companyName: string;
  dueDate: string;
  periodFrom: string;
  periodTo: string;
  totalCents: number;
  paid: boolean;
  withdrawn: boolean;
  /** A direct debit pays it. */
  debited: boolean;
  publishedAt: Date;
}

/** A direct debit pays a document, as its own page tells it (R16). */
const debited = sql<boolean>`exists (select from paying_mandate(${documents.companyId},
  ${documents.contractId}, ${documents.holderId}, ${documents.issueDate}, ${documents.dueDate}))`;

/**
 * The actor's bills by due date, those of the last 400 days and those to come; withdrawn ones among them, since a
 * calendar has to be told (R21). Bills with nothing to pay are none.
 */
export async function listDueDates(ctx: Context, today: string): Promise<DueDate[]> {
  return await inTransaction(
    ctx,
    async ({ db, actor }) =>
      await db
        .select({
          id: documents.id,
          billNumber: documents.billNumber,
          contractNumber: documents.contractNumber,
          companyName: companies.name,
          dueDate: documents.dueDate,
          periodFrom: documents.periodFrom,
          periodTo: documents.periodTo,
          totalCents: documents.totalCents,
          paid: sql<boolean>`${documents.paymentStatus} in ('paid', 'refunded')`,
          withdrawn: sql<boolean>`${documents.withdrawnAt} is not null`,
          debited,
          publishedAt: sql<Date>`${documents.publishedAt}`.mapWith(documents.publishedAt),
        })
        .from(documents)
        .innerJoin(companies, eq(companies.id, documents.companyId))
        .where(
          and(
            visibleDocuments(actor),
            isNotNull(documents.publishedAt),
            inArray(documents.kind, ["bill", "closing_bill"]),
            gt(documents.totalCents, 0),
            gte(documents.dueDate, addDays(today, -KEPT_DAYS)),
          ),
        )
        .orderBy(asc(documents.dueDate), asc(documents.id))
        .limit(MOST),
  );
}

export type OpenBill = Awaited<ReturnType<typeof listOpenBills>>[number];

/** What the actor still owes over all contracts, the first due first; what is overdue comes before. */
export async function listOpenBills(ctx: Context, limit: number) {
  return await inTransaction(
    ctx,
    async ({ db, actor }) =>
      await db
        .select({
          id: documents.id,
          billNumber: documents.billNumber,
          contractNumber: documents.contractNumber,
          commodity: documents.commodity,
          dueDate: documents.dueDate,
          totalCents: documents.totalCents,
          overdue: sql<boolean>`${documents.paymentStatus} = 'overdue'`,
          debited,
        })
        .from(documents)
        .where(
          and(
            visibleDocuments(actor),
            isNull(documents.withdrawnAt),
            inArray(documents.kind, ["bill", "closing_bill"]),
            inArray(documents.paymentStatus, ["open", "overdue"]),
            gt(documents.totalCents, 0),
          ),
        )
        .orderBy(asc(documents.dueDate), asc(documents.id))
        .limit(limit),
  );
}
