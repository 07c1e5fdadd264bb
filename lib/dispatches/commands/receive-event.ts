import { providerEvents } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import type { ProviderEvent } from "../schema";

/**
 * Keeps a provider's event until it is folded: one row, whatever else is going on, so that the provider is
 * answered at once. Told again before that, it is kept once; `foldEvents` knows those of before (R18).
 */
export async function receiveEvent(
  { db }: Context<SystemActor>,
  event: ProviderEvent,
): Promise<"received" | "repeated"> {
  const added = await db
    .insert(providerEvents)
    .values(event)
    .onConflictDoNothing()
    .returning({ id: providerEvents.id });
  return added.length > 0 ? "received" : "repeated";
}
