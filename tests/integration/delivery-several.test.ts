import { eq, inArray, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect } from "vitest";
import type { Transaction } from "@/db/client";
import * as schema from "@/db/schema";
import {
  accountMails,
  auditLog,
  contractLinks,
  contracts,
  deliveryAddresses,
  deliveryChoices,
  mandates,
} from "@/db/schema";
import { chooseDeliveries, type DeliveryChoices } from "@/lib/delivery/commands/choose-delivery";
import { listChoices, listDeliveries } from "@/lib/delivery/queries";
import { listEarnings } from "@/lib/delivery/queries/earnings";
import { NOTICE_VERSION, PANELS_PER_PAGE } from "@/lib/delivery/rules";
import { NotFoundError } from "@/lib/errors";
import { makeContract, makeCustomer, makeMandate } from "../factories/people";
import { type Clone, cloneDatabase, test, type World } from "../setup/database";

type Customer = Awaited<ReturnType<typeof makeCustomer>>;

/** Another contract of the customer's, in the account. */
async function another(
  db: Transaction,
  { company, holder, account }: Customer,
  { mandate = true, ...over }: { mandate?: boolean; endsOn?: string } = {},
) {
  const contract = await makeContract(db, {
    companyId: company.id,
    holderId: holder.id,
    ...over,
  });
  const ids = { companyId: company.id, contractId: contract.id };
  if (mandate) {
    await makeMandate(db, { ...ids, holderId: holder.id });
  }
  await db.insert(contractLinks).values({ ...ids, accountId: account.id });
  return contract;
}

const chooseFor = (
  world: World,
  { actor }: Customer,
  contractIds: string[],
  over: Partial<DeliveryChoices> = {},
) =>
  world.web(actor, (ctx) =>
    chooseDeliveries(ctx, {
      contractIds,
      mode: "electronic",
      email: null,
      acceptedNotice: NOTICE_VERSION,
      ...over,
    }),
  );

const rowsOf = ({ db }: World, contractIds: string[]) =>
  db.select().from(deliveryChoices).where(inArray(deliveryChoices.contractId, contractIds));

describe("chooseDeliveries", () => {
  test("R11 one stamp for all, one mail that names them, and an audit entry each", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const second = await another(world.db, customer);
    const ids = [customer.contract.id, second.id];
    const chosen = await chooseFor(world, customer, ids);
    expect(chosen).toMatchObject({
      ok: true,
      value: { contracts: [{ changed: true }, { changed: true }], toConfirm: null },
    });
    const rows = await rowsOf(world, ids);
    expect(rows).toHaveLength(2);
    expect(new Set(rows.map(({ chosenAt }) => chosenAt.getTime())).size).toBe(1);
    const mails = await world.db
      .select()
      .from(accountMails)
      .where(eq(accountMails.accountId, customer.account.id));
    expect(mails).toHaveLength(1);
    expect(mails[0]?.params).toMatchObject({
      contractNumbers: [customer.contract, second]
        .map(({ contractNumber }) => contractNumber)
        .sort()
        .join(", "),
      role: "account",
    });
    const audited = await world.db
      .select({ action: auditLog.action })
      .from(auditLog)
      .where(inArray(auditLog.subjectId, ids));
    expect(audited).toHaveLength(2);
  });

  test("R9 one without an active mandate refuses the whole, by name", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const bare = await another(world.db, customer, { mandate: false });
    const ids = [customer.contract.id, bare.id];
    expect(await chooseFor(world, customer, ids)).toEqual({
      ok: false,
      code: "no_mandate",
      contractNumbers: [bare.contractNumber],
    });
    expect(await rowsOf(world, ids)).toHaveLength(0);
    const paper = await chooseFor(world, customer, ids, { mode: "paper" });
    expect(paper).toMatchObject({ ok: true });
    expect(await rowsOf(world, ids)).toHaveLength(2);
  });

  test("a supply that is over refuses the whole, by name, also on paper", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const over = await another(world.db, customer, { endsOn: "2025-01-31" });
    const ids = [customer.contract.id, over.id];
    expect(await chooseFor(world, customer, ids, { mode: "paper" })).toEqual({
      ok: false,
      code: "supply_ended",
      contractNumbers: [over.contractNumber],
    });
    expect(await rowsOf(world, ids)).toHaveLength(0);
  });

  test("R28 another customer's contract among them is not found, and nothing is written", async ({
    world,
  }) => {
    const mine = await makeCustomer(world.db);
    const other = await makeCustomer(world.db, { company: mine.company });
    const ids = [mine.contract.id, other.contract.id];
    await expect(chooseFor(world, mine, ids)).rejects.toThrow(NotFoundError);
    // Without row-level security the scope alone must hold.
    const unwalled = chooseDeliveries(
      { db: world.db, actor: mine.actor },
      { contractIds: ids, mode: "paper", email: null, acceptedNotice: null },
    );
    await expect(unwalled).rejects.toThrow(NotFoundError);
    await expect(chooseFor(world, mine, [])).rejects.toThrow(NotFoundError);
    expect(await rowsOf(world, ids)).toHaveLength(0);
  });

  test("R10 those that say so already are left alone", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const second = await another(world.db, customer);
    const ids = [customer.contract.id, second.id];
    await chooseFor(world, customer, [second.id]);
    const chosen = await chooseFor(world, customer, ids);
    expect(chosen.ok && chosen.value.contracts.filter(({ changed }) => changed)).toMatchObject([
      { contractId: customer.contract.id },
    ]);
    expect(await rowsOf(world, ids)).toHaveLength(2);
  });
});

