import { and, eq } from "drizzle-orm";
import { describe, expect } from "vitest";
import {
  addressSuspensions,
  contractLinks,
  dispatchEvents,
  dispatches,
  documents,
  sendingPauses,
} from "@/db/schema";
import { inTransaction } from "@/lib/auth/context";
import { carryOutDispatchOrder } from "@/lib/dispatches/commands/carry-out-dispatch-order";
import { exportMailRoom } from "@/lib/dispatches/commands/export-mail-room";
import { markOpened } from "@/lib/dispatches/commands/mark-opened";
import { orderDispatch } from "@/lib/dispatches/commands/order-dispatch";
import { findPassport } from "@/lib/dispatches/queries/passport";
import { timelineOf } from "@/lib/dispatches/queries/timeline";
import { ForbiddenError } from "@/lib/errors";
import { importBills } from "@/lib/imports/commands/import-bills";
import { makeDispatch } from "../factories/dispatches";
import { bounceOf, eventOf, tellEvents } from "../factories/events";
import { billsFile } from "../factories/import-files";
import { makeCustomer, makeDocument, makeStaff, must } from "../factories/people";
import { publish, runDocument, runFor } from "../factories/published-runs";
import { choose } from "../factories/runs";
import { sendNext } from "../factories/sendings";
import { test, type World } from "../setup/database";

type Customer = Awaited<ReturnType<typeof makeCustomer>>;

/** A customer whose contract was in the account before the test's cut-off. */
async function early(world: World, over: Parameters<typeof makeCustomer>[1] = {}) {
  const customer = await makeCustomer(world.db, over);
  await world.db
    .update(contractLinks)
    .set({ linkedAt: new Date("2026-01-01T00:00:00Z") })
    .where(eq(contractLinks.contractId, customer.contract.id));
  return customer;
}

const presentDispatch = async ({ db }: World, documentId: string) =>
  must((await db.select().from(dispatches).where(eq(dispatches.documentId, documentId)))[0]);

/** A bill of a run, published and sent to an electronic customer. */
async function sentBill(world: World) {
  const customer = await early(world);
  const run = await runFor(world, { electronic: [customer] });
  const document = await runDocument(world, run, customer);
  await publish(world, run.reference);
  await sendNext(world);
  return { customer, run, document };
}

const passportFor = async (world: World, { actor }: Customer, id: string) =>
  must(await world.web(actor, (ctx) => findPassport(ctx, id)));

