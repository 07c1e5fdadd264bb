import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { foldEvents } from "@/lib/dispatches/commands/fold-events";
import { log } from "@/lib/log";

/** How often a worker looks for events whose web process ended before it folded them. */
export const FOLD_EVERY_MS = 1_000;

let folding: Promise<void> | null = null;
let again = false;

/**
 * Folds the provider's events, one after the other in this process: asked for while that goes on, it goes
 * on once more. What fails is left to the worker or the next event.
 */
export function foldSoon(ctx: Context<SystemActor>): Promise<void> {
  again = true;
  folding ??= (async () => {
    while (again) {
      again = false;
      await foldEvents(ctx).catch((err: unknown) => log.error({ err }, "folding events failed"));
    }
    folding = null;
  })();
  return folding;
}
