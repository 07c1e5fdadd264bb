import { type SQL, sql } from "drizzle-orm";
import { contracts } from "@/db/schema";
import type { Actor, CustomerActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { visibleContracts } from "../scope";

/** A contract whose electronic delivery ends with its mandate (R14). */
export interface MandateEnd {
  companySlug: string;
  companyName: string;
  contractNumber: string;
  /** The day the mandate ends, or ended. */
  until: string;
  /** It is that day already, or later. */
  over: boolean;
  /** Day (Rome) of the cut-off from which bills come on paper. */
  cutOffOn: string;
}

/**
 * The day a mandate `m` ends; null while none is known. One that the bank rejects after electronic was
 * chosen with it ended when that was told; one that never worked has no end.
 */
export const mandateEndsOn: SQL = sql`case
  when m.status in ('active', 'revoked', 'expired') then m.until
  when m.status = 'rejected' and exists (
    select from delivery_choices dc
    where dc.company_id = m.company_id and dc.contract_id = m.contract_id
      and dc.mode = 'electronic' and dc.chosen_at >= m.since)
  then coalesce(m.until, (m.recorded_at at time zone 'Europe/Rome')::date) end`;

/** The next cut-off of a company whose id is `company_id`: `at`, and its day in Rome. */
const NEXT_CUT_OFF = sql`
  select company.id as company_id, next.at, (next.at at time zone 'Europe/Rome')::date as day
  from companies company
  cross join lateral (select next_cut_off(company.id, clock_timestamp()) as at) next`;

/**
 * R14, for the mail and the banner alike: of the contracts that a condition lets through, those on which
 * electronic was chosen and which the rule of R10 puts on paper at the next cut-off, since no mandate
 * will be active then; with the mandate that ended last. Begins a statement that reads from
 * `mandate_ends`. What is over before the cut-off gets no further bill and is left out.
 */
export const withMandateEnds = (condition: SQL): SQL => sql`
  with ending as materialized (
    select ${contracts.companyId} as company_id, ${contracts.id} as contract_id,
      ${contracts.contractNumber} as contract_number, m.id as mandate_id, ${mandateEndsOn} as until,
      ${contracts.endsOn} as supply_ends_on
    from ${contracts}
    join mandates m on m.company_id = ${contracts.companyId} and m.contract_id = ${contracts.id}
      and m.holder_id = ${contracts.holderId} and (m.until is not null or m.status = 'rejected')
    where ${condition}
  ),
  next_cut_offs as materialized (
    ${NEXT_CUT_OFF} where company.id in (select ending.company_id from ending)
  ),
  ended as materialized (
    select distinct on (ending.company_id, ending.contract_id) ending.*, cut_off.at, cut_off.day
    from ending
    join next_cut_offs cut_off on cut_off.company_id = ending.company_id
    where ending.until <= cut_off.day
      and (ending.supply_ends_on is null or ending.supply_ends_on >= cut_off.day)
    order by ending.company_id, ending.contract_id, ending.until desc, ending.mandate_id desc
  ),
  asked as materialized (
    select company_id, at, array_agg(contract_id) as ids from ended group by company_id, at
  ),
  judged as materialized (
    select mode.contract_id
    from asked cross join lateral delivery_modes(asked.company_id, asked.ids, asked.at) mode
    where mode.reason in ('mandate_ended', 'no_mandate')
  ),
  mandate_ends as (
    select ended.*, ended.until <= (clock_timestamp() at time zone 'Europe/Rome')::date as over
    from ended
    -- "is true" keeps it a hashed look-up: nothing is known of how many rows the function gives.
    where (ended.contract_id in (select judged.contract_id from judged)) is true
  )`;

/** Whether a mandate of the actor has any end: most have none, and nothing further is to be asked. */
export const someMandateEnds = (actor: Actor): SQL<boolean> => sql`exists (
  select from ${contracts}
  join mandates m on m.company_id = ${contracts.companyId} and m.contract_id = ${contracts.id}
    and m.holder_id = ${contracts.holderId} and (m.until is not null or m.status = 'rejected')
  where ${visibleContracts(actor) ?? sql`false`})`;

/** The ends that the actor is to know of, on every page until a new mandate comes (R14). */
export async function listMandateEnds(ctx: Context<CustomerActor>): Promise<MandateEnd[]> {
  return await inTransaction(ctx, async ({ db, actor }) => {
    const visible = visibleContracts(actor) ?? sql`false`;
    const [some] = await db.execute(sql`select where ${someMandateEnds(actor)}`);
    if (!some) {
      return [];
    }
    const rows = await db.execute<MandateEnd & Record<string, unknown>>(sql`
      ${withMandateEnds(visible)}
      select company.slug as "companySlug", company.name as "companyName",
        contract_number as "contractNumber", until::text as until, over, day::text as "cutOffOn"
      from mandate_ends join companies company on company.id = mandate_ends.company_id
      order by company.name, mandate_ends.until, contract_number`);
    return [...rows];
  });
}
