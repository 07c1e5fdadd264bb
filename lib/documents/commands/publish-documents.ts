import { type SQL, sql } from "drizzle-orm";
import { tellPlanner } from "@/db/statistics";
import type { TxContext } from "@/lib/auth/context";
import { wakeSenders } from "@/lib/jobs/queue";

export interface PublishedCounts {
  documents: number;
  electronic: number;
  paper: number;
}

/**
 * Makes documents visible and queues one dispatch each, in the caller's transaction (R15).
 * `modes` is a query of `company_id, contract_id, run_id, mode, email, choice_id`, and `which` says what
 * documents `d` a row `m` of it is for. Where the electronic choice's account was deleted since, or is not of the
 * document's holder, the bill goes on paper: nobody else's address may learn of it (R5, R7). So it
 * does where the address is suspended by now: it is not written to (R19). `failure` then says why.
 */
export async function publishDocuments(
  tx: TxContext,
  { modes, which }: { modes: SQL; which: SQL },
): Promise<PublishedCounts> {
  const { db } = tx;
  // One pass, with the memory that its joins need; keys are read in their order, hardly at random.
  await db.execute(sql`select set_config('work_mem', '64MB', true),
    set_config('random_page_cost', '1.1', true)`);
  const [counts] = await db.execute<{ documents: number; electronic: number; paper: number }>(sql`
    with visible as (
      update documents d set published_at = coalesce(d.published_at, now())
      from (${modes}) m
      where d.company_id = m.company_id and d.contract_id = m.contract_id and ${which}
      returning d.company_id, d.contract_id, d.id, d.holder_id, m.run_id, m.mode, m.email, m.choice_id
    ), added as (
      insert into dispatches
        (company_id, contract_id, document_id, id, run_id, channel, email, language, state, failure)
      select company_id, contract_id, id, uuidv7(), run_id,
        case when by_email then 'email' else 'paper' end,
        case when by_email then email end,
        language,
        case when by_email then 'queued' else 'paper' end,
        obstacle
      from (
        select found.*, found.mode = 'electronic' and found.obstacle is null as by_email
        from (
          select v.*,
            case when a.deleted_at is null and a.holder_id = v.holder_id then a.language
              else h.language end as language,
            case
              when v.mode <> 'electronic' then null
              when v.email not like '%@%' or a.deleted_at is not null then 'account_deleted'
              when exists (
                select from contract_links gone
                where gone.company_id = v.company_id and gone.contract_id = v.contract_id
                  and gone.ended_because in ('released', 'removed') and gone.ended_at > c.chosen_at)
                then (select gone.ended_because from contract_links gone
                  where gone.company_id = v.company_id and gone.contract_id = v.contract_id
                    and gone.ended_because in ('released', 'removed') and gone.ended_at > c.chosen_at
                  order by gone.ended_at desc limit 1)
              when a.holder_id <> v.holder_id then 'holder_changed'
              when a.id is null and exists (
                select from delivery_choices later
                where later.company_id = c.company_id and later.contract_id = c.contract_id
                  and later.origin = 'holder_changed' and later.chosen_at > c.chosen_at)
                then 'holder_changed'
              when v.email in (select s.email from address_suspensions s
                where s.lifted_at is null or s.lifted_at > now()) then 'address_suspended'
            end as obstacle
          from visible v
          join holders h on h.id = v.holder_id
          left join delivery_choices c on c.company_id = v.company_id
            and c.contract_id = v.contract_id and c.id = v.choice_id
          left join accounts a on a.id = c.account_id
          -- Else the obstacle would be looked for once for each column that depends on it.
          offset 0
        ) found
      ) reach
      returning channel
    )
    select count(*)::int as documents,
      count(*) filter (where channel = 'email')::int as electronic,
      count(*) filter (where channel = 'paper')::int as paper
    from added`);
  if (!counts) {
    throw new Error("counting the published documents gave no row");
  }
  await tellPlanner(db, counts.documents, "dispatches");
  if (counts.electronic > 0) {
    await wakeSenders(tx);
  }
  return counts;
}
