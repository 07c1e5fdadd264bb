import { sql } from "drizzle-orm";
import { recordAudits } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { sendableDispatches } from "../scope";

/**
 * Sets every batch aside that is under way, for reconciliation (R17): after a restore their first attempts may have
 * been long ago, and the provider may have forgotten their keys. Mail must be held meanwhile, so that nobody's
 * request is on its way: they may be judged at once.
 */
export async function quarantineFrozenBatches(ctx: Context<SystemActor>): Promise<number> {
  return await inTransaction(ctx, async (tx) => {
    const frozen = await tx.db.execute<{ companyId: number; id: string }>(sql`
      update dispatch_batches set state = 'quarantined', failure = 'restored', lease_until = null
      where state = 'frozen' and ${sendableDispatches(tx.actor) ?? sql`true`}
      returning company_id as "companyId", id`);
    await tx.db.execute(sql`update dispatch_batches
      set finished_at = clock_timestamp() - interval '1 hour' where state = 'quarantined'`);
    await recordAudits(
      tx,
      frozen.map(({ companyId, id }) => ({
        action: "quarantined_batch",
        subjectKind: "dispatch_batch",
        subjectId: id,
        companyId,
        detail: { reason: "restored" },
      })),
    );
    return frozen.length;
  });
}
