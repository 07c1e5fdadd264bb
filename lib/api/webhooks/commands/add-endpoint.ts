import { webhookEndpoints, webhookSecrets } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { seal } from "@/lib/auth/sealed";
import { RefusalError } from "@/lib/errors";
import type { WebhookEvent } from "../schema";
import { newSecret } from "../signature";
import { urlFault } from "../target";

/**
 * Adds an endpoint that is told of what happens from now on; its secret is shown this once.
 * @throws {RefusalError} for an address that nothing is sent to
 */
export async function addEndpoint(
  ctx: Context<SystemActor>,
  endpoint: { url: string; companyId: number | null; events: WebhookEvent[] },
): Promise<{ id: string; secret: string }> {
  const fault = urlFault(endpoint.url);
  if (fault) {
    throw new RefusalError(`The URL ${fault}.`);
  }
  const secret = newSecret();
  return await inTransaction(ctx, async (tx) => {
    const [added] = await tx.db
      .insert(webhookEndpoints)
      .values({ ...endpoint, createdBy: tx.actor.name })
      .returning({ id: webhookEndpoints.id });
    const id = added?.id ?? "";
    await tx.db.insert(webhookSecrets).values({ endpointId: id, secret: seal(secret) });
    await recordAudit(tx, {
      action: "added_webhook",
      companyId: endpoint.companyId ?? undefined,
      subjectKind: "webhook",
      subjectId: id,
      // The host alone: what follows may be a secret of the receiver's.
      detail: { host: new URL(endpoint.url).host, events: endpoint.events.join(" ") },
    });
    return { id, secret };
  });
}
