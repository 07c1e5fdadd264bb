import { and, asc, gt, gte, inArray, isNull, lte, sql } from "drizzle-orm";
import { contracts, documents } from "@/db/schema";
import { type Context, inTransaction } from "@/lib/auth/context";
import { visibleDocuments } from "@/lib/documents/scope";
import { addDays } from "@/lib/time";
import { type ContractKey, type DayRange, isOneOf, ONE_PLAN } from "../queries";
import { billedBase, contractOfDocument } from "./billed-base";

/** For so long the last bill tells what a day costs. */
const PRICE_STANDS_DAYS = 400;

/** What a bill came to for what it covers. */
export interface BilledPrice {
  contractId: string;
  /** First and last day that it covers. */
  from: string;
  to: string;
  issueDate: string;
  cents: number;
  /** Base units that were billed: more than 0. */
  base: number;
}

/**
 * The bills of contracts that cover any day of the range, and those of some time before, since the last of
 * them tells what a day costs that is not billed yet. Credit notes and withdrawn bills tell no price.
 */
export async function listBilledPrices(
  ctx: Context,
  keys: ContractKey[],
  { from, to }: DayRange,
): Promise<BilledPrice[]> {
  if (keys.length === 0) {
    return [];
  }
  return await inTransaction(
    ctx,
    async ({ db, actor }) =>
      await db
        .select({
          contractId: documents.contractId,
          from: documents.periodFrom,
          to: documents.periodTo,
          issueDate: documents.issueDate,
          cents: documents.totalCents,
          base: sql<number>`${billedBase}`,
        })
        .from(documents)
        .innerJoin(contracts, contractOfDocument)
        .where(
          and(
            isOneOf(documents.companyId, documents.contractId, keys),
            inArray(documents.kind, ["bill", "closing_bill"]),
            isNull(documents.withdrawnAt),
            gt(billedBase, 0),
            lte(documents.periodFrom, to),
            gte(documents.periodTo, addDays(from, -PRICE_STANDS_DAYS)),
            visibleDocuments(actor),
          ),
        )
        .orderBy(asc(documents.periodFrom), asc(documents.issueDate)),
    ONE_PLAN,
  );
}