describe("a bill's passport", () => {
  test("R17 R28 says that its e-mail waits while all mail or its company's does, and of others' pauses nothing", async ({
    world,
  }) => {
    const customer = await early(world);
    const other = await makeCustomer(world.db);
    const { document, dispatch } = await makeDispatch(world.db, customer);
    const waits = async () => (await passportFor(world, customer, document.id)).mailWaits;
    const pause = async (companyId: number | null, reason: string) => {
      const probeAt = new Date();
      const [made] = await world.db
        .insert(sendingPauses)
        .values({ companyId, reason, probeAt })
        .returning();
      return () =>
        world.db
          .update(sendingPauses)
          .set({ endedAt: new Date() })
          .where(eq(sendingPauses.id, must(made).id));
    };
    expect(await waits()).toBe(false);
    const endOthers = await pause(other.company.id, "domain_refused");
    expect(await waits()).toBe(false);
    const endAll = await pause(null, "restored");
    expect(await waits()).toBe(true);
    await endAll();
    await pause(customer.company.id, "domain_refused");
    expect(await waits()).toBe(true);
    await endOthers();
    await world.db
      .update(dispatches)
      .set({ state: "accepted" })
      .where(eq(dispatches.id, dispatch.id));
    expect(await waits()).toBe(false);
    // The pauses themselves are the staff's.
    const seen = await world.web(customer.actor, (ctx) =>
      inTransaction(ctx, ({ db }) => db.select().from(sendingPauses)),
    );
    expect(seen).toEqual([]);
  });

  test("R12 R15 R18 tells frozen mode, publication, sending and what the provider said, in order", async ({
    world,
  }) => {
    const { customer, document } = await sentBill(world);
    const dispatch = await presentDispatch(world, document.id);
    await world.worker((ctx) => tellEvents(ctx, eventOf(dispatch, "email.delivered")));
    await world.web(customer.actor, (ctx) => markOpened(ctx, document.id));
    const passport = await passportFor(world, customer, document.id);
    expect(passport.plan).toMatchObject({
      mode: "electronic",
      reason: "chosen",
      email: customer.account.email,
      run: "2026-05",
    });
    expect(passport.dispatch).toMatchObject({ channel: "email", state: "delivered" });
    const steps = timelineOf(passport);
    expect(steps.map(({ key }) => key)).toEqual([
      "decidedElectronic",
      "published",
      "written",
      "accepted",
      "delivered",
      "opened",
    ]);
    expect(steps.every(({ tone }) => tone === "done")).toBe(true);
    const times = steps.map(({ at }) => at.getTime());
    expect(times).toEqual([...times].sort((one, other) => one - other));
  });

  test("R19 tells a bounce with the server's code, the turn to paper and the print", async ({
    world,
  }) => {
    const { customer, document } = await sentBill(world);
    const dispatch = await presentDispatch(world, document.id);
    await world.worker(async (ctx) => {
      const bounce = bounceOf(dispatch);
      await tellEvents(ctx, { ...bounce, detail: { ...bounce.detail, status: "5.1.1" } });
      await exportMailRoom(ctx, { company: customer.company.slug });
    });
    const operator = await makeStaff(world.db, "operator");
    const forStaff = must(await world.web(operator, (ctx) => findPassport(ctx, document.id)));
    const steps = timelineOf(forStaff);
    expect(steps.slice(-3).map(({ key }) => key)).toEqual(["bounced", "paper", "printed"]);
    expect(steps.find(({ key }) => key === "bounced")).toMatchObject({
      tone: "problem",
      code: "5.1.1",
    });
    expect(steps.find(({ key }) => key === "paper")).toMatchObject({ reason: "hard_bounce" });
    // The customer's has the same facts, but for when the mail room was told.
    const own = await passportFor(world, customer, document.id);
    expect({ ...own, printedAt: null }).toEqual({ ...forStaff, printedAt: null });
    expect(own.printedAt).toBeNull();
  });

  test("R18 a provider's event that overtook the sender's own note still comes after the sending", async ({
    world,
  }) => {
    const { customer, document } = await sentBill(world);
    const dispatch = await presentDispatch(world, document.id);
    const accepted = must(dispatch.acceptedAt).getTime();
    await world.worker((ctx) =>
      tellEvents(ctx, eventOf(dispatch, "email.delivered", { occurredAt: new Date(accepted - 1) })),
    );
    const keys = timelineOf(await passportFor(world, customer, document.id)).map(({ key }) => key);
    expect(keys.indexOf("accepted")).toBeLessThan(keys.indexOf("delivered"));
  });

  test("R17 keeps the first sending's steps where staff sent it again", async ({ world }) => {
    const { customer, document } = await sentBill(world);
    const first = await presentDispatch(world, document.id);
    await world.worker((ctx) => tellEvents(ctx, bounceOf(first)));
    await world.db.update(addressSuspensions).set({ liftedAt: new Date() });
    const support = await makeStaff(world.db, "support");
    const ordered = await world.web(support, (ctx) =>
      orderDispatch(ctx, { kind: "resend", documentId: document.id, note: "" }),
    );
    const orderId = ordered.ok ? ordered.value.orderId : "";
    const { companyId, contractId, documentId } = first;
    await world.worker((ctx) =>
      carryOutDispatchOrder(ctx, { companyId, contractId, documentId, orderId }),
    );
    await sendNext(world);
    const keys = timelineOf(await passportFor(world, customer, document.id)).map(({ key }) => key);
    expect(keys.slice(2)).toEqual([
      ...["written", "accepted", "bounced", "paper", "sentAgain", "written", "accepted"],
    ]);
  });

  test("R17 R18 a mail whose answer was lost is in the archive once an event tells of it", async ({
    world,
  }) => {
    const customer = await early(world);
    await choose(world.db, customer);
    const { document } = await makeDispatch(world.db, customer);
    await sendNext(world, { kind: "unknown", reason: "application_error" });
    const before = await passportFor(world, customer, document.id);
    expect(before.sendings.map(({ taken }) => taken)).toEqual([false]);
    const dispatch = await presentDispatch(world, document.id);
    await world.worker((ctx) => tellEvents(ctx, eventOf(dispatch, "email.delivered")));
    const after = await passportFor(world, customer, document.id);
    expect(after.sendings.map(({ taken }) => taken)).toEqual([true]);
    expect(timelineOf(after).map(({ key }) => key)).toEqual(
      expect.arrayContaining(["accepted", "delivered"]),
    );
  });

  test("R8 R10 says why a bill went on paper; one of the archive has no steps but its publication", async ({
    world,
  }) => {
    const electronic = await makeCustomer(world.db);
    const customer = await early(world, { company: electronic.company });
    const run = await runFor(world, { electronic: [electronic] });
    await runDocument(world, run, electronic);
    const document = await runDocument(world, run, customer);
    await publish(world, run.reference);
    const onPaper = await passportFor(world, customer, document.id);
    expect(timelineOf(onPaper).map(({ key, reason }) => [key, reason])).toEqual([
      ["decidedPaper", "no_choice"],
      ["published", undefined],
    ]);
    const archived = await makeDocument(world.db, {
      companyId: customer.company.id,
      contractId: customer.contract.id,
      holderId: customer.holder.id,
    });
    const passport = await passportFor(world, customer, archived.id);
    expect(passport).toMatchObject({ plan: null, dispatch: null, sendings: [], events: [] });
    expect(timelineOf(passport).map(({ key }) => key)).toEqual(["published"]);
  });

  test("R10 R15 a bill issued alone says how it was decided to go, and why", async ({ world }) => {
    const electronic = await makeCustomer(world.db);
    const paper = await makeCustomer(world.db, { company: electronic.company });
    await choose(world.db, electronic);
    const rows = [electronic, paper].map(({ contract }, place) => ({
      ...{ bill_number: `ALONE-${place}`, contract_number: contract.contractNumber },
    }));
    const file = await billsFile(...rows);
    const company = electronic.company.slug;
    await world.worker((ctx) => importBills(ctx, { file, company, target: { kind: "single" } }));
    const keys = async (customer: Customer, billNumber: string) => {
      const [document] = await world.db
        .select()
        .from(documents)
        .where(eq(documents.billNumber, billNumber));
      const passport = await passportFor(world, customer, must(document).id);
      return timelineOf(passport).map(({ key, reason }) => [key, reason]);
    };
    expect(await keys(electronic, "ALONE-0")).toContainEqual(["decidedEmail", "chosen"]);
    expect(await keys(paper, "ALONE-1")).toContainEqual(["decidedPaper", "no_choice"]);
  });

  test("R28 another customer finds none, nor anybody what is not published; a role we do not know may not ask", async ({
    world,
  }) => {
    const { customer, document } = await sentBill(world);
    const other = await makeCustomer(world.db, { company: customer.company });
    const find = (ctx: Parameters<typeof findPassport>[0]) => findPassport(ctx, document.id);
    expect(await world.web(other.actor, find)).toBeNull();
    expect(await world.web({ kind: "visitor" }, find)).toBeNull();
    const support = await makeStaff(world.db, "support");
    const unknown = { ...support, role: "intern" as "support" };
    await expect(world.web(unknown, find)).rejects.toThrow(ForbiddenError);
    await world.db
      .update(documents)
      .set({ publishedAt: null })
      .where(eq(documents.id, document.id));
    expect(await world.web(customer.actor, find)).toBeNull();
    expect(await world.web(support, find)).not.toBeNull();
    expect(await world.web(support, (ctx) => findPassport(ctx, "no-id"))).toBeNull();
  });
});

