import { and, eq, sql } from "drizzle-orm";
import { afterAll, describe, expect } from "vitest";
import {
  accountMails,
  accounts,
  auditLog,
  contractLinks,
  contractReleases,
  deliveryChoices,
  dispatches,
  sessions,
  staff,
} from "@/db/schema";
import type { Actor, StaffActor } from "@/lib/auth/actor";
import { inTransaction } from "@/lib/auth/context";
import { hashToken, releaseCode } from "@/lib/auth/token";
import { ForbiddenError, NotFoundError } from "@/lib/errors";
import { closeRun } from "@/lib/runs/commands/close-run";
import { reconcileRun } from "@/lib/runs/queries/reconciliation";
import { cancelRelease } from "@/lib/support/commands/cancel-release";
import { endCustomerSessions } from "@/lib/support/commands/end-customer-sessions";
import { finishRelease } from "@/lib/support/commands/finish-release";
import { printReleaseLetter } from "@/lib/support/commands/print-release-letter";
import { readAccount } from "@/lib/support/commands/read-account";
import { startRelease } from "@/lib/support/commands/start-release";
import { findRelease, listReleases } from "@/lib/support/queries/releases";
import { readReleaseCode, shownReleaseCode } from "@/lib/support/rules";
import { makeDispatch } from "../../factories/dispatches";
import { makeContract, makeCustomer, makeStaff, must } from "../../factories/people";
import { publish, runDocument, runFor } from "../../factories/published-runs";
import { choose } from "../../factories/runs";
import { cloneDatabase, test, type World } from "../../setup/database";

const DENIED = { cause: { code: "42501" } };
type Customer = Awaited<ReturnType<typeof makeCustomer>>;

const asNobody = (actor: StaffActor) => ({ ...actor, role: "auditor" as never });

const start = (world: World, actor: StaffActor, { account, contract }: Customer) =>
  world.web(actor, (ctx) =>
    startRelease(ctx, {
      accountId: account.id,
      contractId: contract.id,
      reason: "casella chiusa",
    }),
  );

/** Two of staff, and a release that the first has begun. */
async function opened(world: World, customer?: Customer) {
  const whose = customer ?? (await makeCustomer(world.db));
  const [first, second] = [
    await makeStaff(world.db, "support"),
    await makeStaff(world.db, "operator"),
  ];
  const started = await start(world, first, whose);
  if (!started.ok) {
    throw new Error(started.code);
  }
  const { releaseId } = started.value;
  return { customer: whose, first, second, releaseId, code: releaseCode(releaseId) };
}

const finish = (world: World, actor: StaffActor, releaseId: string, code: string) =>
  world.web(actor, (ctx) => finishRelease(ctx, { releaseId, code }));

const sqlAs = <A extends Actor>(world: World, actor: A, statement: ReturnType<typeof sql>) =>
  world.web(actor, (ctx) => inTransaction(ctx, ({ db }) => db.execute(statement)));

const audited = async (world: World, accountId: string) =>
  (
    await world.db
      .select({ action: auditLog.action, actorId: auditLog.actorId })
      .from(auditLog)
      .where(and(eq(auditLog.subjectId, accountId), eq(auditLog.subjectKind, "account")))
      .orderBy(auditLog.id)
  ).map(({ action, actorId }) => ({ action, actorId }));

async function addSession(world: World, accountId: string, tokenText: string) {
  await world.db.insert(sessions).values({
    accountId,
    tokenHash: hashToken(tokenText),
    expiresAt: new Date(Date.now() + 3_600_000),
  });
}

const liveSessions = (world: World, accountId: string) =>
  world.db.$count(sessions, sql`account_id = ${accountId} and ended_at is null`);

