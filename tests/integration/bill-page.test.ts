import { eq } from "drizzle-orm";
import { describe, expect } from "vitest";
import { contractLinks, contracts, dispatches, documents, mandates } from "@/db/schema";
import type { Context } from "@/lib/auth/context";
import { listBills } from "@/lib/documents/queries/bill-list";
import { findBill, findBillPdf, findLatestBill } from "@/lib/documents/queries/bills";
import { addBillLines } from "../factories/bill-lines";
import { makeContract, makeCustomer, makeDocument, makeHolder } from "../factories/people";
import { test, type World } from "../setup/database";

type Customer = Awaited<ReturnType<typeof makeCustomer>>;

const of = ({ company, contract, holder }: Customer) => ({
  companyId: company.id,
  contractId: contract.id,
  holderId: holder.id,
});

const find = (world: World, { actor }: Customer, id: string) =>
  world.web(actor, (ctx) => findBill(ctx, id));

describe("findBill", () => {
  test("shows a bill with its lines in their order, how it is paid and how it went out", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const bill = await makeDocument(world.db, { ...of(customer), storageKey: "1/2026/a.pdf" });
    const line = {
      companyId: bill.companyId,
      contractId: bill.contractId,
      documentId: bill.id,
      section: "energy",
      description: "Energia",
    } as const;
    await addBillLines(world.db, [
      { ...line, lineNumber: 2, amountCents: 345 },
      { ...line, lineNumber: 1, amountCents: 12_000, quantity: "100.5", unit: "kWh" },
    ]);
    await world.db.insert(dispatches).values({
      companyId: bill.companyId,
      contractId: bill.contractId,
      documentId: bill.id,
      channel: "email",
      email: customer.account.email,
      language: "it",
      state: "delivered",
    });
    const page = await find(world, customer, bill.id);
    expect(page).toMatchObject({
      totalCents: 12_345,
      holderName: customer.holder.name,
      hasPdf: true,
      contract: { customerCode: customer.contract.customerCode },
      company: { faultPhone: customer.company.faultPhone },
      mandate: { reference: customer.mandate?.reference, iban: "IT•• … 3456" },
      dispatch: { channel: "email", state: "delivered", email: customer.account.email },
    });
    expect(page?.lines.map(({ lineNumber }) => lineNumber)).toEqual([1, 2]);
    expect(JSON.stringify(page)).not.toContain(customer.mandate?.iban);
  });

  test("R16 a mandate that began after the issue or ends before the due date does not pay the bill", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const bill = await makeDocument(world.db, {
      ...of(customer),
      issueDate: "2026-10-20",
      dueDate: "2026-11-12",
    });
    const withMandate = async (over: Partial<typeof mandates.$inferInsert>) => {
      await world.db
        .update(mandates)
        .set({ status: "active", since: "2020-01-01", until: null, ...over })
        .where(eq(mandates.contractId, customer.contract.id));
      return (await find(world, customer, bill.id))?.mandate ?? null;
    };
    expect(await withMandate({})).not.toBeNull();
    expect(await withMandate({ since: "2026-10-20" })).not.toBeNull();
    expect(await withMandate({ since: "2026-10-21" })).toBeNull();
    expect(await withMandate({ status: "revoked", until: "2026-11-13" })).not.toBeNull();
    expect(await withMandate({ status: "revoked", until: "2026-11-12" })).toBeNull();
    expect(await withMandate({ status: "requested" })).toBeNull();
  });

  test("R25 stands beside the bill before of the same contract, not beside another's or a withdrawn one", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const other = await makeCustomer(world.db, { company: customer.company });
    const bill = async (
      whose: ReturnType<typeof of>,
      month: string,
      totalCents: number,
      over = {},
    ) => {
      const document = await makeDocument(world.db, {
        ...{ ...whose, totalCents, consumption: "100", consumptionUnit: "kWh" },
        ...{ periodFrom: `${month}-01`, periodTo: `${month}-28`, issueDate: `${month}-28` },
        ...over,
      });
      const line = { section: "energy", description: "Energia", unit: "kWh" } as const;
      await addBillLines(world.db, [
        {
          ...{ companyId: whose.companyId, contractId: whose.contractId, documentId: document.id },
          ...{ lineNumber: 1, ...line, amountCents: totalCents },
        },
      ]);
      return document;
    };
    const mine = of(customer);
    const first = await bill(mine, "2026-07", 1_000);
    await bill(mine, "2026-08", 9_999, { withdrawnAt: new Date() });
    await bill(of(other), "2026-08", 8_888);
    const last = await bill(mine, "2026-09", 1_500);
    await bill(mine, "2026-10", 7_777);
    expect((await find(world, customer, last.id))?.change).toMatchObject({
      ...{ before: { id: first.id }, after: { id: last.id }, differenceCents: 500 },
      priceCents: 500,
    });
    expect((await find(world, customer, first.id))?.change).toBeNull();
    const bare = await makeDocument(world.db, { ...mine, issueDate: "2026-11-20" });
    expect((await find(world, customer, bare.id))?.change).toBeNull();
  });

  test("R5 after a change of holder the bill stays, without what the contract is now", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const bill = await makeDocument(world.db, of(customer));
    const successor = await makeHolder(world.db, { name: "Nuovo Intestatario" });
    await world.db
      .update(contracts)
      .set({ holderId: successor.id, product: "Altra Offerta" })
      .where(eq(contracts.id, customer.contract.id));
    await world.db
      .update(contractLinks)
      .set({ endedAt: new Date(), endedBecause: "holder_changed" })
      .where(eq(contractLinks.accountId, customer.account.id));
    const look = async (ctx: Context) => {
      const page = await findBill(ctx, bill.id);
      expect(page?.holderName).toBe(customer.holder.name);
      expect(page?.contract).toBeNull();
    };
    await world.web(customer.actor, look);
    // Without row-level security the scope alone must hold.
    await look({ db: world.db, actor: customer.actor });
    // Their own direct debit still says how it was paid, as the mail did.
    const own = await find(world, customer, bill.id);
    expect(own?.mandate?.reference).toBe(customer.mandate?.reference);
  });

  test("R28 another customer's bill, an unpublished one and no id at all are not found", async ({
    world,
  }) => {
    const mine = await makeCustomer(world.db);
    const other = await makeCustomer(world.db, { company: mine.company });
    const theirs = await makeDocument(world.db, { ...of(other), storageKey: "1/2026/b.pdf" });
    const hidden = await makeDocument(world.db, {
      ...of(mine),
      publishedAt: null,
      storageKey: "1/2026/c.pdf",
    });
    const look = async (ctx: Context) => {
      for (const id of [theirs.id, hidden.id, "1", "'; drop table documents"]) {
        expect(await findBill(ctx, id)).toBeNull();
        expect(await findBillPdf(ctx, id)).toBeNull();
      }
      expect(await findLatestBill(ctx)).toBeNull();
      expect(await listBills(ctx, { filter: { contract: other.contract.id } })).toEqual({
        bills: [],
        newer: null,
        older: null,
      });
    };
    await world.web(mine.actor, look);
    // Without row-level security the scope alone must hold.
    await look({ db: world.db, actor: mine.actor });
    await world.web({ kind: "visitor" }, look);
  });
});

