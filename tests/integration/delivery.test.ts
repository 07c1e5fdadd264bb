import { and, eq, sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import {
  accountMails,
  auditLog,
  contractLinks,
  deliveryChoices,
  discounts,
  mandates,
} from "@/db/schema";
import { type Context, inTransaction } from "@/lib/auth/context";
import { chooseDelivery, type DeliveryChoice } from "@/lib/delivery/commands/choose-delivery";
import { listChoices, listDeliveries } from "@/lib/delivery/queries";
import { NOTICE_VERSION } from "@/lib/delivery/rules";
import { NotFoundError } from "@/lib/errors";
import { makeCompany, makeContract, makeCustomer, must } from "../factories/people";
import { test, type World } from "../setup/database";

type Customer = Awaited<ReturnType<typeof makeCustomer>>;

function choose(world: World, { actor, contract }: Customer, over: Partial<DeliveryChoice> = {}) {
  const choice: DeliveryChoice = {
    contractId: contract.id,
    mode: "electronic",
    email: null,
    acceptedNotice: NOTICE_VERSION,
    ...over,
  };
  return world.web(actor, (ctx) => chooseDelivery(ctx, choice));
}

async function deliveryOf(world: World, { actor }: Customer, at?: Date) {
  const [delivery] = await world.web(actor, (ctx) => listDeliveries(ctx, { at }));
  return must(delivery);
}

const choicesOf = ({ db }: World, { contract }: Customer) =>
  db
    .select()
    .from(deliveryChoices)
    .where(eq(deliveryChoices.contractId, contract.id))
    .orderBy(deliveryChoices.chosenAt);

const mailsOf = ({ db }: World, { account }: Customer, template: string) =>
  db
    .select()
    .from(accountMails)
    .where(and(eq(accountMails.accountId, account.id), eq(accountMails.template, template)));

const PAPER = { mode: "paper", acceptedNotice: null } as const;

describe("chooseDelivery", () => {
  test("R9 electronic without the notice accepted is refused, and nothing is written", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    for (const acceptedNotice of [null, "", "2020-01"]) {
      expect(await choose(world, customer, { acceptedNotice })).toEqual({
        ok: false,
        code: "notice_not_accepted",
      });
    }
    expect(await choicesOf(world, customer)).toHaveLength(0);
  });

  test("R9 the version of the accepted notice is kept with the choice", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    await choose(world, customer);
    const [choice] = await choicesOf(world, customer);
    expect(choice).toMatchObject({
      mode: "electronic",
      noticeVersion: NOTICE_VERSION,
      accountId: customer.account.id,
      origin: "customer",
    });
  });

  test("R9 electronic without an active mandate is refused, paper is not", async ({ world }) => {
    const customer = await makeCustomer(world.db, { mandate: null });
    expect(await choose(world, customer)).toEqual({ ok: false, code: "no_mandate" });
    expect(await choose(world, customer, PAPER)).toMatchObject({ ok: true });
    expect((await choicesOf(world, customer)).map(({ mode }) => mode)).toEqual(["paper"]);
  });

  test("R9 a mandate on another contract of the account does not help", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const bare = await makeContract(world.db, {
      companyId: customer.company.id,
      holderId: customer.holder.id,
    });
    await world.db.insert(contractLinks).values({
      companyId: bare.companyId,
      contractId: bare.id,
      accountId: customer.account.id,
    });
    expect(await choose(world, customer, { contractId: bare.id })).toEqual({
      ok: false,
      code: "no_mandate",
    });
  });

  test("R10 choices are only ever added, stamped by the database's clock", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const clock = async () => {
      const [row] = await world.db.execute<{ at: string }>(sql`select clock_timestamp() as at`);
      return new Date(must(row).at).getTime();
    };
    const before = await clock();
    await choose(world, customer);
    await choose(world, customer, PAPER);
    const after = await clock();
    const choices = await choicesOf(world, customer);
    expect(choices.map(({ mode }) => mode)).toEqual(["electronic", "paper"]);
    for (const { chosenAt } of choices) {
      expect(chosenAt.getTime()).toBeGreaterThanOrEqual(before);
      expect(chosenAt.getTime()).toBeLessThanOrEqual(after);
    }
  });

  test("R10 saving what is chosen already adds nothing and writes no mail", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    await choose(world, customer);
    const again = await choose(world, customer);
    expect(again).toMatchObject({ ok: true, value: { changed: false } });
    expect(await choicesOf(world, customer)).toHaveLength(1);
    expect(await mailsOf(world, customer, "delivery-changed")).toHaveLength(1);
  });

  test("R11 the answer names the cut-off that the panel named before", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const before = await deliveryOf(world, customer);
    expect(await choose(world, customer)).toMatchObject({
      ok: true,
      value: { changed: true, fromCutOffOn: before.nextCutOffOn },
    });
  });

  test("R30 a choice is audited without its address, and told to the account by e-mail", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    await choose(world, customer, { email: "bills@posta.example" });
    const audited = await world.db
      .select()
      .from(auditLog)
      .where(eq(auditLog.subjectId, customer.contract.id));
    expect(audited).toHaveLength(1);
    expect(audited[0]).toMatchObject({
      action: "chose_delivery",
      actorId: customer.account.id,
      detail: { mode: "electronic", dedicatedAddress: true, noticeVersion: NOTICE_VERSION },
    });
    expect(JSON.stringify(audited[0]?.detail)).not.toContain("@");
    const [mail] = await mailsOf(world, customer, "delivery-changed");
    expect(mail).toMatchObject({
      toEmail: customer.account.email,
      params: { contractNumber: customer.contract.contractNumber, mode: "electronic" },
    });
    expect(mail?.params.fromBill).toMatch(/^\d{4}-\d{2}-15$/);
  });

  test("a supply that is over takes no choice", async ({ world }) => {
    const customer = await makeCustomer(world.db, { contract: { endsOn: "2025-01-31" } });
    expect(await choose(world, customer, PAPER)).toEqual({ ok: false, code: "supply_ended" });
  });

  test("R28 another customer's contract is not found, nor one that left the account", async ({
    world,
  }) => {
    const mine = await makeCustomer(world.db);
    const other = await makeCustomer(world.db, { company: mine.company });
    await expect(choose(world, mine, { contractId: other.contract.id })).rejects.toThrow(
      NotFoundError,
    );
    // Without row-level security the scope alone must hold.
    await expect(
      chooseDelivery(
        { db: world.db, actor: mine.actor },
        { contractId: other.contract.id, email: null, ...PAPER },
      ),
    ).rejects.toThrow(NotFoundError);
    await world.db
      .update(contractLinks)
      .set({ endedAt: new Date(), endedBecause: "removed" })
      .where(eq(contractLinks.accountId, mine.account.id));
    await expect(choose(world, mine)).rejects.toThrow(NotFoundError);
    expect(await choicesOf(world, other)).toHaveLength(0);
  });

  test("R28 row-level security alone refuses a choice for another customer's contract", async ({
    world,
  }) => {
    const mine = await makeCustomer(world.db);
    const other = await makeCustomer(world.db);
    await expect(
      world.web(mine.actor, (ctx) =>
        inTransaction(ctx, ({ db }) =>
          db.insert(deliveryChoices).values({
            companyId: other.company.id,
            contractId: other.contract.id,
            accountId: mine.account.id,
            mode: "paper",
            origin: "customer",
          }),
        ),
      ),
    ).rejects.toThrow();
  });
});

