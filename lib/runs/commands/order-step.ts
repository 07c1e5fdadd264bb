import { and, eq, isNull, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { runOrders } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { fail, ok, type Result } from "@/lib/errors";
import { enqueue } from "@/lib/jobs/queue";
import { getRun, type Run } from "../queries/run";
import { requireRunOperator } from "../rules";
import type { StepOrder } from "../schema";

export type OrderRunStepFailure = "another_open";

/**
 * Orders a step of a run, as its page does: the worker carries it out and answers in the order
 * (R30: audited as ordered, and again by the command). The same asked for twice by one person is one order; whatever else is asked meanwhile,
 * by another person or of other bills, is refused and not taken for it.
 * @throws {ForbiddenError} for support, who may look only
 * @throws {NotFoundError} if the company has no such run
 */
export async function orderRunStep(
  ctx: Context<StaffActor>,
  order: StepOrder,
): Promise<Result<{ orderId: string; already: boolean }, OrderRunStepFailure>> {
  return await inTransaction(ctx, async (tx) => {
    requireRunOperator(tx.actor);
    const run = await getRun(tx, order);
    // Two orders of one run wait for each other: a double click finds the first one open.
    await tx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${run.id}, 0))`);
    const open = await findOpenOrder(tx, run);
    if (open) {
      return isSame(open, order, tx.actor)
        ? ok({ orderId: open.id, already: true })
        : fail("another_open");
    }
    const orderId = await addOrder(tx, run, order);
    return ok({ orderId, already: false });
  });
}

type OpenOrder = NonNullable<Awaited<ReturnType<typeof findOpenOrder>>>;

async function findOpenOrder({ db }: TxContext, { companyId, id }: Run) {
  const [open] = await db
    .select({
      id: runOrders.id,
      step: runOrders.step,
      reason: runOrders.reason,
      orderedBy: runOrders.orderedBy,
      detail: runOrders.detail,
    })
    .from(runOrders)
    .where(
      and(
        eq(runOrders.companyId, companyId),
        eq(runOrders.runId, id),
        isNull(runOrders.finishedAt),
      ),
    );
  return open;
}

/** A second person's approval, or other bills, must not be lost as a repetition of the first. */
function isSame(open: OpenOrder, order: StepOrder, { staffId }: StaffActor): boolean {
  const asked = askedFor(order);
  return (
    open.step === order.step &&
    open.orderedBy === staffId &&
    open.reason === reasonOf(order) &&
    Object.keys(open.detail).length === Object.keys(asked).length &&
    Object.entries(asked).every(([name, value]) => open.detail[name] === value)
  );
}

const reasonOf = (order: StepOrder) => ("reason" in order ? order.reason : null);

async function addOrder(
  tx: TxContext<StaffActor>,
  { companyId, id: runId, name }: Run,
  order: StepOrder,
): Promise<string> {
  const id = uuidv7();
  await tx.db.insert(runOrders).values({
    companyId,
    runId,
    id,
    step: order.step,
    reason: reasonOf(order),
    orderedBy: tx.actor.staffId,
    detail: askedFor(order),
  });
  await recordAudit(tx, {
    action: "ordered_run_step",
    companyId,
    subjectKind: "run",
    subjectId: runId,
    detail: { name, step: order.step, order: id },
  });
  await enqueue(tx, "run_step", { companyId, runId, orderId: id }, `run-step-${id}`);
  return id;
}

/** What the worker needs beside step and reason. */
function askedFor(order: StepOrder): Record<string, string> {
  switch (order.step) {
    case "withdraw":
      return { billNumbers: order.billNumbers.join("\n") };
    case "approve":
      return order.withdrawalId ? { withdrawalId: order.withdrawalId } : {};
    case "freeze":
    case "publish":
    case "close":
    case "cancel":
      return {};
  }
}
