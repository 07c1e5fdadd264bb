import { and, desc, eq } from "drizzle-orm";
import { dispatchOrders, documents, staff } from "@/db/schema";
import type { StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { ForbiddenError } from "@/lib/errors";
import { mayWorkDispatches } from "../rules";

/** What a member of staff did about a bill. */
export interface DispatchOrder {
  id: string;
  kind: "resend" | "paper" | "note";
  note: string | null;
  by: string;
  orderedAt: Date;
  finishedAt: Date | null;
  /** `done`, or the code why not; null while the worker has not answered. */
  outcome: string | null;
}

/**
 * What staff ordered and noted about a bill, the latest first. Customers do not see it.
 * @throws {ForbiddenError} for a role we do not know
 */
export async function listDispatchOrders(
  ctx: Context<StaffActor>,
  documentId: string,
): Promise<DispatchOrder[]> {
  if (!mayWorkDispatches(ctx.actor)) {
    throw new ForbiddenError("work on dispatches");
  }
  return await inTransaction(ctx, async ({ db }) =>
    db
      .select({
        id: dispatchOrders.id,
        kind: dispatchOrders.kind,
        note: dispatchOrders.note,
        by: staff.name,
        orderedAt: dispatchOrders.orderedAt,
        finishedAt: dispatchOrders.finishedAt,
        outcome: dispatchOrders.outcome,
      })
      .from(documents)
      .innerJoin(
        dispatchOrders,
        and(
          eq(dispatchOrders.companyId, documents.companyId),
          eq(dispatchOrders.contractId, documents.contractId),
          eq(dispatchOrders.documentId, documents.id),
        ),
      )
      .innerJoin(staff, eq(staff.id, dispatchOrders.orderedBy))
      .where(eq(documents.id, documentId))
      .orderBy(desc(dispatchOrders.orderedAt)),
  );
}