describe("opened in the portal", () => {
  const opened = ({ db }: World, documentId: string) =>
    db.$count(
      dispatchEvents,
      and(eq(dispatchEvents.documentId, documentId), eq(dispatchEvents.type, "opened")),
    );

  test("is noted once, by its reader alone, and only for what was sent", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const other = await makeCustomer(world.db, { company: customer.company });
    await choose(world.db, customer);
    const { document } = await makeDispatch(world.db, customer, { state: "delivered" });
    await world.web(other.actor, (ctx) => markOpened(ctx, document.id));
    expect(await opened(world, document.id)).toBe(0);
    await world.web(customer.actor, (ctx) => markOpened(ctx, document.id));
    await world.web(customer.actor, (ctx) => markOpened(ctx, document.id));
    expect(await opened(world, document.id)).toBe(1);
    const archived = await makeDocument(world.db, {
      companyId: customer.company.id,
      contractId: customer.contract.id,
      holderId: customer.holder.id,
    });
    await world.web(customer.actor, (ctx) => markOpened(ctx, archived.id));
    expect(await opened(world, archived.id)).toBe(0);
  });

  test("R28 the web role writes no other event, and none for another customer's bill", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const other = await makeCustomer(world.db, { company: customer.company });
    const { document, dispatch } = await makeDispatch(world.db, customer, { state: "accepted" });
    const write = (actor: Customer["actor"], type: string) =>
      world.web(actor, (ctx) =>
        inTransaction(ctx, ({ db }) =>
          db.insert(dispatchEvents).values({
            companyId: dispatch.companyId,
            contractId: dispatch.contractId,
            documentId: document.id,
            type,
            occurredAt: new Date(),
          }),
        ),
      );
    await expect(write(customer.actor, "email.delivered")).rejects.toThrow();
    await expect(write(other.actor, "opened")).rejects.toThrow();
  });
});
