import { eq, sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import {
  accountMails,
  addressSuspensions,
  companies,
  deliveryAddresses,
  dispatchBatches,
  dispatchEvents,
  dispatches,
  dispatchMails,
  documents,
  providerContact,
} from "@/db/schema";
import { settleBatch } from "@/lib/dispatches/commands/settle-batch";
import { takeBatch } from "@/lib/dispatches/commands/take-batch";
import { turnSilentToPaper } from "@/lib/dispatches/commands/turn-silent-to-paper";
import type { DispatchState } from "@/lib/dispatches/rules";
import { makeDispatch } from "../factories/dispatches";
import { eventOf, tellEvents } from "../factories/events";
import { makeCompany, makeCustomer, must } from "../factories/people";
import { test, type World } from "../setup/database";

type Customer = Awaited<ReturnType<typeof makeCustomer>>;

const HOUR = 3600_000;
/** Days before it is due on which a company's paper has to be known (R19); others than the default. */
const NOTICE_DAYS = 10;
const PRINT_DAYS = 4;

interface Silent {
  /** Days from today to its latest safe day. */
  safeIn?: number;
  /** Hours since it was published, and since the provider took it. */
  age?: number;
  state?: DispatchState;
}

async function reader(world: World): Promise<Customer> {
  const company = await makeCompany(world.db, {
    noticeDays: NOTICE_DAYS,
    printLeadDays: PRINT_DAYS,
  });
  return await makeCustomer(world.db, { company });
}

/** A bill of which nobody knows that it arrived. */
async function silentBill(
  { db }: World,
  customer: Customer,
  { safeIn = 0, age = 72, state = "accepted" }: Silent = {},
) {
  const taken = !["queued", "batched", "failed"].includes(state);
  const [due] = await db.execute<{ day: string }>(sql`select ((clock_timestamp()
    at time zone 'Europe/Rome')::date + ${safeIn + NOTICE_DAYS + PRINT_DAYS}::int)::text as day`);
  const then = new Date(Date.now() - age * HOUR);
  const [id] = await db.execute<{ id: string }>(
    sql`select uuidv7(make_interval(hours => ${-age})) as id`,
  );
  return await makeDispatch(db, customer, {
    id: must(id).id,
    state,
    createdAt: then,
    acceptedAt: taken ? then : null,
    providerId: taken ? `e-${must(id).id}` : null,
    document: { dueDate: must(due).day, issueDate: "2026-01-10" },
  });
}

const turn = (world: World) => world.worker((ctx) => turnSilentToPaper(ctx));

async function known({ db }: World, { dispatch }: Awaited<ReturnType<typeof silentBill>>) {
  const [row] = await db.select().from(dispatches).where(eq(dispatches.id, dispatch.id));
  const suspended = await db
    .select({ reason: addressSuspensions.reason })
    .from(addressSuspensions)
    .where(eq(addressSuspensions.email, must(dispatch.email)));
  const { state, failure } = must(row);
  return { state, failure, suspended: suspended.map(({ reason }) => reason) };
}

const PAPER = { state: "paper", failure: "silence" };

describe("R19 a bill of which nobody knows that it arrived", () => {
  test("R19 goes on paper on the latest day on which paper is in time, and its address is suspended", async ({
    world,
  }) => {
    for (const state of ["accepted", "delayed", "bounced"] as const) {
      const bill = await silentBill(world, await reader(world), { state });
      expect(await turn(world)).toBe(1);
      expect(await known(world, bill)).toEqual({ ...PAPER, suspended: ["silence"] });
      const told = await world.db
        .select()
        .from(dispatchEvents)
        .where(eq(dispatchEvents.documentId, bill.document.id));
      expect(told).toMatchObject([{ type: "turned_to_paper", detail: { reason: "silence" } }]);
    }
    expect(await turn(world)).toBe(0);
  });

  test("R19 stays an e-mail until that day, which is the company's own", async ({ world }) => {
    const customer = await reader(world);
    const bill = await silentBill(world, customer, { safeIn: 1 });
    expect(await turn(world)).toBe(0);
    await world.db
      .update(companies)
      .set({ printLeadDays: PRINT_DAYS + 1 })
      .where(eq(companies.id, customer.company.id));
    expect(await turn(world)).toBe(1);
    expect(await known(world, bill)).toMatchObject(PAPER);
  });

  test("R19 has two days to arrive in any case, also where it was published late", async ({
    world,
  }) => {
    const customer = await reader(world);
    const late = [
      await silentBill(world, customer, { safeIn: -20, age: 47 }),
      await silentBill(world, customer, { safeIn: -20, age: 47, state: "queued" }),
    ];
    expect(await turn(world)).toBe(0);
    const before = await silentBill(world, customer, { safeIn: -20, age: 49, state: "queued" });
    expect(await turn(world)).toBe(1);
    expect(await known(world, before)).toMatchObject(PAPER);
    for (const bill of late) {
      expect(await known(world, bill)).toMatchObject({ failure: null });
    }
  });

  test("R18 R19 R21 what arrived, was withdrawn or is on paper already is left alone", async ({
    world,
  }) => {
    const customer = await reader(world);
    const arrived = await silentBill(world, customer, { state: "delivered" });
    const withdrawn = await silentBill(world, customer);
    await world.db
      .update(documents)
      .set({ withdrawnAt: new Date() })
      .where(eq(documents.id, withdrawn.document.id));
    expect(await turn(world)).toBe(0);
    expect(await known(world, arrived)).toMatchObject({ state: "delivered" });
    expect(await known(world, withdrawn)).toMatchObject({ state: "accepted" });
  });

  test("R19 goes on paper too where we never got to send, and nothing is held against its address", async ({
    world,
  }) => {
    for (const state of ["queued", "failed"] as const) {
      const bill = await silentBill(world, await reader(world), { state });
      expect(await turn(world)).toBe(1);
      expect(await known(world, bill)).toEqual({ ...PAPER, suspended: [] });
    }
  });

  test("R18 R19 nothing is held against any address while the provider's events stay away", async ({
    world,
  }) => {
    await world.db
      .update(providerContact)
      .set({ unansweredSince: new Date(Date.now() - 16 * 60_000) });
    const bill = await silentBill(world, await reader(world));
    expect(await turn(world)).toBe(1);
    expect(await known(world, bill)).toEqual({ ...PAPER, suspended: [] });
    // One that is heard again is believed again.
    await world.db.update(providerContact).set({ unansweredSince: null });
    const next = await silentBill(world, await reader(world));
    expect(await turn(world)).toBe(1);
    expect(await known(world, next)).toMatchObject({ suspended: ["silence"] });
  });

  test("R17 R19 leaves a batch that was never tried; the others of it go out", async ({
    world,
  }) => {
    const customer = await reader(world);
    const silent = await silentBill(world, customer, { state: "queued" });
    const fresh = await silentBill(world, customer, { state: "queued", age: 1 });
    const batch = await take(world);
    await world.worker((ctx) => settleBatch(ctx, batch, { kind: "retry", pauseMs: 0 }));
    expect(await turn(world)).toBe(1);
    expect(await known(world, silent)).toMatchObject(PAPER);
    const kept = await world.db
      .select()
      .from(dispatchMails)
      .where(eq(dispatchMails.batchId, batch.id));
    expect(kept.map(({ documentId }) => documentId)).toEqual([fresh.document.id]);
    const next = await take(world);
    expect(next.mails.map(({ dispatchId }) => dispatchId)).toEqual([fresh.dispatch.id]);
    expect(next.id).not.toBe(batch.id);
  });

  test("R17 R19 stays on paper where a batch that was tried turns out to be taken", async ({
    world,
  }) => {
    const bill = await silentBill(world, await reader(world), { state: "queued" });
    const batch = await take(world);
    await world.worker((ctx) => settleBatch(ctx, batch, { kind: "unknown", reason: "timeout" }));
    expect(await turn(world)).toBe(1);
    await world.db.update(dispatchBatches).set({ leaseUntil: null });
    const again = await take(world);
    expect(again.id).toBe(batch.id);
    expect(again.bytes.equals(batch.bytes)).toBe(true);
    await world.worker((ctx) =>
      settleBatch(ctx, again, { kind: "accepted", ids: ["e1"], rejected: new Map() }),
    );
    expect(await known(world, bill)).toMatchObject(PAPER);
    const [row] = await world.db
      .select()
      .from(dispatches)
      .where(eq(dispatches.id, bill.dispatch.id));
    await world.worker((ctx) => tellEvents(ctx, eventOf(must(row), "email.delivered")));
    expect(await known(world, bill)).toMatchObject(PAPER);
  });

  test("R19 an account whose bills go to that address learns of it at its own", async ({
    world,
  }) => {
    const customer = await reader(world);
    const { account } = customer;
    const [address] = await world.db
      .insert(deliveryAddresses)
      .values({
        accountId: account.id,
        email: "altrove@posta.example",
        confirmedAt: new Date(),
      })
      .returning();
    const bill = await silentBill(world, {
      ...customer,
      account: { ...account, email: must(address).email },
    });
    await turn(world);
    expect(await known(world, bill)).toMatchObject({ suspended: ["silence"] });
    const mails = await world.db
      .select()
      .from(accountMails)
      .where(eq(accountMails.accountId, account.id));
    expect(mails).toMatchObject([
      {
        template: "address-suspended",
        toEmail: account.email,
        params: { email: "altrove@posta.example", reason: "silence" },
      },
    ]);
  });
});

async function take(world: World) {
  const taken = await world.worker((ctx) => takeBatch(ctx));
  if (taken === null || taken === "passed") {
    // One that has to be made anew is passed first.
    const next = await world.worker((ctx) => takeBatch(ctx));
    if (next === null || next === "passed") {
      throw new Error("there is no batch to take");
    }
    return next.batch;
  }
  return taken.batch;
}