describe("R6 the release of a lost mailbox", () => {
  test("R6 R30 by two people and a code: contracts leave, the account stays, all is told and audited", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const other = await makeCustomer(world.db, { company: customer.company });
    const more = await makeContract(world.db, {
      companyId: customer.company.id,
      holderId: customer.holder.id,
    });
    await world.db.insert(contractLinks).values({
      companyId: customer.company.id,
      contractId: more.id,
      accountId: customer.account.id,
    });
    await choose(world.db, customer);
    await choose(world.db, other);
    const { dispatch } = await makeDispatch(world.db, customer);
    const sent = await makeDispatch(world.db, customer, { state: "delivered" });
    const theirs = await makeDispatch(world.db, other);
    await addSession(world, customer.account.id, "one");
    await addSession(world, other.account.id, "two");
    const { first, second, releaseId, code } = await opened(world, customer);
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{10}$/);

    expect(await finish(world, second, releaseId, shownReleaseCode(code).toLowerCase())).toEqual({
      ok: true,
      value: { contracts: 2 },
    });

    const links = await world.db
      .select()
      .from(contractLinks)
      .where(eq(contractLinks.accountId, customer.account.id));
    expect(links.map(({ endedBecause }) => endedBecause)).toEqual(["released", "released"]);
    const [modes] = await world.db.execute(sql`select mode, email, reason from delivery_modes(
      ${customer.company.id}::smallint, array[${customer.contract.id}]::uuid[], clock_timestamp())`);
    expect(modes).toEqual({ mode: "paper", email: null, reason: "no_choice" });
    const stateOf = async (id: string) =>
      must((await world.db.select().from(dispatches).where(eq(dispatches.id, id)))[0]);
    expect(await stateOf(dispatch.id)).toMatchObject({ state: "paper", failure: "released" });
    expect(await stateOf(sent.dispatch.id)).toMatchObject({ state: "delivered" });
    expect(await stateOf(theirs.dispatch.id)).toMatchObject({ state: "queued" });
    expect(await liveSessions(world, customer.account.id)).toBe(0);
    expect(await liveSessions(world, other.account.id)).toBe(1);
    const [account] = await world.db
      .select()
      .from(accounts)
      .where(eq(accounts.id, customer.account.id));
    expect(account).toMatchObject({ deletedAt: null, email: customer.account.email });
    const mails = await world.db
      .select()
      .from(accountMails)
      .where(eq(accountMails.accountId, customer.account.id))
      .orderBy(accountMails.id);
    const numbers = [customer.contract.contractNumber, more.contractNumber].sort().join(", ");
    expect(mails).toMatchObject([
      { template: "release-started", params: { contractNumber: customer.contract.contractNumber } },
      { template: "contracts-released", params: { contractNumbers: numbers } },
    ]);
    expect(JSON.stringify(mails)).not.toContain(code);
    expect(await audited(world, customer.account.id)).toEqual([
      { action: "started_release", actorId: first.staffId },
      { action: "released_contracts", actorId: second.staffId },
    ]);
    expect(await world.web(second, (ctx) => findRelease(ctx, releaseId))).toMatchObject({
      state: "released",
      startedBy: first.name,
      finishedBy: second.name,
    });
    // The settings that name the actor are as before.
    expect(await finish(world, second, releaseId, code)).toEqual({ ok: false, code: "finished" });
  });

  test("R6 not by the one who began it, not even by direct SQL", async ({ world }) => {
    const { first, second, releaseId, code, customer } = await opened(world);
    expect(await finish(world, first, releaseId, code)).toEqual({ ok: false, code: "same_person" });
    const hash = hashToken(code).toString("hex");
    const [direct] = await sqlAs(
      world,
      first,
      sql`select release_contracts(${releaseId}, decode(${hash}, 'hex')) as outcome`,
    );
    expect(direct).toEqual({ outcome: "same_person" });
    for (const actor of [first, second]) {
      for (const statement of [
        sql`update contract_releases set outcome = 'released', finished_by = ${actor.staffId}, finished_at = now()`,
        sql`update contract_releases set outcome = 'cancelled', finished_by = ${must([first, second].find((one) => one !== actor)).staffId}, finished_at = now()`,
        sql`update contract_releases set wrong_codes = 0`,
        sql`select code_hash from contract_releases`,
        sql`select turn_own_unsent_to_paper('released')`,
      ]) {
        await expect(sqlAs(world, actor, statement)).rejects.toMatchObject(DENIED);
      }
    }
    const [touched] = await sqlAs(
      world,
      second,
      sql`with t as (update contract_links set ended_at = now(), ended_because = 'released' returning 1) select count(*)::int as n from t`,
    );
    expect(touched).toEqual({ n: 0 });
    const links = await world.db
      .select()
      .from(contractLinks)
      .where(eq(contractLinks.accountId, customer.account.id));
    expect(links).toMatchObject([{ endedAt: null }]);
  });

  test("R6 nobody begins one in another's name, and neither customers nor the disabled release", async ({
    world,
  }) => {
    const { second, releaseId, code, customer } = await opened(world);
    const other = await makeCustomer(world.db);
    const third = await makeStaff(world.db, "admin");
    const forged = (actor: StaffActor) => sql`insert into contract_releases
      (account_id, company_id, contract_id, reason, code_hash, started_by, expires_at)
      values (${other.account.id}, ${other.company.id}, ${other.contract.id}, 'any', '\\x00',
        ${actor.staffId}, now() + interval '1 day')`;
    await expect(sqlAs(world, third, forged(second))).rejects.toMatchObject(DENIED);
    await expect(sqlAs(world, customer.actor, forged(second))).rejects.toMatchObject(DENIED);
    const release = sql`select release_contracts(${releaseId}, decode(${hashToken(code).toString("hex")}, 'hex'))`;
    await expect(sqlAs(world, customer.actor, release)).rejects.toMatchObject(DENIED);
    await world.db
      .update(staff)
      .set({ disabledAt: new Date() })
      .where(eq(staff.id, second.staffId));
    await expect(sqlAs(world, second, release)).rejects.toMatchObject(DENIED);
    expect(await sqlAs(world, customer.actor, sql`select id from contract_releases`)).toHaveLength(
      0,
    );
  });

  test("R6 five wrong codes make the letter void; a new one gives way to nothing but that", async ({
    world,
  }) => {
    const { first, second, releaseId, code, customer } = await opened(world);
    expect(await start(world, second, customer)).toEqual({ ok: false, code: "already_open" });
    const outcomes = [];
    for (let tries = 0; tries < 5; tries += 1) {
      const result = await finish(world, second, releaseId, "00000-00000");
      outcomes.push(result.ok || result.code);
    }
    expect(outcomes).toEqual([...Array(4).fill("wrong_code"), "void"]);
    expect(await finish(world, second, releaseId, code)).toEqual({ ok: false, code: "void" });
    await expect(
      world.web(first, (ctx) => printReleaseLetter(ctx, { releaseId })),
    ).rejects.toBeInstanceOf(NotFoundError);
    const again = await start(world, first, customer);
    expect(again.ok).toBe(true);
    expect(await world.web(first, (ctx) => findRelease(ctx, releaseId))).toMatchObject({
      state: "cancelled",
      wrongCodes: 5,
    });
    expect(await world.db.$count(contractLinks, sql`ended_at is not null`)).toBe(0);
    const actions = (await audited(world, customer.account.id)).map(({ action }) => action);
    expect(actions.filter((action) => action === "refused_release")).toHaveLength(6);
  });

  test("R6 a letter is good for thirty days, and for as long as its account lives", async ({
    world,
  }) => {
    const { second, releaseId, code, customer } = await opened(world);
    const [row] = await world.db.execute(sql`select expires_at - started_at between
      interval '29 days 23 hours' and interval '30 days 1 hour' as month from contract_releases`);
    expect(row).toEqual({ month: true });
    await world.db.execute(
      sql`update contract_releases set expires_at = now() - interval '1 second'`,
    );
    expect(await finish(world, second, releaseId, code)).toEqual({ ok: false, code: "expired" });
    await world.db.execute(sql`update contract_releases set expires_at = now() + interval '1 day'`);
    await world.db
      .update(accounts)
      .set({ deletedAt: new Date(), passwordHash: null, email: "deleted-x" })
      .where(eq(accounts.id, customer.account.id));
    expect(await finish(world, second, releaseId, code)).toEqual({ ok: false, code: "finished" });
  });

  test("R6 the letter is printed by who began it, while it is open, each time audited", async ({
    world,
  }) => {
    const { first, second, releaseId, code, customer } = await opened(world);
    const print = (actor: StaffActor) =>
      world.web(actor, (ctx) => printReleaseLetter(ctx, { releaseId }));
    expect(await print(first)).toMatchObject({
      code: shownReleaseCode(code),
      holderName: customer.holder.name,
      billingAddress: customer.contract.billingAddress,
      contractNumber: customer.contract.contractNumber,
      language: "it",
    });
    await print(first);
    await expect(print(second)).rejects.toBeInstanceOf(ForbiddenError);
    const printed = (await audited(world, customer.account.id)).filter(
      ({ action }) => action === "printed_release_letter",
    );
    expect(printed).toEqual(
      Array(2).fill({ action: "printed_release_letter", actorId: first.staffId }),
    );
    expect(await world.web(second, (ctx) => cancelRelease(ctx, { releaseId }))).toMatchObject({
      ok: true,
    });
    expect(await world.web(second, (ctx) => cancelRelease(ctx, { releaseId }))).toEqual({
      ok: false,
      code: "finished",
    });
    await expect(print(first)).rejects.toBeInstanceOf(NotFoundError);
    const actions = (await audited(world, customer.account.id)).map(({ action }) => action);
    expect(actions.at(-1)).toBe("cancelled_release");
  });

  test("R6 R28 a contract of another customer is not found", async ({ world }) => {
    const support = await makeStaff(world.db, "support");
    const mine = await makeCustomer(world.db);
    const other = await makeCustomer(world.db);
    const crossed = start(world, support, { ...mine, contract: other.contract });
    await expect(crossed).rejects.toBeInstanceOf(NotFoundError);
    expect(await world.db.$count(contractReleases)).toBe(0);
  });

  test("R6 R20 a bill of a run that was frozen before goes on paper, and the run closes", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const run = await runFor(world, { electronic: [customer] });
    const document = await runDocument(world, run, customer);
    const { second, releaseId, code } = await opened(world, customer);
    await finish(world, second, releaseId, code);
    await publish(world, run.reference);
    const [dispatch] = await world.db
      .select()
      .from(dispatches)
      .where(eq(dispatches.documentId, document.id));
    expect(dispatch).toMatchObject({ state: "paper", email: null, failure: "released" });
    expect(await world.worker((ctx) => reconcileRun(ctx, run.reference))).toMatchObject({
      excluded: 1,
      open: 0,
      balanced: true,
    });
    expect(await world.worker((ctx) => closeRun(ctx, run.reference))).toMatchObject({ ok: true });
  });

  test("R28 wrong role: every step is refused", async ({ world }) => {
    const { first, releaseId, code, customer } = await opened(world);
    const nobody = asNobody(first);
    const accountId = customer.account.id;
    for (const step of [
      () => start(world, nobody, customer),
      () => finish(world, nobody, releaseId, code),
      () => world.web(nobody, (ctx) => cancelRelease(ctx, { releaseId })),
      () => world.web(nobody, (ctx) => printReleaseLetter(ctx, { releaseId })),
      () => world.web(nobody, (ctx) => listReleases(ctx, {})),
      () => world.web(nobody, (ctx) => findRelease(ctx, releaseId)),
      () => world.web(nobody, (ctx) => readAccount(ctx, accountId)),
      () => world.web(nobody, (ctx) => endCustomerSessions(ctx, { accountId })),
    ]) {
      await expect(step()).rejects.toBeInstanceOf(ForbiddenError);
    }
  });

  test("R6 codes are read as people copy them", () => {
    expect(readReleaseCode(" o1i-l2 ab9zk ")).toBe("01112AB9ZK");
    expect(shownReleaseCode("01112AB9ZK")).toBe("01112-AB9ZK");
  });
});

