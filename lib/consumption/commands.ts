import { inArray, type SQL, sql } from "drizzle-orm";
import { contracts, type DIRECTIONS } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { NotFoundError } from "@/lib/errors";
import { type BandTotals, type DayProfile, dayTotals, profileFault } from "./rules";

/** A local day of a contract, ready to be kept. */
export interface ProfileDay extends DayProfile {
  companyId: number;
  contractId: string;
  direction: (typeof DIRECTIONS)[number];
  /** Where it came from: the layout of the file, "seed". */
  source: string;
  /** What the distributor measured per band; absent: computed (R23). */
  measuredBands?: BandTotals;
}

/** Days not known before, days with a new revision, days that were known exactly so. */
export interface StoredProfiles {
  added: number;
  changed: number;
  unchanged: number;
}

/** Days sent to the database in one statement: about 200 KB of quarter-hours. */
const CHUNK_DAYS = 500;

/**
 * Keeps local days of intervals and their totals, in one transaction (R22). A day whose content
 * differs from its latest revision becomes a further revision; an identical one changes nothing.
 * A day may come once per call. Throws a RangeError for a day that cannot be, NotFoundError for an
 * unknown contract. 44,000 days of quarter-hours take some seconds.
 */
export async function storeProfiles(
  ctx: Context<SystemActor>,
  days: Iterable<ProfileDay> | AsyncIterable<ProfileDay>,
): Promise<StoredProfiles> {
  return await inTransaction(ctx, async (tx) => {
    const state: StoreState = { companies: new Set(), months: new Set(), banded: new Map() };
    const stored: StoredProfiles = { added: 0, changed: 0, unchanged: 0 };
    let chunk: ProfileDay[] = [];
    const flush = async () => {
      const { added, changed } = await storeChunk(tx, chunk, state);
      stored.added += added;
      stored.changed += changed;
      stored.unchanged += chunk.length - added - changed;
      chunk = [];
    };
    for await (const day of days) {
      chunk.push(day);
      if (chunk.length === CHUNK_DAYS) {
        await flush();
      }
    }
    if (chunk.length > 0) {
      await flush();
    }
    return stored;
  });
}

/** What one call of storeProfiles has found out already. */
interface StoreState {
  companies: Set<number>;
  months: Set<string>;
  /** Per contract: whether it has time bands. */
  banded: Map<string, boolean>;
}

async function storeChunk(
  { db }: TxContext<SystemActor>,
  chunk: ProfileDay[],
  state: StoreState,
): Promise<{ added: number; changed: number }> {
  await prepare(db, chunk, state);
  const totals = chunk.map((day) => {
    const fault = profileFault(day);
    if (fault) {
      throw new RangeError(`contract ${day.contractId}: ${fault}`);
    }
    const banded = state.banded.get(contractKey(day)) ?? false;
    return dayTotals(day, banded ? (day.measuredBands ?? "computed") : null);
  });
  return await keepDays(
    db,
    sql`
      select company::smallint as company_id, contract::uuid as contract_id, direction,
        day::date as local_day, minutes::smallint as interval_minutes, profile::int[] as intervals,
        quality, source, total, f1, f2, f3, measured = 1 as measured, estimated, missing, peak
      from unnest(
        ${column(chunk, "int", (day) => day.companyId)},
        ${column(chunk, "text", (day) => day.contractId)},
        ${column(chunk, "text", (day) => day.direction)},
        ${column(chunk, "text", (day) => day.localDay)},
        ${column(chunk, "int", (day) => day.intervalMinutes)},
        ${column(chunk, "text", (day) => `{${day.values.join()}}`)},
        ${column(chunk, "text", (day) => day.quality)},
        ${column(chunk, "text", (day) => day.source)},
        ${column(totals, "int", (day) => day.total)},
        ${column(totals, "int", (day) => day.f1)},
        ${column(totals, "int", (day) => day.f2)},
        ${column(totals, "int", (day) => day.f3)},
        ${column(totals, "int", (day) => Number(day.bandsMeasured))},
        ${column(totals, "int", (day) => day.estimated)},
        ${column(totals, "int", (day) => day.missing)},
        ${column(totals, "int", (day) => day.peak)}
      ) as given(company, contract, direction, day, minutes, profile, quality, source,
        total, f1, f2, f3, measured, estimated, missing, peak)`,
  );
}

/**
 * Whether an incoming day is another than what is known of it: `incoming` is its row in a query, with the
 * columns of both tables and `measured`; `latest` and `known` are to be joined by `latestOf`.
 */
export const DIFFERS = sql`((latest.intervals, latest.quality, latest.interval_minutes)
    is distinct from (incoming.intervals, incoming.quality, incoming.interval_minutes)
  or incoming.measured and (known.bands_measured, known.f1, known.f2, known.f3)
    is distinct from (true, incoming.f1, incoming.f2, incoming.f3))`;

