import { eq } from "drizzle-orm";
import { describe, expect } from "vitest";
import {
  addressSuspensions,
  deliveryChoices,
  dispatchBatches,
  dispatchEvents,
  dispatches,
  documents,
} from "@/db/schema";
import { settleBatch } from "@/lib/dispatches/commands/settle-batch";
import { takeBatch } from "@/lib/dispatches/commands/take-batch";
import { publishRun } from "@/lib/runs/commands/publish-run";
import { makeDispatch } from "../factories/dispatches";
import { bounceOf, eventOf, tellEvents } from "../factories/events";
import { makeAccount, makeCustomer, makeDocument, makeHolder, must } from "../factories/people";
import { choose, frozenRun } from "../factories/runs";
import { test, type World } from "../setup/database";

type Customer = Awaited<ReturnType<typeof makeCustomer>>;
type Made = Awaited<ReturnType<typeof makeDispatch>>;

const HARD = ["email.bounced", "Permanent"] as const;

function event({ dispatch }: Made, type: string, bounceType?: string) {
  return bounceType ? bounceOf(dispatch, bounceType) : eventOf(dispatch, type);
}

const tell = (world: World, made: Made, type: string, bounceType?: string) =>
  world.worker((ctx) => tellEvents(ctx, event(made, type, bounceType)));

async function known({ db }: World, { dispatch }: Made) {
  const [row] = await db.select().from(dispatches).where(eq(dispatches.id, dispatch.id));
  const suspensions = await db
    .select({ reason: addressSuspensions.reason, liftedAt: addressSuspensions.liftedAt })
    .from(addressSuspensions)
    .where(eq(addressSuspensions.email, must(dispatch.email)));
  const events = await db
    .select({ type: dispatchEvents.type, detail: dispatchEvents.detail })
    .from(dispatchEvents)
    .where(eq(dispatchEvents.documentId, dispatch.documentId));
  const { channel, state, failure } = must(row);
  return {
    dispatch: { channel, state, failure },
    suspensions: suspensions.map(({ reason }) => reason),
    turns: events.filter(({ type }) => type === "turned_to_paper").length,
  };
}

const paper = (failure: string) => ({ channel: "paper", state: "paper", failure });

