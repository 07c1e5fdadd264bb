import { type SQL, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import type { Company } from "@/lib/companies/queries";
import type { Staging } from "../staging";

/**
 * Says that a bill changes where only its lines do: it has none yet, or others and is not published. Of a published
 * one they stay, once there are any (R21).
 */
export async function judgeLines(
  db: Transaction,
  company: Company,
  { table, read }: Staging,
): Promise<void> {
  await db.execute(sql`update ${table} s set fate = 'changed'
    from ${read} r cross join documents d
    left join bill_line_sets l on l.company_id = d.company_id and l.contract_id = d.contract_id
      and l.document_id = d.id
    where r.line = s.line and s.exists_already and s.fate = 'unchanged' and r.lines <> '[]'
      and d.company_id = ${company.id} and d.contract_id = s.contract_id and d.id = s.document_id
      and (l.document_id is null or d.published_at is null and l.lines <> r.lines::jsonb)`);
}

/**
 * Puts the lines of a batch's invoices, as they were `read`, in the place of whatever lines their bills had, but for
 * published ones.
 */
export async function writeLines(
  db: Transaction,
  company: Company,
  matched: SQL,
  read: SQL,
): Promise<void> {
  await db.execute(sql`delete from bill_line_sets l using ${matched} s, documents d
    where s.fate = 'changed' and l.company_id = ${company.id} and l.contract_id = s.contract_id
      and l.document_id = s.document_id and d.company_id = l.company_id and d.contract_id = l.contract_id
      and d.id = l.document_id and (d.published_at is null or s.taken_over)`);
  await db.execute(sql`insert into bill_line_sets (company_id, contract_id, document_id, lines)
    select ${company.id}::smallint, s.contract_id, s.document_id, r.lines::jsonb
    from ${matched} s
    cross join lateral (select lines from ${read} r where r.line = s.line offset 0) r
    where r.lines <> '[]' and (s.fate = 'added' or not exists (
      select from bill_line_sets l where l.company_id = ${company.id} and l.contract_id = s.contract_id
        and l.document_id = s.document_id))`);
}

/** What has no contract waits; what has found one waits no more. */
export async function keepWaiting(
  db: Transaction,
  company: Company,
  importId: string,
  batch: SQL,
  read: SQL,
): Promise<void> {
  await db.execute(sql`delete from waiting_invoices w using ${batch} s
    where w.company_id = ${company.id} and w.bill_number = s.bill_number and s.contract_id is not null`);
  await db.execute(sql`insert into waiting_invoices
      (company_id, bill_number, import_id, file_name, issue_date, total_cents, named, reason)
    select ${company.id}::smallint, s.bill_number, ${importId}::uuid, r.file_name, s.issue_date, s.total_cents,
      r.named, s.reason
    from ${batch} s join ${read} r on r.line = s.line where s.contract_id is null
    on conflict (company_id, bill_number) do update set import_id = excluded.import_id,
      file_name = excluded.file_name, issue_date = excluded.issue_date, total_cents = excluded.total_cents,
      named = excluded.named, reason = excluded.reason`);
}
