import { and, eq, isNull } from "drizzle-orm";
import { describe, expect } from "vitest";
import {
  accountMails,
  contractLinks,
  deliveryChoices,
  dispatches,
  holders,
  rateLimits,
} from "@/db/schema";
import { addContract, addContractByProof } from "@/lib/accounts/commands/add-contract";
import { removeContract } from "@/lib/accounts/commands/remove-contract";
import { listAddableContracts } from "@/lib/accounts/queries/own-holder-contracts";
import { proofSchema } from "@/lib/accounts/schema";
import { inTransaction } from "@/lib/auth/context";
import { listContracts } from "@/lib/contracts/queries/contracts";
import {
  makeAccount,
  makeCompany,
  makeContract,
  makeCustomer,
  makeDocument,
  makeMandate,
  must,
} from "../../factories/people";
import { freshTaxId } from "../../factories/signup";
import { cloneDatabase, test, type World } from "../../setup/database";

type Customer = Awaited<ReturnType<typeof makeCustomer>>;

/** A customer with a tax id that passes, and another contract of theirs that is in no account. */
async function withAnother(world: World) {
  const customer = await makeCustomer(world.db);
  const taxId = freshTaxId();
  await world.db.update(holders).set({ taxId }).where(eq(holders.id, customer.holder.id));
  const another = await makeContract(world.db, {
    companyId: customer.company.id,
    holderId: customer.holder.id,
  });
  return { customer, taxId, another };
}

const told = async (world: World, { account }: Customer) =>
  (
    await world.db
      .select({ template: accountMails.template, params: accountMails.params })
      .from(accountMails)
      .where(eq(accountMails.accountId, account.id))
  ).map(({ template, params }) => [template, params.contractNumber ?? params.why ?? ""]);

const inAccount = async (world: World, { account }: Customer) =>
  (
    await world.db
      .select({ id: contractLinks.contractId })
      .from(contractLinks)
      .where(and(eq(contractLinks.accountId, account.id), isNull(contractLinks.endedAt)))
  ).map(({ id }) => id);

const addable = async (world: World, { actor }: Customer) =>
  (await world.web(actor, listAddableContracts)).map(({ id }) => id);

describe("contracts of the same tax id in the same company", () => {
  test("R5 are proposed, and added with one button", async ({ world }) => {
    const { customer, another } = await withAnother(world);
    expect(await addable(world, customer)).toEqual([another.id]);
    await world.web(customer.actor, (ctx) => addContract(ctx, { contractId: another.id }));
    expect(await inAccount(world, customer)).toEqual([customer.contract.id, another.id]);
    expect(await addable(world, customer)).toEqual([]);
    expect(await told(world, customer)).toEqual([["contract-added", another.contractNumber]]);
    expect(await world.web(customer.actor, listContracts)).toHaveLength(2);
  });

  test("R2 R5 are not proposed while no direct debit is active in the company", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db, { mandate: null });
    const another = await makeContract(world.db, {
      companyId: customer.company.id,
      holderId: customer.holder.id,
    });
    expect(await addable(world, customer)).toEqual([]);
    await world.web(customer.actor, (ctx) => addContract(ctx, { contractId: another.id }));
    expect(await inAccount(world, customer)).toEqual([customer.contract.id]);
    expect(await told(world, customer)).toEqual([["contract-not-added", "mandate_missing"]]);
  });

  test("R5 one that another account holds is told by e-mail only", async ({ world }) => {
    const { customer, another } = await withAnother(world);
    const other = await makeAccount(world.db, { holderId: customer.holder.id });
    await world.db.insert(contractLinks).values({
      companyId: customer.company.id,
      contractId: another.id,
      accountId: other.id,
    });
    expect(await addable(world, customer)).toEqual([]);
    const answer = await world.web(customer.actor, (ctx) =>
      addContract(ctx, { contractId: another.id }),
    );
    expect(answer).toBeUndefined();
    expect(await told(world, customer)).toEqual([["contract-held", another.contractNumber]]);
    expect(await inAccount(world, customer)).toEqual([customer.contract.id]);
  });

  test("R5 R28 another holder's contract, and one of another company, is not found", async ({
    world,
  }) => {
    const { customer } = await withAnother(world);
    const stranger = await withAnother(world);
    const elsewhere = await makeContract(world.db, {
      companyId: (await makeCompany(world.db)).id,
      holderId: customer.holder.id,
    });
    for (const contractId of [stranger.another.id, elsewhere.id]) {
      const attempt = world.web(customer.actor, (ctx) => addContract(ctx, { contractId }));
      await expect(attempt).rejects.toMatchObject({ name: "NotFoundError" });
    }
    expect(await inAccount(world, customer)).toEqual([customer.contract.id]);
  });

  test("R5 two accounts that add the same contract at once: one has it, the other is told", async () => {
    const clone = await cloneDatabase();
    try {
      const { first, second, contract } = await clone.superuser.db.transaction(async (tx) => {
        const customer = await makeCustomer(tx);
        const own = { companyId: customer.company.id, holderId: customer.holder.id };
        const account = await makeAccount(tx, { holderId: customer.holder.id });
        const theirs = await makeContract(tx, own);
        await tx.insert(contractLinks).values({
          companyId: own.companyId,
          contractId: theirs.id,
          accountId: account.id,
        });
        return {
          first: customer.actor,
          second: { ...customer.actor, accountId: account.id, email: account.email },
          contract: await makeContract(tx, own),
        };
      });
      await Promise.all(
        [first, second].map((actor) =>
          addContract({ db: clone.web.db, actor }, { contractId: contract.id }),
        ),
      );
      const mails = await clone.superuser.db.select().from(accountMails);
      expect(mails.map(({ template }) => template).sort()).toEqual([
        "contract-added",
        "contract-held",
      ]);
      const links = await clone.superuser.db
        .select()
        .from(contractLinks)
        .where(eq(contractLinks.contractId, contract.id));
      expect(links).toHaveLength(1);
    } finally {
      await clone.drop();
    }
  });
});

