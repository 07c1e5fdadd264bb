import { eq, sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import {
  accountMails,
  addressSuspensions,
  contractLinks,
  deliveryAddresses,
  deliveryChoices,
  deliveryPlans,
  imports,
  invoicingRuns,
  mandateRequests,
  runApprovals,
  runOrders,
  staff,
  withdrawals,
  withdrawnDocuments,
} from "@/db/schema";
import type { Actor, StaffActor } from "@/lib/auth/actor";
import { inTransaction, type TxContext } from "@/lib/auth/context";
import { makeAccount, makeCustomer, makeDocument, makeStaff, must } from "../factories/people";
import { test, type World } from "../setup/database";

/** Whatever a page could do on somebody's behalf if its own conditions failed: the second wall alone. */
const as = <A extends Actor, T>(world: World, actor: A, work: (tx: TxContext<A>) => Promise<T>) =>
  world.web(actor, (ctx) => inTransaction(ctx, work));

const VISITOR = { kind: "visitor" } as const;
const DENIED = { cause: { code: "42501" } };
const OLD_PORTAL = "old-portal@posta.example";

type Customer = Awaited<ReturnType<typeof makeCustomer>>;

const of = ({ company, contract }: Customer) => ({
  companyId: company.id,
  contractId: contract.id,
});

const rowsOf = async (world: World, actor: Actor, table: string) =>
  [...(await as(world, actor, ({ db }) => db.execute(sql.raw(`select * from ${table}`))))].length;

/** The contract changes hands: another holder's account has it now. */
async function handOver({ db }: World, from: Customer): Promise<Customer> {
  const to = await makeCustomer(db, { company: from.company });
  const endedAt = sql`clock_timestamp()`;
  await db
    .update(contractLinks)
    .set({ endedAt, endedBecause: "holder_changed" })
    .where(eq(contractLinks.accountId, from.account.id));
  await db.insert(deliveryChoices).values({ ...of(from), mode: "paper", origin: "holder_changed" });
  await db.execute(sql`update contracts set holder_id = ${to.holder.id}, held_since = current_date
    where id = ${from.contract.id}`);
  await db.insert(contractLinks).values({ ...of(from), accountId: to.account.id });
  return { ...to, contract: from.contract };
}

const takeOver = ({ db }: World, customer: Customer, email = OLD_PORTAL) =>
  db.insert(deliveryChoices).values({
    ...of(customer),
    mode: "electronic",
    email,
    origin: "import",
    chosenAt: new Date("2026-01-01T00:00:00Z"),
  });

async function makeRun({ db }: World, { company }: Customer, cutOffAt: Date) {
  const [run] = await db
    .insert(invoicingRuns)
    .values({ companyId: company.id, name: cutOffAt.toISOString(), cutOffAt, state: "frozen" })
    .returning();
  return must(run);
}

describe("the second wall around runs", () => {
  test("R5 R28 a plan is seen by who held the contract at its cut-off, and by nobody else", async ({
    world,
  }) => {
    const former = await makeCustomer(world.db);
    const run = await makeRun(world, former, new Date(Date.now() + 60_000));
    await world.db.insert(deliveryPlans).values({
      ...of(former),
      runId: run.id,
      mode: "electronic",
      email: former.account.email,
      reason: "chosen",
      discountCents: 0,
    });
    expect(await rowsOf(world, former.actor, "delivery_plans")).toBe(1);
    expect(await rowsOf(world, VISITOR, "delivery_plans")).toBe(0);
    const stranger = await makeCustomer(world.db);
    expect(await rowsOf(world, stranger.actor, "delivery_plans")).toBe(0);
    await world.db.update(invoicingRuns).set({ cutOffAt: new Date("2026-05-15T16:00:00Z") });
    const present = await handOver(world, former);
    for (const { actor } of [former, present]) {
      expect(await rowsOf(world, actor, "delivery_plans")).toBe(0);
    }
  });

  test("R12 a frozen plan's rows stay as they are, whoever tries; only an address gives way", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const run = await makeRun(world, customer, new Date());
    await world.db.insert(deliveryPlans).values({
      ...of(customer),
      runId: run.id,
      mode: "electronic",
      email: customer.account.email,
      reason: "chosen",
      discountCents: 600,
      discountBasis: "per_year",
    });
    for (const change of [
      "update delivery_plans set mode = 'paper'",
      "update delivery_plans set reason = 'no_choice'",
      "update delivery_plans set email = null",
      "update delivery_plans set discount_cents = 0",
      "update delivery_plans set choice_id = uuidv7()",
      "delete from delivery_plans",
      "truncate delivery_plans",
    ]) {
      const byOwner = world.db.transaction((tx) => tx.execute(sql.raw(change)));
      await expect(byOwner, change).rejects.toMatchObject({
        cause: { message: "a frozen plan never changes" },
      });
      const byWorker = world.worker((ctx) =>
        inTransaction(ctx, ({ db }) => db.execute(sql.raw(change))),
      );
      await expect(byWorker, change).rejects.toMatchObject(DENIED);
    }
    await world.db.update(deliveryPlans).set({ email: "deleted-0123456789abcdef01234567" });
  });

  test("R5 R28 a choice taken over for a former holder is not the present one's to see", async ({
    world,
  }) => {
    const former = await makeCustomer(world.db);
    await takeOver(world, former);
    expect(await rowsOf(world, former.actor, "delivery_choices")).toBe(1);
    const present = await handOver(world, former);
    await takeOver(world, present, "mine@posta.example");
    const seen = await as(world, present.actor, ({ db }) =>
      db.select({ email: deliveryChoices.email }).from(deliveryChoices),
    );
    expect(seen.map(({ email }) => email)).not.toContain(OLD_PORTAL);
  });

  test("R5 R28 nor is a former holder's address written to by the present one", async ({
    world,
  }) => {
    const former = await makeCustomer(world.db);
    await takeOver(world, former);
    const mail = ({ account, company }: Customer) => ({
      template: "delivery-changed",
      companyId: company.id,
      accountId: account.id,
      toEmail: OLD_PORTAL,
      language: "it" as const,
    });
    const queue = (customer: Customer) =>
      as(world, customer.actor, ({ db }) => db.insert(accountMails).values(mail(customer)));
    await expect(queue(former)).resolves.toBeDefined();
    const present = await handOver(world, former);
    await expect(queue(present)).rejects.toMatchObject(DENIED);
    await expect(queue(await makeCustomer(world.db))).rejects.toMatchObject(DENIED);
  });

  test("R19 R28 a suspension is seen by whose address it is, without a look at others' choices", async ({
    world,
  }) => {
    const { db } = world;
    const mine = await makeCustomer(db);
    await takeOver(world, mine);
    await db
      .insert(deliveryAddresses)
      .values({ accountId: mine.account.id, email: "dedicated@posta.example" });
    const own = [OLD_PORTAL, "dedicated@posta.example", mine.account.email].sort();
    const others = Array.from({ length: 20 }, (_, n) => `other-${n}@posta.example`);
    await db
      .insert(addressSuspensions)
      .values([...own, ...others].map((email) => ({ email, reason: "hard_bounce" as const })));
    const seen = (actor: Actor) =>
      as(world, actor, (tx) =>
        tx.db.select({ email: addressSuspensions.email }).from(addressSuspensions),
      );
    expect((await seen(mine.actor)).map(({ email }) => email).sort()).toEqual(own);
    expect(await seen((await makeCustomer(db)).actor)).toEqual([]);
    expect(await seen(VISITOR)).toEqual([]);
    const plan = await as(world, mine.actor, (tx) =>
      tx.db.execute<{ "QUERY PLAN": string }>(
        sql`explain (analyze) select from address_suspensions`,
      ),
    );
    const lines = plan.map((line) => line["QUERY PLAN"]);
    expect(lines.filter((line) => /on delivery_choices.*loops=(?!1\))/.test(line))).toEqual([]);
  });

  test("R10 a choice is dated neither back nor ahead, nor said to be of an import", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const choose = (over: Partial<typeof deliveryChoices.$inferInsert>) =>
      as(world, customer.actor, ({ db }) =>
        db.insert(deliveryChoices).values({
          ...of(customer),
          accountId: customer.account.id,
          mode: "paper",
          origin: "customer",
          ...over,
        }),
      );
    for (const over of [
      { chosenAt: new Date(Date.now() + 86_400_000) },
      { chosenAt: new Date(Date.now() - 86_400_000) },
      { origin: "import" as const },
      { origin: "paper_form" as const },
      { origin: "import" as const, accountId: null },
      { origin: "holder_changed" as const, accountId: null },
      { importId: "018f0000-0000-7000-8000-000000000000" },
    ]) {
      await expect(choose(over), JSON.stringify(over)).rejects.toMatchObject(DENIED);
    }
    await expect(choose({})).resolves.toBeDefined();
  });

  test("R28 a request for a mandate is its own account's, and asked for linked contracts only", async ({
    world,
  }) => {
    const mine = await makeCustomer(world.db);
    const other = await makeCustomer(world.db, { company: mine.company });
    const ask = (actor: Customer["actor"], over: Partial<typeof mandateRequests.$inferInsert>) =>
      as(world, actor, ({ db }) =>
        db.insert(mandateRequests).values({
          ...of(mine),
          holderId: mine.holder.id,
          accountId: mine.account.id,
          debtor: "Prova Persona",
          iban: "IT60X0542811101000000123456",
          ...over,
        }),
      );
    await expect(ask(mine.actor, {})).resolves.toBeDefined();
    for (const over of [
      { contractId: other.contract.id },
      { accountId: other.account.id },
      { holderId: other.holder.id },
      { exportedAt: new Date() },
    ]) {
      await expect(ask(mine.actor, over), JSON.stringify(over)).rejects.toMatchObject(DENIED);
    }
    expect(await rowsOf(world, mine.actor, "mandate_requests")).toBe(1);
    expect(await rowsOf(world, other.actor, "mandate_requests")).toBe(0);
    expect(await rowsOf(world, VISITOR, "mandate_requests")).toBe(0);
    await as(world, other.actor, ({ db }) => db.delete(mandateRequests));
    expect(await world.db.$count(mandateRequests)).toBe(1);
    const change = as(world, mine.actor, ({ db }) => db.update(mandateRequests).set({ iban: "X" }));
    await expect(change).rejects.toMatchObject(DENIED);
  });

  test("R28 steps are ordered by operators, in their own name, while they are not disabled", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const run = await makeRun(world, customer, new Date());
    const operator = await makeStaff(world.db, "operator");
    const support = await makeStaff(world.db, "support");
    const order = (actor: Actor, over: Partial<typeof runOrders.$inferInsert> = {}) =>
      as(world, actor, ({ db }) =>
        db.insert(runOrders).values({
          companyId: run.companyId,
          runId: run.id,
          step: "publish",
          orderedBy: operator.staffId,
          ...over,
        }),
      );
    const pretender: StaffActor = { ...support, role: "admin" };
    for (const [actor, over] of [
      [customer.actor, {}],
      [VISITOR, {}],
      [support, { orderedBy: support.staffId }],
      [pretender, { orderedBy: support.staffId }],
      [support, {}],
      [operator, { orderedBy: support.staffId }],
      [operator, { finishedAt: new Date() }],
      [operator, { startedAt: new Date() }],
      [operator, { outcome: "done" }],
    ] as [Actor, Partial<typeof runOrders.$inferInsert>][]) {
      await expect(order(actor, over), JSON.stringify(over)).rejects.toMatchObject(DENIED);
    }
    await expect(order(operator)).resolves.toBeDefined();
    await world.db.update(staff).set({ disabledAt: new Date() });
    await expect(order(operator)).rejects.toMatchObject(DENIED);
  });

  test("R28 customers and visitors see nothing of staff, imports, approvals and orders", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const operator = await makeStaff(world.db, "operator");
    const run = await makeRun(world, customer, new Date());
    const ofRun = { companyId: run.companyId, runId: run.id };
    await world.db
      .insert(runOrders)
      .values({ ...ofRun, step: "publish", orderedBy: operator.staffId });
    await world.db.insert(runApprovals).values({ ...ofRun, person: "shell:x", documents: 1 });
    await world.db.insert(imports).values({
      companyId: run.companyId,
      kind: "bills",
      fileName: "bills.csv",
      sha256: "x",
      rows: 1,
      changed: 1,
      importedBy: "test",
    });
    await world.db.execute(sql`insert into audit_log
        (actor_kind, action, company_id, subject_kind, subject_id)
      values ('system', 'froze_run', ${run.companyId}, 'run', ${run.id})`);
    const history = `run_history(${run.companyId}::smallint, '${run.id}')`;
    const tables = ["run_orders", "run_approvals", "imports", history, "(select id from staff) s"];
    for (const table of tables) {
      expect([table, await rowsOf(world, customer.actor, table)]).toEqual([table, 0]);
      expect([table, await rowsOf(world, VISITOR, table)]).toEqual([table, 0]);
      expect([table, await rowsOf(world, operator, table)]).toEqual([table, 1]);
    }
    await expect(rowsOf(world, operator, "staff")).rejects.toMatchObject(DENIED);
  });

  test("R21 R28 a withdrawal is seen by whom its document belongs to", async ({ world }) => {
    const mine = await makeCustomer(world.db);
    const other = await makeCustomer(world.db, { company: mine.company });
    const document = await makeDocument(world.db, { ...of(mine), holderId: mine.holder.id });
    const [withdrawal] = await world.db
      .insert(withdrawals)
      .values({ companyId: mine.company.id, reason: "Wrong", documents: 1, person: "shell:x" })
      .returning();
    await world.db.insert(withdrawnDocuments).values({
      ...of(mine),
      documentId: document.id,
      withdrawalId: must(withdrawal).id,
    });
    const namesake = await makeAccount(world.db, { holderId: mine.holder.id });
    const second = { ...mine.actor, accountId: namesake.id };
    for (const table of ["withdrawals", "withdrawn_documents"]) {
      expect(await rowsOf(world, mine.actor, table)).toBe(1);
      for (const actor of [other.actor, second, VISITOR]) {
        expect(await rowsOf(world, actor, table)).toBe(0);
      }
    }
  });
});
