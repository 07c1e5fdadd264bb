import { and, eq, isNull, sql } from "drizzle-orm";
import { webhookDeliveries, webhookEndpoints, webhookSecrets } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { NotFoundError } from "@/lib/errors";

/**
 * Tells an endpoint nothing more, also not what it has not got yet; its secrets are forgotten.
 * @throws {NotFoundError} if there is none, or it was removed before
 */
export async function removeEndpoint(ctx: Context<SystemActor>, id: string): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const [removed] = await tx.db
      .update(webhookEndpoints)
      .set({ removedAt: sql`clock_timestamp()` })
      .where(and(eq(webhookEndpoints.id, id), isNull(webhookEndpoints.removedAt)))
      .returning({ companyId: webhookEndpoints.companyId });
    if (!removed) {
      throw new NotFoundError(`webhook ${id}`);
    }
    await tx.db.delete(webhookDeliveries).where(eq(webhookDeliveries.endpointId, id));
    await tx.db.delete(webhookSecrets).where(eq(webhookSecrets.endpointId, id));
    await recordAudit(tx, {
      action: "removed_webhook",
      companyId: removed.companyId ?? undefined,
      subjectKind: "webhook",
      subjectId: id,
    });
  });
}
