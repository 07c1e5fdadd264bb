import { and, eq, sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import type { Transaction } from "@/db/client";
import {
  accountMails,
  accounts,
  addressSuspensions,
  auditLog,
  contractLinks,
  contracts,
  deliveryAddresses,
  deliveryChoices,
  deliveryPlans,
  dispatchBatches,
  dispatchEvents,
  dispatches,
  invoicingRuns,
  sessions,
  signupAttempts,
  tokens,
} from "@/db/schema";
import { confirmAccount } from "@/lib/accounts/commands/confirm-account";
import { deleteAccount } from "@/lib/accounts/commands/delete-account";
import { forgetDeletedAddresses } from "@/lib/accounts/commands/forget-addresses";
import { matchSignup } from "@/lib/accounts/commands/match-signup";
import { requestSignup } from "@/lib/accounts/commands/request-signup";
import type { CustomerActor } from "@/lib/auth/actor";
import { hashPassword } from "@/lib/auth/password";
import { openSession, sessionActor } from "@/lib/auth/sessions";
import { signInCustomer } from "@/lib/auth/sign-in";
import { hashToken, mailToken, pseudonym } from "@/lib/auth/token";
import { quarantineBatch } from "@/lib/dispatches/commands/quarantine-batch";
import { makeClient } from "../../factories/clients";
import { makeCustomer, makeDocument, must } from "../../factories/people";
import {
  makeMatchedAttempt,
  makeUnregistered,
  PASSWORD,
  signupInput,
} from "../../factories/signup";
import { test, type World } from "../../setup/database";

type Customer = Awaited<ReturnType<typeof makeCustomer>>;

const makeMember = async (db: Transaction, over: Parameters<typeof makeCustomer>[1] = {}) =>
  makeCustomer(db, {
    ...over,
    account: { passwordHash: await hashPassword(PASSWORD), ...over.account },
  });

const remove = (world: World, actor: CustomerActor, password = PASSWORD) =>
  world.web(actor, (ctx) => deleteAccount(ctx, { password }));

const of = ({ company, contract }: Customer) => ({
  companyId: company.id,
  contractId: contract.id,
});

async function makeChoice(db: Transaction, customer: Customer, email: string | null = null) {
  const [choice] = await db
    .insert(deliveryChoices)
    .values({
      ...of(customer),
      accountId: customer.account.id,
      mode: "electronic",
      email,
      noticeVersion: "2026-11",
      origin: "customer",
    })
    .returning();
  return must(choice);
}

/** A frozen run with the customer's plan row, a published bill of it, and its dispatch. */
async function makeDispatch(
  db: Transaction,
  customer: Customer,
  over: Partial<typeof dispatches.$inferInsert> = {},
  takenOver?: typeof deliveryChoices.$inferSelect,
) {
  const choice = takenOver ?? (await makeChoice(db, customer, over.email));
  const email = over.email ?? customer.account.email;
  const companyId = customer.company.id;
  const [run] = await db
    .insert(invoicingRuns)
    .values({
      companyId,
      name: choice.id,
      cutOffAt: sql`clock_timestamp()`,
      state: "published",
    })
    .returning();
  const runId = must(run).id;
  await db.insert(deliveryPlans).values({
    ...of(customer),
    runId,
    mode: "electronic",
    email,
    reason: "chosen",
    discountCents: 600,
    choiceId: choice.id,
  });
  const document = await makeDocument(db, {
    ...of(customer),
    holderId: customer.holder.id,
    origin: "run",
    runId,
  });
  const [dispatch] = await db
    .insert(dispatches)
    .values({
      ...of(customer),
      documentId: document.id,
      runId,
      channel: "email",
      email,
      language: "it",
      state: "queued",
      ...over,
    })
    .returning();
  return must(dispatch);
}

const findDispatch = async (db: Transaction, { id }: { id: string }) =>
  must((await db.select().from(dispatches).where(eq(dispatches.id, id)))[0]);

async function makeBatch(
  db: Transaction,
  companyId: number,
  over: Partial<typeof dispatchBatches.$inferInsert> = {},
) {
  const [batch] = await db
    .insert(dispatchBatches)
    .values({
      companyId,
      members: 2,
      sender: { from: "a@b.example", replyTo: "a@b.example" },
      digest: "",
      ...over,
    })
    .returning();
  return must(batch);
}

/** Where a text stands in any table: every column of every table, the job queue's too. */
async function placesOf(db: Transaction, text: string): Promise<string[]> {
  const tables = await db.execute<{ name: string }>(sql`
    select format('%I.%I', n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname in ('public', 'graphile_worker')`);
  const places: string[] = [];
  for (const { name } of tables) {
    const rows = await db.execute<{ row: Record<string, unknown> }>(
      sql`select to_jsonb(t) as row from ${sql.raw(name)} t
        where position(lower(${text}) in lower(t::text)) > 0`,
    );
    for (const { row } of rows) {
      const columns = Object.keys(row).filter((key) =>
        JSON.stringify(row[key]).toLowerCase().includes(text.toLowerCase()),
      );
      places.push(...columns.map((column) => `${name}.${column}`));
    }
  }
  return places;
}

describe("deleteAccount", () => {
  test("R7 a wrong password changes nothing", async ({ world }) => {
    const { actor, account } = await makeMember(world.db);
    expect(await remove(world, actor, "not the password")).toEqual({
      ok: false,
      code: "passwordWrong",
    });
    const [after] = await world.db.select().from(accounts).where(eq(accounts.id, account.id));
    expect(after).toEqual(account);
    expect(await world.db.select().from(accountMails)).toEqual([]);
  });

  test("R7 every session of the account is dead at once", async ({ world }) => {
    const { actor, account } = await makeMember(world.db);
    const other = await makeMember(world.db);
    const credentials = { email: account.email, password: PASSWORD, client: makeClient() };
    const visitor = { kind: "visitor" } as const;
    const phone = await world.web(visitor, (ctx) => signInCustomer(ctx, credentials));
    const desktop = await world.web(visitor, (ctx) => signInCustomer(ctx, credentials));
    const theirs = await world.web(other.actor, (ctx) =>
      openSession(ctx, { userAgent: null, awaiting: null }),
    );
    await remove(world, actor);
    for (const session of [phone, desktop]) {
      expect(session.ok && (await sessionActor(world.db, session.value.token))).toBeNull();
    }
    expect(await sessionActor(world.db, theirs)).not.toBeNull();
    expect(await world.db.select().from(sessions).where(sql`ended_at is null`)).toHaveLength(1);
    expect(await world.web(visitor, (ctx) => signInCustomer(ctx, credentials))).toEqual({
      ok: false,
      code: "wrong",
    });
  });

  test("R7 contracts fall back to paper, with the reason, and the links end", async ({ world }) => {
    const customer = await makeMember(world.db);
    await makeChoice(world.db, customer);
    const mode = () =>
      world.db.execute(sql`select mode, email, reason from delivery_modes(
        ${customer.company.id}::smallint, array[${customer.contract.id}]::uuid[], clock_timestamp())`);
    expect(await mode()).toMatchObject([{ mode: "electronic" }]);
    await remove(world, customer.actor);
    expect([...(await mode())]).toEqual([
      { mode: "paper", email: null, reason: "account_deleted" },
    ]);
    const links = await world.db.select().from(contractLinks);
    expect(links).toMatchObject([{ endedBecause: "account_deleted" }]);
    const [last] = await world.db
      .select()
      .from(deliveryChoices)
      .where(eq(deliveryChoices.origin, "account_deleted"));
    expect(last).toMatchObject({ mode: "paper", accountId: null, email: null });
  });

  test("R7 e-mail and credentials are nowhere afterwards, in any table or column", async ({
    world,
  }) => {
    const someone = await makeUnregistered(world.db);
    const { actor: visitor } = await makeMatchedAttempt(world.db, someone);
    await world.web(visitor, confirmAccount);
    const [account] = await world.db.select().from(accounts);
    const { id: accountId, email } = must(account);
    const passwordHash = await hashPassword(PASSWORD);
    await world.db.update(accounts).set({ passwordHash });
    const actor: CustomerActor = {
      kind: "customer",
      accountId,
      holderId: someone.holder.id,
      sessionId: accountId,
      email,
      language: "it",
    };
    const customer = { ...someone, account: must(account), actor };
    const dedicated = "ufficio@azienda.example";
    const imported = "vecchio-portale@posta.example";
    await world.db.insert(deliveryAddresses).values({ accountId, email: dedicated });
    await world.db.insert(deliveryChoices).values({
      ...of(customer),
      mode: "electronic",
      email: imported,
      origin: "import",
    });
    await makeDispatch(world.db, customer, { state: "delivered" });
    await makeDispatch(world.db, customer, { state: "accepted", email: dedicated });
    await makeDispatch(world.db, customer, { state: "queued", email: dedicated });
    await world.db.insert(addressSuspensions).values({ email, reason: "hard_bounce" });
    await world.db.insert(signupAttempts).values({
      companyId: someone.company.id,
      taxId: "X",
      customerCode: "X",
      billNumber: "X",
      email,
      language: "it",
      outcome: "pending",
      passwordHash,
    });
    await world.db.insert(tokens).values({
      purpose: "confirm_address",
      tokenHash: hashToken("any"),
      accountId,
      email: dedicated,
      expiresAt: new Date(Date.now() + 3_600_000),
    });
    await world.db.insert(accountMails).values({
      template: "confirm-address",
      companyId: someone.company.id,
      accountId,
      toEmail: dedicated,
      language: "it",
      params: { contractNumber: someone.contract.contractNumber, email: dedicated },
    });
    expect((await placesOf(world.db, email)).length).toBeGreaterThan(5);

    expect(await remove(world, actor)).toEqual({ ok: true, value: null });
    // The farewell alone still needs the address; the worker that sends it puts the pseudonym there.
    expect(await placesOf(world.db, email)).toEqual(["public.account_mails.to_email"]);
    await world.db
      .update(accountMails)
      .set({ toEmail: pseudonym(email), state: "sent" })
      .where(and(eq(accountMails.template, "account-deleted"), eq(accountMails.toEmail, email)));
    for (const secret of [email, dedicated, imported, passwordHash]) {
      expect([secret, await placesOf(world.db, secret)]).toEqual([secret, []]);
    }
    expect(await world.db.select().from(tokens)).toEqual([]);
    const pseudonyms = await placesOf(world.db, pseudonym(email));
    expect(pseudonyms).toEqual(
      expect.arrayContaining([
        "public.accounts.email",
        "public.delivery_plans.email",
        "public.dispatches.email",
        "public.signup_attempts.email",
      ]),
    );
  });

  /** A choice taken over from another portal, planned and sent; then the contract changes hands. */
  async function makeFormerHolder(db: Transaction, email: string) {
    const former = await makeMember(db);
    const [choice] = await db
      .insert(deliveryChoices)
      .values({ ...of(former), mode: "electronic", email, origin: "import" })
      .returning();
    await makeDispatch(db, former, { state: "delivered", email }, choice);
    const present = await makeMember(db, { company: former.company });
    await db
      .update(contractLinks)
      .set({ endedAt: sql`clock_timestamp()`, endedBecause: "holder_changed" })
      .where(eq(contractLinks.accountId, former.account.id));
    await db
      .insert(deliveryChoices)
      .values({ ...of(former), mode: "paper", origin: "holder_changed" });
    await db
      .update(contracts)
      .set({ holderId: present.holder.id })
      .where(eq(contracts.id, former.contract.id));
    await db.insert(contractLinks).values({ ...of(former), accountId: present.account.id });
    return { former, present };
  }

  test("R5 R7 forgets an address taken over for a contract that has changed hands since", async ({
    world,
  }) => {
    const email = "vecchio-portale@posta.example";
    const { former } = await makeFormerHolder(world.db, email);
    expect((await placesOf(world.db, email)).length).toBeGreaterThan(2);
    await remove(world, former.actor);
    expect(await placesOf(world.db, email)).toEqual([]);
  });

  test("R5 R7 the next holder's deletion leaves what the former one's bills say", async ({
    world,
  }) => {
    const email = "vecchio-portale@posta.example";
    const { present } = await makeFormerHolder(world.db, email);
    const before = await placesOf(world.db, email);
    await remove(world, present.actor);
    expect(await placesOf(world.db, email)).toEqual(before);
  });

  test("R7 the farewell goes to the old address, and the deletion is in the audit log", async ({
    world,
  }) => {
    const { actor, account, contract } = await makeMember(world.db);
    await remove(world, actor);
    expect(await world.db.select().from(accountMails)).toMatchObject([
      {
        template: "account-deleted",
        toEmail: account.email,
        accountId: null,
        state: "queued",
        params: { contractNumbers: contract.contractNumber },
      },
    ]);
    const [entry] = await world.db
      .select()
      .from(auditLog)
      .where(eq(auditLog.action, "deleted_account"));
    expect(entry).toMatchObject({ actorId: account.id, subjectId: account.id });
  });

  test("R7 mails that were waiting are not sent any more", async ({ world }) => {
    const { actor, account, company } = await makeMember(world.db);
    await world.db.insert(accountMails).values({
      template: "delivery-changed",
      companyId: company.id,
      accountId: account.id,
      toEmail: account.email,
      language: "it",
    });
    await remove(world, actor);
    const [waiting] = await world.db
      .select()
      .from(accountMails)
      .where(eq(accountMails.template, "delivery-changed"));
    expect(waiting).toMatchObject({
      state: "failed",
      failure: "account_deleted",
      toEmail: pseudonym(account.email),
    });
  });

  test("R7 a queued electronic dispatch becomes paper and its passport says why", async ({
    world,
  }) => {
    const customer = await makeMember(world.db);
    const dispatch = await makeDispatch(world.db, customer);
    await remove(world, customer.actor);
    expect(await findDispatch(world.db, dispatch)).toMatchObject({
      channel: "paper",
      state: "paper",
      email: null,
      failure: "account_deleted",
    });
    expect(await world.db.select().from(dispatchEvents)).toMatchObject([
      { type: "turned_to_paper", detail: { reason: "account_deleted" } },
    ]);
  });

  test("R7 it also leaves a batch that was never attempted; the other members stay", async ({
    world,
  }) => {
    const customer = await makeMember(world.db);
    const other = await makeMember(world.db, { company: customer.company });
    const batch = await makeBatch(world.db, customer.company.id);
    const inBatch = { state: "batched" as const, batchId: batch.id };
    const mine = await makeDispatch(world.db, customer, { ...inBatch, position: 0 });
    const theirs = await makeDispatch(world.db, other, { ...inBatch, position: 1 });
    await remove(world, customer.actor);
    expect(await findDispatch(world.db, mine)).toMatchObject({ state: "paper", batchId: null });
    expect(await findDispatch(world.db, theirs)).toEqual(theirs);
  });

  test("R7 an attempted dispatch ends under its old key; then its address is forgotten", async ({
    world,
  }) => {
    const customer = await makeMember(world.db);
    const batch = await makeBatch(world.db, customer.company.id, { firstAttemptAt: new Date() });
    const attempted = await makeDispatch(world.db, customer, {
      state: "batched",
      batchId: batch.id,
      position: 0,
    });
    await remove(world, customer.actor);
    expect(await findDispatch(world.db, attempted)).toEqual(attempted);
    await world.worker(forgetDeletedAddresses);
    expect(await findDispatch(world.db, attempted)).toEqual(attempted);
    await world.db
      .update(dispatchBatches)
      .set({ state: "accepted" })
      .where(eq(dispatchBatches.id, batch.id));
    await world.worker(forgetDeletedAddresses);
    expect(await findDispatch(world.db, attempted)).toMatchObject({
      email: pseudonym(customer.account.email),
      batchId: batch.id,
    });
  });

  test("R7 a batch that is set aside forgets the addresses too, each by its own pseudonym", async ({
    world,
  }) => {
    const customer = await makeMember(world.db);
    const other = await makeMember(world.db, { company: customer.company });
    const batch = await makeBatch(world.db, customer.company.id, {
      firstAttemptAt: new Date(),
    });
    const inBatch = { state: "batched" as const, batchId: batch.id };
    const dedicated = "bollette.altrove@posta.example";
    const mine = await makeDispatch(world.db, customer, {
      ...inBatch,
      position: 0,
      email: dedicated,
    });
    const theirs = await makeDispatch(world.db, other, { ...inBatch, position: 1 });
    await remove(world, customer.actor);
    expect(await findDispatch(world.db, mine)).toEqual(mine);
    await world.worker((ctx) =>
      ctx.db.transaction((tx) => quarantineBatch({ db: tx, actor: ctx.actor }, batch, "lost")),
    );
    await world.worker(forgetDeletedAddresses);
    expect(await findDispatch(world.db, mine)).toEqual({ ...mine, email: pseudonym(dedicated) });
    expect(await findDispatch(world.db, theirs)).toEqual(theirs);
    const [aside] = await world.db
      .select()
      .from(dispatchBatches)
      .where(eq(dispatchBatches.id, batch.id));
    expect(aside).toMatchObject({ state: "quarantined" });
  });

  test("R7 an account deleted after its batch was set aside leaves no address there", async ({
    world,
  }) => {
    const customer = await makeMember(world.db);
    const batch = await makeBatch(world.db, customer.company.id, {
      firstAttemptAt: new Date(),
      state: "quarantined",
    });
    const inBatch = { state: "batched" as const, batchId: batch.id, position: 0 };
    const mine = await makeDispatch(world.db, customer, inBatch);
    await remove(world, customer.actor);
    expect(await findDispatch(world.db, mine)).toEqual({
      ...mine,
      email: pseudonym(customer.account.email),
    });
  });

  test("R28 nothing of another customer is touched", async ({ world }) => {
    const customer = await makeMember(world.db);
    const other = await makeMember(world.db, { company: customer.company });
    const otherDispatch = await makeDispatch(world.db, other);
    // The other customer sends their bills to the deleted account's address: that stays theirs.
    await world.db
      .insert(deliveryAddresses)
      .values({ accountId: other.account.id, email: customer.account.email });
    const shared = await makeDispatch(world.db, other, { email: customer.account.email });
    const [suspension] = await world.db
      .insert(addressSuspensions)
      .values({ email: customer.account.email, reason: "silence", liftedAt: new Date() })
      .returning();
    const rows = async () => ({
      account: await world.db.select().from(accounts).where(eq(accounts.id, other.account.id)),
      addresses: await world.db.select().from(deliveryAddresses),
      choices: await world.db
        .select()
        .from(deliveryChoices)
        .where(eq(deliveryChoices.contractId, other.contract.id)),
      plans: await world.db
        .select()
        .from(deliveryPlans)
        .where(eq(deliveryPlans.contractId, other.contract.id)),
      links: await world.db
        .select()
        .from(contractLinks)
        .where(eq(contractLinks.accountId, other.account.id)),
      dispatches: [
        await findDispatch(world.db, otherDispatch),
        await findDispatch(world.db, shared),
      ],
      suspension: await world.db
        .select()
        .from(addressSuspensions)
        .where(eq(addressSuspensions.id, must(suspension).id)),
    });
    const before = await rows();
    expect(await remove(world, customer.actor)).toMatchObject({ ok: true });
    expect(await rows()).toEqual(before);
  });

  test("R28 the scope in the statements holds without row-level security", async ({ world }) => {
    const customer = await makeMember(world.db);
    const other = await makeMember(world.db);
    await openSession({ db: world.db, actor: other.actor }, { userAgent: null, awaiting: null });
    await world.db
      .insert(deliveryAddresses)
      .values({ accountId: other.account.id, email: "ufficio@azienda.example" });
    const result = await deleteAccount(
      { db: world.db, actor: customer.actor },
      { password: PASSWORD },
    );
    expect(result).toMatchObject({ ok: true });
    const [account] = await world.db
      .select()
      .from(accounts)
      .where(eq(accounts.id, other.account.id));
    expect(account).toEqual(other.account);
    const living = sql`ended_at is null`;
    expect(await world.db.select().from(contractLinks).where(living)).toHaveLength(1);
    expect(await world.db.select().from(sessions).where(living)).toHaveLength(1);
    expect(await world.db.select().from(deliveryAddresses)).toHaveLength(1);
    expect(
      await world.db
        .select()
        .from(deliveryChoices)
        .where(eq(deliveryChoices.contractId, other.contract.id)),
    ).toEqual([]);
  });

  test("R28 a stale actor of a deleted account finds no account", async ({ world }) => {
    const { actor } = await makeMember(world.db);
    await remove(world, actor);
    await expect(remove(world, actor)).rejects.toThrow("account not found");
  });

  test("R7 registering again starts from zero", async ({ world }) => {
    const someone = await makeUnregistered(world.db);
    const visitor = { kind: "visitor" } as const;
    const register = async () => {
      const input = signupInput(someone.typed);
      await world.web(visitor, (ctx) => requestSignup(ctx, input));
      const [attempt] = await world.db
        .select()
        .from(signupAttempts)
        .where(eq(signupAttempts.outcome, "pending"));
      await world.worker((ctx) => matchSignup(ctx, { attemptId: must(attempt).id }));
      const [mail] = await world.db
        .select()
        .from(accountMails)
        .where(and(eq(accountMails.template, "confirm-account"), eq(accountMails.state, "queued")));
      const tokenHash = hashToken(mailToken(must(mail).id)).toString("hex");
      const result = await world.web({ kind: "visitor", tokenHash }, confirmAccount);
      expect(result).toMatchObject({ ok: true });
      await world.db
        .update(accountMails)
        .set({ state: "sent" })
        .where(eq(accountMails.id, must(mail).id));
      const [account] = await world.db.select().from(accounts).where(sql`deleted_at is null`);
      return must(account);
    };
    const first = await register();
    const actor: CustomerActor = {
      kind: "customer",
      accountId: first.id,
      holderId: first.holderId,
      sessionId: first.id,
      email: first.email,
      language: "it",
    };
    await makeChoice(world.db, { ...someone, account: first, actor });
    await remove(world, actor);
    const second = await register();
    expect(second.id).not.toBe(first.id);
    const [mode] = await world.db.execute(sql`select mode from delivery_modes(
      ${someone.company.id}::smallint, array[${someone.contract.id}]::uuid[], clock_timestamp())`);
    expect(mode).toEqual({ mode: "paper" });
  });
});