/** Joins what is known of `incoming` days; with their first and last day only those months are looked at. */
export function latestOf(days?: { from: string | null; to: string | null }): SQL {
  const within = (table: string) =>
    days
      ? sql`and ${sql.raw(table)}.local_day between ${days.from}::date and ${days.to}::date`
      : sql``;
  return sql`
  left join daily_consumption known on known.company_id = incoming.company_id
    and known.contract_id = incoming.contract_id and known.direction = incoming.direction
    and known.local_day = incoming.local_day ${within("known")}
  left join load_profiles latest on latest.company_id = known.company_id
    and latest.contract_id = known.contract_id and latest.direction = known.direction
    and latest.local_day = known.local_day and latest.revision = known.revision ${within("latest")}`;
}

/**
 * Keeps the days of a query that differ from what is known of them, as a further revision each, with
 * their totals. The company's lock (`holdProfiles`) and the months' partitions must be there.
 */
async function keepDays(
  db: TxContext["db"],
  incoming: SQL,
): Promise<{ added: number; changed: number }> {
  const [row] = await db.execute<{ added: number; changed: number }>(sql`
    with incoming as materialized (${incoming}), differing as materialized (
      select incoming.*, coalesce(known.revision, 0) + 1 as revision
      from incoming ${latestOf()}
      where ${DIFFERS}
    ), kept as (${insertProfiles(sql`differing`)}), totalled as (${insertTotals(sql`differing`)})
    select count(*) filter (where revision = 1)::int as added,
      count(*) filter (where revision > 1)::int as changed from differing`);
  return row ?? { added: 0, changed: 0 };
}

/**
 * Keeps days as the revisions that they say they are, with their totals: `days` has the columns of both
 * tables. The company's lock and the months' partitions must be there.
 * @throws {Error} PostgreSQL's unique violation of a revision that somebody else wrote meanwhile
 */
export async function keepRevisions(db: TxContext["db"], days: SQL): Promise<void> {
  await db.execute(insertProfiles(days));
  await db.execute(insertTotals(days));
}

const insertProfiles = (days: SQL) => sql`
  insert into load_profiles (company_id, contract_id, direction, local_day, revision,
    interval_minutes, intervals, quality, source)
  select company_id, contract_id, direction, local_day, revision, interval_minutes, intervals,
    quality, source from ${days} day`;

const insertTotals = (days: SQL) => sql`
  insert into daily_consumption (company_id, contract_id, direction, local_day, revision, total,
    f1, f2, f3, bands_measured, intervals, estimated, missing, peak)
  select company_id, contract_id, direction, local_day, revision, total, f1, f2, f3,
    measured, cardinality(intervals), estimated, missing, peak from ${days} day
  on conflict (company_id, contract_id, direction, local_day) do update set
    revision = excluded.revision, total = excluded.total, f1 = excluded.f1, f2 = excluded.f2,
    f3 = excluded.f3, bands_measured = excluded.bands_measured,
    intervals = excluded.intervals, estimated = excluded.estimated,
    missing = excluded.missing, peak = excluded.peak`;

/** One writer of a company's profiles at a time, until the transaction ends. */
export async function holdProfiles(db: TxContext["db"], companyId: number): Promise<void> {
  await db.execute(
    sql`select pg_advisory_xact_lock(hashtext('store_profiles'), ${companyId}::int)`,
  );
}

/** Everything a chunk needs to be there: one writer per company, its contracts, its partitions. */
async function prepare(
  db: TxContext["db"],
  chunk: ProfileDay[],
  { companies, months, banded }: StoreState,
): Promise<void> {
  for (const companyId of new Set(chunk.map((day) => day.companyId))) {
    if (!companies.has(companyId)) {
      companies.add(companyId);
      await holdProfiles(db, companyId);
    }
  }
  const unknown = new Set(
    chunk.filter((day) => !banded.has(contractKey(day))).map((day) => day.contractId),
  );
  if (unknown.size > 0) {
    const rows = await db
      .select({
        companyId: contracts.companyId,
        contractId: contracts.id,
        commodity: contracts.commodity,
      })
      .from(contracts)
      .where(inArray(contracts.id, [...unknown]));
    for (const row of rows) {
      banded.set(contractKey(row), row.commodity === "electricity");
    }
    const missing = chunk.find((day) => !banded.has(contractKey(day)));
    if (missing) {
      throw new NotFoundError(`contract ${missing.contractId}`);
    }
  }
  for (const month of new Set(chunk.map((day) => `${day.localDay.slice(0, 7)}-01`))) {
    if (!months.has(month)) {
      months.add(month);
      await db.execute(sql`select ensure_consumption_months(${month}::date, ${month}::date)`);
    }
  }
}

const contractKey = (of: { companyId: number; contractId: string }) =>
  `${of.companyId} ${of.contractId}`;

/** A parameter that is one column of many rows. */
function column<Row>(
  rows: Row[],
  type: "int" | "text",
  value: (row: Row) => string | number | null,
): SQL {
  return sql`${sql.param(rows.map(value))}::${sql.raw(type)}[]`;
}
