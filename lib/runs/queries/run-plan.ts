import { and, asc, count, desc, eq, sql } from "drizzle-orm";
import { contracts, deliveryPlans } from "@/db/schema";
import type { StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import type { DeliveryMode, DeliveryReason } from "@/lib/delivery/rules";
import { requireRunReader } from "../rules";
import { planRowsAfter } from "./plan-rows";
import { getRun, type RunReference } from "./run";

/** Rows of the plan that a page shows at once. */
const PAGE = 50;

export interface PlanGroup {
  mode: DeliveryMode;
  reason: DeliveryReason;
  contracts: number;
  /** Contracts of the group with a discount. */
  discounted: number;
}

/** How many contracts a run's plan has by mode and reason, electronic first. */
export async function countPlan(
  ctx: Context<StaffActor>,
  reference: RunReference,
): Promise<PlanGroup[]> {
  return await inTransaction(ctx, async (tx) => {
    requireRunReader(tx.actor);
    const run = await getRun(tx, reference);
    return await tx.db
      .select({
        mode: deliveryPlans.mode,
        reason: deliveryPlans.reason,
        contracts: count(),
        discounted: sql<number>`count(*) filter (where ${deliveryPlans.discountCents} > 0)::int`,
      })
      .from(deliveryPlans)
      .where(and(eq(deliveryPlans.companyId, run.companyId), eq(deliveryPlans.runId, run.id)))
      .groupBy(deliveryPlans.mode, deliveryPlans.reason)
      .orderBy(asc(deliveryPlans.mode), desc(count()));
  });
}

export type PlannedContract = Awaited<ReturnType<typeof searchPlan>>["rows"][number];

/**
 * Rows of a run's plan by contract number, a page at a time: those after `after`, of numbers that
 * begin with `contract`, in a mode. `next` is where the next page begins, null on the last.
 * @throws {ForbiddenError} for a role that may not look at runs
 * @throws {NotFoundError} if the company has no such run
 */
export async function searchPlan(
  ctx: Context<StaffActor>,
  reference: RunReference,
  { contract, mode, after }: { contract?: string; mode?: DeliveryMode; after?: string } = {},
) {
  return await inTransaction(ctx, async (tx) => {
    requireRunReader(tx.actor);
    const run = await getRun(tx, reference);
    const such = and(
      mode ? eq(deliveryPlans.mode, mode) : undefined,
      contract ? sql`starts_with(${contracts.contractNumber}, ${contract})` : undefined,
    );
    const found = await planRowsAfter(tx, run, { after, such, limit: PAGE + 1 });
    const rows = found.slice(0, PAGE);
    return { rows, next: found.length > PAGE ? (rows.at(-1)?.contractNumber ?? null) : null };
  });
}
