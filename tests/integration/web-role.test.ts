import { eq, sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import {
  accountMails,
  accounts,
  auditLog,
  contractLinks,
  deliveryAddresses,
  deliveryChoices,
  signupAttempts,
  tokens,
} from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { inTransaction, type TxContext } from "@/lib/auth/context";
import { makeCustomer, makeHolder, makeStaff } from "../factories/people";
import { makeMatchedAttempt, makeUnregistered } from "../factories/signup";
import { test, type World } from "../setup/database";

/** Whatever a page could do on somebody's behalf if its own conditions failed: the second wall alone. */
const as = <A extends Actor, T>(world: World, actor: A, work: (tx: TxContext<A>) => Promise<T>) =>
  world.web(actor, (ctx) => inTransaction(ctx, work));

const VISITOR = { kind: "visitor" } as const;
const DENIED = { cause: { code: "42501" } };

const mailTo = (toEmail: string, over: Partial<typeof accountMails.$inferInsert> = {}) => ({
  template: "delivery-changed",
  companyId: 1,
  toEmail,
  language: "it" as const,
  ...over,
});

describe("the web role, whoever acts", () => {
  test("R28 changes no dispatch, plan, choice or queued mail", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const support = await makeStaff(world.db, "support");
    for (const actor of [customer.actor, support, VISITOR]) {
      for (const change of [
        "update dispatches set email = 'x@posta.example'",
        "update dispatches set state = 'delivered'",
        "update delivery_plans set email = 'x@posta.example'",
        "update delivery_choices set email = 'x@posta.example'",
        "update account_mails set to_email = 'x@posta.example'",
        "update delivery_addresses set email = 'x@posta.example'",
        "delete from delivery_choices",
      ]) {
        const done = as(world, actor, ({ db }) => db.execute(sql.raw(change)));
        await expect(done, change).rejects.toMatchObject(DENIED);
      }
    }
  });

  test("R12 a frozen plan is never changed", async ({ world }) => {
    const { actor } = await makeCustomer(world.db);
    for (const statement of [
      "update delivery_plans set mode = 'paper'",
      "update delivery_plans set email = null",
      "delete from delivery_plans",
    ]) {
      const done = as(world, actor, ({ db }) => db.execute(sql.raw(statement)));
      await expect(done, statement).rejects.toMatchObject(DENIED);
    }
  });

  test("R28 reads no hash of a password or session", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const admin = await makeStaff(world.db, "admin");
    for (const actor of [customer.actor, admin, VISITOR]) {
      for (const [table, column] of [
        ["accounts", "password_hash"],
        ["staff", "password_hash"],
        ["sessions", "token_hash"],
        ["signup_attempts", "password_hash"],
      ]) {
        const read = as(world, actor, ({ db }) =>
          db.execute(sql.raw(`select ${column} from ${table}`)),
        );
        await expect(read, table).rejects.toMatchObject(DENIED);
      }
    }
  });

  test("R28 learns the hash of the actor's own password only", async ({ world }) => {
    const mine = await makeCustomer(world.db, { account: { passwordHash: "mine" } });
    await makeCustomer(world.db, { account: { passwordHash: "theirs" } });
    const admin = await makeStaff(world.db, "admin");
    const own = (actor: Actor) =>
      as(world, actor, ({ db }) => db.execute(sql`select own_password_hash() as hash`));
    expect([...(await own(mine.actor))]).toEqual([{ hash: "mine" }]);
    expect([...(await own(admin))]).toEqual([{ hash: "$argon2id$no-password" }]);
    expect([...(await own(VISITOR))]).toEqual([{ hash: null }]);
  });
});

describe("mails that the web role queues", () => {
  const queue = (world: World, actor: Actor, mail: typeof accountMails.$inferInsert) =>
    as(world, actor, ({ db }) => db.insert(accountMails).values(mail));

  test("R28 go to the customer's own addresses only", async ({ world }) => {
    const { actor, account, company } = await makeCustomer(world.db);
    const other = await makeCustomer(world.db);
    const dedicated = "bills@posta.example";
    await world.db.insert(deliveryAddresses).values({ accountId: account.id, email: dedicated });
    const own = { companyId: company.id, accountId: account.id };
    const confirm = { ...own, template: "confirm-address" };
    const gone = { companyId: company.id, accountId: null, template: "account-deleted" };
    for (const mail of [
      mailTo("stranger@posta.example", own),
      mailTo(dedicated, own),
      mailTo(other.account.email, { ...own, accountId: other.account.id }),
      mailTo(account.email, { ...own, accountId: null }),
      mailTo("stranger@posta.example", confirm),
      mailTo("stranger@posta.example", gone),
      mailTo(account.email, { ...own, state: "sent" }),
    ]) {
      await expect(queue(world, actor, mail), JSON.stringify(mail)).rejects.toMatchObject(DENIED);
    }
    for (const mail of [
      mailTo(account.email, own),
      mailTo(dedicated, confirm),
      mailTo(account.email, gone),
    ]) {
      await expect(queue(world, actor, mail)).resolves.toBeDefined();
    }
  });

  test("R28 come neither from visitors nor from staff", async ({ world }) => {
    const { account, company } = await makeCustomer(world.db);
    const support = await makeStaff(world.db, "support");
    for (const actor of [VISITOR, support]) {
      for (const accountId of [account.id, null]) {
        const mail = mailTo(account.email, { companyId: company.id, accountId });
        await expect(queue(world, actor, mail)).rejects.toMatchObject(DENIED);
      }
    }
  });
});

