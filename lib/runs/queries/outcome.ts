import { type SQL, sql } from "drizzle-orm";

/** Where a run's electronic bills ended, and why (R20). */
export type Outcome = "delivered" | "fallback" | "excluded" | "open";

/** Why a dispatch is on paper where nothing was to be sent to anybody any more. */
const GONE = sql`('account_deleted', 'released', 'removed', 'holder_changed')`;
/** Why it is where the address was not to be reached, or staff said so. */
const FELL_BACK = sql`('address_suspended', 'hard_bounce', 'complaint', 'suppressed', 'silence', 'staff')`;

/** What never changes of a published run, whose plan and documents are frozen: so many rows, and those of no document. */
export const fixedCounts = ({ companyId, id }: { companyId: number; id: string }): SQL => sql`
  select count(*)::int as electronic, (count(*) filter (where document_id is null))::int as "noDocument"
  from (${runOutcomes({ companyId, id })}) outcome`;

/**
 * The sums of a published run's `runOutcomes`, from its fixed counts: one pass of the index of its dispatches, and
 * its withdrawn documents. Dispatches of contracts on paper have no reason, and so are counted by nobody.
 */
export const countOutcomes = (
  { companyId, id }: { companyId: number; id: string },
  { electronic, noDocument }: { electronic: number; noDocument: number },
): SQL => sql`
  with counted as (
    select state, failure, count(*)::int as n from dispatches
    where company_id = ${companyId} and run_id = ${id} group by state, failure
    union all
    -- Whatever became of a withdrawn one before, it is excluded.
    select s.state, s.failure, -count(*)::int
    from documents d
    join dispatches s on s.company_id = d.company_id and s.contract_id = d.contract_id and s.document_id = d.id
    where d.company_id = ${companyId} and d.run_id = ${id} and d.withdrawn_at is not null group by s.state, s.failure
  ), withdrawn as (
    select count(*)::int as n from documents d
    join delivery_plans p on p.company_id = d.company_id and p.run_id = d.run_id
      and p.contract_id = d.contract_id and p.mode = 'electronic'
    where d.company_id = ${companyId} and d.run_id = ${id} and d.withdrawn_at is not null
  ), sums as (
    select coalesce(sum(n) filter (where state = 'delivered'), 0)::int as delivered,
      coalesce(sum(n) filter (where state = 'paper' and failure in ${FELL_BACK}), 0)::int as fallback,
      (${noDocument}::int + (select n from withdrawn)
        + coalesce(sum(n) filter (where state = 'paper' and failure in ${GONE}), 0))::int as excluded
    from counted
  )
  select ${electronic}::int as electronic, delivered, fallback, excluded,
    ${electronic}::int - delivered - fallback - excluded as open
  from sums`;

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
      when s.state = 'paper' and s.failure in ${GONE} then 'excluded'
      when s.state = 'paper' and s.failure in ${FELL_BACK} then 'fallback'
      when s.state = 'delivered' then 'delivered'
      else 'open'
    end as category) verdict
  where p.company_id = ${companyId} and p.run_id = ${id} and p.mode = 'electronic'`;
