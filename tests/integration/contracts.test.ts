import { eq } from "drizzle-orm";
import { describe, expect } from "vitest";
import { contractLinks, contracts, mandates } from "@/db/schema";
import { type Context, inTransaction } from "@/lib/auth/context";
import { findContract, findHolderName, listContracts } from "@/lib/contracts/queries/contracts";
import { listBills } from "@/lib/documents/queries/bill-list";
import { makeCustomer, makeDocument, makeHolder, makeMandate } from "../factories/people";
import { test } from "../setup/database";

describe("findContract", () => {
  test("R26 tells codes, addresses, product and its end, power, meter and mandate", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db, {
      contract: {
        productEndsOn: "2027-06-30",
        contractedPowerKw: "3",
        availablePowerKw: "3.3",
        meterSerial: "E123",
        annualConsumption: "2450",
      },
    });
    const sheet = await world.web(customer.actor, (ctx) => findContract(ctx, customer.contract.id));
    expect(sheet).toMatchObject({
      contractNumber: customer.contract.contractNumber,
      customerCode: customer.contract.customerCode,
      holderName: customer.holder.name,
      taxId: customer.holder.taxId,
      supplyPoint: "IT001E00000001",
      supplyAddress: customer.contract.supplyAddress,
      billingAddress: customer.contract.billingAddress,
      product: "Luce Chiara",
      productEndsOn: "2027-06-30",
      contractedPowerKw: "3",
      availablePowerKw: "3.3",
      meterSerial: "E123",
      annualConsumption: "2450",
      mandate: { reference: customer.mandate?.reference, state: "active", on: "2020-01-01" },
    });
  });

  test("R26 the IBAN is masked before it leaves the query", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const sheet = await world.web(customer.actor, (ctx) => findContract(ctx, customer.contract.id));
    expect(sheet?.mandate?.iban).toBe("IT•• … 3456");
    expect(JSON.stringify(sheet)).not.toContain(customer.mandate?.iban);
  });

  test("R5 a former holder's mandate is not shown to who holds the contract now", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db, { mandate: null });
    const former = await makeHolder(world.db);
    const theirs = await makeMandate(world.db, {
      companyId: customer.company.id,
      contractId: customer.contract.id,
      holderId: former.id,
    });
    const look = async (ctx: Context) =>
      expect((await findContract(ctx, customer.contract.id))?.mandate).toBeNull();
    await world.web(customer.actor, look);
    // Without row-level security the query alone must hold …
    await look({ db: world.db, actor: customer.actor });
    // … and row-level security without the query.
    const seenBy = (actor: typeof customer.actor) =>
      world.web(actor, (ctx) =>
        inTransaction(ctx, ({ db }) => db.$count(mandates, eq(mandates.id, theirs.id))),
      );
    expect(await seenBy(customer.actor)).toBe(0);
    expect(await seenBy({ ...customer.actor, holderId: former.id })).toBe(1);
  });

  test("R26 sheet and archive stay after the contract's end", async ({ world }) => {
    const customer = await makeCustomer(world.db, { contract: { endsOn: "2024-12-31" } });
    const bill = await makeDocument(world.db, {
      companyId: customer.company.id,
      contractId: customer.contract.id,
      holderId: customer.holder.id,
      kind: "closing_bill",
    });
    const sheet = await world.web(customer.actor, (ctx) => findContract(ctx, customer.contract.id));
    expect(sheet?.endsOn).toBe("2024-12-31");
    const { bills } = await world.web(customer.actor, (ctx) =>
      listBills(ctx, { filter: { contract: customer.contract.id } }),
    );
    expect(bills.map(({ id }) => id)).toEqual([bill.id]);
  });

  test("R28 another customer's contract is not found, nor what is no id, nor for a visitor", async ({
    world,
  }) => {
    const mine = await makeCustomer(world.db);
    const other = await makeCustomer(world.db, { company: mine.company });
    const look = async (ctx: Context) => {
      expect(await findContract(ctx, other.contract.id)).toBeNull();
      expect(await findContract(ctx, "1")).toBeNull();
      const own = await listContracts(ctx);
      expect(own.map(({ id }) => id)).toEqual([mine.contract.id]);
    };
    await world.web(mine.actor, look);
    // Without row-level security the scope alone must hold.
    await look({ db: world.db, actor: mine.actor });
    const seen = await world.web({ kind: "visitor" }, async (ctx) => [
      await findContract(ctx, mine.contract.id),
      ...(await listContracts(ctx)),
    ]);
    expect(seen).toEqual([null]);
  });

  test("R5 R28 a contract that left the account is not found there any more", async ({ world }) => {
    const mine = await makeCustomer(world.db);
    await world.db
      .update(contractLinks)
      .set({ endedAt: new Date(), endedBecause: "holder_changed" })
      .where(eq(contractLinks.accountId, mine.account.id));
    const look = async (ctx: Context) => {
      expect(await findContract(ctx, mine.contract.id)).toBeNull();
    };
    await world.web(mine.actor, look);
    await look({ db: world.db, actor: mine.actor });
  });

  test("the holder's name is the account's own, whoever holds other contracts", async ({
    world,
  }) => {
    const mine = await makeCustomer(world.db);
    await world.db.update(contracts).set({ product: "Altra" });
    const name = await world.web(mine.actor, (ctx) => findHolderName(ctx));
    expect(name).toBe(mine.holder.name);
  });
});
