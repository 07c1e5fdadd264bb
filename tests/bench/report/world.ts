import { type BenchWorld, seedBenchWorld } from "@/db/seed/bench-world";
import { romeDay } from "@/lib/time";
import type { ImportDatabase } from "../import-database";
import type { Storage } from "./report";

/** Days of totals that each contract has; the one that is looked at has ten years. */
const DAYS = 7;
const WITH_LINES = 1_000;
const LINES = 8;

/**
 * One more company of so many contracts with mandates, logins, choices, bills and daily totals, beside those
 * that are there. Rows only the bench's: foreign keys hold by the way they are made, and are not asked.
 */
export async function addWorld(
  database: ImportDatabase,
  contracts: number,
  bills: number,
): Promise<BenchWorld> {
  const world = await seedBenchWorld(database.worker, { contracts, withChoices: true });
  const { companyId } = world;
  const today = romeDay(new Date());
  await database.superuser.sql.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    await sql`set local synchronous_commit = off`;
    await sql`insert into documents (company_id, contract_id, id, holder_id, kind, bill_number,
        contract_number, commodity, supply_point, supply_address, origin, issue_date, due_date,
        period_from, period_to, total_cents, consumption, consumption_unit, payment_status, published_at)
      select c.company_id, c.id, uuidv7(), c.holder_id, 'bill',
        'B' || substr(c.contract_number, 3) || to_char(month, 'YYMM'), c.contract_number, c.commodity,
        c.supply_point, c.supply_address, 'archive', month + 17, month + 41,
        (month - interval '1 month')::date, month - 1, 4000 + back * 211, 180 + back * 7, 'kWh',
        case when back < 2 then 'open' else 'paid' end, (month + 17)::timestamptz
      from contracts c
      cross join generate_series(0, ${bills - 1}) back
      cross join lateral (
        select (date_trunc('month', ${today}::date) - make_interval(months => back + 1))::date
      ) period(month)
      where c.company_id = ${companyId}`;
    await sql`insert into bill_line_sets (company_id, contract_id, document_id, lines)
      select d.company_id, d.contract_id, d.id, (select jsonb_agg(jsonb_build_array(line, 'energy',
        'Voce ' || line, d.consumption, 'kWh', 0.1234, d.total_cents / 8))
        from generate_series(1, ${LINES}) line)
      from documents d where d.company_id = ${companyId} limit ${WITH_LINES}`;
    await sql`select ensure_consumption_months(${today}::date - ${DAYS}::int, ${today}::date)`;
    await sql`insert into daily_consumption (company_id, contract_id, direction, local_day, revision,
        total, f1, f2, f3, intervals, estimated, missing, peak)
      select c.company_id, c.id, 'consumption', ${today}::date - back, 1, 7000 + back, 2500, 2000,
        2500 + back, 96, 0, 0, 900
      from contracts c cross join generate_series(1, ${DAYS}::int) back
      where c.company_id = ${companyId}`;
  });
  await database.owner.sql`vacuum analyze`;
  return world;
}

/** What the rows of each table take, indexes and all, where there are enough of them to tell. */
export async function storageOf({ owner }: ImportDatabase, contracts: number): Promise<Storage> {
  const bytes = async (...tables: string[]) => {
    const [row] = await owner.sql<{ bytes: string; rows: string }[]>`
      select sum(pg_total_relation_size(c.oid)) as bytes, sum(greatest(c.reltuples, 0)) as rows
      from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
        and (c.relname = any(${tables}) or c.oid in (
          select inhrelid from pg_inherits where inhparent::regclass::text = any(${tables})))`;
    return { bytes: Number(row?.bytes), rows: Number(row?.rows) };
  };
  const each = async (table: string) => {
    const of = await bytes(table);
    return of.bytes / Math.max(1, of.rows);
  };
  const people = await bytes(
    ...["contracts", "holders", "mandates", "accounts", "contract_links"],
    ...["delivery_choices", "delivery_addresses"],
  );
  return {
    perRow: {
      documents: await each("documents"),
      billLines: (await each("bill_line_sets")) / LINES,
      dispatches: await each("dispatches"),
      mails: await each("dispatch_mails"),
      plans: await each("delivery_plans"),
      days: await each("daily_consumption"),
      profiles: await each("load_profiles"),
    },
    perContract: people.bytes / contracts,
  };
}
