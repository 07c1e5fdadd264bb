import { sql } from "drizzle-orm";
import type { SystemActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";
import type { BatchKey } from "./freeze-mails";

/**
 * R7: a member left before the first attempt, so the others are queued again and go into a batch with
 * another id. What was frozen and never sent is in no archive.
 */
export async function rebuildBatch(
  { db }: TxContext<SystemActor>,
  { companyId, id }: BatchKey,
): Promise<void> {
  await db.execute(sql`
    with freed as (
      update dispatches set state = 'queued', batch_id = null, position = null
      where company_id = ${companyId} and batch_id = ${id} and state = 'batched'
      returning company_id, contract_id, document_id
    ), unwritten as (
      delete from dispatch_mails m using freed
      where m.company_id = freed.company_id and m.contract_id = freed.contract_id
        and m.document_id = freed.document_id and m.batch_id = ${id}
    )
    update dispatch_batches set state = 'failed', failure = 'rebuilt', lease_until = null,
      finished_at = clock_timestamp()
    where company_id = ${companyId} and id = ${id}`);
}
