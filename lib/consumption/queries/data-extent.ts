import { and, eq, sql } from "drizzle-orm";
import { contracts, dailyConsumption } from "@/db/schema";
import { type Context, inTransaction } from "@/lib/auth/context";
import type { ContractKey } from "../queries";
import { visibleDays } from "../scope";

/** How much is known of a contract's consumption, both directions together. */
export interface DataExtent {
  firstDay: string;
  lastDay: string;
  /** Days that have any data. */
  days: number;
  /** Days between the first and the last that have none. */
  emptyDays: number;
  /** Days with data of which some intervals are missing (R22). */
  daysWithGaps: number;
}

/**
 * How much of a contract's consumption the actor may see (R28), since their holder has it (R5); null where
 * there is nothing, and for another customer's contract.
 */
export async function findDataExtent(
  ctx: Context,
  { companyId, contractId }: ContractKey,
): Promise<DataExtent | null> {
  return await inTransaction(ctx, async ({ db, actor }) => {
    const day = dailyConsumption.localDay;
    const [found] = await db
      .select({
        firstDay: sql<string | null>`min(${day})`,
        lastDay: sql<string | null>`max(${day})`,
        days: sql<number>`count(distinct ${day})::int`,
        daysWithGaps: sql<number>`(count(distinct ${day})
          filter (where ${dailyConsumption.missing} > 0))::int`,
        span: sql<number | null>`max(${day}) - min(${day}) + 1`,
      })
      .from(contracts)
      .innerJoin(
        dailyConsumption,
        and(
          eq(dailyConsumption.companyId, contracts.companyId),
          eq(dailyConsumption.contractId, contracts.id),
        ),
      )
      .where(
        and(eq(contracts.companyId, companyId), eq(contracts.id, contractId), visibleDays(actor)),
      );
    const { firstDay, lastDay, days, daysWithGaps, span } = found ?? {};
    return firstDay && lastDay && days && span
      ? { firstDay, lastDay, days, emptyDays: span - days, daysWithGaps: daysWithGaps ?? 0 }
      : null;
  });
}