describe("a customer's access, for staff", () => {
  test("R28 R30 is shown masked, and its reading is audited on the account", async ({ world }) => {
    const customer = await makeCustomer(world.db, {
      account: { email: "rosa.inventata@posta.example" },
    });
    const other = await makeCustomer(world.db);
    await addSession(world, customer.account.id, "one");
    await addSession(world, other.account.id, "two");
    const support = await makeStaff(world.db, "support");
    const read = () => world.web(support, (ctx) => readAccount(ctx, customer.account.id));
    expect(await read()).toMatchObject({
      email: "r•••@posta.example",
      secondFactor: false,
      sessions: { live: 1 },
      contracts: [{ contractNumber: customer.contract.contractNumber }],
      openReleaseId: null,
    });
    await world.db.execute(sql`insert into second_factors (account_id, secret, confirmed_at)
      values (${customer.account.id}, 'sealed', now())`);
    expect(await read()).toMatchObject({ secondFactor: true });
    expect(await audited(world, customer.account.id)).toEqual(
      Array(2).fill({ action: "read_account", actorId: support.staffId }),
    );
    await world.db
      .update(accounts)
      .set({ deletedAt: new Date(), passwordHash: null, email: "deleted-x" })
      .where(eq(accounts.id, customer.account.id));
    await expect(read()).rejects.toBeInstanceOf(NotFoundError);
  });

  test("R28 R30 support ends all sessions of one customer, and of nobody else", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const other = await makeCustomer(world.db);
    for (const [account, text] of [
      [customer.account, "one"],
      [customer.account, "two"],
      [other.account, "three"],
    ] as const) {
      await addSession(world, account.id, text);
    }
    const support = await makeStaff(world.db, "support");
    const accountId = customer.account.id;
    expect(await world.web(support, (ctx) => endCustomerSessions(ctx, { accountId }))).toEqual({
      ended: 2,
    });
    expect(await liveSessions(world, accountId)).toBe(0);
    expect(await liveSessions(world, other.account.id)).toBe(1);
    expect(await audited(world, accountId)).toEqual([
      { action: "ended_customer_sessions", actorId: support.staffId },
    ]);
  });
});

