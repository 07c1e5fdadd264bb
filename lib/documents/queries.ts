import { desc, eq } from "drizzle-orm";
import { companies, documents } from "@/db/schema";
import { type Context, inTransaction } from "@/lib/auth/context";
import { visibleDocuments } from "./scope";

/** How many bills a page of the archive shows. */
export const BILLS_PER_PAGE = 24;

export interface BillListItem {
  id: string;
  kind: (typeof documents.$inferSelect)["kind"];
  billNumber: string;
  contractNumber: string;
  commodity: (typeof documents.$inferSelect)["commodity"];
  companyName: string;
  issueDate: string;
  dueDate: string;
  periodFrom: string;
  periodTo: string;
  totalCents: number;
  paymentStatus: (typeof documents.$inferSelect)["paymentStatus"];
}

/** One page (from 0) of the actor's documents, newest first, and whether there are more. */
export async function listBills(
  ctx: Context,
  { page }: { page: number },
): Promise<{ bills: BillListItem[]; more: boolean }> {
  return await inTransaction(ctx, async ({ db, actor }) => {
    const rows = await db
      .select({
        id: documents.id,
        kind: documents.kind,
        billNumber: documents.billNumber,
        contractNumber: documents.contractNumber,
        commodity: documents.commodity,
        companyName: companies.name,
        issueDate: documents.issueDate,
        dueDate: documents.dueDate,
        periodFrom: documents.periodFrom,
        periodTo: documents.periodTo,
        totalCents: documents.totalCents,
        paymentStatus: documents.paymentStatus,
      })
      .from(documents)
      .innerJoin(companies, eq(companies.id, documents.companyId))
      .where(visibleDocuments(actor))
      .orderBy(desc(documents.issueDate), desc(documents.id))
      .limit(BILLS_PER_PAGE + 1)
      .offset(page * BILLS_PER_PAGE);
    return { bills: rows.slice(0, BILLS_PER_PAGE), more: rows.length > BILLS_PER_PAGE };
  });
}
