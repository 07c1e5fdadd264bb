import { and, eq, isNull, sql } from "drizzle-orm";
import { webhookEndpoints, webhookSecrets } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { seal } from "@/lib/auth/sealed";
import { NotFoundError } from "@/lib/errors";
import { ROTATION_HOURS } from "../rules";
import { newSecret } from "../signature";

/**
 * Gives an endpoint a new secret, shown this once. Deliveries are signed with the old one too for a day, or with
 * `atOnce`, when it has leaked, no more.
 * @throws {NotFoundError} if there is none
 */
export async function rotateSecret(
  ctx: Context<SystemActor>,
  { id, atOnce = false }: { id: string; atOnce?: boolean },
): Promise<{ secret: string }> {
  const secret = newSecret();
  return await inTransaction(ctx, async (tx) => {
    const { db } = tx;
    const [endpoint] = await db
      .select({ companyId: webhookEndpoints.companyId })
      .from(webhookEndpoints)
      .where(and(eq(webhookEndpoints.id, id), isNull(webhookEndpoints.removedAt)))
      .for("update");
    if (!endpoint) {
      throw new NotFoundError(`webhook ${id}`);
    }
    const ofEndpoint = eq(webhookSecrets.endpointId, id);
    if (atOnce) {
      await db.delete(webhookSecrets).where(ofEndpoint);
    } else {
      await db
        .update(webhookSecrets)
        .set({ retiresAt: sql`clock_timestamp() + make_interval(hours => ${ROTATION_HOURS})` })
        .where(and(ofEndpoint, isNull(webhookSecrets.retiresAt)));
    }
    await db.insert(webhookSecrets).values({ endpointId: id, secret: seal(secret) });
    await recordAudit(tx, {
      action: "rotated_webhook_secret",
      companyId: endpoint.companyId ?? undefined,
      subjectKind: "webhook",
      subjectId: id,
      detail: { atOnce },
    });
    return { secret };
  });
}
