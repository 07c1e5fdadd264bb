import { and, gt, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import { documents } from "@/db/schema";
import { type Context, inTransaction } from "@/lib/auth/context";
import { visibleDocuments } from "@/lib/documents/scope";

export type Earning = Awaited<ReturnType<typeof listEarnings>>[number];

/**
 * What electronic bills have earned so far on the actor's contracts (R13): integer cents, and the issue
 * date of the first bill with a discount. Withdrawn bills do not count (R21).
 */
export async function listEarnings(ctx: Context, { contractIds }: { contractIds: string[] }) {
  return await inTransaction(ctx, async ({ db, actor }) => {
    return await db
      .select({
        contractId: documents.contractId,
        earnedCents: sql<number>`sum(${documents.discountCents})::int`,
        since: sql<string>`min(${documents.issueDate})::text`,
      })
      .from(documents)
      .where(
        and(
          visibleDocuments(actor),
          inArray(documents.contractId, contractIds),
          gt(documents.discountCents, 0),
          isNotNull(documents.publishedAt),
          isNull(documents.withdrawnAt),
        ),
      )
      .groupBy(documents.contractId);
  });
}
