import type { Sql } from "postgres";

interface QueueOptions {
  companyId: number;
  count: number;
  /** Tells one round's bills from another's. */
  round: string;
  /** Of so many one has an address that the provider will not take; 0: none. */
  poisonedOf?: number;
}

/**
 * Published bills of a company's contracts, as many as wanted, each with its dispatch queued by e-mail:
 * what a publication leaves behind, without a run.
 */
export async function queueMails(
  sql: Sql,
  { companyId, count, round, poisonedOf = 0 }: QueueOptions,
): Promise<void> {
  await sql`with contract as materialized (
      select c.*, row_number() over (order by c.id) - 1 as n
      from contracts c where c.company_id = ${companyId}
    ), bill as materialized (
      -- The count stands alone, so that a million bills are hashed to their contracts.
      select contract.*, i as bill from generate_series(0, ${count - 1}) i
      join contract on contract.n = i % (select count(*) from contract)
    ), added as (
      insert into documents (company_id, contract_id, id, holder_id, kind, bill_number,
        contract_number, commodity, supply_point, supply_address, origin, issue_date, due_date,
        period_from, period_to, total_cents, consumption, consumption_unit, published_at)
      select company_id, id, uuidv7(), holder_id, 'bill', ${round} || '-' || bill, contract_number,
        commodity, supply_point, supply_address, 'archive', current_date, current_date + 25,
        current_date - 60, current_date - 30, 4000 + bill % 9000, 200, 'kWh', now()
      from bill order by bill
      returning company_id, contract_id, id, bill_number
    )
    insert into dispatches (company_id, contract_id, document_id, id, channel, email, language, state)
    select company_id, contract_id, id, uuidv7(), 'email',
      case when ${poisonedOf} > 0 and split_part(bill_number, '-', 2)::int % greatest(${poisonedOf}, 1) = 1
        then 'nobody at nowhere' else lower(bill_number) || '@posta.example' end, 'it', 'queued'
    from added order by bill_number`;
}
