import { type SQL, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { actorId } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";
import type { Company } from "@/lib/companies/queries";

const TODAY = sql`(clock_timestamp() at time zone 'Europe/Rome')::date`;

const CONTRACT_FACTS = [
  "customer_code",
  "commodity",
  "supply_point",
  "supply_address",
  "billing_address",
  "product",
  "product_ends_on",
  "contracted_power_kw",
  "available_power_kw",
  "meter_serial",
  "annual_consumption",
  "gas_coefficient_c",
  "starts_on",
  "ends_on",
];
const factsOf = (alias: string) =>
  sql.raw(CONTRACT_FACTS.map((column) => `${alias}.${column}`).join(", "));

/** Brings a batch of staged rows into holders, contracts and mandates: a handful of statements. */
export async function applyContracts(tx: TxContext, company: Company, staged: SQL): Promise<void> {
  const { db } = tx;
  await writeHolders(db, staged);
  await handOver(tx, company, staged);
  await writeContracts(db, company, staged);
  await writeMandates(db, company, staged);
}

/** Says of each row whether it adds, changes or repeats, and whether the contract changes hands. */
export async function judgeContracts(
  db: Transaction,
  company: Company,
  staged: SQL,
): Promise<void> {
  await settleHolders(db, staged);
  await judge(db, company, staged);
}

/** A holder with several contracts in the file is as its last line says. */
async function settleHolders(db: Transaction, staged: SQL): Promise<void> {
  await db.execute(sql`update ${staged} s
    set holder_name = l.holder_name, vat_number = l.vat_number, language = l.language
    from (select distinct on (tax_id) tax_id, holder_name, vat_number, language
      from ${staged} order by tax_id, line desc) l
    where l.tax_id = s.tax_id`);
}

async function judge(db: Transaction, company: Company, staged: SQL): Promise<void> {
  await db.execute(sql`update ${staged} s set
      creditor_id = coalesce(s.creditor_id, ${company.creditorId}),
      fate = 'added', handed_over = false, contract_id = uuidv7(), batch_at = line`);
  await db.execute(sql`update ${staged} s set
      contract_id = c.id,
      handed_over = h.tax_id <> s.tax_id,
      fate = case when h.tax_id <> s.tax_id
        or (${factsOf("c")}) is distinct from (${factsOf("s")})
        or (h.name, h.vat_number, h.language) is distinct from
          (s.holder_name, coalesce(s.vat_number, h.vat_number), coalesce(s.language, h.language))
        or s.mandate_status <> 'none' and not exists (
          select from mandates m
          where m.company_id = c.company_id and m.contract_id = c.id
            and m.holder_id = c.holder_id and m.reference = s.mandate_reference
            and (m.iban, m.debtor, m.creditor_id, m.status, m.since, m.until) is not distinct from
              (s.mandate_iban, s.mandate_debtor, s.creditor_id, s.mandate_status,
                coalesce(s.mandate_since, m.since), s.mandate_until))
        or exists (
          select from mandates m
          where m.company_id = c.company_id and m.contract_id = c.id
            and m.status in ('requested', 'active')
            and (s.mandate_status = 'none' or m.reference <> s.mandate_reference
              or m.holder_id <> c.holder_id))
        then 'changed' else 'unchanged' end
    from contracts c join holders h on h.id = c.holder_id
    where c.company_id = ${company.id} and c.contract_number = s.contract_number`);
}

async function writeHolders(db: Transaction, staged: SQL): Promise<void> {
  await db.execute(sql`insert into holders (id, tax_id, vat_number, name, language)
    select uuidv7(), tax_id, vat_number, holder_name, coalesce(language, 'it')
    from (select distinct tax_id, vat_number, holder_name, language from ${staged} b) s
    order by tax_id
    on conflict (tax_id) do nothing`);
  await db.execute(sql`update holders h set
      name = s.holder_name,
      vat_number = coalesce(s.vat_number, h.vat_number),
      language = coalesce(s.language, h.language)
    from (select distinct tax_id, vat_number, holder_name, language from ${staged} b) s
    where h.tax_id = s.tax_id
      and (h.name, h.vat_number, h.language) is distinct from
        (s.holder_name, coalesce(s.vat_number, h.vat_number), coalesce(s.language, h.language))`);
}

/** R5: link and choice end at this instant; what was issued before stays with the former holder. */
async function handOver({ db, actor }: TxContext, company: Company, staged: SQL): Promise<void> {
  await db.execute(sql`update contract_links l
    set ended_at = clock_timestamp(), ended_because = 'holder_changed'
    from ${staged} s
    where s.handed_over and l.company_id = ${company.id} and l.contract_id = s.contract_id
      and l.ended_at is null`);
  await db.execute(sql`insert into delivery_choices
      (company_id, contract_id, id, account_id, mode, origin)
    select ${company.id}::smallint, contract_id, uuidv7(), null, 'paper', 'holder_changed'
    from ${staged} s where handed_over`);
  await db.execute(sql`insert into audit_log
      (actor_kind, actor_id, action, company_id, subject_kind, subject_id)
    select ${actor.kind}, ${actorId(actor)}, 'changed_holder', ${company.id}::smallint,
      'contract', contract_id
    from ${staged} s where handed_over`);
}

async function writeContracts(db: Transaction, company: Company, staged: SQL): Promise<void> {
  const columns = sql.raw(CONTRACT_FACTS.join(", "));
  const assignments = sql.raw(CONTRACT_FACTS.map((column) => `${column} = s.${column}`).join(", "));
  await db.execute(sql`update contracts c set ${assignments},
      holder_id = h.id,
      held_since = case
        when s.handed_over then ${TODAY}
        when c.held_since = c.starts_on and not exists (
          select from delivery_choices dc where dc.company_id = c.company_id
            and dc.contract_id = c.id and dc.origin = 'holder_changed') then s.starts_on
        else c.held_since end,
      imported_at = now()
    from ${staged} s join holders h on h.tax_id = s.tax_id
    where s.fate = 'changed' and c.company_id = ${company.id} and c.id = s.contract_id`);
  await db.execute(sql`insert into contracts
      (company_id, id, contract_number, holder_id, held_since, ${columns})
    select ${company.id}::smallint, s.contract_id, s.contract_number, h.id, s.starts_on, ${factsOf("s")}
    from ${staged} s join holders h on h.tax_id = s.tax_id
    where s.fate = 'added'`);
}

async function writeMandates(db: Transaction, company: Company, staged: SQL): Promise<void> {
  // A mandate the billing system no longer names must not go on opening the gate (R2).
  await db.execute(sql`update mandates m set
      status = case m.status when 'active' then 'revoked' else 'rejected' end,
      until = case m.status when 'active' then greatest(${TODAY}, m.since) end,
      recorded_at = now()
    from ${staged} s
    join contracts c on c.company_id = ${company.id} and c.id = s.contract_id
    where s.fate = 'changed' and m.company_id = ${company.id} and m.contract_id = s.contract_id
      and m.status in ('requested', 'active')
      and (s.mandate_status = 'none' or m.reference <> s.mandate_reference
        or m.holder_id <> c.holder_id)`);
  await db.execute(sql`insert into mandates as m
      (company_id, contract_id, id, holder_id, reference, iban, debtor, creditor_id, status, since,
        until)
    select ${company.id}::smallint, s.contract_id, uuidv7(), c.holder_id, s.mandate_reference,
      s.mandate_iban, s.mandate_debtor, s.creditor_id, s.mandate_status, s.mandate_since,
      s.mandate_until
    from ${staged} s
    join contracts c on c.company_id = ${company.id} and c.id = s.contract_id
    where s.fate <> 'unchanged' and s.mandate_status <> 'none'
    on conflict (company_id, contract_id, holder_id, reference) do update set
      iban = excluded.iban, debtor = excluded.debtor, creditor_id = excluded.creditor_id,
      status = excluded.status, since = coalesce(excluded.since, m.since), until = excluded.until,
      recorded_at = now()
    where (m.iban, m.debtor, m.creditor_id, m.status, m.since, m.until) is distinct from
      (excluded.iban, excluded.debtor, excluded.creditor_id, excluded.status,
        coalesce(excluded.since, m.since), excluded.until)`);
}
