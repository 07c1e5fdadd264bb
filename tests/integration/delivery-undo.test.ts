import { and, eq, sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import {
  accountMails,
  auditLog,
  contractLinks,
  deliveryAddresses,
  deliveryChoices,
  invoicingRuns,
} from "@/db/schema";
import { chooseDelivery, type DeliveryChoice } from "@/lib/delivery/commands/choose-delivery";
import { undoChoice } from "@/lib/delivery/commands/undo-choice";
import { listChoices, listDeliveries } from "@/lib/delivery/queries";
import { NOTICE_VERSION } from "@/lib/delivery/rules";
import { NotFoundError } from "@/lib/errors";
import { makeCustomer, must } from "../factories/people";
import { test, type World } from "../setup/database";

type Customer = Awaited<ReturnType<typeof makeCustomer>>;

const PAPER = { mode: "paper", acceptedNotice: null } as const;
const DEDICATED = "bills@posta.example";

const choose = (world: World, { actor, contract }: Customer, over: Partial<DeliveryChoice> = {}) =>
  world.web(actor, (ctx) =>
    chooseDelivery(ctx, {
      contractId: contract.id,
      mode: "electronic",
      email: null,
      acceptedNotice: NOTICE_VERSION,
      ...over,
    }),
  );

const undo = (world: World, { actor }: Customer, contractId: string) =>
  world.web(actor, (ctx) => undoChoice(ctx, { contractId }));

async function deliveryOf(world: World, { actor }: Customer) {
  const [delivery] = await world.web(actor, (ctx) => listDeliveries(ctx));
  return must(delivery);
}

const rowsOf = ({ db }: World, { contract }: Customer) =>
  db
    .select()
    .from(deliveryChoices)
    .where(eq(deliveryChoices.contractId, contract.id))
    .orderBy(deliveryChoices.chosenAt);

/** A run whose cut-off passes after what was done so far and before what comes. */
async function passCutOff({ db }: World, { company }: Customer) {
  await db.insert(invoicingRuns).values({
    companyId: company.id,
    name: `now-${Math.random().toString(36).slice(2)}`,
    cutOffAt: sql`clock_timestamp()`,
  });
}

describe("undoChoice", () => {
  test("R10 a first choice goes back to none, by a row of its own", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    expect((await deliveryOf(world, customer)).canUndo).toBe(false);
    await choose(world, customer);
    const chosen = await deliveryOf(world, customer);
    expect(chosen).toMatchObject({ canUndo: true, undoMode: "paper" });
    expect(await undo(world, customer, customer.contract.id)).toEqual({
      ok: true,
      value: {
        mode: "paper",
        fromCutOffOn: chosen.nextCutOffOn,
        fromBillOn: chosen.nextCutOffOn,
        onPaper: null,
        toConfirm: null,
      },
    });
    const [first, taken] = await rowsOf(world, customer);
    expect(taken).toMatchObject({
      mode: "paper",
      origin: "undone",
      undoes: must(first).id,
      accountId: customer.account.id,
    });
    expect(await deliveryOf(world, customer)).toMatchObject({
      mode: "paper",
      reason: "no_choice",
      canUndo: false,
    });
  });

  test("R10 the choice before comes back as it was, also one taken over from elsewhere", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    await choose(world, customer);
    await choose(world, customer, PAPER);
    expect((await deliveryOf(world, customer)).undoMode).toBe("electronic");
    expect(await undo(world, customer, customer.contract.id)).toMatchObject({
      ok: true,
      value: { mode: "electronic" },
    });
    expect((await rowsOf(world, customer)).at(-1)).toMatchObject({
      mode: "electronic",
      origin: "customer",
      noticeVersion: NOTICE_VERSION,
    });
    expect(await deliveryOf(world, customer)).toMatchObject({
      mode: "electronic",
      email: customer.account.email,
    });

    const taken = await makeCustomer(world.db);
    await world.db.insert(deliveryChoices).values({
      companyId: taken.company.id,
      contractId: taken.contract.id,
      mode: "electronic",
      email: DEDICATED,
      origin: "import",
      chosenAt: new Date("2026-01-01T00:00:00Z"),
    });
    await choose(world, taken, PAPER);
    // Its address came without a confirmation: as a choice of the account it needs one (R8).
    expect(await undo(world, taken, taken.contract.id)).toMatchObject({
      ok: true,
      value: { mode: "electronic", toConfirm: DEDICATED },
    });
    expect(await deliveryOf(world, taken)).toMatchObject({
      mode: "electronic",
      chosenEmail: DEDICATED,
      awaitsConfirmation: true,
    });
  });

  test("R10 an undo is not undone, and without a choice there is nothing to undo", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const nothing = { ok: false, code: "nothing_to_undo" };
    expect(await undo(world, customer, customer.contract.id)).toEqual(nothing);
    await choose(world, customer);
    await choose(world, customer, PAPER);
    expect(await undo(world, customer, customer.contract.id)).toMatchObject({ ok: true });
    expect((await deliveryOf(world, customer)).canUndo).toBe(false);
    expect(await undo(world, customer, customer.contract.id)).toEqual(nothing);
    expect(await rowsOf(world, customer)).toHaveLength(3);
  });

  test("R12 once its cut-off has passed a choice stays, and a new one may be undone", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    await choose(world, customer);
    await passCutOff(world, customer);
    expect((await deliveryOf(world, customer)).canUndo).toBe(false);
    expect(await undo(world, customer, customer.contract.id)).toEqual({
      ok: false,
      code: "too_late",
    });
    expect(await rowsOf(world, customer)).toHaveLength(1);
    await choose(world, customer, PAPER);
    expect(await undo(world, customer, customer.contract.id)).toMatchObject({ ok: true });
  });

  test("R12 a cancelled run's cut-off does not stand in the way", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    await choose(world, customer);
    await passCutOff(world, customer);
    await world.db
      .update(invoicingRuns)
      .set({ state: "cancelled", cancelReason: "test", cancelledAt: new Date() })
      .where(eq(invoicingRuns.companyId, customer.company.id));
    expect(await undo(world, customer, customer.contract.id)).toMatchObject({ ok: true });
  });

  test("R30 it is audited and told by e-mail like any change", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    await world.db.insert(deliveryAddresses).values({
      accountId: customer.account.id,
      email: DEDICATED,
      confirmedAt: new Date("2026-01-01T00:00:00Z"),
    });
    await choose(world, customer, { email: DEDICATED });
    await world.db.delete(accountMails);
    await undo(world, customer, customer.contract.id);
    const mails = await world.db
      .select({ to: accountMails.toEmail, params: accountMails.params })
      .from(accountMails)
      .where(eq(accountMails.accountId, customer.account.id));
    expect(new Map(mails.map(({ to, params }) => [to, params]))).toMatchObject(
      new Map([
        [customer.account.email, { role: "account", undone: "yes", mode: "paper" }],
        [DEDICATED, { role: "old" }],
      ]),
    );
    const audited = await world.db
      .select({ action: auditLog.action })
      .from(auditLog)
      .where(
        and(
          eq(auditLog.subjectId, customer.contract.id),
          eq(auditLog.action, "undid_delivery_choice"),
        ),
      );
    expect(audited).toHaveLength(1);
  });

  test("R28 another customer's choice is not found, nor one of a contract that left", async ({
    world,
  }) => {
    const mine = await makeCustomer(world.db);
    const other = await makeCustomer(world.db, { company: mine.company });
    await choose(world, mine);
    await choose(world, other);
    await expect(undo(world, mine, other.contract.id)).rejects.toThrow(NotFoundError);
    // Without row-level security the scope alone must hold.
    await expect(
      undoChoice({ db: world.db, actor: mine.actor }, { contractId: other.contract.id }),
    ).rejects.toThrow(NotFoundError);
    await world.db
      .update(contractLinks)
      .set({ endedAt: new Date(), endedBecause: "removed" })
      .where(eq(contractLinks.accountId, mine.account.id));
    await expect(undo(world, mine, mine.contract.id)).rejects.toThrow(NotFoundError);
    expect(await rowsOf(world, other)).toHaveLength(1);
  });
});

