import { and, eq, isNull, ne, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { z } from "zod";
import { dispatches, dispatchOrders, documents } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { ForbiddenError, fail, NotFoundError, ok, type Result } from "@/lib/errors";
import { enqueue } from "@/lib/jobs/queue";
import { mayWorkDispatches } from "../rules";
import type { dispatchOrderSchema } from "../schema";

/**
 * Orders another sending of a bill, or its turn to paper, which the worker carries out and answers; or notes
 * what was said on the telephone. Audited (R30). While one order waits for the worker no other is taken.
 * @throws {ForbiddenError} for a role we do not know
 * @throws {NotFoundError} if no such document was sent
 */
export async function orderDispatch(
  ctx: Context<StaffActor>,
  { kind, documentId, note }: z.output<typeof dispatchOrderSchema>,
): Promise<Result<{ orderId: string }, "another_open">> {
  return await inTransaction(ctx, async (tx) => {
    if (!mayWorkDispatches(tx.actor)) {
      throw new ForbiddenError("work on dispatches");
    }
    const key = await keyOf(tx, documentId);
    if (!key) {
      throw new NotFoundError("document");
    }
    // Two orders for one bill wait for each other: a double click finds the first one open.
    await tx.db.execute(
      sql`select pg_advisory_xact_lock(hashtextextended(${`order ${documentId}`}, 0))`,
    );
    if (kind !== "note" && (await hasOpenOrder(tx, key))) {
      return fail("another_open");
    }
    const orderId = uuidv7();
    await tx.db.insert(dispatchOrders).values({
      ...key,
      id: orderId,
      kind,
      note: note || null,
      orderedBy: tx.actor.staffId,
      ...(kind === "note" ? { finishedAt: sql`clock_timestamp()`, outcome: "done" } : {}),
    });
    await recordAudit(tx, {
      action: kind === "note" ? "noted_call" : "ordered_dispatch",
      subjectKind: "document",
      subjectId: documentId,
      companyId: key.companyId,
      detail: { kind, order: orderId },
    });
    if (kind !== "note") {
      await enqueue(tx, "dispatch_order", { ...key, orderId }, `dispatch-order-${orderId}`);
    }
    return ok({ orderId });
  });
}

async function keyOf({ db }: TxContext<StaffActor>, documentId: string) {
  const [key] = await db
    .select({
      companyId: dispatches.companyId,
      contractId: dispatches.contractId,
      documentId: dispatches.documentId,
    })
    .from(documents)
    .innerJoin(
      dispatches,
      and(
        eq(dispatches.companyId, documents.companyId),
        eq(dispatches.contractId, documents.contractId),
        eq(dispatches.documentId, documents.id),
      ),
    )
    .where(eq(documents.id, documentId));
  return key ?? null;
}

async function hasOpenOrder(
  { db }: TxContext<StaffActor>,
  key: { companyId: number; contractId: string; documentId: string },
): Promise<boolean> {
  return (
    (await db.$count(
      dispatchOrders,
      and(
        eq(dispatchOrders.companyId, key.companyId),
        eq(dispatchOrders.contractId, key.contractId),
        eq(dispatchOrders.documentId, key.documentId),
        ne(dispatchOrders.kind, "note"),
        isNull(dispatchOrders.finishedAt),
      ),
    )) > 0
  );
}
