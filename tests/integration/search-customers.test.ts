import { desc, eq, sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import { auditLog, contracts, deliveryAddresses, documents, holders } from "@/db/schema";
import type { StaffActor } from "@/lib/auth/actor";
import { inTransaction } from "@/lib/auth/context";
import { ForbiddenError } from "@/lib/errors";
import { searchCustomers } from "@/lib/support/commands/search-customers";
import { searchKind } from "@/lib/support/rules";
import { makeDispatch } from "../factories/dispatches";
import { makeContract, makeCustomer, makeStaff, must } from "../factories/people";
import { test, type World } from "../setup/database";

const search = (world: World, actor: StaffActor, typed: string) =>
  world.web(actor, (ctx) => searchCustomers(ctx, { typed }));

const numbersIn = (result: Awaited<ReturnType<typeof search>>) =>
  result.ok ? result.value.contracts.map(({ contractNumber }) => contractNumber) : result.code;

describe("staff search customers", () => {
  test("R18 by contract, bill, customer code, e-mail, dedicated e-mail and part of a name", async ({
    world,
  }) => {
    const support = await makeStaff(world.db, "support");
    const customer = await makeCustomer(world.db);
    const { contract, account, holder } = customer;
    await makeCustomer(world.db, { company: customer.company });
    await world.db
      .update(holders)
      .set({ name: "Zenobia Inventata" })
      .where(eq(holders.id, holder.id));
    await world.db
      .insert(deliveryAddresses)
      .values({ accountId: account.id, email: "zenobia.bollette@posta.example" });
    const { document } = await makeDispatch(world.db, customer, { state: "delivered" });
    for (const typed of [
      contract.contractNumber,
      contract.customerCode,
      document.billNumber,
      account.email.toUpperCase(),
      "zenobia.bollette@posta.example",
      "enobia inv",
    ]) {
      expect(numbersIn(await search(world, support, typed)), typed).toEqual([
        contract.contractNumber,
      ]);
    }
    const found = await search(world, support, document.billNumber);
    expect(found.ok && found.value.contracts[0]?.bills).toMatchObject([
      { id: document.id, state: "delivered", published: true, withdrawn: false },
    ]);
  });

  test("R21 finds a bill that was withdrawn, and puts the one asked for first", async ({
    world,
  }) => {
    const support = await makeStaff(world.db, "support");
    const customer = await makeCustomer(world.db);
    const asked = await makeDispatch(world.db, customer, { document: { issueDate: "2025-01-10" } });
    for (let month = 1; month <= 4; month += 1) {
      await makeDispatch(world.db, customer, { document: { issueDate: `2026-0${month}-10` } });
    }
    const found = await search(world, support, asked.document.billNumber);
    expect(found.ok && found.value.contracts[0]?.bills.map(({ id }) => id)[0]).toBe(
      asked.document.id,
    );
    expect(found.ok && found.value.contracts[0]?.bills).toHaveLength(3);
    await world.db
      .update(documents)
      .set({ withdrawnAt: new Date() })
      .where(eq(documents.id, asked.document.id));
    const byContract = await search(world, support, customer.contract.contractNumber);
    expect(byContract.ok && byContract.value.contracts).toHaveLength(1);
  });

  test("a name's wildcards are letters, a tax id and two letters are refused", async ({
    world,
  }) => {
    const support = await makeStaff(world.db, "support");
    await makeCustomer(world.db);
    expect(numbersIn(await search(world, support, "%abc"))).toEqual([]);
    expect(numbersIn(await search(world, support, "___xyz"))).toEqual([]);
    expect(numbersIn(await search(world, support, "ab"))).toBe("too_short");
    expect(numbersIn(await search(world, support, "RSSMRA85T10A562S"))).toBe("tax_id");
    expect(searchKind("itrssmra85t10a562s")).toBe("tax_id");
    expect(searchKind("RSSMRA 85T10 A562S")).toBe("tax_id");
    expect(searchKind("RSSMRA85T10A562")).toBe("code");
    // A partita IVA, with and without its country; the same with another check digit is a number.
    expect(["01234567897", "IT 01234567897", "01234567898"].map(searchKind)).toEqual([
      ...["tax_id", "tax_id", "code"],
    ]);
    expect(numbersIn(await search(world, support, "...a.b"))).toBe("too_short");
  });

  test("R5 says of a bill whose it was before the contract changed hands", async ({ world }) => {
    const support = await makeStaff(world.db, "support");
    const customer = await makeCustomer(world.db);
    const { document } = await makeDispatch(world.db, customer);
    const heir = await makeCustomer(world.db, { company: customer.company });
    await world.db
      .update(contracts)
      .set({ holderId: heir.holder.id })
      .where(eq(contracts.id, customer.contract.id));
    const found = await search(world, support, document.billNumber);
    expect(found.ok && found.value.contracts[0]?.bills).toMatchObject([
      { id: document.id, formerHolder: customer.holder.name },
    ]);
  });

  test("shows the first thirty and says that there are more", async ({ world }) => {
    const support = await makeStaff(world.db, "support");
    const { company, holder } = await makeCustomer(world.db);
    await world.db
      .update(holders)
      .set({ name: "Condominio Immaginario" })
      .where(eq(holders.id, holder.id));
    for (let more = 0; more < 35; more += 1) {
      await makeContract(world.db, { companyId: company.id, holderId: holder.id });
    }
    const found = await search(world, support, "immaginario");
    expect(found.ok && [found.value.contracts.length, found.value.more]).toEqual([30, true]);
  });

  test("R28 R30 staff of known roles only, and audited without what was typed", async ({
    world,
  }) => {
    const support = await makeStaff(world.db, "support");
    const { account } = await makeCustomer(world.db);
    const customer = await makeCustomer(world.db);
    const named = await world.web(customer.actor, (ctx) =>
      inTransaction(ctx, ({ db }) => db.execute(sql`select holders_named_like('%', 10)`)),
    );
    expect(named).toHaveLength(0);
    const unknown = { ...support, role: "intern" as "support" };
    await expect(search(world, unknown, "qualcuno")).rejects.toThrow(ForbiddenError);
    await search(world, support, account.email);
    const [told] = await world.db.select().from(auditLog).orderBy(desc(auditLog.id)).limit(1);
    expect(must(told)).toMatchObject({
      action: "searched_customers",
      actorId: support.staffId,
      detail: { by: "email", found: 1 },
    });
    expect(JSON.stringify(must(told).detail)).not.toContain(account.email);
  });
});
