import { and, eq, isNull, sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import {
  addressSuspensions,
  auditLog,
  dispatchEvents,
  dispatches,
  dispatchMails,
  dispatchOrders,
  documents,
  staff,
} from "@/db/schema";
import type { StaffActor } from "@/lib/auth/actor";
import { inTransaction } from "@/lib/auth/context";
import {
  carryOutDispatchOrder,
  resumeDispatchOrders,
} from "@/lib/dispatches/commands/carry-out-dispatch-order";
import { exportMailRoom } from "@/lib/dispatches/commands/export-mail-room";
import { orderDispatch } from "@/lib/dispatches/commands/order-dispatch";
import { turnSilentToPaper } from "@/lib/dispatches/commands/turn-silent-to-paper";
import { listDispatchOrders } from "@/lib/dispatches/queries/dispatch-orders";
import { listUndelivered } from "@/lib/dispatches/queries/worklist";
import { ForbiddenError, NotFoundError } from "@/lib/errors";
import { closeRun } from "@/lib/runs/commands/close-run";
import { reconcileRun } from "@/lib/runs/queries/reconciliation";
import { makeDispatch } from "../factories/dispatches";
import { bounceOf, eventOf, tellEvents } from "../factories/events";
import { makeCustomer, makeStaff, must } from "../factories/people";
import { publish, runDocument, runFor } from "../factories/published-runs";
import { choose } from "../factories/runs";
import { sendNext } from "../factories/sendings";
import { test, type World } from "../setup/database";

type Customer = Awaited<ReturnType<typeof makeCustomer>>;
type Kind = "resend" | "paper" | "note";

const order = (world: World, actor: StaffActor, documentId: string, kind: Kind, note = "") =>
  world.web(actor, (ctx) => orderDispatch(ctx, { kind, documentId, note }));

const dispatchOf = async ({ db }: World, documentId: string) =>
  must((await db.select().from(dispatches).where(eq(dispatches.documentId, documentId)))[0]);

/** What the worker does with every open order. */
async function work(world: World): Promise<(string | null)[]> {
  const open = await world.db.select().from(dispatchOrders);
  for (const { companyId, contractId, documentId, id } of open) {
    await world.worker((ctx) =>
      carryOutDispatchOrder(ctx, { companyId, contractId, documentId, orderId: id }),
    );
  }
  const answered = await world.db.select().from(dispatchOrders).orderBy(dispatchOrders.orderedAt);
  return answered.map(({ outcome }) => outcome);
}

/** An electronic customer whose bill went out and came back. */
async function bounced(world: World) {
  const customer = await makeCustomer(world.db);
  await choose(world.db, customer);
  const { document } = await makeDispatch(world.db, customer);
  const batch = await sendNext(world);
  const dispatch = await dispatchOf(world, document.id);
  await world.worker((ctx) => tellEvents(ctx, bounceOf(dispatch)));
  return { customer, document, batch };
}

const lift = ({ db }: World, { account }: Customer) =>
  db
    .update(addressSuspensions)
    .set({ liftedAt: new Date() })
    .where(eq(addressSuspensions.email, account.email));

describe("R19 the worklist of what could not be delivered", () => {
  test("has each bill once, by its kind, and counts that add up; noted ones on paper are done", async ({
    world,
  }) => {
    const support = await makeStaff(world.db, "support");
    const { customer, document } = await bounced(world);
    const make = (over: Parameters<typeof makeDispatch>[2]) =>
      makeDispatch(world.db, customer, over);
    const failed = await make({ state: "failed", failure: "validation_error" });
    await make({ state: "bounced" });
    await make({ state: "delivered" });
    await make({ state: "paper", channel: "paper" });
    const withdrawn = await make({ state: "failed" });
    await world.db
      .update(documents)
      .set({ withdrawnAt: new Date() })
      .where(eq(documents.id, withdrawn.document.id));
    const { company } = customer;
    const list = (over = {}) =>
      world.web(support, (ctx) => listUndelivered(ctx, { company: company.slug, ...over }));
    const all = await list();
    expect(all.counts).toEqual({ failed: 1, bounced: 1, set_aside: 0, on_paper: 1 });
    expect(all.bills).toHaveLength(3);
    const only = await list({ kind: "failed" });
    expect(only.bills.map(({ documentId }) => documentId)).toEqual([failed.document.id]);
    expect(only.counts).toEqual(all.counts);
    expect(all.bills.find(({ kind }) => kind === "on_paper")).toMatchObject({
      documentId: document.id,
      failure: "hard_bounce",
      email: customer.account.email,
    });
    await order(world, support, document.id, "note", "Scrive lei un altro indirizzo");
    expect((await list()).counts.on_paper).toBe(0);
    // One that was asked for and refused is still somebody's work.
    await world.db.update(dispatchOrders).set({ outcome: "address_suspended" });
    expect((await list()).counts.on_paper).toBe(1);
    expect((await list({ company: "nobodys" })).bills).toEqual([]);
  });

  test("R17 shows the bills of a batch set aside", async ({ world }) => {
    const support = await makeStaff(world.db, "support");
    const customer = await makeCustomer(world.db);
    const { document } = await makeDispatch(world.db, customer);
    await sendNext(world, { kind: "refused", reason: "invalid_idempotent_request" });
    const { bills } = await world.web(support, (ctx) => listUndelivered(ctx, {}));
    expect(bills.find(({ documentId }) => documentId === document.id)?.kind).toBe("set_aside");
  });

  test("R28 a role we do not know may see and order nothing; a customer orders nothing either", async ({
    world,
  }) => {
    const { customer, document } = await bounced(world);
    const support = await makeStaff(world.db, "support");
    const unknown = { ...support, role: "intern" as "support" };
    await expect(world.web(unknown, (ctx) => listUndelivered(ctx, {}))).rejects.toThrow(
      ForbiddenError,
    );
    await expect(world.web(unknown, (ctx) => listDispatchOrders(ctx, document.id))).rejects.toThrow(
      ForbiddenError,
    );
    await expect(order(world, unknown, document.id, "paper")).rejects.toThrow(ForbiddenError);
    // The second wall: the policy of the table.
    const { companyId, contractId } = await dispatchOf(world, document.id);
    await expect(
      world.web(customer.actor, (ctx) =>
        inTransaction(ctx, ({ db }) =>
          db.insert(dispatchOrders).values({
            ...{ companyId, contractId, documentId: document.id, kind: "resend" },
            orderedBy: support.staffId,
          }),
        ),
      ),
    ).rejects.toThrow();
    await order(world, support, document.id, "note", "Per i colleghi");
    const seen = await world.web(customer.actor, (ctx) =>
      inTransaction(ctx, ({ db }) => db.select().from(dispatchOrders)),
    );
    expect(seen).toEqual([]);
    await expect(
      order(world, support, "0198f7f0-0000-7000-8000-000000000001", "note", "Nessuno"),
    ).rejects.toThrow(NotFoundError);
  });
});

describe("R17 a resend on a member of staff's order", () => {
  test("R19 goes to the repaired address under a new batch, once; both sendings stay in the archive", async ({
    world,
  }) => {
    const { customer, document, batch } = await bounced(world);
    const support = await makeStaff(world.db, "support");
    await lift(world, customer);
    const ordered = await order(world, support, document.id, "resend");
    expect(ordered.ok).toBe(true);
    // A double click, or a colleague.
    expect(await order(world, support, document.id, "resend")).toEqual({
      ok: false,
      code: "another_open",
    });
    expect(await work(world)).toEqual(["done"]);
    // The same order once more, by a second worker: nothing happens twice.
    await work(world);
    const again = await sendNext(world);
    expect(again.id).not.toBe(batch.id);
    expect(again.mails.map(({ email }) => email)).toEqual([customer.account.email]);
    const told = await world.db
      .select()
      .from(dispatchEvents)
      .where(eq(dispatchEvents.documentId, document.id));
    expect(told.filter(({ type }) => type === "staff_resent")).toHaveLength(1);
    expect(await world.db.$count(dispatchMails, eq(dispatchMails.documentId, document.id))).toBe(2);
    await world.worker(async (ctx) =>
      tellEvents(ctx, eventOf(await dispatchOf(world, document.id), "email.delivered")),
    );
    expect(await dispatchOf(world, document.id)).toMatchObject({
      state: "delivered",
      failure: null,
    });
    const audited = await world.db
      .select({ action: auditLog.action, actorId: auditLog.actorId })
      .from(auditLog)
      .where(eq(auditLog.subjectId, document.id));
    expect(audited).toContainEqual({ action: "ordered_dispatch", actorId: support.staffId });
    expect(audited.map(({ action }) => action)).toContain("carried_out_dispatch_order");
  });

  test("R18 a late bounce of the first sending does not undo the second", async ({ world }) => {
    const { customer, document, batch } = await bounced(world);
    const support = await makeStaff(world.db, "support");
    const first = await dispatchOf(world, document.id);
    await lift(world, customer);
    await order(world, support, document.id, "resend");
    await work(world);
    await sendNext(world);
    const late = {
      ...bounceOf(first),
      batchId: batch.id,
      occurredAt: new Date(Date.now() - 60_000),
    };
    await world.worker((ctx) => tellEvents(ctx, late));
    expect((await dispatchOf(world, document.id)).state).toBe("accepted");
  });

  test("R10 is refused where the one rule leads to no address, and says why", async ({ world }) => {
    const { customer, document } = await bounced(world);
    const support = await makeStaff(world.db, "support");
    await order(world, support, document.id, "resend");
    expect(await work(world)).toEqual(["address_suspended"]);
    await lift(world, customer);
    await choose(world.db, customer, "paper", new Date());
    await order(world, support, document.id, "resend");
    expect((await work(world)).at(-1)).toBe("chosen_paper");
    expect((await dispatchOf(world, document.id)).state).toBe("paper");
  });

  test("is refused for what is on its way, delivered, printed, withdrawn or was never electronic", async ({
    world,
  }) => {
    const support = await makeStaff(world.db, "support");
    const { customer, document } = await bounced(world);
    await lift(world, customer);
    const outcomeOf = async (documentId: string) => {
      await order(world, support, documentId, "resend");
      return (await work(world)).at(-1);
    };
    const make = async (over: Parameters<typeof makeDispatch>[2]) =>
      (await makeDispatch(world.db, customer, over)).document.id;
    expect(await outcomeOf(await make({ state: "accepted" }))).toBe("on_its_way");
    expect(await outcomeOf(await make({ state: "delivered" }))).toBe("already_delivered");
    const paper = { channel: "paper", state: "paper", email: null } as const;
    expect(await outcomeOf(await make(paper))).toBe("never_electronic");
    const gone = await make({ state: "failed" });
    await world.db.update(documents).set({ withdrawnAt: new Date() }).where(eq(documents.id, gone));
    expect(await outcomeOf(gone)).toBe("withdrawn");
    await world.worker((ctx) => exportMailRoom(ctx, { company: customer.company.slug }));
    expect(await outcomeOf(document.id)).toBe("printed");
  });

  test("R17 waits while nobody knows what came of the first sending", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    await choose(world.db, customer);
    const support = await makeStaff(world.db, "support");
    const { document } = await makeDispatch(world.db, customer);
    await sendNext(world, { kind: "unknown", reason: "application_error" });
    await order(world, support, document.id, "paper");
    await order(world, support, document.id, "resend");
    await work(world);
    await order(world, support, document.id, "resend");
    expect(await work(world)).toEqual(["done", "outcome_unknown"]);
    expect(await world.db.$count(dispatchMails, eq(dispatchMails.documentId, document.id))).toBe(1);
  });

  test("R19 has days of its own to arrive, also after the latest safe day", async ({ world }) => {
    const { customer, document } = await bounced(world);
    const support = await makeStaff(world.db, "support");
    await lift(world, customer);
    // Published long ago, and due long since.
    await world.db.execute(sql`update dispatches set created_at = now() - interval '30 days',
      id = uuidv7(interval '-30 days') where document_id = ${document.id}`);
    await world.db
      .update(documents)
      .set({ dueDate: "2026-01-10", issueDate: "2026-01-01" })
      .where(eq(documents.id, document.id));
    await order(world, support, document.id, "resend");
    await work(world);
    expect(await world.worker((ctx) => turnSilentToPaper(ctx))).toBe(0);
    await world.db.execute(sql`update dispatch_events set occurred_at = now() - interval '3 days'`);
    expect(await world.worker((ctx) => turnSilentToPaper(ctx))).toBe(1);
  });

  test("R20 is refused once its run is closed", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const run = await runFor(world, { electronic: [customer] });
    const document = await runDocument(world, run, customer);
    await publish(world, run.reference);
    await sendNext(world);
    const dispatch = await dispatchOf(world, document.id);
    await world.worker((ctx) => tellEvents(ctx, bounceOf(dispatch)));
    expect(await world.worker((ctx) => closeRun(ctx, run.reference))).toMatchObject({ ok: true });
    await lift(world, customer);
    const support = await makeStaff(world.db, "support");
    await order(world, support, document.id, "resend");
    expect(await work(world)).toEqual(["run_closed"]);
  });

  test("R18 events of the first sending suspend no address that counts now", async ({ world }) => {
    const { customer, document, batch } = await bounced(world);
    const support = await makeStaff(world.db, "support");
    await lift(world, customer);
    await order(world, support, document.id, "resend");
    await work(world);
    await sendNext(world);
    await world.db.delete(dispatchMails).where(eq(dispatchMails.batchId, batch.id));
    const now = await dispatchOf(world, document.id);
    const late = { ...bounceOf(now), batchId: batch.id };
    await world.worker((ctx) => tellEvents(ctx, late));
    const open = and(
      eq(addressSuspensions.email, customer.account.email),
      isNull(addressSuspensions.liftedAt),
    );
    expect(await world.db.$count(addressSuspensions, open)).toBe(0);
  });

  test("is not carried out for somebody who may not any more", async ({ world }) => {
    const { customer, document } = await bounced(world);
    const support = await makeStaff(world.db, "support");
    await lift(world, customer);
    await order(world, support, document.id, "resend");
    await world.db
      .update(staff)
      .set({ disabledAt: new Date() })
      .where(eq(staff.id, support.staffId));
    expect(await work(world)).toEqual(["forbidden"]);
    expect((await dispatchOf(world, document.id)).state).toBe("paper");
  });

  test("an order that a killed worker left behind is asked for again", async ({ world }) => {
    const { document } = await bounced(world);
    const support = await makeStaff(world.db, "support");
    await order(world, support, document.id, "resend");
    expect(await world.worker(resumeDispatchOrders)).toBe(0);
    await world.db.update(dispatchOrders).set({ orderedAt: new Date(Date.now() - 120_000) });
    expect(await world.worker(resumeDispatchOrders)).toBe(1);
  });
});

