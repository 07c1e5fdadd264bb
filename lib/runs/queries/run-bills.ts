import { and, asc, eq, gt, or, sql } from "drizzle-orm";
import { contracts, deliveryPlans, dispatches, documents } from "@/db/schema";
import type { StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { requireRunReader } from "../rules";
import { getRun, type RunReference } from "./run";

/** Documents that a page shows at once, and contracts without one. */
const PAGE = 50;

export type RunBill = Awaited<ReturnType<typeof searchRunBills>>["rows"][number];

/**
 * Documents of a run by bill number, a page at a time: those after `after`, whose bill or contract
 * number begins with `search`, with the mode planned and where their sending stands.
 * @throws {ForbiddenError} for a role that may not look at runs
 * @throws {NotFoundError} if the company has no such run
 */
export async function searchRunBills(
  ctx: Context<StaffActor>,
  reference: RunReference,
  { search, after }: { search?: string; after?: string } = {},
) {
  return await inTransaction(ctx, async (tx) => {
    requireRunReader(tx.actor);
    const run = await getRun(tx, reference);
    const found = await tx.db
      .select({
        id: documents.id,
        billNumber: documents.billNumber,
        contractNumber: documents.contractNumber,
        kind: documents.kind,
        totalCents: documents.totalCents,
        discountCents: documents.discountCents,
        withdrawnAt: documents.withdrawnAt,
        plannedMode: deliveryPlans.mode,
        dispatchState: dispatches.state,
        failure: dispatches.failure,
      })
      .from(documents)
      .leftJoin(
        deliveryPlans,
        and(
          eq(deliveryPlans.companyId, documents.companyId),
          eq(deliveryPlans.runId, run.id),
          eq(deliveryPlans.contractId, documents.contractId),
        ),
      )
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
          eq(documents.companyId, run.companyId),
          eq(documents.runId, run.id),
          search
            ? or(
                sql`starts_with(${documents.billNumber}, ${search})`,
                sql`starts_with(${documents.contractNumber}, ${search})`,
              )
            : undefined,
          after === undefined ? undefined : gt(documents.billNumber, after),
        ),
      )
      .orderBy(asc(documents.billNumber), asc(documents.id))
      .limit(PAGE + 1);
    const rows = found.slice(0, PAGE);
    return { rows, next: found.length > PAGE ? (rows.at(-1)?.billNumber ?? null) : null };
  });
}

export interface MissingBills {
  count: number;
  /** The first of them, by contract number. */
  first: { contractNumber: string; mode: "electronic" | "paper" }[];
}

/** Contracts of the run's plan that no document has come for. */
export async function missingBills(
  ctx: Context<StaffActor>,
  reference: RunReference,
): Promise<MissingBills> {
  return await inTransaction(ctx, async (tx) => {
    requireRunReader(tx.actor);
    const run = await getRun(tx, reference);
    const without = and(
      eq(deliveryPlans.companyId, run.companyId),
      eq(deliveryPlans.runId, run.id),
      sql`not exists (select from ${documents} d where d.company_id = ${deliveryPlans.companyId}
        and d.run_id = ${deliveryPlans.runId} and d.contract_id = ${deliveryPlans.contractId})`,
    );
    const first = await tx.db
      .select({ contractNumber: contracts.contractNumber, mode: deliveryPlans.mode })
      .from(deliveryPlans)
      .innerJoin(
        contracts,
        and(
          eq(contracts.companyId, deliveryPlans.companyId),
          eq(contracts.id, deliveryPlans.contractId),
        ),
      )
      .where(without)
      .orderBy(asc(contracts.contractNumber))
      .limit(PAGE);
    return { count: await tx.db.$count(deliveryPlans, without), first };
  });
}