describe("a contract by its bill", () => {
  /** A contract of the customer's holder in another company, with a bill, and what its form would say. */
  async function elsewhere(world: World, { mandate = true } = {}) {
    const { customer, taxId } = await withAnother(world);
    const company = await makeCompany(world.db);
    const of = { companyId: company.id, holderId: customer.holder.id };
    const contract = await makeContract(world.db, of);
    const bill = await makeDocument(world.db, { ...of, contractId: contract.id });
    if (mandate) {
      await makeMandate(world.db, { ...of, contractId: contract.id });
    }
    const typed = {
      company: company.slug,
      taxId,
      customerCode: contract.customerCode,
      billNumber: bill.billNumber,
    };
    const add = (over: Partial<typeof typed> = {}) =>
      world.web(customer.actor, (ctx) =>
        addContractByProof(ctx, proofSchema.parse({ ...typed, ...over })),
      );
    return { customer, contract, add, typed };
  }

  test("R1 R5 of another company of the group is added by that company's proof", async ({
    world,
  }) => {
    const { customer, contract, add, typed } = await elsewhere(world);
    expect(await addable(world, customer)).not.toContain(contract.id);
    expect(await add({ taxId: `IT ${typed.taxId.toLowerCase()}` })).toEqual({
      ok: true,
      value: null,
    });
    expect(await inAccount(world, customer)).toContain(contract.id);
    expect(await told(world, customer)).toEqual([["contract-added", contract.contractNumber]]);
  });

  test("R5 under another tax id is refused by comparing with the account's own alone", async ({
    world,
  }) => {
    const { customer, add } = await elsewhere(world);
    const stranger = await withAnother(world);
    const nobody = freshTaxId();
    for (const taxId of [stranger.taxId, nobody]) {
      expect(await add({ taxId })).toEqual({ ok: false, code: "otherTaxId" });
    }
    expect(await told(world, customer)).toEqual([]);
  });

  test("R5 wrong data, a missing mandate and a held contract look alike on the page", async ({
    world,
  }) => {
    const { customer, add } = await elsewhere(world);
    const without = await elsewhere(world, { mandate: false });
    const held = await elsewhere(world);
    const other = await makeAccount(world.db, { holderId: held.customer.holder.id });
    await world.db.insert(contractLinks).values({
      companyId: held.contract.companyId,
      contractId: held.contract.id,
      accountId: other.id,
    });
    const answers = [
      await add({ billNumber: "NOT-A-BILL" }),
      await add({ customerCode: "999999999" }),
      await without.add(),
      await held.add(),
    ];
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
      new Set(['{"ok":true,"value":null}']),
    );
    expect(await told(world, customer)).toEqual([
      ["contract-not-added", "no_match"],
      ["contract-not-added", "no_match"],
    ]);
    expect(await told(world, without.customer)).toEqual([
      ["contract-not-added", "mandate_missing"],
    ]);
    expect(await told(world, held.customer)).toEqual([
      ["contract-held", held.contract.contractNumber],
    ]);
    expect(await inAccount(world, held.customer)).not.toContain(held.contract.id);
  });

  test("R1 a slip is named; R3 too many tries are answered alike and not looked at", async ({
    world,
  }) => {
    const { customer, contract, add } = await elsewhere(world);
    expect(await add({ customerCode: "1OO2OO3OO" })).toEqual({
      ok: false,
      code: "customerCodeLetterO",
    });
    for (let guess = 0; guess < 20; guess += 1) {
      await add({ billNumber: `INDOVINO-${guess}` });
    }
    expect(await add()).toEqual({ ok: true, value: null });
    expect(await inAccount(world, customer)).not.toContain(contract.id);
    expect(await told(world, customer)).toHaveLength(20);
    await world.db.delete(rateLimits);
    await add();
    expect(await inAccount(world, customer)).toContain(contract.id);
  });
});