describe("listDeliveries", () => {
  test("R11 names the next cut-off, and the one after it once it has passed", async ({ world }) => {
    const company = await makeCompany(world.db, { cutOffDay: 15, cutOffHour: 18 });
    const customer = await makeCustomer(world.db, { company });
    const on = async (at: string) => (await deliveryOf(world, customer, new Date(at))).nextCutOffOn;
    expect(await on("2026-10-15T16:00:00Z")).toBe("2026-10-15");
    expect(await on("2026-10-15T16:00:00.001Z")).toBe("2026-11-15");
    expect(await on("2026-11-15T17:00:00Z")).toBe("2026-11-15");
    expect(await on("2026-11-15T17:00:00.001Z")).toBe("2026-12-15");
  });

  test("R14 tells before the next bill that an ending mandate will bring paper", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    await choose(world, customer);
    await world.db
      .update(mandates)
      .set({ status: "revoked", until: "2031-03-15" })
      .where(eq(mandates.contractId, customer.contract.id));
    const later = new Date("2031-03-01T10:00:00Z");
    expect(await deliveryOf(world, customer, later)).toMatchObject({
      nextCutOffOn: "2031-03-15",
      mode: "electronic",
      nextMode: "paper",
      nextReason: "mandate_ended",
    });
  });

  test("R14 a revoked mandate turns electronic off; the account and its choice stay", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    await choose(world, customer);
    await world.db
      .update(mandates)
      .set({ status: "revoked", until: "2026-01-01" })
      .where(eq(mandates.contractId, customer.contract.id));
    expect(await deliveryOf(world, customer)).toMatchObject({
      mode: "paper",
      reason: "mandate_ended",
      chosenMode: "electronic",
      mandateActive: false,
    });
    const [account] = await world.db.execute(
      sql`select deleted_at from accounts where id = ${customer.account.id}`,
    );
    expect(account).toEqual({ deleted_at: null });
  });

  test("R13 offers the discount that the rule then grants", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    await world.db.insert(discounts).values({
      companyId: customer.company.id,
      commodity: "electricity",
      amountCents: 600,
      basis: "per_year",
      validFrom: "2020-01-01",
    });
    expect(await deliveryOf(world, customer)).toMatchObject({
      mode: "paper",
      offerCents: 600,
      offerBasis: "per_year",
    });
    await choose(world, customer);
    const [granted] = await world.web(customer.actor, (ctx) =>
      inTransaction(ctx, ({ db }) =>
        db.execute<{ discount_cents: number }>(sql`
          select discount_cents from delivery_modes(${customer.company.id}::smallint,
            array[${customer.contract.id}]::uuid[], clock_timestamp())`),
      ),
    );
    expect(granted?.discount_cents).toBe(600);
  });

  test("R10 the panel sees what the freeze sees, also for a choice taken over and suspended", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    await world.db.insert(deliveryChoices).values({
      companyId: customer.company.id,
      contractId: customer.contract.id,
      mode: "electronic",
      email: "old-portal@posta.example",
      origin: "import",
      chosenAt: new Date("2026-01-01T00:00:00Z"),
    });
    await world.db.execute(sql`insert into address_suspensions (email, reason)
      values ('old-portal@posta.example', 'hard_bounce')`);
    expect(await deliveryOf(world, customer)).toMatchObject({
      mode: "paper",
      reason: "address_suspended",
    });
  });

  test("R28 shows one's own contracts and choices only", async ({ world }) => {
    const mine = await makeCustomer(world.db);
    const other = await makeCustomer(world.db, { company: mine.company });
    await choose(world, mine);
    await choose(world, other);
    const look = async (ctx: Context) => {
      const deliveries = await listDeliveries(ctx);
      expect(deliveries.map(({ contractId }) => contractId)).toEqual([mine.contract.id]);
      const choices = await listChoices(ctx);
      expect(choices.map(({ contractId }) => contractId)).toEqual([mine.contract.id]);
      expect(await listDeliveries(ctx, { contractId: other.contract.id })).toEqual([]);
    };
    await world.web(mine.actor, look);
    // Without row-level security the scope alone must hold.
    await look({ db: world.db, actor: mine.actor });
  });

  test("R28 a visitor sees nothing", async ({ world }) => {
    await choose(world, await makeCustomer(world.db));
    const seen = await world.web({ kind: "visitor" }, async (ctx) => [
      ...(await listDeliveries(ctx)),
      ...(await listChoices(ctx)),
    ]);
    expect(seen).toEqual([]);
  });
});
