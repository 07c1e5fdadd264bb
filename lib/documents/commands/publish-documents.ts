import { type SQL, sql } from "drizzle-orm";
import type { TxContext } from "@/lib/auth/context";
import { enqueue } from "@/lib/jobs/queue";

export interface PublishedCounts {
  documents: number;
  electronic: number;
  paper: number;
}

/**
 * Makes documents visible and queues one dispatch each, in the caller's transaction (R15).
 * `modes` is a query of `company_id, contract_id, document_id, run_id, mode, email, choice_id`, one
 * row per document. Where the electronic choice's account was deleted since, or is not of the
 * document's holder, the bill goes on paper: nobody else's address may learn of it (R5, R7).
 */
export async function publishDocuments(tx: TxContext, modes: SQL): Promise<PublishedCounts> {
  const { db } = tx;
  await db.execute(sql`update documents d set published_at = now()
    from (${modes}) m
    where d.company_id = m.company_id and d.contract_id = m.contract_id and d.id = m.document_id
      and d.published_at is null`);
  const [counts] = await db.execute<{ documents: number; electronic: number; paper: number }>(sql`
    with added as (
      insert into dispatches
        (company_id, contract_id, document_id, id, run_id, channel, email, language, state)
      select d.company_id, d.contract_id, d.id, uuidv7(), m.run_id,
        case when reach.by_email then 'email' else 'paper' end,
        case when reach.by_email then m.email end,
        coalesce(a.language, h.language),
        case when reach.by_email then 'queued' else 'paper' end
      from (${modes}) m
      join documents d on d.company_id = m.company_id and d.contract_id = m.contract_id
        and d.id = m.document_id
      join holders h on h.id = d.holder_id
      left join delivery_choices c on c.company_id = m.company_id
        and c.contract_id = m.contract_id and c.id = m.choice_id
      left join accounts a on a.id = c.account_id and a.deleted_at is null
        and a.holder_id = d.holder_id
      cross join lateral (select m.mode = 'electronic' and m.email like '%@%' and case
        when c.account_id is not null then a.id is not null
        else not exists (
          select from delivery_choices later
          where later.company_id = c.company_id and later.contract_id = c.contract_id
            and later.origin = 'holder_changed' and later.chosen_at > c.chosen_at)
        end as by_email) reach
      returning channel
    )
    select count(*)::int as documents,
      count(*) filter (where channel = 'email')::int as electronic,
      count(*) filter (where channel = 'paper')::int as paper
    from added`);
  if (!counts) {
    throw new Error("counting the published documents gave no row");
  }
  if (counts.electronic > 0) {
    await enqueue(tx, "drain_dispatches", {}, "drain-dispatches");
  }
  return counts;
}
