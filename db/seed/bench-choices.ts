import type { TransactionSql } from "postgres";
import { NOTICE_VERSION } from "@/lib/delivery/rules";

/** Of a hundred contracts the last has no choice, and the one before it twice as many as the others. */
const CHOICES = 3;

/**
 * Gives the contracts of the temporary table `bench` three choices each, one after the other over all
 * contracts as customers make them, so that a contract's rows lie far apart on disk. Every reason of
 * R10 occurs: half of the contracts are in accounts (a dedicated address confirmed, one not, some
 * suspended, some deleted), the others were taken over; of ten mandates two are missing, and some ended.
 */
export async function seedBenchChoices(
  sql: TransactionSql,
  companyId: number,
  since: string,
): Promise<void> {
  await sql`insert into delivery_addresses (account_id, email, confirmed_at, created_at)
    select a.id, 'bills-' || b.email, case when b.n % 10 = 1 then ${since}::timestamptz end,
      ${since}::timestamptz
    from bench b join accounts a on a.email = b.email where b.n % 10 in (1, 2)`;
  await sql`insert into delivery_choices (company_id, contract_id, account_id, mode, email,
      notice_version, origin, chosen_at)
    select ${companyId}, b.contract_id, a.id, choice.mode,
      case when a.id is null and choice.mode = 'electronic' then 'taken-over-' || b.n || '@posta.example'
        when b.n % 10 in (1, 2) and choice.mode = 'electronic' then 'bills-' || b.email end,
      ${NOTICE_VERSION},
      case when a.id is null then 'import' else 'customer' end,
      case when b.n % 100 = 7 and turn = ${CHOICES} then now()
        else ${since}::timestamptz + turn * interval '30 days' + b.n % 86400 * interval '1 second' end
    from generate_series(1, ${2 * CHOICES}) turn
    join bench b on turn <= case b.n % 100 when 99 then 0 when 98 then ${2 * CHOICES} else ${CHOICES} end
    left join accounts a on a.email = b.email
    cross join lateral (
      select case when (turn + case when b.n % 10 in (4, 7) then 1 else 0 end) % 2 = 1
        then 'electronic' else 'paper' end
    ) as choice(mode)
    order by turn, b.n`;
  await sql`insert into address_suspensions (email, reason, suspended_at, lifted_at)
    select email, 'hard_bounce', ${since}::timestamptz,
      case when n % 400 = 0 then now() - interval '1 day' end
    from bench where n % 200 = 0 and email is not null`;
  await sql`update accounts a set deleted_at = ${since}::timestamptz, password_hash = null
    from bench b where a.email = b.email and a.deleted_at is null and b.n % 1000 = 3`;
}