describe("whom a change is told", () => {
  const DEDICATED = "bills@posta.example";
  const toldOf = async ({ db }: World, { account }: Customer) => {
    const mails = await db
      .select({ to: accountMails.toEmail, params: accountMails.params })
      .from(accountMails)
      .where(
        sql`${accountMails.accountId} = ${account.id} and ${accountMails.template} = 'delivery-changed'`,
      )
      .orderBy(accountMails.createdAt);
    return mails.map(({ to, params }) => `${params.role} ${to}`);
  };

  test("R8 an address that is not confirmed learns nothing but the request to confirm", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    await chooseFor(world, customer, [customer.contract.id], { email: DEDICATED });
    await chooseFor(world, customer, [customer.contract.id], { mode: "paper" });
    const own = `account ${customer.account.email}`;
    expect(await toldOf(world, customer)).toEqual([own, own]);
  });

  test("R8 the new and the old address are told, once it is theirs", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    await world.db.insert(deliveryAddresses).values({
      accountId: customer.account.id,
      email: DEDICATED,
      confirmedAt: new Date("2026-01-01T00:00:00Z"),
    });
    const ids = [customer.contract.id];
    await chooseFor(world, customer, ids, { email: DEDICATED });
    await chooseFor(world, customer, ids);
    const own = `account ${customer.account.email}`;
    expect(await toldOf(world, customer)).toEqual([
      own,
      `new ${DEDICATED}`,
      own,
      `old ${DEDICATED}`,
    ]);
  });

  test("R19 an address that nothing reaches is neither chosen nor written to", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    await world.db.insert(deliveryAddresses).values({
      accountId: customer.account.id,
      email: DEDICATED,
      confirmedAt: new Date("2026-01-01T00:00:00Z"),
    });
    const ids = [customer.contract.id];
    await chooseFor(world, customer, ids, { email: DEDICATED });
    await world.db.execute(sql`insert into address_suspensions (email, reason)
      values (${DEDICATED}, 'hard_bounce')`);
    const second = await another(world.db, customer);
    expect(await chooseFor(world, customer, [second.id], { email: DEDICATED })).toMatchObject({
      ok: false,
      code: "address_suspended",
    });
    await world.db.delete(accountMails);
    await chooseFor(world, customer, ids);
    expect(await toldOf(world, customer)).toEqual([`account ${customer.account.email}`]);
  });
});

describe("the panel of many contracts", () => {
  let clone: Clone;
  beforeAll(async () => {
    clone = await cloneDatabase();
  });
  afterAll(async () => {
    await clone.drop();
  });

  /** A customer with so many contracts, committed; seen by a client that counts statements. */
  async function counted(many: number) {
    const customer = await clone.superuser.db.transaction(async (tx) => {
      const made = await makeCustomer(tx);
      const { company, holder, account } = made;
      const more = await tx
        .insert(contracts)
        .values(
          Array.from({ length: many - 1 }, (_, index) => ({
            ...made.contract,
            id: undefined,
            contractNumber: `${made.contract.contractNumber}-${index}`,
          })),
        )
        .returning({ id: contracts.id });
      const ids = more.map(({ id }) => ({ companyId: company.id, contractId: id }));
      await tx.insert(contractLinks).values(ids.map((one) => ({ ...one, accountId: account.id })));
      await tx.insert(mandates).values(
        ids.map((one) => ({
          ...one,
          holderId: holder.id,
          reference: `UMR-${one.contractId}`,
          iban: "IT60X0542811101000000123456",
          debtor: "Prova Persona",
          creditorId: "IT60ZZZ0000001234567897",
          status: "active" as const,
          since: "2020-01-01",
        })),
      );
      return made;
    });
    let statements = 0;
    const client = postgres(clone.webUrl, { max: 1, onnotice: () => {} });
    const logger = {
      logQuery: () => {
        statements += 1;
      },
    };
    const db = drizzle(client, { schema, casing: "snake_case", logger });
    return { ctx: { db, actor: customer.actor }, client, statements: () => statements };
  }

  test("R11 takes a fixed number of statements to show and to save, for 2, 10 and 500 contracts", async () => {
    const seen = [];
    for (const many of [2, 10, 500]) {
      const { ctx, client, statements } = await counted(many);
      const all = await listDeliveries(ctx);
      expect(all).toHaveLength(many);
      const contractIds = all.slice(0, PANELS_PER_PAGE).map(({ contractId }) => contractId);
      await listChoices(ctx, { contractIds });
      await listEarnings(ctx, { contractIds });
      const shown = statements();
      const saved = await chooseDeliveries(ctx, {
        contractIds: all.map(({ contractId }) => contractId),
        mode: "electronic",
        email: null,
        acceptedNotice: NOTICE_VERSION,
      });
      expect(saved).toMatchObject({ ok: true });
      seen.push({ shown, saved: statements() - shown });
      await client.end();
    }
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
  });
});
