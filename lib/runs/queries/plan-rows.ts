import { and, asc, eq, gt, type SQL } from "drizzle-orm";
import { contracts, deliveryPlans } from "@/db/schema";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import type { DeliveryReason } from "@/lib/delivery/rules";
import { type RunActor, requireRunReader } from "../rules";
import { getRun, type Run, type RunReference } from "./run";

/** Plan rows that are fetched at once; memory stays flat however long the plan is. */
const PLAN_PAGE = 5_000;

export interface PlanRow {
  contractNumber: string;
  mode: "electronic" | "paper";
  /** Only where the mode is electronic. */
  email: string | null;
  reason: DeliveryReason;
  discountCents: number;
  discountBasis: "per_year" | "per_bill" | null;
}

/**
 * The frozen plan of a run by contract number, page by page: what the billing system and the print
 * house get (R12).
 * @throws {NotFoundError} if there is no such run
 */
export async function* planRows(
  ctx: Context<RunActor>,
  reference: RunReference,
): AsyncGenerator<PlanRow> {
  requireRunReader(ctx.actor);
  let after: string | undefined;
  do {
    const page = await planPage(ctx, reference, after);
    yield* page;
    after = page.length < PLAN_PAGE ? undefined : page.at(-1)?.contractNumber;
  } while (after !== undefined);
}

async function planPage(
  ctx: Context<RunActor>,
  reference: RunReference,
  after: string | undefined,
): Promise<PlanRow[]> {
  return await inTransaction(ctx, async (tx) => {
    return await planRowsAfter(tx, await getRun(tx, reference), { after, limit: PLAN_PAGE });
  });
}

/** Rows of a run's plan whose contract number comes after `after`, in order; `such` narrows them. */
export async function planRowsAfter(
  { db }: TxContext,
  run: Run,
  { after, such, limit }: { after: string | undefined; such?: SQL; limit: number },
): Promise<PlanRow[]> {
  return await db
    .select({
      contractNumber: contracts.contractNumber,
      mode: deliveryPlans.mode,
      email: deliveryPlans.email,
      reason: deliveryPlans.reason,
      discountCents: deliveryPlans.discountCents,
      discountBasis: deliveryPlans.discountBasis,
    })
    .from(deliveryPlans)
    .innerJoin(
      contracts,
      and(
        eq(contracts.companyId, deliveryPlans.companyId),
        eq(contracts.id, deliveryPlans.contractId),
      ),
    )
    .where(
      and(
        eq(deliveryPlans.companyId, run.companyId),
        eq(deliveryPlans.runId, run.id),
        after === undefined ? undefined : gt(contracts.contractNumber, after),
        such,
      ),
    )
    .orderBy(asc(contracts.contractNumber))
    .limit(limit);
}
