import { sql } from "drizzle-orm";
import type { SystemActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";
import { pseudonym } from "@/lib/auth/token";

/**
 * R7: what was being sent when an account was deleted ends under its old key. Once its batch is
 * finished or set aside, each address gives way to its own pseudonym here too: an account can have
 * had several (R8).
 */
export async function forgetDeletedAddresses(
  { db }: TxContext<SystemActor>,
  batch: { companyId: number; id: string },
): Promise<void> {
  const left = await db.execute<{ id: string; email: string }>(sql`
    select d.id, d.email from dispatches d
    where d.company_id = ${batch.companyId} and d.batch_id = ${batch.id} and d.email like '%@%'
      and exists (
        select from documents doc
        join contract_links l on l.company_id = doc.company_id and l.contract_id = doc.contract_id
        join accounts a on a.id = l.account_id and a.holder_id = doc.holder_id
        where doc.company_id = d.company_id and doc.contract_id = d.contract_id
          and doc.id = d.document_id and l.ended_because = 'account_deleted'
          and d.created_at between l.linked_at and l.ended_at)`);
  if (left.length === 0) {
    return;
  }
  const known = left.map(({ id, email }) => ({ id, pseudonym: pseudonym(email) }));
  await db.execute(sql`
    update dispatches d set email = known.pseudonym
    from json_to_recordset(${JSON.stringify(known)}::json) as known(id uuid, pseudonym text)
    where d.company_id = ${batch.companyId} and d.id = known.id`);
}
