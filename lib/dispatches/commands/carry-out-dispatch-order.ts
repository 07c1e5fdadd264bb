import { sql } from "drizzle-orm";
import { STAFF_ROLES } from "@/db/schema/staff";
import { recordAudit } from "@/lib/audit/commands";
import type { StaffRole, SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { enqueue } from "@/lib/jobs/queue";
import type { DispatchKey } from "./leave-batch";
import { holdDispatch, orderedToPaper, resendBill } from "./ordered-sending";

/** Seconds after which an order that no worker has answered is asked for again. */
const LEFT_BEHIND_SECONDS = 60;

export interface DispatchOrderKey extends DispatchKey {
  orderId: string;
}

/**
 * Carries out what a member of staff ordered for a bill, with their role of now, and writes the answer into
 * the order, all in one step: a killed worker leaves both or neither, and a second one finds it finished.
 */
export async function carryOutDispatchOrder(
  ctx: Context<SystemActor>,
  key: DispatchOrderKey,
): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const order = await holdOrder(tx, key);
    if (!order) {
      return;
    }
    const outcome = order.allowed ? await carryOut(tx, key, order.kind) : "forbidden";
    await tx.db.execute(sql`
      update dispatch_orders set finished_at = clock_timestamp(), outcome = ${outcome}
      where company_id = ${key.companyId} and contract_id = ${key.contractId}
        and document_id = ${key.documentId} and id = ${key.orderId}`);
    await recordAudit(tx, {
      action: "carried_out_dispatch_order",
      subjectKind: "document",
      subjectId: key.documentId,
      companyId: key.companyId,
      detail: { kind: order.kind, order: key.orderId, outcome },
    });
  });
}

async function holdOrder({ db }: TxContext<SystemActor>, key: DispatchOrderKey) {
  const [order] = await db.execute<{
    kind: "resend" | "paper";
    role: StaffRole;
    disabled: boolean;
  }>(sql`
    select o.kind, s.role, s.disabled_at is not null as disabled
    from dispatch_orders o join staff s on s.id = o.ordered_by
    where o.company_id = ${key.companyId} and o.contract_id = ${key.contractId}
      and o.document_id = ${key.documentId} and o.id = ${key.orderId} and o.finished_at is null
    for update of o`);
  return order
    ? { kind: order.kind, allowed: !order.disabled && STAFF_ROLES.includes(order.role) }
    : null;
}

/** `done`, or the code why not. */
async function carryOut(
  tx: TxContext<SystemActor>,
  key: DispatchKey,
  kind: "resend" | "paper",
): Promise<string> {
  const dispatch = await holdDispatch(tx, key);
  if (!dispatch) {
    return "not_found";
  }
  return kind === "resend" ? await resendBill(tx, dispatch) : await orderedToPaper(tx, dispatch);
}

/** Asks again for orders that a killed worker left behind. Returns how many. */
export async function resumeDispatchOrders(ctx: Context<SystemActor>): Promise<number> {
  return await inTransaction(ctx, async (tx) => {
    const left = await tx.db.execute<Record<string, unknown> & DispatchOrderKey>(sql`
      select company_id as "companyId", contract_id as "contractId", document_id as "documentId",
        id as "orderId"
      from dispatch_orders
      where finished_at is null
        and ordered_at < clock_timestamp() - make_interval(secs => ${LEFT_BEHIND_SECONDS})
      order by ordered_at limit 1000`);
    for (const order of left) {
      await enqueue(tx, "dispatch_order", { ...order }, `dispatch-order-${order.orderId}`);
    }
    return left.length;
  });
}
