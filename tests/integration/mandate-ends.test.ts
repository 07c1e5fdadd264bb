import { and, eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test as plain } from "vitest";
import {
  accountMails,
  accounts,
  contractLinks,
  contracts,
  deliveryChoices,
  invoicingRuns,
  mandateEndNotices,
  mandates,
} from "@/db/schema";
import type { Context } from "@/lib/auth/context";
import { warnMandateEnds } from "@/lib/contracts/commands/warn-mandate-ends";
import { warnMandateEndsJob } from "@/lib/contracts/jobs";
import { listMandateEnds } from "@/lib/contracts/queries/mandate-ends";
import { listDeliveries } from "@/lib/delivery/queries";
import { listBills } from "@/lib/documents/queries/bill-list";
import { importContracts } from "@/lib/imports/commands/import-contracts";
import { freezeRun } from "@/lib/runs/commands/freeze-run";
import { openRun } from "@/lib/runs/commands/open-run";
import { addDays, romeDay } from "@/lib/time";
import { contractsFile } from "../factories/import-files";
import {
  makeAccount,
  makeContract,
  makeCustomer,
  makeDocument,
  makeHolder,
  makeMandate,
  must,
} from "../factories/people";
import { choose } from "../factories/runs";
import { type Clone, cloneDatabase, test, type World } from "../setup/database";

type Customer = Awaited<ReturnType<typeof makeCustomer>>;

/** The next cut-off of every test's company: in some days, whatever the calendar says today. */
const cutOffAt = new Date(Date.now() + 6 * 86_400_000);
const today = romeDay(new Date());
const cutOffOn = romeDay(cutOffAt);

/** A customer on electronic delivery whose company's next cut-off is `cutOffAt`. */
async function electronic(world: World, over: Parameters<typeof makeCustomer>[1] = {}) {
  const customer = await makeCustomer(world.db, over);
  if (!over?.company) {
    await world.db
      .insert(invoicingRuns)
      .values({ companyId: customer.company.id, name: "next", cutOffAt });
  }
  await choose(world.db, customer);
  return customer;
}

const ending = (until: string) => ({ status: "revoked" as const, until });
const warn = (world: World) => world.worker((ctx) => warnMandateEnds(ctx));
const mailsTo = (world: World, { account }: Customer) =>
  world.db
    .select()
    .from(accountMails)
    .where(and(eq(accountMails.accountId, account.id), eq(accountMails.template, "mandate-ending")))
    .orderBy(accountMails.createdAt);
const bannerOf = (world: World, { actor }: Customer) =>
  world.web(actor, (ctx) => listMandateEnds(ctx));

async function anotherContract(world: World, { company, holder, account }: Customer) {
  const contract = await makeContract(world.db, { companyId: company.id, holderId: holder.id });
  const key = { companyId: company.id, contractId: contract.id };
  await world.db.insert(contractLinks).values({ ...key, accountId: account.id });
  return { ...key, holderId: holder.id, contract };
}

