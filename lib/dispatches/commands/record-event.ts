import { and, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { dispatchEvents, dispatches, documents } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { foldState, UNREACHABLE, unreachableBy } from "../rules";
import type { ProviderEvent } from "../schema";
import { sendableDispatches } from "../scope";
import { suspendAddress, turnToPaper } from "./suspend-address";

/** `unknown`: no such dispatch, acknowledged all the same; `repeated`: told before. */
export type RecordedEvent = "recorded" | "repeated" | "unknown";

type Dispatch = typeof dispatches.$inferSelect;

/**
 * Keeps a provider's event once, and folds all of a dispatch's events into its state (R18). Where
 * they say that its address cannot be written to, the address is suspended and the bill goes on
 * paper (R19), unless it was withdrawn meanwhile (R21) or is on paper for another reason.
 */
export async function recordProviderEvent(
  ctx: Context<SystemActor>,
  event: ProviderEvent,
): Promise<RecordedEvent> {
  return await inTransaction(ctx, async (tx) => {
    const { db, actor } = tx;
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
    const reason = unreachableBy([event]);
    if (reason) {
      await suspendAddress(tx, dispatch.email, { reason, at: event.occurredAt });
    }
    await fold(tx, dispatch);
    return "recorded";
  });
}

async function fold(tx: TxContext<SystemActor>, dispatch: Dispatch): Promise<void> {
  const { db } = tx;
  const { companyId, contractId, documentId } = dispatch;
  const events = await db
    .select({ type: dispatchEvents.type, detail: dispatchEvents.detail })
    .from(dispatchEvents)
    .where(
      and(
        eq(dispatchEvents.companyId, companyId),
        eq(dispatchEvents.contractId, contractId),
        eq(dispatchEvents.documentId, documentId),
      ),
    );
  const reason = unreachableBy(events);
  if (reason && (await stillToBeRead(tx, dispatch))) {
    return await turnToPaper(tx, dispatch, reason);
  }
  const state = foldState(
    dispatch.state,
    events.map(({ type }) => type),
  );
  await db
    .update(dispatches)
    .set({ state })
    .where(and(eq(dispatches.companyId, companyId), eq(dispatches.id, dispatch.id)));
}

/** Whether its document must still reach its reader, on paper if by no other way. */
async function stillToBeRead(
  { db }: TxContext<SystemActor>,
  { companyId, contractId, documentId, state, failure }: Dispatch,
): Promise<boolean> {
  const returned = UNREACHABLE.some((reason) => reason === failure);
  if (state === "withdrawn" || (state === "paper" && !returned)) {
    return false;
  }
  const [document] = await db
    .select({ withdrawnAt: documents.withdrawnAt })
    .from(documents)
    .where(
      and(
        eq(documents.companyId, companyId),
        eq(documents.contractId, contractId),
        eq(documents.id, documentId),
      ),
    );
  return document?.withdrawnAt === null;
}
