import { eq, sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import {
  accountMails,
  accounts,
  contractLinks,
  deliveryAddresses,
  deliveryChoices,
  deliveryPlans,
  type documents,
  invoicingRuns,
} from "@/db/schema";
import { deleteAccount } from "@/lib/accounts/commands/delete-account";
import { hashPassword } from "@/lib/auth/password";
import { askAgain } from "@/lib/delivery/commands/ask-again";
import { chooseDelivery } from "@/lib/delivery/commands/choose-delivery";
import { listDeliveries } from "@/lib/delivery/queries";
import { listEarnings } from "@/lib/delivery/queries/earnings";
import { NOTICE_VERSION } from "@/lib/delivery/rules";
import { NotFoundError } from "@/lib/errors";
import { makeCustomer, makeDocument, must } from "../factories/people";
import { choose as chosenLongAgo } from "../factories/runs";
import { PASSWORD } from "../factories/signup";
import { test, type World } from "../setup/database";

type Customer = Awaited<ReturnType<typeof makeCustomer>>;

const DEDICATED = "bills@posta.example";

async function deliveryOf(world: World, { actor }: Customer, at?: Date) {
  const [delivery] = await world.web(actor, (ctx) => listDeliveries(ctx, { at }));
  return must(delivery);
}

describe("after a cut-off", () => {
  const CUT_OFF = new Date("2026-05-15T16:00:00Z");
  const soonAfter = new Date("2026-05-18T10:00:00Z");

  async function makeRun(world: World, { company }: Customer, state: "scheduled" | "frozen") {
    const [run] = await world.db
      .insert(invoicingRuns)
      .values({ companyId: company.id, name: "2026-05", cutOffAt: CUT_OFF, state })
      .returning();
    return must(run);
  }

  async function makeMember(world: World) {
    const customer = await makeCustomer(world.db);
    await world.db
      .update(contractLinks)
      .set({ linkedAt: new Date("2026-01-01T00:00:00Z") })
      .where(eq(contractLinks.accountId, customer.account.id));
    return customer;
  }

  test("R11 says what the run that is not published yet does, and that a change comes after it", async ({
    world,
  }) => {
    const customer = await makeMember(world);
    await makeRun(world, customer, "scheduled");
    await chosenLongAgo(world.db, customer);
    await chosenLongAgo(world.db, customer, "paper", new Date("2026-05-16T00:00:00Z"));
    expect(await deliveryOf(world, customer, soonAfter)).toMatchObject({
      mode: "paper",
      passed: { at: CUT_OFF, mode: "electronic", email: customer.account.email },
      nextCutOffOn: "2026-06-15",
    });
  });

  test("R12 the frozen plan is what counts, not what the rule would say now", async ({ world }) => {
    const customer = await makeMember(world);
    const run = await makeRun(world, customer, "frozen");
    await chosenLongAgo(world.db, customer);
    await world.db.insert(deliveryPlans).values({
      companyId: customer.company.id,
      contractId: customer.contract.id,
      runId: run.id,
      mode: "paper",
      reason: "no_mandate",
      discountCents: 0,
    });
    const delivery = await deliveryOf(world, customer, soonAfter);
    expect(delivery.passed).toEqual({ at: CUT_OFF, mode: "paper", email: null });
  });

  test("R11 nothing is told once the run is published, after 15 days, or of a time before the holder", async ({
    world,
  }) => {
    const customer = await makeMember(world);
    const run = await makeRun(world, customer, "scheduled");
    const passed = async (at: Date) => (await deliveryOf(world, customer, at)).passed;
    expect(await passed(soonAfter)).not.toBeNull();
    expect(await passed(new Date("2026-05-30T16:00:01Z"))).toBeNull();
    await world.db.execute(
      sql`update contracts set held_since = '2026-05-16' where id = ${customer.contract.id}`,
    );
    expect(await passed(soonAfter)).toBeNull();
    await world.db.execute(
      sql`update contracts set held_since = '2020-01-01' where id = ${customer.contract.id}`,
    );
    await world.db
      .update(invoicingRuns)
      .set({ state: "published" })
      .where(eq(invoicingRuns.id, run.id));
    expect(await passed(soonAfter)).toBeNull();
  });
});

describe("what electronic has earned", () => {
  test("R13 sums the discounts of published bills that were not withdrawn", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const bill = (issueDate: string, over: Partial<typeof documents.$inferInsert> = {}) =>
      makeDocument(world.db, {
        companyId: customer.company.id,
        contractId: customer.contract.id,
        holderId: customer.holder.id,
        issueDate,
        discountCents: 50,
        ...over,
      });
    await bill("2026-03-20");
    await bill("2026-02-20");
    await bill("2026-01-20", { discountCents: 0 });
    await bill("2026-04-20", { publishedAt: null });
    await bill("2026-05-20", { withdrawnAt: new Date("2026-05-21T00:00:00Z") });
    const asked = { contractIds: [customer.contract.id] };
    const earned = [{ contractId: customer.contract.id, earnedCents: 100, since: "2026-02-20" }];
    expect(await world.web(customer.actor, (ctx) => listEarnings(ctx, asked))).toEqual(earned);
    const other = await makeCustomer(world.db, { company: customer.company });
    // With and without row-level security.
    expect(await world.web(other.actor, (ctx) => listEarnings(ctx, asked))).toEqual([]);
    expect(await listEarnings({ db: world.db, actor: other.actor }, asked)).toEqual([]);
  });
});

