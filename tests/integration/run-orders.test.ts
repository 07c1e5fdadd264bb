import { and, eq, sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import { auditLog, deliveryPlans, invoicingRuns, runOrders, staff } from "@/db/schema";
import type { StaffActor, StaffRole } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { ForbiddenError } from "@/lib/errors";
import { carryOutOrder, resumeOrders } from "@/lib/runs/commands/carry-out-order";
import { openRun } from "@/lib/runs/commands/open-run";
import { orderRunStep } from "@/lib/runs/commands/order-step";
import type { StepOrder } from "@/lib/runs/schema";
import { makeCompany, makeCustomer, makeStaff } from "../factories/people";
import { choose, frozenRun } from "../factories/runs";
import { test, type World } from "../setup/database";

const CUT_OFF = new Date("2026-05-15T16:00:00Z");

/** A run whose cut-off has passed, of a company with one contract in electronic mode. */
async function dueRun(world: World) {
  const customer = await makeCustomer(world.db);
  await choose(world.db, customer);
  const company = customer.company.slug;
  const opened = await world.worker((ctx) =>
    openRun(ctx, { company, cutOffAt: CUT_OFF, name: "2026-05" }),
  );
  if (!opened.ok) {
    throw new Error("the test's run was not opened");
  }
  return { ...customer, run: opened.value, reference: { company, run: "2026-05" } };
}

async function ordered(world: World, actor: StaffActor, order: StepOrder) {
  const result = await world.web(actor, (ctx) => orderRunStep(ctx, order));
  if (!result.ok) {
    throw new Error(`the order was refused: ${result.code}`);
  }
  const [row] = await world.db
    .select()
    .from(runOrders)
    .where(eq(runOrders.id, result.value.orderId));
  if (!row) {
    throw new Error("the order is not there");
  }
  return { companyId: row.companyId, runId: row.runId, orderId: row.id };
}

const orderOf = async (world: World, { orderId }: { orderId: string }) => {
  const [row] = await world.db.select().from(runOrders).where(eq(runOrders.id, orderId));
  return row;
};

describe("orderRunStep", () => {
  test.for(["operator", "admin"] as const)(
    "R30 %s orders a step: one order, one job, audited",
    async (role, { world }) => {
      const { run, reference } = await dueRun(world);
      const actor = await makeStaff(world.db, role);
      const order = await ordered(world, actor, { step: "freeze", ...reference });
      expect(await orderOf(world, order)).toMatchObject({
        runId: run.id,
        step: "freeze",
        orderedBy: actor.staffId,
        startedAt: null,
        outcome: null,
      });
      const jobs = await world.db.execute(
        sql`select from graphile_worker.jobs where task_identifier = 'run_step'`,
      );
      expect(jobs).toHaveLength(1);
      const audited = and(eq(auditLog.action, "ordered_run_step"), eq(auditLog.subjectId, run.id));
      expect(await world.db.select().from(auditLog).where(audited)).toMatchObject([
        { actorKind: "staff", actorId: actor.staffId, detail: { step: "freeze" } },
      ]);
    },
  );

  test("R28 support, an unknown role and customers order nothing", async ({ world }) => {
    const { reference, actor: customer } = await dueRun(world);
    const support = await makeStaff(world.db, "support");
    const intern = { ...support, role: "intern" as StaffRole };
    for (const actor of [support, intern, customer, { kind: "visitor" } as const]) {
      await world.web(actor, async (context) => {
        const asked = orderRunStep(context as Context<StaffActor>, {
          step: "freeze",
          ...reference,
        });
        await expect(asked).rejects.toBeInstanceOf(ForbiddenError);
      });
    }
    expect(await world.db.$count(runOrders)).toBe(0);
  });

  test("R28 a session that claims a role it no longer has is stopped by the database", async ({
    world,
  }) => {
    const { reference } = await dueRun(world);
    const actor = await makeStaff(world.db, "operator");
    await world.db.update(staff).set({ role: "support" }).where(eq(staff.id, actor.staffId));
    const asked = world.web(actor, (ctx) =>
      ctx.db.transaction(
        async (tx) =>
          await orderRunStep({ db: tx, actor: ctx.actor }, { step: "freeze", ...reference }),
      ),
    );
    await expect(asked).rejects.toMatchObject({ cause: { code: "42501" } });
  });

  test("R28 another company's run is not found", async ({ world }) => {
    const { run } = await dueRun(world);
    const other = await makeCompany(world.db);
    const actor = await makeStaff(world.db, "operator");
    for (const name of [run.name, run.id]) {
      const asked = world.web(actor, (ctx) =>
        orderRunStep(ctx, { step: "freeze", company: other.slug, run: name }),
      );
      await expect(asked).rejects.toThrow("not found");
    }
  });

  test("a double click is one order; another step waits until it is finished", async ({
    world,
  }) => {
    const { reference } = await dueRun(world);
    const actor = await makeStaff(world.db, "operator");
    const first = await ordered(world, actor, { step: "freeze", ...reference });
    const again = await world.web(actor, (ctx) =>
      orderRunStep(ctx, { step: "freeze", ...reference }),
    );
    expect(again).toEqual({ ok: true, value: { orderId: first.orderId, already: true } });
    const cancel = { step: "cancel", reason: "of the test", checked: "yes", ...reference } as const;
    expect(await world.web(actor, (ctx) => orderRunStep(ctx, cancel))).toEqual({
      ok: false,
      code: "another_open",
    });
  });
});

describe("orders that meet", () => {
  test("R15 R21 another person's approval, and other bills, are not lost in an open order", async ({
    world,
  }) => {
    const { reference } = await dueRun(world);
    const [first, second] = [
      await makeStaff(world.db, "operator"),
      await makeStaff(world.db, "admin"),
    ];
    const approve = { step: "approve", checked: "yes", ...reference } as const;
    const order = await ordered(world, first, approve);
    const asked = (actor: StaffActor, step: StepOrder) =>
      world.web(actor, (ctx) => orderRunStep(ctx, step));
    expect(await asked(second, approve)).toEqual({ ok: false, code: "another_open" });
    const withdrawalId = "01a00000-0000-7000-8000-000000000000";
    expect(await asked(first, { ...approve, withdrawalId })).toMatchObject({ ok: false });
    expect(await asked(first, approve)).toMatchObject({ ok: true, value: { already: true } });
    await world.worker((ctx) => carryOutOrder(ctx, order));
    const withdraw = { step: "withdraw", reason: "wrong prices", checked: "yes" } as const;
    const bills = { ...withdraw, ...reference, billNumbers: ["B-1", "B-2"] };
    await ordered(world, first, bills);
    expect(await asked(first, bills)).toMatchObject({ ok: true, value: { already: true } });
    expect(await asked(first, { ...bills, billNumbers: ["B-3"] })).toMatchObject({ ok: false });
    expect(await asked(first, { ...bills, reason: "wrong dates" })).toMatchObject({ ok: false });
  });
});

describe("carryOutOrder", () => {
  test("R12 freezes as the person who ordered it, and answers with the counts", async ({
    world,
  }) => {
    const { run, reference } = await dueRun(world);
    const actor = await makeStaff(world.db, "operator");
    const order = await ordered(world, actor, { step: "freeze", ...reference });
    await world.worker((ctx) => carryOutOrder(ctx, order));
    expect(await orderOf(world, order)).toMatchObject({
      outcome: "done",
      detail: { electronic: 1, paper: 0, already: false },
    });
    expect(await world.db.$count(deliveryPlans, eq(deliveryPlans.runId, run.id))).toBe(1);
    const frozen = and(eq(auditLog.action, "froze_run"), eq(auditLog.subjectId, run.id));
    expect(await world.db.select().from(auditLog).where(frozen)).toMatchObject([
      { actorKind: "staff", actorId: actor.staffId },
    ]);
  });

  test("a finished order, or one in another worker's hands, is not carried out again", async ({
    world,
  }) => {
    const { run, reference } = await dueRun(world);
    const actor = await makeStaff(world.db, "operator");
    const order = await ordered(world, actor, { step: "freeze", ...reference });
    await world.db
      .update(runOrders)
      .set({ startedAt: new Date() })
      .where(eq(runOrders.id, order.orderId));
    await world.worker((ctx) => carryOutOrder(ctx, order));
    expect(await orderOf(world, order)).toMatchObject({ finishedAt: null });
    await world.db
      .update(runOrders)
      .set({ startedAt: sql`now() - interval '3 minutes'` })
      .where(eq(runOrders.id, order.orderId));
    expect(await world.worker((ctx) => resumeOrders(ctx))).toBe(1);
    await world.worker((ctx) => carryOutOrder(ctx, order));
    expect(await orderOf(world, order)).toMatchObject({ outcome: "done" });
    const finished = (await orderOf(world, order))?.finishedAt;
    await world.worker((ctx) => carryOutOrder(ctx, order));
    expect((await orderOf(world, order))?.finishedAt).toEqual(finished);
    expect(await world.db.$count(deliveryPlans, eq(deliveryPlans.runId, run.id))).toBe(1);
    expect(await world.worker((ctx) => resumeOrders(ctx))).toBe(0);
  });

  test("R28 who was disabled or lost the role meanwhile has ordered nothing", async ({ world }) => {
    const { run, reference } = await dueRun(world);
    for (const change of [{ disabledAt: new Date() }, { role: "support" as const }]) {
      const actor = await makeStaff(world.db, "operator");
      const order = await ordered(world, actor, { step: "freeze", ...reference });
      await world.db.update(staff).set(change).where(eq(staff.id, actor.staffId));
      await world.worker((ctx) => carryOutOrder(ctx, order));
      expect(await orderOf(world, order)).toMatchObject({ outcome: "forbidden" });
    }
    expect(await world.db.$count(deliveryPlans, eq(deliveryPlans.runId, run.id))).toBe(0);
  });

  test("a refusal is answered by its code, and the run stays", async ({ world }) => {
    const { company, reference } = await dueRun(world);
    const actor = await makeStaff(world.db, "operator");
    const publish = { step: "publish", checked: "yes", ...reference } as const;
    const order = await ordered(world, actor, publish);
    await world.worker((ctx) => carryOutOrder(ctx, order));
    expect(await orderOf(world, order)).toMatchObject({ outcome: "not_frozen" });
    const [run] = await world.db
      .select()
      .from(invoicingRuns)
      .where(eq(invoicingRuns.companyId, company.id));
    expect(run?.state).toBe("scheduled");
  });

  test("cancels with the reason that was given", async ({ world }) => {
    const { run, reference } = await dueRun(world);
    const actor = await makeStaff(world.db, "operator");
    const cancel = { step: "cancel", reason: "Tariffe sbagliate", checked: "yes" } as const;
    const order = await ordered(world, actor, { ...cancel, ...reference });
    await world.worker((ctx) => carryOutOrder(ctx, order));
    expect(await orderOf(world, order)).toMatchObject({ outcome: "done" });
    const [row] = await world.db.select().from(invoicingRuns).where(eq(invoicingRuns.id, run.id));
    expect(row).toMatchObject({ state: "cancelled", cancelReason: "Tariffe sbagliate" });
  });

  test("what was done and its answer are kept together, or neither", async ({ world }) => {
    const { run, reference } = await dueRun(world);
    const actor = await makeStaff(world.db, "operator");
    const cancel = { step: "cancel", reason: "of the test", checked: "yes", ...reference } as const;
    const order = await ordered(world, actor, cancel);
    await world.db.execute(
      sql`alter table run_orders add constraint broken check (outcome <> 'done') not valid`,
    );
    await world.worker((ctx) => carryOutOrder(ctx, order));
    expect(await orderOf(world, order)).toMatchObject({ outcome: "unexpected" });
    const [row] = await world.db.select().from(invoicingRuns).where(eq(invoicingRuns.id, run.id));
    expect(row?.state).toBe("scheduled");
  });

  test("R21 bills to withdraw and approvals reach their commands as they were ordered", async ({
    world,
  }) => {
    const { company } = await makeCustomer(world.db);
    await world.worker((ctx) => frozenRun(ctx, company.slug));
    const reference = { company: company.slug, run: "2026-05" };
    const actor = await makeStaff(world.db, "operator");
    const withdraw = { step: "withdraw", billNumbers: ["B-1", "B-2"], reason: "wrong prices" };
    const order = await ordered(world, actor, {
      ...(withdraw as { step: "withdraw"; billNumbers: string[]; reason: string }),
      checked: "yes",
      ...reference,
    });
    await world.worker((ctx) => carryOutOrder(ctx, order));
    expect(await orderOf(world, order)).toMatchObject({
      outcome: "unknown_bill",
      detail: { billNumbers: "B-1\nB-2", refused: "B-1, B-2" },
    });
    const approve = await ordered(world, actor, { step: "approve", checked: "yes", ...reference });
    await world.worker((ctx) => carryOutOrder(ctx, approve));
    expect(await orderOf(world, approve)).toMatchObject({ outcome: "no_documents" });
    const unknown = { withdrawalId: "01a00000-0000-7000-8000-000000000000" };
    const second = await ordered(world, actor, {
      step: "approve",
      checked: "yes",
      ...unknown,
      ...reference,
    });
    await world.worker((ctx) => carryOutOrder(ctx, second));
    expect(await orderOf(world, second)).toMatchObject({ outcome: "not_found" });
  });

  test("what fails unexpectedly is answered with a reference and no detail of the error", async ({
    world,
  }) => {
    const { reference } = await dueRun(world);
    const actor = await makeStaff(world.db, "operator");
    const order = await ordered(world, actor, { step: "freeze", ...reference });
    await world.db.execute(
      sql`alter table delivery_plans add constraint broken check (false) not valid`,
    );
    await world.worker((ctx) => carryOutOrder(ctx, order));
    const row = await orderOf(world, order);
    expect(row?.outcome).toBe("unexpected");
    expect(row?.detail).toEqual({ reference: expect.stringMatching(/^[0-9a-f]{8}$/) });
  });
});