describe("findBillPdf", () => {
  test("answers where one's own PDF lies, and nothing for a bill without one", async ({
    world,
  }) => {
    const mine = await makeCustomer(world.db);
    const bill = await makeDocument(world.db, { ...of(mine), storageKey: "1/2026/a.pdf" });
    const bare = await makeDocument(world.db, of(mine));
    const found = await world.web(mine.actor, (ctx) => findBillPdf(ctx, bill.id));
    expect(found).toEqual({ billNumber: bill.billNumber, storageKey: "1/2026/a.pdf" });
    expect(await world.web(mine.actor, (ctx) => findBillPdf(ctx, bare.id))).toBeNull();
  });
});

describe("findLatestBill", () => {
  test("is the newest published one over all contracts", async ({ world }) => {
    const mine = await makeCustomer(world.db);
    const second = await makeContract(world.db, {
      companyId: mine.company.id,
      holderId: mine.holder.id,
    });
    await world.db.insert(contractLinks).values({
      companyId: second.companyId,
      contractId: second.id,
      accountId: mine.account.id,
    });
    await makeDocument(world.db, { ...of(mine), issueDate: "2026-09-20" });
    const newest = await makeDocument(world.db, {
      ...of(mine),
      contractId: second.id,
      issueDate: "2026-10-21",
    });
    await makeDocument(world.db, { ...of(mine), issueDate: "2026-11-20", publishedAt: null });
    const latest = await world.web(mine.actor, (ctx) => findLatestBill(ctx));
    expect(latest?.id).toBe(newest.id);
    await world.db.delete(documents).where(eq(documents.companyId, mine.company.id));
    expect(await world.web(mine.actor, (ctx) => findLatestBill(ctx))).toBeNull();
  });
});
