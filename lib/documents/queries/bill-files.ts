import { and, desc, eq, isNotNull, sql } from "drizzle-orm";
import { companies, dispatches, documents } from "@/db/schema";
import { type Context, inTransaction } from "@/lib/auth/context";
import type { BillFilter, BillPlace } from "../schema";
import { visibleDocuments } from "../scope";
import { matching, onList, place } from "./bill-list";

/** So many rows of a file are read at once. */
const ROWS = 500;

/** Where the PDF of a document lies. */
export interface BillPdf {
  billNumber: string;
  issueDate: string;
  storageKey: string;
}

/** The PDFs of the documents that a filter lets through, newest first, `limit` at most; those without one are none. */
export async function listBillPdfs(
  ctx: Context,
  filter: BillFilter,
  limit: number,
): Promise<BillPdf[]> {
  return await inTransaction(ctx, async ({ db, actor }) => {
    const rows = await db
      .select({
        billNumber: documents.billNumber,
        issueDate: documents.issueDate,
        storageKey: sql<string>`${documents.storageKey}`,
      })
      .from(documents)
      .where(and(visibleDocuments(actor), matching(filter), isNotNull(documents.storageKey)))
      .orderBy(desc(documents.issueDate), desc(documents.id))
      .limit(limit);
    return rows;
  });
}

export type BillFileRow = Awaited<ReturnType<typeof readRows>>[number];

/**
 * Everything of the archive's list that a filter lets through, newest first. It is read a part at a time, each in a
 * transaction of its own: a slow download holds no connection.
 */
export async function* eachBill(ctx: Context, filter: BillFilter): AsyncGenerator<BillFileRow> {
  for (let after: BillPlace | undefined; ; ) {
    const rows = await readRows(ctx, filter, after);
    yield* rows;
    after = rows.at(-1);
    if (rows.length < ROWS) {
      return;
    }
  }
}

async function readRows(ctx: Context, filter: BillFilter, after: BillPlace | undefined) {
  return await inTransaction(
    ctx,
    async ({ db, actor }) =>
      await db
        .select({
          ...onList,
          supplyPoint: documents.supplyPoint,
          supplyAddress: documents.supplyAddress,
          consumption: documents.consumption,
          consumptionUnit: documents.consumptionUnit,
          discountCents: documents.discountCents,
          channel: dispatches.channel,
        })
        .from(documents)
        .innerJoin(companies, eq(companies.id, documents.companyId))
        .leftJoin(
          dispatches,
          and(
            eq(dispatches.companyId, documents.companyId),
            eq(dispatches.contractId, documents.contractId),
            eq(dispatches.documentId, documents.id),
          ),
        )
        .where(
          and(
            visibleDocuments(actor),
            matching(filter),
            after && sql`${place} < (${after.issueDate}::date, ${after.id}::uuid)`,
          ),
        )
        .orderBy(desc(documents.issueDate), desc(documents.id))
        .limit(ROWS),
  );
}
