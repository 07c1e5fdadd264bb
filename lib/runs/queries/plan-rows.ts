import { and, asc, eq, gt } from "drizzle-orm";
import { contracts, deliveryPlans } from "@/db/schema";
import { type Context, inTransaction } from "@/lib/auth/context";
import { type RunActor, requireRunReader } from "../rules";
import { getRun, type RunReference } from "./run";

/** Plan rows that are fetched at once; memory stays flat however long the plan is. */
const PLAN_PAGE = 5_000;

export interface PlanRow {
  contractNumber: string;
  mode: "electronic" | "paper";
  /** Only where the mode is electronic. */
  email: string | null;
  reason: string;
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
    const run = await getRun(tx, reference);
    return await tx.db
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
        ),
      )
      .orderBy(asc(contracts.contractNumber))
      .limit(PLAN_PAGE);
  });
}
