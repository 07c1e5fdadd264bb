import type { Sql, TransactionSql } from "postgres";
import type { Connection } from "@/db/client";
import { hashPassword } from "@/lib/auth/password";
import { NOTICE_VERSION } from "@/lib/delivery/rules";
import { romeDay } from "@/lib/time";
import { seedBenchChoices } from "./bench-choices";
import { copyBenchPeople } from "./bench-people";
import { seedBenchReadings } from "./bench-readings";
import { GROUP } from "./group";
import { monthsFrom } from "./supplied";

export interface BenchOptions {
  contracts: number;
  /** Bills of each contract, one a month back from today; 0, the default, for none. */
  billsPerContract?: number;
  /** Three choices of each contract with every reason of R10, in place of one of four in ten. */
  withChoices?: boolean;
  /** Quarter-hours of a year for at most 1,000 contracts, daily rows of a month for the others. */
  withIntervals?: boolean;
  /** Decides the dates; default now. */
  now?: Date;
}

/** What a bench needs to act in the world it was given. */
export interface BenchWorld {
  companyId: number;
  company: string;
  /** Every login has the same password. */
  password: string;
  /** The first of the logins, in the order of their contracts. */
  emails: string[];
}

/** Of ten contracts, these many have an active mandate, a login, and electronic bills. */
const MANDATES = 8;
const LOGINS = 5;
const ELECTRONIC = 4;
const LINES_FOR_CONTRACTS = 1_000;
const PASSWORD = "bench-bench-bench";

/**
 * Makes a company with very many electricity contracts for measurements, in one transaction; what
 * was there stays. Needs the worker's role or more. 100,000 contracts take some seconds.
 */
export async function seedBenchWorld(
  connection: Connection,
  options: BenchOptions,
): Promise<BenchWorld> {
  const { contracts, billsPerContract = 0, withIntervals = false, now = new Date() } = options;
  const today = romeDay(now);
  const passwordHash = await hashPassword(PASSWORD);
  return await connection.sql.begin(async (sql) => {
    const { companyId, slug } = await benchCompany(sql, nameOf(options));
    await copyBenchPeople(sql, contracts, LOGINS);
    await sql`insert into holders (id, tax_id, name, language)
      select holder_id, tax_id, 'Bench ' || n, 'it' from bench where holder_id is not null`;
    await sql`update bench b set holder_id = (
        select h.holder_id from bench h where h.n = b.n - 1) where holder_id is null`;
    await sql`insert into contracts (company_id, id, contract_number, customer_code, holder_id,
        commodity, supply_point, supply_address, billing_address, product, contracted_power_kw,
        annual_consumption, starts_on, held_since)
      select ${companyId}, contract_id, contract_number, customer_code, holder_id, 'electricity',
        supply_point, 'Via dei Mille ' || n || ', 99010 Valfiorita (VF)',
        'Via dei Mille ' || n || ', 99010 Valfiorita (VF)', 'Luce Chiara', 3, 2700,
        ${monthsFrom(today, -48)}, ${monthsFrom(today, -48)} from bench`;
    // The planner knows nothing of a new company: foreign keys would be looked up by its id alone.
    await sql`analyze holders, contracts`;
    await sql`insert into mandates (company_id, contract_id, holder_id, reference, iban, debtor,
        creditor_id, status, since, until)
      select ${companyId}, contract_id, holder_id, 'BENCH-' || n, iban, 'Bench ' || n,
        ${GROUP[0]?.creditorId ?? ""}, case when ended then 'revoked' else 'active' end,
        ${monthsFrom(today, -47)}, case when ended then ${monthsFrom(today, -15)}::date end
      from bench
      cross join lateral (select ${options.withChoices ?? false} and n % 100 = 13) as state(ended)
      where n % 10 < ${MANDATES}`;
    await sql`analyze mandates`;
    await seedLogins(sql, companyId, passwordHash, monthsFrom(today, -15));
    await (options.withChoices
      ? seedBenchChoices(sql, companyId, monthsFrom(today, -15))
      : seedFirstChoices(sql, companyId, monthsFrom(today, -15)));
    await sql`analyze delivery_choices, delivery_addresses`;
    if (billsPerContract > 0) {
      await seedBills(sql, companyId, billsPerContract, today);
    }
    if (withIntervals) {
      await seedBenchReadings(sql, companyId, today);
    }
    return { companyId, company: slug, password: PASSWORD, emails: await emailsOf(sql, companyId) };
  });
}

/** The world that was seeded with the same options before, or else a new one. */
export async function findOrSeedBenchWorld(
  connection: Connection,
  options: BenchOptions,
): Promise<BenchWorld> {
  const { sql } = connection;
  const [known] = await sql<{ id: number; slug: string }[]>`
    select id, slug from companies where slug like 'bench-%' and name = ${nameOf(options)}
    order by id limit 1`;
  if (!known) {
    return await seedBenchWorld(connection, options);
  }
  return {
    companyId: known.id,
    company: known.slug,
    password: PASSWORD,
    emails: await emailsOf(sql, known.id),
  };
}

