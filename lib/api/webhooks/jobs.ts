import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { deliverWebhooks } from "./commands/deliver-webhooks";

/** `deliver_webhooks`, every minute. */
export async function deliverWebhooksJob(
  ctx: Context<SystemActor>,
  _payload: unknown,
  stop: AbortSignal,
): Promise<void> {
  await deliverWebhooks(ctx, stop);
}
