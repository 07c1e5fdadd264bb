import { type SQL, sql } from "drizzle-orm";

/** Where a run's electronic bills ended, and why (R20). */
export type Outcome = "delivered" | "fallback" | "excluded" | "open";

/**
 * Every electronic row of a run's plan with each of its documents in the run, or alone where it has
 * none; each in exactly one category with its reason (R20). Columns: `contract_id`, `document_id`,
 * `bill_number`, `category`, `reason`.
 * - delivered: taken by the mailbox server (R18), and not complained of.
 * - fallback: on paper because we could not reach the address, or staff said so; it keeps the discount (R13, R19).
 * - excluded: nothing was to be sent there: no_document, withdrawn, account_deleted, released (R6),
 *   removed (R5), holder_changed.
 * - open: the rest, by its dispatch's state, or `not_published`.
 */
export const runOutcomes = ({ companyId, id }: { companyId: number; id: string }): SQL => sql`
  select p.contract_id, d.id as document_id, d.bill_number, verdict.category,
    case verdict.category
      when 'delivered' then 'delivered'
      when 'fallback' then s.failure
      when 'excluded' then case
        when d.id is null then 'no_document'
        when d.withdrawn_at is not null then 'withdrawn'
        else s.failure end
      else case when s.state = 'paper' then 'paper_without_reason' else coalesce(s.state, 'not_published') end
    end as reason
  from delivery_plans p
  left join documents d on d.company_id = p.company_id and d.run_id = p.run_id
    and d.contract_id = p.contract_id
  left join dispatches s on s.company_id = d.company_id and s.contract_id = d.contract_id
    and s.document_id = d.id
  cross join lateral (select case
      when d.id is null or d.withdrawn_at is not null then 'excluded'
      when s.state = 'paper' and s.failure in ('account_deleted', 'released', 'removed', 'holder_changed') then 'excluded'
      when s.state = 'paper' and s.failure in
        ('address_suspended', 'hard_bounce', 'complaint', 'suppressed', 'silence', 'staff') then 'fallback'
      when s.state = 'delivered' then 'delivered'
      else 'open'
    end as category) verdict
  where p.company_id = ${companyId} and p.run_id = ${id} and p.mode = 'electronic'`;
