import { and, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { dispatchEvents, dispatches } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { foldState } from "../rules";
import type { ProviderEvent } from "../schema";
import { sendableDispatches } from "../scope";

/** `unknown`: no such dispatch, acknowledged all the same; `repeated`: told before. */
export type RecordedEvent = "recorded" | "repeated" | "unknown";

/** Keeps a provider's event once, and folds all of a dispatch's events into its state (R18). */
export async function recordProviderEvent(
  ctx: Context<SystemActor>,
  event: ProviderEvent,
): Promise<RecordedEvent> {
  return await inTransaction(ctx, async ({ db, actor }) => {
    const [dispatch] = await db
      .select()
      .from(dispatches)
      .where(
        and(
          sendableDispatches(actor),
          eq(dispatches.companyId, event.companyId),
          eq(dispatches.id, event.dispatchId),
        ),
      )
      .for("update");
    if (!dispatch) {
      return "unknown";
    }
    const { companyId, contractId, documentId } = dispatch;
    const added = await db
      .insert(dispatchEvents)
      .values({
        companyId,
        contractId,
        documentId,
        id: uuidv7(),
        type: event.type,
        occurredAt: event.occurredAt,
        providerEventId: event.providerEventId,
        detail: event.detail,
      })
      .onConflictDoNothing()
      .returning({ id: dispatchEvents.id });
    if (added.length === 0) {
      return "repeated";
    }
    const events = await db
      .select({ type: dispatchEvents.type })
      .from(dispatchEvents)
      .where(
        and(
          eq(dispatchEvents.companyId, companyId),
          eq(dispatchEvents.contractId, contractId),
          eq(dispatchEvents.documentId, documentId),
        ),
      );
    const state = foldState(
      dispatch.state,
      events.map(({ type }) => type),
    );
    await db
      .update(dispatches)
      .set({ state })
      .where(and(eq(dispatches.companyId, companyId), eq(dispatches.id, dispatch.id)));
    return "recorded";
  });
}
