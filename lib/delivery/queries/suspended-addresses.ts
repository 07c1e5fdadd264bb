import { sql } from "drizzle-orm";
import type { CustomerActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import type { Unreachable } from "@/lib/dispatches/rules";

/** An address of the account that our mail does not reach: bills for it go on paper (R19). */
export interface SuspendedAddress {
  email: string;
  reason: Unreachable;
  since: Date;
  /** The account's own, by which one signs in; else a dedicated one. */
  own: boolean;
  /** False for one that came with another portal's choices: only another can be chosen in its place. */
  repairable: boolean;
  /** When a link to confirm it again was last asked for; null if it was not, or has had its day. */
  askedAt: Date | null;
  /** Numbers of the contracts whose last choice leads there. */
  contractNumbers: string[];
}

/** The account's suspended addresses, the latest first. */
export async function listSuspendedAddresses(
  ctx: Context<CustomerActor>,
): Promise<SuspendedAddress[]> {
  return await inTransaction(ctx, async ({ db, actor }) => {
    const rows = await db.execute<
      Record<string, unknown> &
        Omit<SuspendedAddress, "since" | "askedAt"> & { sinceMs: number; askedMs: number | null }
    >(sql`
      with mine as materialized (
        select ${actor.email}::text as email, true as own
        union
        select da.email, false from delivery_addresses da where da.account_id = ${actor.accountId}
          and da.email <> ${actor.email}
      ), chosen as materialized (
        select distinct on (l.company_id, l.contract_id) c.contract_number,
          case when dc.mode = 'electronic' then case
            when dc.account_id is null then dc.email
            when da.confirmed_at is not null then dc.email
            else ${actor.email} end end as email
        from contract_links l
        join contracts c on c.company_id = l.company_id and c.id = l.contract_id
        join delivery_choices dc on dc.company_id = l.company_id and dc.contract_id = l.contract_id
        left join delivery_addresses da on da.account_id = dc.account_id and da.email = dc.email
        where l.account_id = ${actor.accountId} and l.ended_at is null
          and (dc.account_id = ${actor.accountId} or dc.account_id is null)
        order by l.company_id, l.contract_id, dc.chosen_at desc, dc.id desc
      )
      select s.email, s.reason, coalesce(mine.own, false) as own, mine.email is not null as repairable,
        (extract(epoch from s.suspended_at) * 1000)::float8 as "sinceMs",
        (select (extract(epoch from max(m.created_at)) * 1000)::float8 from account_mails m
          where m.account_id = ${actor.accountId} and m.template = 'repair-address' and m.to_email = s.email
            and m.created_at > greatest(s.suspended_at, clock_timestamp() - interval '1 day')) as "askedMs",
        array(select chosen.contract_number from chosen where chosen.email = s.email order by 1)
          as "contractNumbers"
      from address_suspensions s
      left join mine on mine.email = s.email
      where s.lifted_at is null
        and (mine.email is not null or s.email in (select chosen.email from chosen))
      order by s.suspended_at desc, s.email`);
    return rows.map(({ sinceMs, askedMs, ...row }) => ({
      ...row,
      since: new Date(sinceMs),
      askedAt: askedMs === null ? null : new Date(askedMs),
    }));
  });
}
