import { type SQL, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import type { Company } from "@/lib/companies/queries";
import { DIFFERS, latestOf } from "@/lib/consumption/commands";
import { type FaultList, shown } from "../errors";
import type { Source } from "../kind";
import { addFaults, type StagedColumns, type Staging } from "../staging";
import type { ReadingsInput } from "./import-readings";

/** A day of readings: whose, by what the file says, and all that both tables keep of it. */
const READ = {
  of_contract: "text",
  of_point: "text",
  commodity: "text",
  volume: "text",
  direction: "text",
  local_day: "date",
  interval_minutes: "smallint",
  intervals: "int[]",
  quality: "text",
  source: "text",
  total: "int",
  f1: "int",
  f2: "int",
  f3: "int",
  measured: "boolean",
  estimated: "smallint",
  missing: "smallint",
  peak: "int",
} satisfies StagedColumns["read"];

export const READING_STAGING = { read: READ, judged: {}, uncounted: ["intervals"] };

const KEPT = sql.raw(
  ["line", ...Object.keys(READ).filter((column) => !["f1", "f2", "f3"].includes(column))]
    .map((column) => `s.${column}`)
    .join(", "),
);

/** Finds each day's contract, turns volumes of gas into energy's by it, and says each day's fate and revision. */
export async function checkReadings(
  db: Transaction,
  { company, faults, input }: Source<ReadingsInput>,
  staging: Staging,
): Promise<void> {
  const given = input.contractNumber ?? null;
  const missing = sql`select where not exists (select from contracts
    where company_id = ${company.id} and contract_number = ${given})`;
  if (given !== null && (await db.execute(missing)).length > 0) {
    faults.refuse({ reason: `company ${company.slug} has no contract ${shown(given)}` });
  }
  const judge = async (days: SQL) => {
    const [spanned] = await db.execute<{ from: string | null; to: string | null }>(
      sql`select min(local_day)::text as from, max(local_day)::text as to from ${staging.table}`,
    );
    await staging.replaceBy(db, judged(company, days, spanned));
  };
  await judge(withContracts(company, staging.table, given));
  await addFaultsOfContracts(db, faults, staging.table, company, given);
  await addFaults(db, faults, repeated(staging.table), ({ local_day, first }) => ({
    reason: `${local_day} stands there twice, already on line ${first}`,
  }));
  if (faults.isEmpty && (await convertGas(db, staging.table)) > 0) {
    await judge(sql`select * from ${staging.table}`);
  }
}

/** What speaks against a day by its contract. All is well almost always, and one look shows it. */
async function addFaultsOfContracts(
  db: Transaction,
  faults: FaultList,
  staged: SQL,
  company: Company,
  given: string | null,
): Promise<void> {
  const any = sql`select from ${staged} where contract_id is null
    or contract_number <> ${given}::text or contract_commodity <> commodity
    or contract_commodity = 'gas' and volume = 'm3' limit 1`;
  if ((await db.execute(any)).length === 0) {
    return;
  }
  await addFaults(db, faults, unknownContracts(staged), ({ named, point }) => ({
    reason:
      named === null
        ? "the file does not say whose readings these are; say it with --contract and its number"
        : `company ${company.slug} has no ${point ? "contract for supply point" : "contract"} ${shown(String(named))}; import it first`,
  }));
  await addFaults(db, faults, otherContracts(staged, given), ({ contract_number }) => ({
    reason: `is of contract ${contract_number}, and --contract says ${given}`,
  }));
  await addFaults(db, faults, otherCommodities(staged), (row) => ({
    reason: `contract ${row.contract_number} is for ${row.has}, and the layout ${row.layout} holds ${row.said}`,
  }));
  await addFaults(db, faults, withoutCoefficient(staged), ({ contract_number }) => ({
    reason: `contract ${contract_number} has no gas_coefficient_c, which turns m3 into Smc; import the contract with it`,
  }));
  await addFaults(db, faults, tooMuchGas(staged), ({ local_day }) => ({
    reason: `${local_day} has more Smc than any supply`,
  }));
}

/**
 * By number, by the supply point on that day, or as the caller says. A POD counts by its first 14 characters, a
 * company's own code whole.
 */
const withContracts = (company: Company, staged: SQL, given: string | null) => sql`
  with points as materialized (
    select c.*, upper(replace(c.supply_point, ' ', '')) as point from contracts c
    where c.company_id = ${company.id} and left(upper(replace(c.supply_point, ' ', '')), 14) in (
      select distinct left(of_point, 14) from ${staged} where of_point is not null)
  ), named as (
    select s.*, c.id as contract_id, c.contract_number, c.commodity as contract_commodity,
      c.gas_coefficient_c
    from ${staged} s
    left join contracts c on c.company_id = ${company.id}
      and c.contract_number = coalesce(s.of_contract, ${given}::text)
    where s.of_point is null
  ), pointed as (
    select distinct on (s.line, s.direction, s.local_day) s.*, p.id as contract_id, p.contract_number,
      p.commodity as contract_commodity, p.gas_coefficient_c
    from ${staged} s
    left join points p on left(p.point, 14) = left(s.of_point, 14)
      and (p.commodity = 'electricity' or p.point = s.of_point)
      and s.local_day between p.starts_on and coalesce(p.ends_on, 'infinity')
    where s.of_point is not null
    order by s.line, s.direction, s.local_day, p.starts_on desc nulls last
  )
  select ${KEPT}, ${BANDS}, s.contract_id, s.contract_number, s.contract_commodity, s.gas_coefficient_c
  from (select * from named union all select * from pointed) s`;

/** R23: time bands are electricity's. */
const BANDS = sql.raw(
  ["f1", "f2", "f3"]
    .map((band) => `case when s.contract_commodity = 'electricity' then s.${band} end as ${band}`)
    .join(", "),
);

const unknownContracts = (staged: SQL) => sql`
  select min(line) as line, coalesce(of_contract, of_point) as named, of_point is not null as point
  from ${staged} where contract_id is null group by 2, 3 order by 1`;

const otherContracts = (staged: SQL, given: string | null) => sql`
  select min(line) as line, contract_number from ${staged}
  where contract_number <> ${given}::text group by 2 order by 1`;

const otherCommodities = (staged: SQL) => sql`
  select min(line) as line, contract_number, replace(contract_commodity, '_', ' ') as has,
    min(source) as layout, replace(min(commodity), '_', ' ') as said
  from ${staged} where contract_commodity <> commodity group by 2, 3 order by 1`;

const withoutCoefficient = (staged: SQL) => sql`
  select min(line) as line, contract_number from ${staged}
  where contract_commodity = 'gas' and volume = 'm3' and gas_coefficient_c is null
  group by 2 order by 1`;

const tooMuchGas = (staged: SQL) => sql`
  select line, local_day::text from ${staged}
  where contract_commodity = 'gas' and volume = 'm3' and total * gas_coefficient_c >= ${2 ** 31 - 1}::int
  order by line`;

const repeated = (staged: SQL) => sql`
  select s.line, s.local_day::text, seen.first
  from ${staged} s join (
    select contract_id, direction, local_day, min(line) as first from ${staged}
    group by 1, 2, 3 having count(*) > 1
  ) seen using (contract_id, direction, local_day)
  where s.line > seen.first order by s.line`;

/**
 * Smc = m³ × C (R22). What has been rounded away of one interval is carried to the next, so that a day's
 * total is that of the day.
 */
async function convertGas(db: Transaction, staged: SQL): Promise<number> {
  const { count } =
    await db.execute(sql`update ${staged} s set intervals = g.intervals, total = g.total, peak = g.peak
    from (
      select one.line, one.direction, one.local_day, array_agg(one.smc order by one.at) as intervals,
        coalesce(sum(one.smc) filter (where one.smc >= 0), 0)::int as total,
        max(one.smc) filter (where one.smc >= 0) as peak
      from (
        select r.line, r.direction, r.local_day, v.at, case when v.value < 0 then -1 else
          (round(sum(greatest(v.value, 0)) over upto * r.gas_coefficient_c)
            - round((sum(greatest(v.value, 0)) over upto - greatest(v.value, 0)) * r.gas_coefficient_c))::int
          end as smc
        from ${staged} r cross join lateral unnest(r.intervals) with ordinality as v(value, at)
        where r.contract_commodity = 'gas' and r.volume = 'm3'
        window upto as (partition by r.line, r.direction, r.local_day order by v.at)
      ) one
      group by 1, 2, 3
    ) g
    where s.line = g.line and s.direction = g.direction and s.local_day = g.local_day`);
  return count;
}

/** New days, days that differ, and those that are known exactly so. */
const judged = (company: Company, days: SQL, spanned: Parameters<typeof latestOf>[0]) => sql`
  select ${FOUND}, coalesce(known.revision, 0) + 1 as revision,
    case when known.revision is null then 'added' when ${DIFFERS} then 'changed'
      else 'unchanged' end as fate,
    incoming.line as batch_at
  from (select ${company.id}::smallint as company_id, s.* from (${days}) s) incoming
  ${latestOf(spanned)}`;

const FOUND = sql.raw(
  [
    ...["line", ...Object.keys(READ)],
    ...["contract_id", "contract_number", "contract_commodity", "gas_coefficient_c"],
  ]
    .map((column) => `incoming.${column}`)
    .join(", "),
);