describe("a mailed token", () => {
  test("R28 makes an account for the holder of its own attempt only", async ({ world }) => {
    const someone = await makeUnregistered(world.db);
    const { actor } = await makeMatchedAttempt(world.db, someone);
    const other = await makeHolder(world.db);
    const add = (holderId: string, email = someone.typed.email) =>
      as(world, actor, ({ db }) =>
        db.insert(accounts).values({ holderId, email, passwordHash: "any", language: "it" }),
      );
    await expect(add(other.id)).rejects.toMatchObject(DENIED);
    await expect(add(someone.holder.id, "x@posta.example")).rejects.toMatchObject(DENIED);
    await expect(add(someone.holder.id)).resolves.toBeDefined();
  });

  test("R4 allows nothing once it is spent, and is never made new", async ({ world }) => {
    const someone = await makeUnregistered(world.db);
    const { actor, attempt } = await makeMatchedAttempt(world.db, someone);
    await world.db.update(tokens).set({ usedAt: new Date() });
    const { holder, typed, company, contract } = someone;
    await expect(
      as(world, actor, ({ db }) =>
        db.insert(accounts).values({
          holderId: holder.id,
          email: typed.email,
          passwordHash: "any",
          language: "it",
        }),
      ),
    ).rejects.toMatchObject(DENIED);
    const { account } = await makeCustomer(world.db);
    await expect(
      as(world, actor, ({ db }) =>
        db.insert(contractLinks).values({
          companyId: company.id,
          contractId: contract.id,
          accountId: account.id,
        }),
      ),
    ).rejects.toMatchObject(DENIED);
    await as(world, actor, async ({ db }) => {
      await db.update(signupAttempts).set({ outcome: "pending" });
      await db.update(tokens).set({ usedAt: null });
    });
    const [after] = await world.db
      .select({ outcome: signupAttempts.outcome, usedAt: tokens.usedAt })
      .from(signupAttempts)
      .innerJoin(tokens, eq(tokens.attemptId, signupAttempts.id))
      .where(eq(signupAttempts.id, attempt.id));
    expect(after).toEqual({ outcome: "confirm", usedAt: expect.any(Date) });
  });
});

test("R10 a choice cannot be dated back", async ({ world }) => {
  const { actor, account, company, contract } = await makeCustomer(world.db);
  const choose = (chosenAt?: Date) =>
    as(world, actor, ({ db }) =>
      db.insert(deliveryChoices).values({
        companyId: company.id,
        contractId: contract.id,
        accountId: account.id,
        mode: "paper",
        origin: "customer",
        chosenAt,
      }),
    );
  await expect(choose(new Date("2026-01-01T00:00:00Z"))).rejects.toMatchObject(DENIED);
  await expect(choose()).resolves.toBeDefined();
});

test("R30 nobody writes into the audit log in another's name", async ({ world }) => {
  const mine = await makeCustomer(world.db);
  const other = await makeCustomer(world.db);
  const support = await makeStaff(world.db, "support");
  const write = (actor: Actor, actorKind: string, actorId: string | null) =>
    as(world, actor, ({ db }) =>
      db.insert(auditLog).values({ actorKind, actorId, action: "tried", subjectKind: "account" }),
    );
  const customerId = mine.account.id;
  for (const [actor, kind, id] of [
    [mine.actor, "customer", other.account.id],
    [mine.actor, "customer", null],
    [mine.actor, "staff", support.staffId],
    [mine.actor, "visitor", null],
    [support, "visitor", null],
    [mine.actor, "system", "worker"],
    [support, "staff", customerId],
    [support, "customer", customerId],
    [VISITOR, "customer", customerId],
    [VISITOR, "visitor", customerId],
    [VISITOR, "system", "worker"],
    [{ kind: "system", name: "worker" }, "system", "worker"],
  ] as [Actor, string, string | null][]) {
    await expect(write(actor, kind, id), `${actor.kind} as ${kind}`).rejects.toMatchObject(DENIED);
  }
  await expect(write(mine.actor, "customer", customerId)).resolves.toBeDefined();
  await expect(write(support, "staff", support.staffId)).resolves.toBeDefined();
  await expect(write(VISITOR, "visitor", null)).resolves.toBeDefined();
});