describe("R14 a mandate's end", () => {
  test("R14 is told by mail and banner before the next cut-off, once however often it is looked for", async ({
    world,
  }) => {
    const customer = await electronic(world, { mandate: ending(addDays(today, 2)) });
    expect(await warn(world)).toEqual({ told: 1 });
    expect(await warn(world)).toEqual({ told: 0 });
    await world.worker((ctx) => warnMandateEndsJob(ctx));
    const mails = await mailsTo(world, customer);
    expect(mails).toMatchObject([
      {
        companyId: customer.company.id,
        toEmail: customer.account.email,
        language: "it",
        state: "queued",
        params: {
          contractNumbers: customer.contract.contractNumber,
          until: addDays(today, 2),
          over: "no",
          fromBill: cutOffOn,
        },
      },
    ]);
    const notices = await world.db.select().from(mandateEndNotices);
    expect(notices).toMatchObject([
      { contractId: customer.contract.id, mailId: mails[0]?.id, until: addDays(today, 2) },
    ]);
    expect(await bannerOf(world, customer)).toEqual([
      {
        companySlug: customer.company.slug,
        companyName: customer.company.name,
        contractNumber: customer.contract.contractNumber,
        until: addDays(today, 2),
        over: false,
        cutOffOn,
      },
    ]);
  });

  test("R14 an end that was told is not told again when another mandate of the contract ends too", async ({
    world,
  }) => {
    const customer = await electronic(world, { mandate: ending(addDays(today, 2)) });
    expect(await warn(world)).toEqual({ told: 1 });
    await makeMandate(world.db, {
      companyId: customer.company.id,
      contractId: customer.contract.id,
      holderId: customer.holder.id,
      ...ending(addDays(today, 1)),
    });
    expect(await warn(world)).toEqual({ told: 0 });
    expect(await mailsTo(world, customer)).toHaveLength(1);
  });

  test("R14 told, then frozen on paper; account, links and archive stay, and a new mandate brings electronic back without a choice", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db, { mandate: ending(addDays(today, -1)) });
    const { company, contract, holder, account, actor } = customer;
    await choose(world.db, customer);
    const key = { companyId: company.id, contractId: contract.id, holderId: holder.id };
    const bill = await makeDocument(world.db, key);
    expect(await warn(world)).toEqual({ told: 1 });
    const [mail] = await mailsTo(world, customer);
    expect(mail?.params).toMatchObject({ over: "yes" });
    const planned = async (name: string) => {
      await world.worker(async (ctx) => {
        const run = { company: company.slug, run: name };
        const at = await world.db.execute<{ at: string }>(sql`select clock_timestamp() as at`);
        await openRun(ctx, { company: company.slug, name, cutOffAt: new Date(must(at[0]).at) });
        expect((await freezeRun(ctx, run)).ok).toBe(true);
      });
      return await world.db.execute(sql`select p.mode, p.reason from delivery_plans p
        join invoicing_runs r on r.company_id = p.company_id and r.id = p.run_id
        where r.company_id = ${company.id} and r.name = ${name}`);
    };
    expect(await planned("one")).toEqual([{ mode: "paper", reason: "mandate_ended" }]);
    const [kept] = await world.db.select().from(accounts).where(eq(accounts.id, account.id));
    expect(kept).toMatchObject({ deletedAt: null, email: account.email });
    const { bills } = await world.web(actor, (ctx) => listBills(ctx));
    expect(bills.map(({ id }) => id)).toEqual([bill.id]);
    expect(await bannerOf(world, customer)).toMatchObject([{ over: true }]);
    await makeMandate(world.db, { ...key, since: today });
    expect(await planned("two")).toEqual([{ mode: "electronic", reason: "chosen" }]);
    expect(await bannerOf(world, customer)).toEqual([]);
    expect(await warn(world)).toEqual({ told: 0 });
    const choices = eq(deliveryChoices.contractId, contract.id);
    expect(await world.db.$count(deliveryChoices, choices)).toBe(1);
    const links = await world.db
      .select()
      .from(contractLinks)
      .where(eq(contractLinks.accountId, account.id));
    expect(links).toMatchObject([{ endedAt: null }]);
  });

  test("R14 one mail for all of an account's contracts that end on a day, another for another day", async ({
    world,
  }) => {
    const customer = await electronic(world, { mandate: ending(addDays(today, 2)) });
    const mandate = must(customer.mandate);
    const numbers = [customer.contract.contractNumber];
    for (const days of [2, 3]) {
      const { contract, ...key } = await anotherContract(world, customer);
      await makeMandate(world.db, {
        ...key,
        ...ending(addDays(today, days)),
        reference: mandate.reference,
      });
      await choose(world.db, { ...customer, contract });
      numbers.push(contract.contractNumber);
    }
    expect(await warn(world)).toEqual({ told: 2 });
    const told = (await mailsTo(world, customer)).map(({ params }) => params);
    expect(told.map(({ contractNumbers }) => contractNumbers).toSorted()).toEqual(
      [numbers.slice(0, 2).toSorted().join(", "), numbers[2]].toSorted(),
    );
    expect(await bannerOf(world, customer)).toHaveLength(3);
  });

  test("R14 a new end after a renewal is told again", async ({ world }) => {
    const customer = await electronic(world, { mandate: ending(addDays(today, 2)) });
    const of = eq(mandates.contractId, customer.contract.id);
    await warn(world);
    await world.db.update(mandates).set({ status: "active", until: null }).where(of);
    expect(await warn(world)).toEqual({ told: 0 });
    await world.db
      .update(mandates)
      .set(ending(addDays(today, 3)))
      .where(of);
    expect(await warn(world)).toEqual({ told: 1 });
    expect(await mailsTo(world, customer)).toHaveLength(2);
  });

  test.for([
    ["an active mandate may carry its end", { status: "active", until: addDays(today, 2) }, 1],
    ["the day of the cut-off is one without it", { status: "expired", until: cutOffOn }, 1],
    ["an end after the next cut-off waits", { status: "expired", until: addDays(cutOffOn, 1) }, 0],
    ["a mandate without end is no news", {}, 0],
    ["one that the bank rejects now has ended", { status: "rejected" }, 1],
    [
      "one rejected on a day never worked either",
      { status: "rejected", since: null, until: today },
      0,
    ],
    ["one asked for and rejected never worked", { status: "rejected", since: null }, 0],
    [
      "an end of long ago is none",
      { ...ending("2025-01-01"), recordedAt: new Date("2025-01-01") },
      0,
    ],
    ["an end of long ago that became known now is told", ending("2026-06-01"), 1],
  ] as const)("R14 %s", async ([, mandate, told], { world }) => {
    const customer = await electronic(world, { mandate });
    expect(await warn(world)).toEqual({ told });
    expect(await mailsTo(world, customer)).toHaveLength(told);
  });

  test("R14 whoever loses nothing is told nothing: paper, another mandate, ended supply, gone account, other holder", async ({
    world,
  }) => {
    const mandate = ending(addDays(today, 2));
    const paper = await electronic(world, { mandate });
    await choose(world.db, paper, "paper", new Date("2026-02-01T00:00:00Z"));
    const { company } = paper;
    const other = await electronic(world, { company, mandate });
    await makeMandate(world.db, {
      ...{ companyId: company.id, contractId: other.contract.id, holderId: other.holder.id },
      since: addDays(today, 2),
    });
    const supplyOver = await electronic(world, { company, mandate });
    await world.db
      .update(contracts)
      .set({ endsOn: addDays(today, 1) })
      .where(eq(contracts.id, supplyOver.contract.id));
    const gone = await electronic(world, { company, mandate });
    await world.db
      .update(accounts)
      .set({ deletedAt: new Date(), passwordHash: null })
      .where(eq(accounts.id, gone.account.id));
    const moved = await electronic(world, { company, mandate });
    const next = await makeHolder(world.db);
    await world.db
      .update(contracts)
      .set({ holderId: next.id })
      .where(eq(contracts.id, moved.contract.id));
    const unlinked = await electronic(world, { company, mandate });
    await world.db
      .update(contractLinks)
      .set({ endedAt: new Date(), endedBecause: "holder_changed" })
      .where(eq(contractLinks.accountId, unlinked.account.id));
    await makeCustomer(world.db, { company, mandate });
    expect(await warn(world)).toEqual({ told: 0 });
  });

  test("R28 the banner tells nobody of another customer's mandate", async ({ world }) => {
    const mine = await electronic(world);
    const other = await electronic(world, { company: mine.company, mandate: ending(today) });
    expect(await bannerOf(world, mine)).toEqual([]);
    // Without row-level security the scope alone must hold.
    expect(await listMandateEnds({ db: world.db, actor: mine.actor })).toEqual([]);
    expect(await bannerOf(world, other)).toHaveLength(1);
  });

  test("R14 an import that ends a mandate asks for the warning in its own transaction", async ({
    world,
  }) => {
    const customer = await electronic(world);
    await world.db.execute(sql`select graphile_worker.remove_job('warn-mandate-ends')`);
    const load = async (dryRun: boolean) => {
      const file = await contractsFile({
        contract_number: customer.contract.contractNumber,
        ...{ tax_id: customer.holder.taxId, mandate_reference: must(customer.mandate).reference },
        ...{ mandate_status: "revoked", mandate_until: addDays(today, 1) },
      });
      await world.worker((ctx) =>
        importContracts(ctx, { company: customer.company.slug, file, dryRun }),
      );
      return await world.db.execute(
        sql`select key from graphile_worker.jobs where key = 'warn-mandate-ends'`,
      );
    };
    await world.db.update(contracts).set({ product: "Altra" });
    await world.db.execute(
      sql`update holders set tax_id = 'RSSMRA80A01H501U' where id = ${customer.holder.id}`,
    );
    customer.holder.taxId = "RSSMRA80A01H501U";
    expect(await load(true)).toHaveLength(0);
    expect(await load(false)).toHaveLength(1);
    expect(await warn(world)).toEqual({ told: 1 });
    expect(await mailsTo(world, customer)).toHaveLength(1);
    const [delivery] = await world.web(customer.actor, (ctx) => listDeliveries(ctx));
    expect(delivery).toMatchObject({ mode: "electronic", nextMode: "paper" });
  });
});