describe("two releases at once", () => {
  const clones: Awaited<ReturnType<typeof cloneDatabase>>[] = [];
  afterAll(async () => {
    await Promise.all(clones.map((clone) => clone.drop()));
  });

  test("R6 only one of two starts is taken, and only one of two codes releases", async () => {
    const clone = await cloneDatabase();
    clones.push(clone);
    const { customer, people } = await clone.superuser.db.transaction(async (tx) => ({
      customer: await makeCustomer(tx),
      people: [
        await makeStaff(tx, "support"),
        await makeStaff(tx, "support"),
        await makeStaff(tx, "admin"),
        await makeStaff(tx, "operator"),
      ] as const,
    }));
    const as = (actor: StaffActor) => ({ db: clone.web.db, actor });
    const starts = await Promise.all(
      [people[0], people[1]].map((actor) =>
        startRelease(as(actor), {
          accountId: customer.account.id,
          contractId: customer.contract.id,
          reason: "casella chiusa",
        }),
      ),
    );
    expect(starts.filter(({ ok }) => ok)).toHaveLength(1);
    const started = must(starts.find((one) => one.ok));
    const releaseId = started.ok ? started.value.releaseId : "";
    const code = releaseCode(releaseId);
    const ends = await Promise.all(
      [people[2], people[3]].map((actor) => finishRelease(as(actor), { releaseId, code })),
    );
    expect(ends.map((end) => (end.ok ? "released" : end.code)).sort()).toEqual([
      "finished",
      "released",
    ]);
    const { db } = clone.superuser;
    expect(await db.$count(deliveryChoices, eq(deliveryChoices.origin, "removed"))).toBe(1);
    expect(await db.$count(accountMails, eq(accountMails.template, "contracts-released"))).toBe(1);
  });
});
