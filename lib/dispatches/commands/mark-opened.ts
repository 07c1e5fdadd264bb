import { sql } from "drizzle-orm";
import { documents } from "@/db/schema";
import type { CustomerActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { visibleDocuments } from "@/lib/documents/scope";

/**
 * Notes in a document's timeline that its reader opened it in the portal: the first time only, and only
 * for what was sent. Another customer's document is left alone (R28).
 */
export async function markOpened(ctx: Context<CustomerActor>, documentId: string): Promise<void> {
  await inTransaction(ctx, async ({ db, actor }) => {
    await db.execute(sql`
      insert into dispatch_events (company_id, contract_id, document_id, type, occurred_at)
      select s.company_id, s.contract_id, s.document_id, 'opened', clock_timestamp()
      from ${documents}
      join dispatches s on s.company_id = ${documents.companyId}
        and s.contract_id = ${documents.contractId} and s.document_id = ${documents.id}
      where ${documents.id} = ${documentId} and ${documents.withdrawnAt} is null
        and ${visibleDocuments(actor) ?? sql`true`}
        and not exists (select from dispatch_events e where e.company_id = s.company_id
          and e.contract_id = s.contract_id and e.document_id = s.document_id and e.type = 'opened')
      on conflict do nothing`);
  });
}
