import { type SQL, sql } from "drizzle-orm";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { pseudonym } from "@/lib/auth/token";

/** Days after a deletion within which what was then being sent has come to its end (R17: 23 hours). */
const SWEPT_DAYS = 3;

/**
 * R7: what was being sent when an account was deleted ends under its old key. Once its batch is
 * finished or set aside, each address gives way to its own pseudonym here too: an account can have
 * had several (R8).
 */
export async function forgetDeletedAddresses(ctx: Context<SystemActor>): Promise<void> {
  await inTransaction(ctx, async ({ db }) => {
    const left = await db.execute<{ email: string }>(
      sql`select email from (${DISPATCHES}) d union select email from (${MAILS}) m`,
    );
    if (left.length === 0) {
      return;
    }
    const known = left.map(({ email }) => ({ email, pseudonym: pseudonym(email) }));
    await db.execute(sql`
      with known as materialized (
        select * from json_to_recordset(${JSON.stringify(known)}::json) as k(email text, pseudonym text)
      ), mailed as (
        update dispatch_mails m set email = known.pseudonym
        from (${MAILS}) mine join known on known.email = mine.email
        where m.company_id = mine.company_id and m.contract_id = mine.contract_id
          and m.document_id = mine.document_id and m.batch_id = mine.batch_id
      )
      update dispatches d set email = known.pseudonym
      from (${DISPATCHES}) mine join known on known.email = mine.email
      where d.company_id = mine.company_id and d.contract_id = mine.contract_id
        and d.document_id = mine.document_id`);
  });
}

/** The documents that were an account's own when it was deleted, of those deleted lately. */
const OWN = sql`
  select doc.company_id, doc.contract_id, doc.id, l.linked_at, l.ended_at
  from accounts a
  join contract_links l on l.account_id = a.id and l.ended_because = 'account_deleted'
  join documents doc on doc.company_id = l.company_id and doc.contract_id = l.contract_id
    and doc.holder_id = a.holder_id
  where a.deleted_at > clock_timestamp() - make_interval(days => ${SWEPT_DAYS})`;

const notUnderWay = (batch: SQL) => sql`exists (select from dispatch_batches b
  where b.company_id = own.company_id and b.id = ${batch} and b.state <> 'frozen')`;

const DISPATCHES = sql`
  select d.company_id, d.contract_id, d.document_id, d.email
  from (${OWN}) own
  join dispatches d on d.company_id = own.company_id and d.contract_id = own.contract_id
    and d.document_id = own.id and d.created_at between own.linked_at and own.ended_at
  where d.email like '%@%' and ${notUnderWay(sql`d.batch_id`)}`;

const MAILS = sql`
  select m.company_id, m.contract_id, m.document_id, m.batch_id, m.email
  from (${OWN}) own
  join dispatch_mails m on m.company_id = own.company_id and m.contract_id = own.contract_id
    and m.document_id = own.id and m.frozen_at between own.linked_at and own.ended_at
  where m.email like '%@%' and ${notUnderWay(sql`m.batch_id`)}`;