describe("the web role alone", () => {
  test("R5 R28 ties no contract of another holder, no held one, none behind a closed gate", async ({
    world,
  }) => {
    const { customer, another } = await withAnother(world);
    const stranger = await withAnother(world);
    const closed = await makeContract(world.db, {
      companyId: (await makeCompany(world.db)).id,
      holderId: customer.holder.id,
    });
    const tie = (companyId: number, contractId: string, accountId = customer.account.id) =>
      world.web(customer.actor, (ctx) =>
        inTransaction(ctx, ({ db }) =>
          db.insert(contractLinks).values({ companyId, contractId, accountId }),
        ),
      );
    for (const attempt of [
      () => tie(stranger.customer.company.id, stranger.another.id),
      () => tie(closed.companyId, closed.id),
      () => tie(customer.company.id, another.id, stranger.customer.account.id),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ cause: { code: "42501" } });
    }
    await expect(tie(customer.company.id, another.id)).resolves.toBeDefined();
    await expect(tie(customer.company.id, another.id)).rejects.toMatchObject({
      cause: { code: "23505" },
    });
  });
});

describe("removing a contract", () => {
  const remove = (world: World, { actor }: Customer, contractId: string) =>
    world.web(actor, (ctx) => removeContract(ctx, { contractId }));

  test("R5 R8 turns its bills to paper, what was not sent too, and lets it be added again", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const kept = await makeContract(world.db, {
      companyId: customer.company.id,
      holderId: customer.holder.id,
    });
    const of = { companyId: customer.company.id, holderId: customer.holder.id };
    await world.db
      .insert(contractLinks)
      .values({ companyId: of.companyId, contractId: kept.id, accountId: customer.account.id });
    for (const { id: contractId } of [customer.contract, kept]) {
      await world.db.insert(deliveryChoices).values({
        companyId: of.companyId,
        contractId,
        accountId: customer.account.id,
        mode: "electronic",
        origin: "customer",
        noticeVersion: "1",
      });
      const document = await makeDocument(world.db, { ...of, contractId });
      await world.db.insert(dispatches).values({
        companyId: of.companyId,
        contractId,
        documentId: document.id,
        channel: "email",
        email: customer.account.email,
        language: "it",
        state: "queued",
      });
    }
    await remove(world, customer, customer.contract.id);
    expect(await inAccount(world, customer)).toEqual([kept.id]);
    const sent = await world.db
      .select({
        id: dispatches.contractId,
        state: dispatches.state,
        failure: dispatches.failure,
        email: dispatches.email,
      })
      .from(dispatches);
    expect(Object.fromEntries(sent.map(({ id, ...rest }) => [id, rest]))).toEqual({
      [customer.contract.id]: { state: "paper", failure: "removed", email: null },
      [kept.id]: { state: "queued", failure: null, email: customer.account.email },
    });
    const [mail] = await world.db.select().from(accountMails);
    expect(must(mail)).toMatchObject({
      template: "delivery-changed",
      params: { mode: "paper", contractNumbers: customer.contract.contractNumber },
    });
    expect(await addable(world, customer)).toEqual([customer.contract.id]);
    await world.web(customer.actor, (ctx) =>
      addContract(ctx, { contractId: customer.contract.id }),
    );
    expect(await inAccount(world, customer)).toHaveLength(2);
  });

  test("R5 R28 another customer's contract is not found, nor one that was removed", async ({
    world,
  }) => {
    const [mine, other] = [await makeCustomer(world.db), await makeCustomer(world.db)];
    await expect(remove(world, mine, other.contract.id)).rejects.toMatchObject({
      name: "NotFoundError",
    });
    expect(await inAccount(world, other)).toEqual([other.contract.id]);
    await remove(world, mine, mine.contract.id);
    expect(await inAccount(world, mine)).toEqual([]);
    await expect(remove(world, mine, mine.contract.id)).rejects.toMatchObject({
      name: "NotFoundError",
    });
    // Paper before, paper after: nothing to tell.
    expect(await told(world, mine)).toEqual([]);
  });
});
