import { and, asc, between, desc, eq, or, type SQL, sql } from "drizzle-orm";
import { QueryBuilder } from "drizzle-orm/pg-core";
import { companies, contracts, dailyConsumption } from "@/db/schema";
import { type Context, inTransaction } from "@/lib/auth/context";
import { visibleContracts } from "@/lib/contracts/scope";
import type { Commodity } from "./quantity";
import type { DayTotals } from "./rules";
import { visibleDays } from "./scope";

const query = new QueryBuilder({ casing: "snake_case" });

export interface MeteredContract {
  companyId: number;
  id: string;
  contractNumber: string;
  commodity: Commodity;
  companyName: string;
  supplyPoint: string;
  supplyAddress: string;
  /** First and last day with data the actor may see; null without any. */
  firstDay: string | null;
  lastDay: string | null;
}

export interface ConsumptionDay extends DayTotals {
  /** `YYYY-MM-DD`, Europe/Rome. */
  localDay: string;
}

/** The actor's contracts, electricity first, with the days their consumption is known for. */
export async function listMeteredContracts(ctx: Context): Promise<MeteredContract[]> {
  return await inTransaction(ctx, async ({ db, actor }) => {
    // One step into the key of the newest (oldest) month that has any, instead of a whole min/max.
    const edge = (order: SQL) =>
      sql<string | null>`(${query
        .select({ localDay: dailyConsumption.localDay })
        .from(dailyConsumption)
        .where(
          and(
            eq(dailyConsumption.companyId, contracts.companyId),
            eq(dailyConsumption.contractId, contracts.id),
            eq(dailyConsumption.direction, "consumption"),
            visibleDays(actor),
          ),
        )
        .orderBy(order)
        .limit(1)})`;
    return await db
      .select({
        companyId: contracts.companyId,
        id: contracts.id,
        contractNumber: contracts.contractNumber,
        commodity: contracts.commodity,
        companyName: companies.name,
        supplyPoint: contracts.supplyPoint,
        supplyAddress: contracts.supplyAddress,
        firstDay: edge(asc(dailyConsumption.localDay)),
        lastDay: edge(desc(dailyConsumption.localDay)),
      })
      .from(contracts)
      .innerJoin(companies, eq(companies.id, contracts.companyId))
      .where(visibleContracts(actor))
      .orderBy(
        sql`array_position(array['electricity', 'gas', 'district_heating', 'water'], ${contracts.commodity})`,
        asc(contracts.contractNumber),
        asc(contracts.companyId),
      );
  });
}

/** Both ends included. */
export interface DayRange {
  from: string;
  to: string;
}

/**
 * The totals of a contract's days within any of the ranges, by day. Days without data have no row.
 * Another customer's contract, and days before this holder's, have none either (R28, R5).
 */
export async function listDays(
  ctx: Context,
  contract: { companyId: number; contractId: string },
  ranges: [DayRange, ...DayRange[]],
): Promise<ConsumptionDay[]> {
  return await inTransaction(
    ctx,
    async ({ db, actor }) =>
      await db
        .select({
          localDay: dailyConsumption.localDay,
          total: dailyConsumption.total,
          f1: dailyConsumption.f1,
          f2: dailyConsumption.f2,
          f3: dailyConsumption.f3,
          bandsMeasured: dailyConsumption.bandsMeasured,
          intervals: dailyConsumption.intervals,
          estimated: dailyConsumption.estimated,
          missing: dailyConsumption.missing,
          peak: dailyConsumption.peak,
        })
        .from(dailyConsumption)
        .where(
          and(
            eq(dailyConsumption.companyId, contract.companyId),
            eq(dailyConsumption.contractId, contract.contractId),
            eq(dailyConsumption.direction, "consumption"),
            or(...ranges.map(({ from, to }) => between(dailyConsumption.localDay, from, to))),
            visibleDays(actor),
          ),
        )
        .orderBy(asc(dailyConsumption.localDay)),
  );
}