describe("the history", () => {
  test("R5 shows choices taken over since the present holder, and none of an earlier one", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const row = {
      companyId: customer.company.id,
      contractId: customer.contract.id,
      mode: "electronic" as const,
    };
    await world.db.insert(deliveryChoices).values([
      {
        ...row,
        email: "former@posta.example",
        origin: "import",
        chosenAt: new Date("2025-01-01T00:00:00Z"),
      },
      {
        ...row,
        mode: "paper",
        origin: "holder_changed",
        chosenAt: new Date("2025-06-01T00:00:00Z"),
      },
      {
        ...row,
        email: "mine@posta.example",
        origin: "paper_form",
        chosenAt: new Date("2025-07-01T00:00:00Z"),
      },
    ]);
    const look = async (ctx: Parameters<typeof listChoices>[0]) =>
      (await listChoices(ctx)).map(({ origin, email }) => ({ origin, email }));
    const own = [{ origin: "paper_form", email: "mine@posta.example" }];
    expect(await world.web(customer.actor, look)).toEqual(own);
    // Without row-level security the scope alone must hold.
    expect(await look({ db: world.db, actor: customer.actor })).toEqual(own);
    const other = await makeCustomer(world.db);
    expect(await look({ db: world.db, actor: other.actor })).toEqual([]);
  });
});