describe("R19 a bill whose e-mail cannot arrive", () => {
  test("R19 goes on paper after a permanent bounce, and its address is suspended", async ({
    world,
  }) => {
    const bill = await makeDispatch(world.db, await makeCustomer(world.db), { state: "accepted" });
    await tell(world, bill, ...HARD);
    expect(await known(world, bill)).toEqual({
      dispatch: paper("hard_bounce"),
      suspensions: ["hard_bounce"],
      turns: 1,
    });
  });

  test("R19 goes on paper after a complaint or a suppression too", async ({ world }) => {
    for (const [type, reason] of [
      ["email.complained", "complaint"],
      ["email.suppressed", "suppressed"],
    ] as const) {
      const bill = await makeDispatch(world.db, await makeCustomer(world.db), {
        state: "delivered",
      });
      await tell(world, bill, type);
      expect(await known(world, bill)).toMatchObject({
        dispatch: paper(reason),
        suspensions: [reason],
      });
    }
  });

  test("R19 stays an e-mail after a transient bounce", async ({ world }) => {
    const bill = await makeDispatch(world.db, await makeCustomer(world.db), { state: "accepted" });
    await tell(world, bill, "email.bounced", "Transient");
    expect(await known(world, bill)).toEqual({
      dispatch: { channel: "email", state: "bounced", failure: null },
      suspensions: [],
      turns: 0,
    });
  });

  test("R18 R19 the same events in any order, told often, end alike", async ({ world }) => {
    const types = [
      ["email.sent"],
      ["email.suppressed"],
      HARD,
      ["email.delivered"],
      ["email.complained"],
    ] as const;
    for (const order of [types, types.toReversed(), [...types.slice(3), ...types.slice(0, 3)]]) {
      const bill = await makeDispatch(world.db, await makeCustomer(world.db), {
        state: "accepted",
      });
      for (const [type, bounceType] of order) {
        const told = event(bill, type, bounceType);
        await world.worker((ctx) => tellEvents(ctx, told));
        await world.worker((ctx) => tellEvents(ctx, told, told));
      }
      expect(await known(world, bill)).toEqual({
        dispatch: paper("complaint"),
        suspensions: ["complaint"],
        turns: 1,
      });
    }
  });

  test("R19 one suspension is open for an address that several contracts use", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const one = await makeDispatch(world.db, customer, { state: "accepted" });
    const two = await makeDispatch(world.db, customer, { state: "accepted" });
    await tell(world, one, ...HARD);
    await tell(world, two, "email.complained");
    expect((await known(world, two)).suspensions).toEqual(["complaint"]);
    expect((await known(world, one)).dispatch.failure).toBe("hard_bounce");
  });

  test("R19 once confirmed again, an address is not suspended by what happened before", async ({
    world,
  }) => {
    const bill = await makeDispatch(world.db, await makeCustomer(world.db), { state: "accepted" });
    const late = event(bill, "email.complained");
    const more = event(bill, "email.delivered");
    await tell(world, bill, ...HARD);
    await world.db
      .update(addressSuspensions)
      .set({ liftedAt: new Date(Date.now() + 1_000) })
      .where(eq(addressSuspensions.email, must(bill.dispatch.email)));
    await world.worker((ctx) => tellEvents(ctx, late));
    await world.worker((ctx) => tellEvents(ctx, more));
    expect((await known(world, bill)).suspensions).toEqual(["hard_bounce"]);
    const again = { ...event(bill, ...HARD), occurredAt: new Date(Date.now() + 2_000) };
    await world.worker((ctx) => tellEvents(ctx, again));
    expect((await known(world, bill)).suspensions).toEqual(["hard_bounce", "hard_bounce"]);
  });

  test("R7 a pseudonym is nobody's address", async ({ world }) => {
    const bill = await makeDispatch(world.db, await makeCustomer(world.db), {
      state: "accepted",
      email: "gone-account-1",
    });
    await tell(world, bill, ...HARD);
    expect(await known(world, bill)).toMatchObject({
      dispatch: paper("hard_bounce"),
      suspensions: [],
    });
  });

  test("R21 a withdrawn bill is not printed because its e-mail came back", async ({ world }) => {
    const bill = await makeDispatch(world.db, await makeCustomer(world.db), { state: "accepted" });
    await world.db
      .update(documents)
      .set({ withdrawnAt: new Date() })
      .where(eq(documents.id, bill.document.id));
    await tell(world, bill, ...HARD);
    expect(await known(world, bill)).toMatchObject({
      dispatch: { channel: "email", state: "bounced" },
      suspensions: ["hard_bounce"],
    });
  });

  test("R18 the reason outlives the provider's answer to the batch, when its event was faster", async ({
    world,
  }) => {
    const bill = await makeDispatch(world.db, await makeCustomer(world.db));
    const taken = await world.worker((ctx) => takeBatch(ctx));
    if (!taken || taken === "passed") {
      throw new Error("no batch was taken");
    }
    const inBatch = { ...bill.dispatch, batchId: taken.batch.id };
    await world.worker((ctx) => tellEvents(ctx, bounceOf(inBatch)));
    await world.worker((ctx) =>
      settleBatch(ctx, taken.batch, { kind: "accepted", ids: ["p1"], rejected: new Map() }),
    );
    expect((await known(world, bill)).dispatch).toEqual(paper("hard_bounce"));
  });
});

