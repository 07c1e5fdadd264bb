import { sql as query } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { invoicingRuns, runOrders } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { carryOutOrder } from "@/lib/runs/commands/carry-out-order";
import { freezeDueRuns } from "@/lib/runs/commands/freeze-due-runs";
import { makeCustomer, makeStaff, must } from "../factories/people";
import { type Clone, cloneDatabase } from "../setup/database";

let clone: Clone;
beforeAll(async () => {
  clone = await cloneDatabase();
});
afterAll(async () => {
  await clone.drop();
});

const context = () => ({
  db: clone.worker.db,
  actor: { kind: "system", name: "test" } satisfies SystemActor,
});

/** A run whose cut-off has passed, with an order to publish it that a worker took long ago. */
async function makeOrderedRun() {
  return await clone.superuser.db.transaction(async (tx) => {
    const { company } = await makeCustomer(tx);
    const { staffId } = await makeStaff(tx, "operator");
    const [run] = await tx
      .insert(invoicingRuns)
      .values({
        companyId: company.id,
        name: "due",
        cutOffAt: new Date("2026-05-15T16:00:00Z"),
        openedAt: new Date("2026-01-01T00:00:00Z"),
      })
      .returning();
    const { id: runId } = must(run);
    const [order] = await tx
      .insert(runOrders)
      .values({
        companyId: company.id,
        runId,
        step: "publish",
        orderedBy: staffId,
        startedAt: query`clock_timestamp() - interval '1 hour'`,
      })
      .returning();
    return { companyId: company.id, runId, orderId: must(order).id };
  });
}

/** Somebody else at work on a row until they are let go. */
async function holding(table: string, id: string, work: () => Promise<void>): Promise<void> {
  const held = await clone.superuser.sql.reserve();
  await held`begin`;
  await held.unsafe(`select from ${table} where id = '${id}' for update`);
  try {
    await work();
  } finally {
    await held`rollback`;
    held.release();
  }
}

test("R12 a run that another machine freezes keeps no worker from its other jobs", async () => {
  const { runId } = await makeOrderedRun();
  await holding("invoicing_runs", runId, async () => {
    expect(await freezeDueRuns(context())).toEqual({ frozen: 0, failed: 0 });
  });
  expect(await freezeDueRuns(context())).toEqual({ frozen: 1, failed: 0 });
});

test("R15 nor does a publication that another worker is still carrying out", async () => {
  const order = await makeOrderedRun();
  const outcome = async () =>
    (await clone.superuser.sql`select outcome from run_orders where id = ${order.orderId}`)[0];
  await holding("run_orders", order.orderId, async () => {
    await carryOutOrder(context(), order);
    expect(await outcome()).toEqual({ outcome: null });
  });
  await carryOutOrder(context(), order);
  expect(await outcome()).toEqual({ outcome: "not_frozen" });
});
