import { type SQL, sql } from "drizzle-orm";
import type { Company } from "@/lib/companies/queries";
import type { StagedColumns } from "../staging";
import { BILL_STAGING } from "./check-bills";

/** What an invoice has beside a bill's columns. */
const OWN = {
  file_name: "text",
  tax_id: "text",
  vat_number: "text",
  named: "jsonb",
  lines: "jsonb",
} satisfies StagedColumns["read"];

/** The columns of its own that an invoice keeps while it is judged as a bill. */
export const INVOICE_COLUMNS = ["file_name", "named", "lines", "reason"];

export const INVOICE_STAGING = { read: { ...BILL_STAGING.read, ...OWN }, judged: {} };

const READ = sql.raw(
  Object.keys(INVOICE_STAGING.read)
    .filter((column) => column !== "contract_number")
    .map((column) => `s.${column}`)
    .join(", "),
);

/**
 * Finds each invoice's contract: by the supply point (of a POD its first 14 characters) while the contract runs, then
 * by the customer code, then by the holder's tax id with a number of the contract or of a bill that is there. One that
 * leads to several, to none, or to a contract of another tax id gets none, and the reason (R5: nobody gets another's
 * bill).
 */
export const matchInvoices = (company: Company, staged: SQL) => sql`
  with pointed as (
    select s.line, count(distinct c.id) as found, min(c.id::text)::uuid as id
    from ${staged} s
    cross join lateral jsonb_array_elements_text(s.named -> 'points') p
    join contracts c on c.company_id = ${company.id} and left(${POINT}, 14) = left(p, 14)
      and (c.commodity = 'electricity' or ${POINT} = p)
      and ${whileItRuns}
    group by 1
  ), coded as (
    select s.line, count(distinct c.id) as found, min(c.id::text)::uuid as id, array_agg(c.id) as ids
    from ${staged} s
    cross join lateral jsonb_array_elements_text(s.named -> 'codes') code
    join contracts c on c.company_id = ${company.id} and c.customer_code = code
      and ${whileItRuns}
    group by 1
  ), held as (
    select s.line, count(distinct c.id) as found, min(c.id::text)::uuid as id
    from ${staged} s
    join holders h on h.tax_id in (s.tax_id, s.vat_number)
    join contracts c on c.company_id = ${company.id} and c.holder_id = h.id
    where s.named -> 'contracts' ? c.contract_number or exists (
      select from documents d where d.company_id = c.company_id and d.contract_id = c.id
        and d.bill_number = s.bill_number)
    group by 1
  ), matched as (
    select s.line, case when ${contradicts} then null when p.found = 1 then p.id
        when k.found = 1 then k.id when h.found = 1 then h.id end as id,
      case when ${contradicts} then 2 else greatest(p.found, k.found, h.found) end as found
    from ${staged} s
    left join pointed p on p.line = s.line
    left join coded k on k.line = s.line
    left join held h on h.line = s.line
  )
  select s.line, ${READ},
    case when o.id is not null and ${sameHolder} then o.contract_number end as contract_number,
    case when o.id is null then case when m.found > 1 then 'several'
        when s.tax_id is null then 'no_buyer' else 'no_contract' end
      when not ${sameHolder} then 'other_holder' end as reason,
    null::text as fate, s.line as batch_at
  from ${staged} s
  join matched m on m.line = s.line
  left join contracts o on o.company_id = ${company.id} and o.id = m.id
  left join holders oh on oh.id = o.holder_id`;

/** Without a tax id nothing else tells whose an invoice is whose supply point and customer code disagree (R5). */
const contradicts = sql`coalesce(s.tax_id is null and p.found = 1 and p.id <> all(k.ids), false)`;

/** As the invoice's points are read: codes of the company's own may be written in small letters. */
const POINT = sql`upper(replace(c.supply_point, ' ', ''))`;

/** The last bill of who moved out is made when the next one's contract runs already. */
const whileItRuns = sql`s.issue_date >= c.starts_on and s.period_to >= c.starts_on
  and (c.ends_on is null or s.period_from <= c.ends_on)`;

const sameHolder = sql`coalesce(s.tax_id is null or oh.tax_id in (s.tax_id, s.vat_number)
  or oh.vat_number in (s.tax_id, s.vat_number), false)`;
