import { and, asc, eq, type SQL, sql } from "drizzle-orm";
import { contracts, dailyConsumption, loadProfiles } from "@/db/schema";
import type { DataRow, DataSet } from "@/lib/api/data-files";
import { inTransaction } from "@/lib/auth/context";
import { type Commodity, toUnit, unitOf } from "@/lib/consumption/quantity";
import { visibleDays } from "@/lib/consumption/scope";
import { visibleContracts } from "@/lib/contracts/scope";
import { type Ctx, pages } from "./pages";

/** Days read at once: of totals, and of days with their up to 100 intervals. */
const DAYS = 1_000;
const PROFILES = 100;

interface Metered {
  companyId: number;
  id: string;
  contractNumber: string;
  commodity: Commodity;
}

interface Day {
  direction: string;
  local_day: string;
}

/** Contract by contract, so that each day is found by the key of its month. */
async function* byContract(
  ctx: Ctx,
  daysOf: (contract: Metered) => AsyncIterable<DataRow>,
): AsyncGenerator<DataRow> {
  const metered = await inTransaction(
    ctx,
    async ({ db, actor }) =>
      await db
        .select({
          companyId: contracts.companyId,
          id: contracts.id,
          contractNumber: contracts.contractNumber,
          commodity: contracts.commodity,
        })
        .from(contracts)
        .where(visibleContracts(actor))
        .orderBy(asc(contracts.id)),
  );
  for (const contract of metered) {
    yield* daysOf(contract);
  }
}

const daysAfter = ({ companyId, id }: Metered, last: Day | undefined): SQL | undefined =>
  and(
    eq(dailyConsumption.companyId, companyId),
    eq(dailyConsumption.contractId, id),
    last &&
      sql`(${dailyConsumption.direction}, ${dailyConsumption.localDay})
        > (${last.direction}, ${last.local_day}::date)`,
  );

const contractOfDay = and(
  eq(contracts.companyId, dailyConsumption.companyId),
  eq(contracts.id, dailyConsumption.contractId),
);

const inOrder = [asc(dailyConsumption.direction), asc(dailyConsumption.localDay)];

/** Base units, exactly, in the unit people read (R22). */
const quantity = (base: number | null, commodity: Commodity) =>
  base === null ? null : toUnit(base, commodity).toFixed(3);

/** The totals of every local day (Rome) since the holder took each contract over (R5). */
export const daysSet = (ctx: Ctx): DataSet => ({
  name: "daily-consumption",
  columns: {
    contract_number: "text",
    direction: "text",
    local_day: "day",
    unit: "text",
    total: "decimal",
    f1: "decimal",
    f2: "decimal",
    f3: "decimal",
    bands_measured: "flag",
    peak: "decimal",
    intervals: "integer",
    intervals_estimated: "integer",
    intervals_missing: "integer",
  },
  rows: () => byContract(ctx, (contract) => dayRows(ctx, contract)),
});

async function* dayRows(ctx: Ctx, contract: Metered): AsyncGenerator<DataRow> {
  const rows = pages(
    ctx,
    DAYS,
    async ({ db, actor }, last: Day | undefined) =>
      await db
        .select({
          direction: dailyConsumption.direction,
          local_day: dailyConsumption.localDay,
          total: dailyConsumption.total,
          f1: dailyConsumption.f1,
          f2: dailyConsumption.f2,
          f3: dailyConsumption.f3,
          bands_measured: dailyConsumption.bandsMeasured,
          peak: dailyConsumption.peak,
          intervals: dailyConsumption.intervals,
          intervals_estimated: dailyConsumption.estimated,
          intervals_missing: dailyConsumption.missing,
        })
        .from(dailyConsumption)
        .innerJoin(contracts, contractOfDay)
        .where(and(daysAfter(contract, last), visibleDays(actor)))
        .orderBy(...inOrder)
        .limit(DAYS),
  );
  const { commodity, contractNumber } = contract;
  for await (const { total, f1, f2, f3, peak, ...day } of rows) {
    yield {
      ...day,
      contract_number: contractNumber,
      unit: unitOf(commodity),
      total: quantity(total, commodity),
      f1: quantity(f1, commodity),
      f2: quantity(f2, commodity),
      f3: quantity(f3, commodity),
      peak: quantity(peak, commodity),
    };
  }
}

/** Every interval of the latest delivery of each day; a missing one has no value, and is not zero (R22). */
export const intervalsSet = (ctx: Ctx): DataSet => ({
  name: "interval-consumption",
  columns: {
    contract_number: "text",
    direction: "text",
    local_day: "day",
    starts_at: "instant",
    minutes: "integer",
    unit: "text",
    value: "decimal",
    quality: "text",
  },
  rows: () => byContract(ctx, (contract) => intervalRows(ctx, contract)),
});

const QUALITY: Record<string, string> = { a: "actual", e: "estimated", m: "missing" };

async function* intervalRows(ctx: Ctx, contract: Metered): AsyncGenerator<DataRow> {
  const rows = pages(
    ctx,
    PROFILES,
    async ({ db, actor }, last: Day | undefined) =>
      await db
        .select({
          direction: dailyConsumption.direction,
          local_day: dailyConsumption.localDay,
          startMs: sql<number>`(extract(epoch from
            (${dailyConsumption.localDay}::timestamp at time zone 'Europe/Rome')) * 1000)::float8`,
          minutes: loadProfiles.intervalMinutes,
          values: loadProfiles.intervals,
          quality: loadProfiles.quality,
        })
        .from(dailyConsumption)
        .innerJoin(
          loadProfiles,
          and(
            eq(loadProfiles.companyId, dailyConsumption.companyId),
            eq(loadProfiles.contractId, dailyConsumption.contractId),
            eq(loadProfiles.direction, dailyConsumption.direction),
            eq(loadProfiles.localDay, dailyConsumption.localDay),
            eq(loadProfiles.revision, dailyConsumption.revision),
          ),
        )
        .innerJoin(contracts, contractOfDay)
        .where(and(daysAfter(contract, last), visibleDays(actor)))
        .orderBy(...inOrder)
        .limit(PROFILES),
  );
  const { commodity, contractNumber } = contract;
  for await (const { startMs, minutes, values, quality, ...day } of rows) {
    for (const [place, value] of values.entries()) {
      const letter = quality[place] ?? "m";
      yield {
        ...day,
        contract_number: contractNumber,
        starts_at: new Date(startMs + place * minutes * 60_000),
        minutes,
        unit: unitOf(commodity),
        value: letter === "m" ? null : quantity(value, commodity),
        quality: QUALITY[letter] ?? letter,
      };
    }
  }
}
