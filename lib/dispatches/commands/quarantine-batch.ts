import { and, eq, sql } from "drizzle-orm";
import { dispatchBatches } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";
import { log } from "@/lib/log";
import type { BatchKey } from "./freeze-mails";

/**
 * Sets a batch aside for reconciliation (R17): nothing of it is sent again by itself. Its dispatches stay
 * as they are, and events still reach them; what it says stays too, for the provider's own list to settle it.
 */
export async function quarantineBatch(
  tx: TxContext<SystemActor>,
  { companyId, id }: BatchKey,
  reason: string,
): Promise<void> {
  await tx.db
    .update(dispatchBatches)
    .set({
      state: "quarantined",
      failure: reason,
      leaseUntil: null,
      finishedAt: sql`clock_timestamp()`,
    })
    .where(and(eq(dispatchBatches.companyId, companyId), eq(dispatchBatches.id, id)));
  await recordAudit(tx, {
    action: "quarantined_batch",
    subjectKind: "dispatch_batch",
    subjectId: id,
    companyId,
    detail: { reason },
  });
  log.error({ batch: id, company: companyId, reason }, "batch set aside");
}
