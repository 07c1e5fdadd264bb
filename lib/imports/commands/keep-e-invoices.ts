import { type SQL, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import type { Company } from "@/lib/companies/queries";

/** Puts the lines of a batch's invoices in the place of whatever lines their bills had. */
export async function writeLines(db: Transaction, company: Company, matched: SQL): Promise<void> {
  await db.execute(sql`delete from bill_lines l using ${matched} s
    where l.company_id = ${company.id} and l.contract_id = s.contract_id
      and l.document_id = s.document_id`);
  await db.execute(sql`insert into bill_lines (company_id, contract_id, document_id, line_number, section,
      description, quantity, unit, unit_price_eur, amount_cents)
    select ${company.id}::smallint, s.contract_id, s.document_id, line.at, line.value ->> 'section',
      line.value ->> 'description', (line.value ->> 'quantity')::numeric, line.value ->> 'unit',
      (line.value ->> 'unitPriceEur')::numeric, (line.value ->> 'amountCents')::int
    from ${matched} s cross join lateral jsonb_array_elements(s.lines) with ordinality as line(value, at)`);
}

/** What has no contract waits; what has found one waits no more. */
export async function keepWaiting(
  db: Transaction,
  company: Company,
  importId: string,
  batch: SQL,
): Promise<void> {
  await db.execute(sql`delete from waiting_invoices w using ${batch} s
    where w.company_id = ${company.id} and w.bill_number = s.bill_number and s.contract_id is not null`);
  await db.execute(sql`insert into waiting_invoices
      (company_id, bill_number, import_id, file_name, issue_date, total_cents, named, reason)
    select ${company.id}::smallint, s.bill_number, ${importId}::uuid, s.file_name, s.issue_date, s.total_cents,
      s.named, s.reason
    from ${batch} s where s.contract_id is null
    on conflict (company_id, bill_number) do update set import_id = excluded.import_id,
      file_name = excluded.file_name, issue_date = excluded.issue_date, total_cents = excluded.total_cents,
      named = excluded.named, reason = excluded.reason`);
}
