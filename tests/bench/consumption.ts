import { drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import type { Database } from "@/db/client";
import * as schema from "@/db/schema";
import { seedBenchWorld } from "@/db/seed/bench-world";
import { electricDays } from "@/db/seed/quarter-hours";
import { monthsFrom } from "@/db/seed/supplied";
import { daysBetween } from "@/db/seed/weather";
import type { CustomerActor } from "@/lib/auth/actor";
import { storeProfiles } from "@/lib/consumption/commands";
import { byMonths, merged, type Period, periodOf, rangeBefore } from "@/lib/consumption/period";
import { listDays, listMeteredContracts } from "@/lib/consumption/queries";
import { listBilledPrices } from "@/lib/consumption/queries/billed-prices";
import { needsIntervals } from "@/lib/consumption/views/supply-view";
import { addDays, romeDay } from "@/lib/time";
import { type ImportDatabase, importDatabase } from "./import-database";
import { median, type Row, rowOf } from "./report";

const YEARS = 10;
const MOST_QUERIES = 3;

/** A statement as the page sends it. */
export interface Statement {
  query: string;
  parameters: unknown[];
}

/** A customer whose contract has ten years of quarter-hours. */
export interface Household {
  actor: CustomerActor;
  companyId: number;
  contractId: string;
  known: { from: string; to: string };
}

/**
 * The database's time (planning and carrying out, by EXPLAIN ANALYZE of prepared statements) of all that a view of
 * /consumption asks, by the web role behind row-level security, against reading the same days by their primary key, by
 * the same role (and, to see what that costs, by one that sees all); whether it grows with the other contracts; and
 * against adding up a table of one row per interval.
 */
export async function benchConsumption(quick: boolean): Promise<Row[]> {
  const database = await importDatabase();
  const log: Statement[] = [];
  const client = postgres(process.env.DATABASE_URL ?? "", {
    max: 1,
    onnotice: () => {},
    connection: { TimeZone: "UTC" },
    debug: (_connection, query, parameters) => log.push({ query, parameters }),
  });
  const db: Database = drizzle(client, { schema, casing: "snake_case" });
  const web = postgres(process.env.DATABASE_URL ?? "", { max: 1, connection: { TimeZone: "UTC" } });
  try {
    const rows: Row[] = [];
    const first = new Map<string, number>();
    let household: Household | undefined;
    let contracts = 0;
    for (const wanted of quick ? [1_000, 5_000] : [10_000, 100_000, 1_000_000]) {
      const { emails } = await seedBenchWorld(database.worker, {
        contracts: wanted - contracts,
        withIntervals: true,
      });
      contracts = wanted;
      household ??= await tenYears(database, emails[0] ?? "");
      await database.owner.sql`vacuum analyze`;
      for (const [name, period] of viewsOf(household)) {
        const statements = await statementsOf(db, log, household, period);
        const byKeys = byKey(household, period);
        const turns = await inTurns(
          [
            { client: web, statements, actor: household.actor },
            { client: web, statements: byKeys, actor: household.actor },
            { client: database.owner.sql as Client, statements: byKeys },
          ],
          quick ? 5 : 21,
        );
        const against = (at: number) =>
          turns.map((ms) => ({ ours: ms[0] ?? Number.NaN, limit: ms[at] ?? Number.NaN }));
        const rounds = against(1);
        const of = `consumption: ${name}, ${wanted.toLocaleString("en")} contracts`;
        rows.push(rowOf(of, "ms", rounds));
        rows.push(rowOf(`${of}, against a role that sees all`, "ms", against(2)));
        const ours = median(rounds.map((round) => round.ours));
        const smallest = first.get(name) ?? ours;
        first.set(name, smallest);
        if (smallest !== ours) {
          rows.push(rowOf(`${of} against the fewest`, "ms", [{ ours, limit: smallest }]));
        }
      }
    }
    if (household) {
      rows.push(await againstIntervals(web, database, db, log, household, quick ? 3 : 7));
    }
    return rows;
  } finally {
    await Promise.all([client.end(), web.end()]);
    await database.release();
  }
}

export function viewsOf({ known }: Household): [string, Period][] {
  return [
    ["a day", periodOf("day", addDays(known.to, -3))],
    ["a month", periodOf("month", addDays(known.to, -40))],
    ["a year", periodOf("year", addDays(known.to, -300))],
    ["ten years", { kind: "range", ...known }],
  ];
}

/** Gives the contract of a login its ten years. */
export async function tenYears(
  { worker, owner }: ImportDatabase,
  email: string,
): Promise<Household> {
  const [found] = await owner.sql<
    { account: string; holder: string; company: number; contract: string }[]
  >`
    select a.id as account, a.holder_id as holder, l.company_id as company, l.contract_id as contract
    from accounts a join contract_links l on l.account_id = a.id where a.email = ${email}`;
  if (!found) {
    throw new Error(`no login is called ${email}`);
  }
  const to = addDays(romeDay(new Date()), -1);
  const from = monthsFrom(to, -12 * YEARS);
  await owner.sql`update contracts set starts_on = ${from}, held_since = ${from}
    where company_id = ${found.company} and id = ${found.contract}`;
  for (const table of ["load_profiles", "daily_consumption"]) {
    await owner.sql`delete from ${owner.sql(table)}
      where company_id = ${found.company} and contract_id = ${found.contract}`;
  }
  const supply = { commodity: "electricity", mandate: "active", usage: "family" } as const;
  const days = [...electricDays("bench ten years", supply, daysBetween(from, to), to)];
  await storeProfiles(
    { db: worker.db, actor: { kind: "system", name: "bench" } },
    days.map(({ consumption }) => ({
      ...consumption,
      ...{ companyId: found.company, contractId: found.contract },
      ...{ direction: "consumption" as const, source: "bench" },
    })),
  );
  return {
    actor: {
      kind: "customer",
      accountId: found.account,
      holderId: found.holder,
      email,
      language: "it",
    } as CustomerActor,
    companyId: found.company,
    contractId: found.contract,
    known: { from, to },
  };
}

/** What the page asks for a view: the same calls in the same order. */
export async function statementsOf(
  db: Database,
  log: Statement[],
  { actor, companyId, contractId }: Household,
  period: Period,
): Promise<Statement[]> {
  const ctx = { db, actor };
  const keys = [{ companyId, contractId }];
  log.length = 0;
  await listMeteredContracts(ctx);
  await listDays(ctx, keys, [period, rangeBefore(period, "date", byMonths(period))], {
    intervals: needsIntervals(period, 1),
  });
  await listBilledPrices(ctx, keys, period);
  const asked = log.filter(({ query }) => /^select(?! set_config)/i.test(query));
  if (asked.length > MOST_QUERIES) {
    throw new Error(`a view asks ${asked.length} queries, and not ${MOST_QUERIES} at most`);
  }
  return asked.map(({ query, parameters }) => ({ query, parameters: [...parameters] }));
}

type Client = ReturnType<typeof postgres>;

/**
 * Milliseconds that the server plans and carries out the statements, prepared once for each connection as the web
 * server has them; `key` is a name of theirs.
 */
async function explained(
  client: Client,
  key: string,
  statements: Statement[],
  actor?: CustomerActor,
): Promise<number> {
  return await client.begin(async (sql) => {
    await sql`select set_config('plan_cache_mode', 'force_generic_plan', true)`;
    if (actor) {
      await sql`select set_config('app.actor', 'customer', true),
        set_config('app.account_id', ${actor.accountId}, true),
        set_config('app.holder_id', ${actor.holderId}, true)`;
    }
    let ms = 0;
    for (const [at, { query, parameters }] of statements.entries()) {
      const name = `${key}_${at}`;
      const known = await sql`select from pg_prepared_statements where name = ${name}`;
      if (known.length === 0) {
        await sql.unsafe(`prepare ${name} as ${query}`);
      }
      const values = parameters.length > 0 ? `(${parameters.map(literal).join(", ")})` : "";
      const [row] = await sql.unsafe<{ "QUERY PLAN": Record<string, number>[] }[]>(
        `explain (analyze, timing off, format json) execute ${name}${values}`,
      );
      const plan = row?.["QUERY PLAN"][0];
      ms += (plan?.["Planning Time"] ?? Number.NaN) + (plan?.["Execution Time"] ?? Number.NaN);
    }
    return ms;
  });
}

/** Numbers, days, ids and words alone are asked for: none holds a quotation mark. */
const literal = (value: unknown) => (typeof value === "number" ? String(value) : `'${value}'`);

/** A name for the statements of a measurement: no other has its plans. */
let measurements = 0;
function nextKey(): string {
  measurements += 1;
  return `measured_${measurements}`;
}

/** The same days, and their intervals where the view shows them, by their primary keys. */
export function byKey({ companyId, contractId }: Household, period: Period): Statement[] {
  const ranges = merged([period, rangeBefore(period, "date", byMonths(period))]);
  const key = (table: string) => `${table}.company_id = $1 and ${table}.contract_id = $2
    and ${table}.direction = 'consumption' and (${ranges
      .map((_, at) => `${table}.local_day between $${2 * at + 3} and $${2 * at + 4}`)
      .join(" or ")})`;
  const parameters = [companyId, contractId, ...ranges.flatMap(({ from, to }) => [from, to])];
  const daily = `select d.local_day, d.total, d.f1, d.f2, d.f3, d.bands_measured, d.intervals, d.estimated,
    d.missing, d.peak from daily_consumption d where ${key("d")} order by d.local_day`;
  const profiles = `select p.local_day, p.interval_minutes, p.intervals, p.quality
    from load_profiles p where ${key("p")} and p.revision = 1 order by p.local_day`;
  return [
    { query: daily, parameters },
    ...(needsIntervals(period, 1) ? [{ query: profiles, parameters }] : []),
  ];
}

/** A way of reading: whose connection, and behind whose row-level security. */
interface Way {
  client: Client;
  statements: Statement[];
  actor?: CustomerActor;
}

/** Milliseconds of each way in turns; the first turn makes the plans, finds caches cold, and counts for nothing. */
export async function inTurns(ways: Way[], count: number): Promise<number[][]> {
  const keyed = ways.map((way) => ({ ...way, key: nextKey() }));
  const turns: number[][] = [];
  for (let turn = 0; turn <= count; turn += 1) {
    const ms: number[] = [];
    for (const { client, key, statements, actor } of keyed) {
      ms.push(await explained(client, key, statements, actor));
    }
    turns.push(ms);
  }
  return turns.slice(1);
}

/** Ten years by months, from one row per interval as many keep them, with their key. */
async function againstIntervals(
  web: Client,
  database: ImportDatabase,
  db: Database,
  log: Statement[],
  household: Household,
  count: number,
): Promise<Row> {
  const { owner } = database;
  const { companyId, contractId } = household;
  await owner.sql`create table bench_intervals (company_id smallint, contract_id uuid, starts_at timestamptz,
    wh int, primary key (company_id, contract_id, starts_at))`;
  await owner.sql`insert into bench_intervals
    select company_id, contract_id,
      (local_day::timestamp at time zone 'Europe/Rome') + (n - 1) * interval '15 minutes', wh
    from load_profiles p, unnest(p.intervals) with ordinality as i(wh, n)
    where company_id = ${companyId} and contract_id = ${contractId} and wh >= 0
    order by local_day, n`;
  await owner.sql`vacuum analyze bench_intervals`;
  const byInterval = {
    query: `select date_trunc('month', starts_at at time zone 'Europe/Rome') as month, sum(wh)
      from bench_intervals where company_id = $1 and contract_id = $2 group by 1 order by 1`,
    parameters: [companyId, contractId],
  };
  const ten: Period = { kind: "range", ...household.known };
  const statements = await statementsOf(db, log, household, ten);
  const turns = await inTurns(
    [
      { client: web, statements, actor: household.actor },
      { client: owner.sql as Client, statements: [byInterval] },
    ],
    count,
  );
  const rounds = turns.map(([ours = Number.NaN, limit = Number.NaN]) => ({ ours, limit }));
  return rowOf("consumption: ten years, against a row per interval", "ms", rounds);
}
