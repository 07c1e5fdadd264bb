import { type SQL, sql } from "drizzle-orm";
import type { Company } from "@/lib/companies/queries";
import { BILL_COLUMNS, PDF_COLUMNS } from "../bill-columns";
import { INVOICE_CELLS } from "../e-invoices/invoice-cells";

/** The column of its own that an invoice keeps while it is judged as a bill. */
export const INVOICE_COLUMNS = ["reason"];

/** Its PDF is looked into and kept by whoever stages it, and not by who reads the file. */
export const INVOICE_STAGING = {
  read: PDF_COLUMNS,
  written: INVOICE_CELLS,
  judged: {},
  uncounted: ["named", "lines"],
};

/** What it is judged by, without the widest: that stays where it was read. */
const READ = sql.raw(
  Object.keys({ ...PDF_COLUMNS, ...BILL_COLUMNS })
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
    select line, ${FOUND}, bool_or(bears_code) as bears_code from (
      select s.line, c.id, s.named -> 'codes' ? c.customer_code as bears_code
      from ${staged} s
      cross join lateral jsonb_array_elements_text(s.named -> 'points') p
      join contracts c on c.company_id = ${company.id} and left(${POINT}, 14) = left(p, 14)
        and (c.commodity = 'electricity' or ${POINT} = p)
        and ${whileItRuns}
    ) led group by line
  ), coded as (
    select line, ${FOUND} from (
      select s.line, c.id
      from ${staged} s
      left join pointed p on p.line = s.line
      -- Two are several: a code may be that of a customer of thousands of contracts.
      cross join lateral (
        select c.id from contracts c
        where c.company_id = ${company.id} and ${whileItRuns}
          and c.customer_code = any(array(select jsonb_array_elements_text(s.named -> 'codes')))
        limit 2
      ) c
      where (p.found is distinct from 1 or s.tax_id is null) and jsonb_array_length(s.named -> 'codes') > 0
    ) led group by line
  ), held as (
    select line, ${FOUND} from (
      select s.line, c.id
      from ${staged} s
      left join pointed p on p.line = s.line
      left join coded k on k.line = s.line
      join holders h on h.tax_id in (s.tax_id, s.vat_number)
      join contracts c on c.company_id = ${company.id} and c.holder_id = h.id
      where p.found is distinct from 1 and k.found is distinct from 1
        and (s.named -> 'contracts' ? c.contract_number or exists (
          select from documents d where d.company_id = c.company_id and d.contract_id = c.id
            and d.bill_number = s.bill_number))
    ) led group by line
  )
  select s.line, ${READ},
    case when o.id is not null and ${sameHolder} then o.contract_number end as contract_number,
    case when o.id is null then case
        when ${contradicts} or greatest(p.found, k.found, h.found) > 1 then 'several'
        when s.tax_id is null then 'no_buyer' else 'no_contract' end
      when not ${sameHolder} then 'other_holder' end as reason,
    null::text as fate, s.line as batch_at
  from ${staged} s
  left join pointed p on p.line = s.line
  left join coded k on k.line = s.line
  left join held h on h.line = s.line
  left join contracts o on o.company_id = ${company.id} and o.id = case when ${contradicts} then null
    when p.found = 1 then p.id when k.found = 1 then k.id when h.found = 1 then h.id end
  left join holders oh on oh.id = o.holder_id`;

/** How many contracts something leads to, 1 or more than that, and which where it is one. */
const FOUND = sql`case when min(id::text) = max(id::text) then 1 else 2 end as found, min(id::text)::uuid as id`;

/** Without a tax id nothing else tells whose an invoice is whose supply points and customer codes disagree (R5). */
const contradicts = sql`coalesce(s.tax_id is null and p.found > 0 and k.found > 0 and not p.bears_code, false)`;

/** As the invoice's points are read: codes of the company's own may be written in small letters. */
const POINT = sql`upper(replace(c.supply_point, ' ', ''))`;

/** The last bill of who moved out is made when the next one's contract runs already. */
const whileItRuns = sql`s.issue_date >= c.starts_on and s.period_to >= c.starts_on
  and (c.ends_on is null or s.period_from <= c.ends_on)`;

/** A VAT number that both have beside tax ids of their own tells nothing: a VAT group's members share one. */
const sameHolder = sql`coalesce(s.tax_id is null or oh.tax_id in (s.tax_id, s.vat_number)
  or oh.vat_number = s.tax_id, false)`;
