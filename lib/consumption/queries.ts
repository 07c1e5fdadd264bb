import { and, asc, between, eq, or, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { companies, contracts, type DIRECTIONS, dailyConsumption, loadProfiles } from "@/db/schema";
import { type Context, inTransaction } from "@/lib/auth/context";
import { byService } from "@/lib/contracts/queries/contracts";
import { visibleContracts } from "@/lib/contracts/scope";
import { merged } from "./period";
import type { Commodity } from "./quantity";
import { spansOfContract } from "./queries/spans";
import type { DayTotals } from "./rules";
import { visibleDays } from "./scope";

/** The days lie in a partition a month, and each of these is asked for by keys. */
export const ONE_PLAN = { onePlan: true };

export type Direction = (typeof DIRECTIONS)[number];

export interface MeteredContract {
  companyId: number;
  id: string;
  contractNumber: string;
  commodity: Commodity;
  companyName: string;
  supplyPoint: string;
  supplyAddress: string;
  /** kW as contracted and as the meter lets through; null where the contract does not say. */
  contractedPowerKw: number | null;
  availablePowerKw: number | null;
  /** Its last day, where it has one: until then data are due. */
  endsOn: string | null;
  /**
   * First and last day with data, of either direction, since the holder took it over, as the actor may see it;
   * null without any.
   */
  firstDay: string | null;
  lastDay: string | null;
  /** First and last day of the energy that it gave to the network; null without any. */
  injectedFrom: string | null;
  injectedTo: string | null;
}

/** The intervals of a day as they were delivered last (R22). */
interface DayIntervals {
  /** 15, 30 or 60; 1440 for one value a day. */
  minutes: number;
  /** Base units; MISSING where nothing was measured. */
  values: number[];
  /** One letter per interval: a actual, e estimated, m missing. */
  quality: string;
}

export interface ConsumptionDay extends DayTotals {
  contractId: string;
  direction: Direction;
  /** `YYYY-MM-DD`, Europe/Rome. */
  localDay: string;
  /** Null unless asked for. */
  profile: DayIntervals | null;
}

/** The actor's contracts, electricity first, with the days their consumption is known for. */
export async function listMeteredContracts(ctx: Context): Promise<MeteredContract[]> {
  return await inTransaction(
    ctx,
    async (tx) => {
      const spans = spansOfContract(tx);
      return await tx.db
        .select({
          companyId: contracts.companyId,
          id: contracts.id,
          contractNumber: contracts.contractNumber,
          commodity: contracts.commodity,
          companyName: companies.name,
          supplyPoint: contracts.supplyPoint,
          supplyAddress: contracts.supplyAddress,
          contractedPowerKw: sql<number | null>`${contracts.contractedPowerKw}::float8`,
          availablePowerKw: sql<number | null>`${contracts.availablePowerKw}::float8`,
          endsOn: contracts.endsOn,
          firstDay: spans.firstDay,
          lastDay: spans.lastDay,
          injectedFrom: spans.injectedFrom,
          injectedTo: spans.injectedTo,
        })
        .from(contracts)
        .innerJoin(companies, eq(companies.id, contracts.companyId))
        .leftJoinLateral(spans, sql`true`)
        .where(visibleContracts(tx.actor))
        .orderBy(
          byService(contracts.commodity),
          asc(contracts.contractNumber),
          asc(contracts.companyId),
        );
    },
    ONE_PLAN,
  );
}

/** Both ends included. */
export interface DayRange {
  from: string;
  to: string;
}

export interface ContractKey {
  companyId: number;
  contractId: string;
}

/** A contract's key in a row comparison: the few that are asked for lead into the table's key. */
export const isOneOf = (companyId: PgColumn, contractId: PgColumn, keys: ContractKey[]) =>
  sql`(${companyId}, ${contractId}) in (${sql.join(
    keys.map((key) => sql`(${key.companyId}::smallint, ${key.contractId}::uuid)`),
    sql`, `,
  )})`;

const dayFields = {
  contractId: dailyConsumption.contractId,
  direction: dailyConsumption.direction,
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
};

const dayOfContract = and(
  eq(dailyConsumption.companyId, contracts.companyId),
  eq(dailyConsumption.contractId, contracts.id),
);

/**
 * The totals of contracts' days within any of the ranges, both directions, by day; with their intervals if
 * asked. Days without data have no row. Another customer's contract, and days before this holder's, have
 * none either (R28, R5).
 */
export async function listDays(
  ctx: Context,
  keys: ContractKey[],
  ranges: [DayRange, ...DayRange[]],
  { intervals = false }: { intervals?: boolean } = {},
): Promise<ConsumptionDay[]> {
  if (keys.length === 0) {
    return [];
  }
  const within = (localDay: PgColumn) =>
    or(...merged(ranges).map(({ from, to }) => between(localDay, from, to)));
  return await inTransaction(
    ctx,
    async ({ db, actor }) => {
      const asked = and(
        isOneOf(contracts.companyId, contracts.id, keys),
        within(dailyConsumption.localDay),
        visibleDays(actor),
      );
      if (!intervals) {
        const days = await db
          .select(dayFields)
          .from(contracts)
          .innerJoin(dailyConsumption, dayOfContract)
          .where(asked)
          .orderBy(asc(dailyConsumption.localDay));
        return days.map((day) => ({ ...day, profile: null }));
      }
      return await db
        .select({
          ...dayFields,
          profile: {
            minutes: loadProfiles.intervalMinutes,
            values: loadProfiles.intervals,
            quality: loadProfiles.quality,
          },
        })
        .from(contracts)
        .innerJoin(dailyConsumption, dayOfContract)
        .leftJoin(
          loadProfiles,
          and(
            eq(loadProfiles.companyId, dailyConsumption.companyId),
            eq(loadProfiles.contractId, dailyConsumption.contractId),
            eq(loadProfiles.direction, dailyConsumption.direction),
            eq(loadProfiles.localDay, dailyConsumption.localDay),
            eq(loadProfiles.revision, dailyConsumption.revision),
            within(loadProfiles.localDay),
          ),
        )
        .where(asked)
        .orderBy(asc(dailyConsumption.localDay));
    },
    ONE_PLAN,
  );
}
