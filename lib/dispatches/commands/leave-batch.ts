import { sql } from "drizzle-orm";
import type { SystemActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";

export interface DispatchKey {
  companyId: number;
  contractId: string;
  documentId: string;
}

/**
 * A dispatch that turned to paper leaves its batch if that was never tried, and the batch is rebuilt; one that
 * was may yet arrive, under its old key (R17). The caller holds the batch, and then the dispatch.
 */
export async function leaveBatch(
  { db }: TxContext<SystemActor>,
  { companyId, contractId, documentId }: DispatchKey,
) {
  await db.execute(sql`
    with untried as (
      update dispatches d set batch_id = null, position = null
      from dispatch_batches b
      where d.company_id = ${companyId} and d.contract_id = ${contractId}
        and d.document_id = ${documentId} and b.company_id = d.company_id and b.id = d.batch_id
        and b.state = 'frozen' and b.first_attempt_at is null
      returning d.company_id, d.contract_id, d.document_id, old.batch_id
    )
    delete from dispatch_mails m using untried u
    where m.company_id = u.company_id and m.contract_id = u.contract_id
      and m.document_id = u.document_id and m.batch_id = u.batch_id`);
}