describe("many at once", () => {
  let clone: Clone;
  beforeAll(async () => {
    clone = await cloneDatabase();
  });
  afterAll(() => clone.drop());

  plain(
    "R14 three warnings at once over several pages of accounts tell each account once",
    async () => {
      const accountsToTell = await clone.superuser.db.transaction(async (db) => {
        const first = await makeCustomer(db, { mandate: ending(today) });
        await choose(db, first);
        const { company, holder } = first;
        await db.execute(sql`insert into contracts (company_id, contract_number, holder_id, customer_code,
          commodity, supply_point, supply_address, billing_address, product, starts_on, held_since)
        select ${company.id}, 'M-' || n, ${holder.id}, '100200300', 'electricity', 'IT001E00000001', 'x',
          'x', 'x', '2020-01-01', '2020-01-01' from generate_series(1, 2400) n`);
        const owners = await Promise.all(
          Array.from({ length: 9 }, () => makeAccount(db, { holderId: holder.id })),
        );
        await db.execute(sql`insert into contract_links (company_id, contract_id, account_id)
        select company_id, id, (${sql.param(owners.map(({ id }) => id))}::uuid[])[1 + ascii(right(contract_number, 1)) % 9]
        from contracts where contract_number like 'M-%'`);
        await db.execute(sql`insert into mandates (company_id, contract_id, holder_id, reference, iban, debtor,
          creditor_id, status, since, until)
        select company_id, id, holder_id, 'U', 'IT60X0542811101000000123456', 'x', 'x', 'expired',
          '2020-01-01', ${today}
        from contracts where contract_number like 'M-%'`);
        await db.execute(sql`insert into delivery_choices (company_id, contract_id, account_id, mode, origin,
          notice_version, chosen_at)
        select l.company_id, l.contract_id, l.account_id, 'electronic', 'customer', '1', '2026-01-01'
        from contract_links l join contracts c on c.company_id = l.company_id and c.id = l.contract_id
        where c.contract_number like 'M-%'`);
        return owners.length + 1;
      });
      await clone.superuser.db.execute(sql`analyze`);
      const ctx: Context<{ kind: "system"; name: string }> = {
        db: clone.worker.db,
        actor: { kind: "system", name: "test" },
      };
      const told = await Promise.all(Array.from({ length: 3 }, () => warnMandateEnds(ctx)));
      expect(told.reduce((sum, one) => sum + one.told, 0)).toBe(accountsToTell);
      const { db } = clone.superuser;
      expect(await db.$count(accountMails)).toBe(accountsToTell);
      expect(await db.$count(mandateEndNotices)).toBe(2401);
    },
  );
});