describe("a dedicated address that waits", () => {
  const choose = (world: World, { actor, contract }: Customer) =>
    world.web(actor, (ctx) =>
      chooseDelivery(ctx, {
        contractId: contract.id,
        mode: "electronic",
        email: DEDICATED,
        acceptedNotice: NOTICE_VERSION,
      }),
    );
  const ask = (world: World, { actor }: Customer, contractId: string) =>
    world.web(actor, (ctx) => askAgain(ctx, { contractId }));

  test("R8 says since when, and is asked again after a while", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const id = customer.contract.id;
    expect(await ask(world, customer, id)).toEqual({ ok: false, code: "nothing_to_confirm" });
    await choose(world, customer);
    expect((await deliveryOf(world, customer)).waitsSince).toBeInstanceOf(Date);
    expect(await ask(world, customer, id)).toEqual({ ok: false, code: "asked_just_now" });
    await world.db
      .update(accountMails)
      .set({ createdAt: sql`clock_timestamp() - interval '1 hour'` });
    expect(await ask(world, customer, id)).toEqual({ ok: true, value: { email: DEDICATED } });
    await world.db.update(deliveryAddresses).set({ confirmedAt: new Date("2026-01-01T00:00:00Z") });
    expect((await deliveryOf(world, customer)).waitsSince).toBeNull();
    expect(await ask(world, customer, id)).toEqual({ ok: false, code: "nothing_to_confirm" });
  });

  test("R28 is asked again by its own account alone", async ({ world }) => {
    const mine = await makeCustomer(world.db);
    const other = await makeCustomer(world.db);
    await choose(world, other);
    await expect(ask(world, mine, other.contract.id)).rejects.toThrow(NotFoundError);
    await expect(
      askAgain({ db: world.db, actor: mine.actor }, { contractId: other.contract.id }),
    ).rejects.toThrow(NotFoundError);
  });
});

describe("mails about a change", () => {
  test("R7 keep no address once the account is deleted, also of a choice taken over", async ({
    world,
  }) => {
    const passwordHash = await hashPassword(PASSWORD);
    const customer = await makeCustomer(world.db, { account: { passwordHash } });
    await world.db.insert(deliveryChoices).values({
      companyId: customer.company.id,
      contractId: customer.contract.id,
      mode: "electronic",
      email: "old-portal@posta.example",
      origin: "import",
      chosenAt: new Date("2026-01-01T00:00:00Z"),
    });
    await world.web(customer.actor, (ctx) =>
      chooseDelivery(ctx, {
        contractId: customer.contract.id,
        mode: "paper",
        email: null,
        acceptedNotice: null,
      }),
    );
    const mails = () =>
      world.db
        .select({ to: accountMails.toEmail, params: accountMails.params })
        .from(accountMails)
        .where(eq(accountMails.accountId, customer.account.id));
    expect((await mails()).map(({ to }) => to).sort()).toEqual(
      ["old-portal@posta.example", customer.account.email].sort(),
    );
    // The contract has left the account by then: only the mail still knows the address.
    await world.db
      .update(contractLinks)
      .set({ endedAt: new Date(), endedBecause: "removed" })
      .where(eq(contractLinks.accountId, customer.account.id));
    await world.web(customer.actor, (ctx) => deleteAccount(ctx, { password: PASSWORD }));
    expect(JSON.stringify(await mails())).not.toContain("@");
    const [account] = await world.db
      .select({ deletedAt: accounts.deletedAt })
      .from(accounts)
      .where(eq(accounts.id, customer.account.id));
    expect(account?.deletedAt).not.toBeNull();
  });
});