/** What a world was made of is its company's name, by which it is found again. */
function nameOf({
  contracts,
  billsPerContract = 0,
  withChoices = false,
  withIntervals = false,
}: BenchOptions): string {
  const parts = [`${contracts}`, `${billsPerContract} bills`];
  return ["Bench Energia", ...parts, withChoices && "choices", withIntervals && "intervals"]
    .filter(Boolean)
    .join(" ");
}

async function emailsOf(sql: Sql | TransactionSql, companyId: number): Promise<string[]> {
  const logins = await sql<{ email: string }[]>`
    select a.email from contract_links l
    join contracts c on c.company_id = l.company_id and c.id = l.contract_id
    join accounts a on a.id = l.account_id
    where l.company_id = ${companyId} and a.deleted_at is null
    order by c.contract_number limit 1000`;
  return logins.map(({ email }) => email);
}

/** A company of its own for each world, so that several can be measured side by side. */
async function benchCompany(
  sql: TransactionSql,
  name: string,
): Promise<{ companyId: number; slug: string }> {
  const [known] = await sql<{ worlds: number }[]>`
    select count(*)::int as worlds from companies where slug like 'bench-%'`;
  const slug = `bench-${(known?.worlds ?? 0) + 1}`;
  const [first] = GROUP;
  if (!first) {
    throw new Error("the group has no company");
  }
  const [company] = await sql<{ id: number }[]>`
    insert into companies (slug, name, accent_color, vat_number, creditor_id, sender_email,
      support_phone, fault_phone, customer_code_pattern, customer_code_example, bill_number_example)
    values (${slug}, ${name}, ${first.accentColor}, ${first.vatNumber},
      ${first.creditorId}, ${first.senderEmail}, ${first.supportPhone}, ${first.faultPhone},
      ${first.customerCodePattern}, ${first.customerCodeExample}, ${first.billNumberExample})
    returning id`;
  const companyId = company?.id ?? 0;
  await sql`insert into discounts (company_id, commodity, amount_cents, basis, valid_from)
    values (${companyId}, 'electricity', 600, 'per_year', '2018-01-01')`;
  return { companyId, slug };
}

async function seedLogins(
  sql: TransactionSql,
  companyId: number,
  passwordHash: string,
  since: string,
): Promise<void> {
  await sql`insert into accounts (holder_id, email, password_hash, language, created_at)
    select holder_id, email, ${passwordHash}, 'it', ${since}::date from bench
    where email is not null`;
  await sql`analyze accounts`;
  await sql`insert into contract_links (company_id, contract_id, account_id, linked_at)
    select ${companyId}, b.contract_id, a.id, ${since}::date
    from bench b join accounts a on a.email = b.email`;
  await sql`analyze contract_links`;
}

async function seedFirstChoices(
  sql: TransactionSql,
  companyId: number,
  since: string,
): Promise<void> {
  await sql`insert into delivery_choices (company_id, contract_id, account_id, mode, notice_version,
      origin, chosen_at)
    select ${companyId}, b.contract_id, a.id, 'electronic', ${NOTICE_VERSION}, 'customer',
      ${since}::date
    from bench b join accounts a on a.email = b.email where b.n % 10 < ${ELECTRONIC}`;
}

/** One bill a month, the newest first; lines for the first contracts only. */
async function seedBills(
  sql: TransactionSql,
  companyId: number,
  billsPerContract: number,
  today: string,
): Promise<void> {
  await sql`insert into documents (company_id, contract_id, id, holder_id, kind, bill_number,
      contract_number, commodity, supply_point, supply_address, origin, issue_date, due_date,
      period_from, period_to, total_cents, consumption, consumption_unit, payment_status,
      published_at)
    select ${companyId}, b.contract_id, uuidv7(), b.holder_id, 'bill',
      'B' || lpad(b.n::text, 7, '0') || to_char(month, 'YYMM'), b.contract_number, 'electricity', b.supply_point,
      'Via dei Mille ' || b.n || ', 99010 Valfiorita (VF)', 'archive', month + 17, month + 41,
      (month - interval '1 month')::date, month - 1, 4000 + (b.n * 37 + back * 211) % 9000,
      180 + (b.n + back * 7) % 120, 'kWh', case when back < 2 then 'open' else 'paid' end,
      (month + 17)::timestamptz
    from bench b
    cross join generate_series(0, ${billsPerContract - 1}) back
    cross join lateral (
      select (date_trunc('month', ${today}::date) - make_interval(months => back + 1))::date
    ) period(month)
    order by b.n, back`;
  await sql`insert into bill_line_sets (company_id, contract_id, document_id, lines)
    select ${companyId}, d.contract_id, d.id, jsonb_agg(jsonb_build_array(line, sections[line],
      'Voce ' || line, d.consumption, 'kWh', 0.1234,
      d.total_cents / 8 + case when line = 8 then d.total_cents % 8 else 0 end) order by line)
    from bench b
    join documents d on d.company_id = ${companyId} and d.contract_id = b.contract_id
    cross join generate_series(1, 8) line
    cross join (values (array['energy', 'energy', 'energy', 'network', 'network', 'system',
      'taxes', 'taxes'])) as names(sections)
    where b.n < ${LINES_FOR_CONTRACTS} group by d.contract_id, d.id`;
}