describe("an address that is suspended", () => {
  test("R19 is not written to when a batch is frozen; the others' bills go out", async ({
    world,
  }) => {
    const company = (await makeCustomer(world.db)).company;
    const one = await makeDispatch(world.db, await makeCustomer(world.db, { company }));
    const other = await makeDispatch(world.db, await makeCustomer(world.db, { company }));
    await world.db
      .insert(addressSuspensions)
      .values({ email: must(one.dispatch.email), reason: "hard_bounce" });
    await world.worker((ctx) => takeBatch(ctx));
    expect(await known(world, one)).toMatchObject({
      dispatch: paper("address_suspended"),
      turns: 1,
    });
    expect((await known(world, other)).dispatch.state).toBe("batched");
    expect(await world.worker((ctx) => takeBatch(ctx))).toBeNull();
    const batches = await world.db.select().from(dispatchBatches);
    expect(batches.map(({ members }) => members)).toEqual([1]);
  });

  test("R19 is not written to by a publication", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    await world.db
      .insert(addressSuspensions)
      .values({ email: customer.account.email, reason: "hard_bounce", suspendedAt: new Date() });
    expect(await published(world, customer)).toEqual(paper("address_suspended"));
  });

  test("R19 a lifted suspension stops nothing", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    await world.db.insert(addressSuspensions).values({
      email: customer.account.email,
      reason: "hard_bounce",
      suspendedAt: new Date("2026-05-16T08:00:00Z"),
      liftedAt: new Date("2026-05-17T08:00:00Z"),
    });
    expect(await published(world, customer)).toEqual({
      channel: "email",
      state: "queued",
      failure: null,
    });
  });
});

describe("publishDocuments says why an electronic bill goes on paper", () => {
  test("R7 account_deleted, whether the account or only its pseudonym is left", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    await choose(world.db, customer);
    const run = await frozenRunWith(world, customer);
    await world.db.execute(
      `update accounts set deleted_at = now(), password_hash = null, email = 'gone' where id = '${customer.account.id}'`,
    );
    expect(await publishedIn(world, customer, run)).toEqual(paper("account_deleted"));
  });

  test("R5 holder_changed, where the choice is of another holder's account", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const stranger = await makeAccount(world.db, { holderId: (await makeHolder(world.db)).id });
    await world.db.insert(deliveryChoices).values({
      companyId: customer.company.id,
      contractId: customer.contract.id,
      accountId: stranger.id,
      mode: "electronic",
      noticeVersion: "1",
      origin: "customer",
      chosenAt: new Date("2026-01-01T00:00:00Z"),
    });
    const run = await frozenRunWith(world, customer);
    expect(await publishedIn(world, customer, run)).toEqual(paper("holder_changed"));
  });

  test("nothing, for a bill that was planned on paper", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const run = await frozenRunWith(world, customer);
    expect(await publishedIn(world, customer, run)).toMatchObject({
      channel: "paper",
      failure: null,
    });
  });
});

async function published(world: World, customer: Customer) {
  await choose(world.db, customer);
  return await publishedIn(world, customer, await frozenRunWith(world, customer));
}

async function frozenRunWith(world: World, { company, contract, holder }: Customer) {
  const { run } = await world.worker((ctx) => frozenRun(ctx, company.slug));
  await makeDocument(world.db, {
    companyId: company.id,
    contractId: contract.id,
    holderId: holder.id,
    origin: "run",
    runId: run.id,
    publishedAt: null,
  });
  await world.db.execute(
    `update invoicing_runs set state = 'loaded', loaded_at = now() where id = '${run.id}'`,
  );
  return run;
}

async function publishedIn(world: World, { company }: Customer, run: { id: string; name: string }) {
  const done = await world.worker((ctx) =>
    publishRun(ctx, { company: company.slug, run: run.name }),
  );
  expect(done.ok).toBe(true);
  const [dispatch] = await world.db
    .select({ channel: dispatches.channel, state: dispatches.state, failure: dispatches.failure })
    .from(dispatches)
    .where(eq(dispatches.runId, run.id));
  return dispatch;
}