describe("paper on a member of staff's order", () => {
  test("R13 R20 counts as fallback: the run closes, and its mail room prints it", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const run = await runFor(world, { electronic: [customer] });
    const document = await runDocument(world, run, customer);
    await publish(world, run.reference);
    await sendNext(world, { kind: "refused", reason: "validation_error" });
    expect((await dispatchOf(world, document.id)).state).toBe("failed");
    const reconcile = () => world.worker((ctx) => reconcileRun(ctx, run.reference));
    expect(await reconcile()).toMatchObject({ open: 1, balanced: false });
    const support = await makeStaff(world.db, "support");
    await order(world, support, document.id, "paper");
    expect(await work(world)).toEqual(["done"]);
    expect(await dispatchOf(world, document.id)).toMatchObject({
      state: "paper",
      failure: "staff",
    });
    expect(await reconcile()).toMatchObject({ fallback: 1, open: 0, balanced: true });
    const list = await world.worker((ctx) =>
      exportMailRoom(ctx, { company: customer.company.slug }),
    );
    expect(list.ok && list.value.rows.map(({ reason }) => reason)).toEqual(["staff"]);
    expect(await world.worker((ctx) => closeRun(ctx, run.reference))).toMatchObject({ ok: true });
  });

  test("R17 one that was not tried leaves its batch, which is rebuilt without it", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const support = await makeStaff(world.db, "support");
    const first = await makeDispatch(world.db, customer);
    const second = await makeDispatch(world.db, customer);
    // Frozen, and given back untried.
    await sendNext(world, { kind: "retry", pauseMs: 0 });
    await order(world, support, first.document.id, "paper");
    expect(await work(world)).toEqual(["done"]);
    const sent = await sendNext(world);
    expect(sent.mails.map(({ documentId }) => documentId)).toEqual([second.document.id]);
    expect(
      await world.db.$count(dispatchMails, eq(dispatchMails.documentId, first.document.id)),
    ).toBe(0);
  });

  test("is refused for what arrived or is on paper already", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const support = await makeStaff(world.db, "support");
    const delivered = await makeDispatch(world.db, customer, { state: "delivered" });
    const paper = await makeDispatch(world.db, customer, {
      ...{ state: "paper", channel: "paper", email: null },
    });
    await order(world, support, delivered.document.id, "paper");
    await order(world, support, paper.document.id, "paper");
    expect(await work(world)).toEqual(["already_delivered", "already_on_paper"]);
  });
});
