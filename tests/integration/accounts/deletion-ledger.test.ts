import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { eq, sql } from "drizzle-orm";
import { beforeEach, describe, expect, vi } from "vitest";
import {
  accountMails,
  accounts,
  auditLog,
  dataExports,
  deletions,
  deliveryAddresses,
  deliveryChoices,
  linkRequests,
  recoveryCodes,
  secondFactors,
} from "@/db/schema";
import { deleteAccount } from "@/lib/accounts/commands/delete-account";
import { recordDeletions } from "@/lib/accounts/commands/record-deletions";
import { replayDeletions } from "@/lib/accounts/commands/replay-deletions";
import { aliveInLedger, countUnrecorded } from "@/lib/accounts/queries/deletions";
import type { CustomerActor, SystemActor } from "@/lib/auth/actor";
import { hashPassword } from "@/lib/auth/password";
import { openSession } from "@/lib/auth/sessions";
import { pseudonym } from "@/lib/auth/token";
import { makeDispatch } from "../../factories/dispatches";
import { makeCustomer, must } from "../../factories/people";
import { PASSWORD } from "../../factories/signup";
import { test, type World } from "../../setup/database";

type Customer = Awaited<ReturnType<typeof makeCustomer>>;

// A storage of this file's own: the ledger is asked for all that is in it.
const { STORAGE } = vi.hoisted(() => {
  const folder = `.sportello-test/ledger-${process.pid}`;
  process.env.STORAGE_URL = `file:${folder}`;
  return { STORAGE: folder };
});
const LEDGER = path.join(STORAGE, "deletions");

beforeEach(async () => {
  await rm(STORAGE, { recursive: true, force: true });
  return () => rm(STORAGE, { recursive: true, force: true });
});

const makeMember = async (world: World) =>
  makeCustomer(world.db, { account: { passwordHash: await hashPassword(PASSWORD) } });

const remove = (world: World, actor: CustomerActor) =>
  world.web(actor, (ctx) => deleteAccount(ctx, { password: PASSWORD }));

/** An account of a restored database that was deleted after its backup was made. */
async function inLedger(
  { account }: Pick<Customer, "account">,
  deletedAt = "2026-11-01T09:00:00Z",
) {
  await mkdir(LEDGER, { recursive: true });
  await writeFile(
    path.join(LEDGER, `${account.id}.json`),
    JSON.stringify({ accountId: account.id, deletedAt }),
  );
}

const alive = (world: World) =>
  world.worker(async (ctx) => {
    const found: string[] = [];
    for await (const id of aliveInLedger(ctx)) {
      found.push(id);
    }
    return found;
  });

describe("deleteAccount", () => {
  test("R7 keeps the deletion for the ledger and asks a job to write it down", async ({
    world,
  }) => {
    const { actor, account } = await makeMember(world);
    await remove(world, actor);
    const [row] = await world.db.select().from(deletions);
    expect(row).toMatchObject({ accountId: account.id, recordedAt: null });
    const jobs = await world.db.execute(sql`
      select task_identifier as task from graphile_worker.jobs where task_identifier = 'record_deletions'`);
    expect(jobs).toHaveLength(1);
  });

  test("R7 second factor, recovery codes, downloads and asked-for links go, of nobody else", async ({
    world,
  }) => {
    const mine = await makeMember(world);
    const theirs = await makeMember(world);
    for (const { account } of [mine, theirs]) {
      const accountId = account.id;
      const [factor] = await world.db
        .insert(secondFactors)
        .values({ accountId, secret: "sealed" })
        .returning();
      await world.db
        .insert(recoveryCodes)
        .values({ secondFactorId: must(factor).id, codeHash: Buffer.from([1]) });
      await world.db.insert(dataExports).values({ accountId, expiresAt: new Date() });
      await world.db
        .insert(linkRequests)
        .values({ kind: "reset_password", email: account.email, language: "it" });
    }
    await remove(world, mine.actor);
    for (const table of [secondFactors, recoveryCodes, dataExports, linkRequests]) {
      expect(await world.db.select().from(table)).toHaveLength(1);
    }
    expect(await world.db.select().from(secondFactors)).toMatchObject([
      { accountId: theirs.account.id },
    ]);
    expect(await world.db.select().from(linkRequests)).toMatchObject([
      { email: theirs.account.email },
    ]);
  });
});

describe("recordDeletions", () => {
  test("R7 writes an id and an instant, nothing of anybody, once", async ({ world }) => {
    const { actor, account, holder } = await makeMember(world);
    await remove(world, actor);
    expect(await world.worker((ctx) => recordDeletions(ctx))).toBe(1);
    const files = await readdir(LEDGER);
    expect(files).toEqual([`${account.id}.json`]);
    const text = await readFile(path.join(LEDGER, `${account.id}.json`), "utf8");
    const [row] = await world.db.select().from(deletions);
    expect(JSON.parse(text)).toEqual({
      accountId: account.id,
      deletedAt: row?.deletedAt.toISOString(),
    });
    expect(text).not.toContain(holder.taxId);
    expect(row?.recordedAt).not.toBeNull();
    expect(await world.worker((ctx) => recordDeletions(ctx))).toBe(0);
    // A worker that was killed between the two does it again, to the same end.
    await world.db.update(deletions).set({ recordedAt: null });
    expect(await world.worker((ctx) => recordDeletions(ctx))).toBe(1);
    expect(await readFile(path.join(LEDGER, `${account.id}.json`), "utf8")).toBe(text);
  });

  test("R7 a storage that cannot be written leaves it to be recorded later", async ({ world }) => {
    const { actor } = await makeMember(world);
    await remove(world, actor);
    await writeFile(STORAGE, "not a folder");
    await expect(world.worker((ctx) => recordDeletions(ctx))).rejects.toThrow();
    expect(await world.worker((ctx) => countUnrecorded(ctx, { minutes: 0 }))).toBe(1);
    expect(await world.worker((ctx) => countUnrecorded(ctx, { minutes: 10 }))).toBe(0);
    await rm(STORAGE);
    expect(await world.worker((ctx) => recordDeletions(ctx))).toBe(1);
  });

  test("R28 nobody but a job records or counts", async ({ world }) => {
    const { actor } = await makeMember(world);
    await remove(world, actor);
    const visitor = { kind: "visitor" } as unknown as SystemActor;
    const as = <T>(work: (ctx: { db: World["db"]; actor: SystemActor }) => Promise<T>) =>
      work({ db: world.db, actor: visitor });
    expect(await as((ctx) => recordDeletions(ctx))).toBe(0);
    expect(await as((ctx) => countUnrecorded(ctx, { minutes: 0 }))).toBe(0);
    await inLedger(await makeMember(world));
    expect(await as((ctx) => replayDeletions(ctx))).toBe(0);
  });
});

describe("replayDeletions", () => {
  test("R7 erases an account that a restore brought back, as its deletion did, once", async ({
    world,
  }) => {
    const customer = await makeMember(world);
    const { account, contract, company } = customer;
    const dedicated = "ufficio@azienda.example";
    await openSession({ db: world.db, actor: customer.actor }, { userAgent: null, awaiting: null });
    await world.db.insert(deliveryAddresses).values({ accountId: account.id, email: dedicated });
    await world.db.insert(deliveryChoices).values({
      companyId: company.id,
      contractId: contract.id,
      accountId: account.id,
      mode: "electronic",
      email: dedicated,
      noticeVersion: "2026-11",
      origin: "customer",
    });
    const { dispatch } = await makeDispatch(world.db, customer, { email: dedicated });
    await inLedger(customer);
    expect(await alive(world)).toEqual([account.id]);
    expect(await world.worker((ctx) => replayDeletions(ctx))).toBe(1);
    const [erased] = await world.db.select().from(accounts).where(eq(accounts.id, account.id));
    expect(erased).toMatchObject({ email: pseudonym(account.email), passwordHash: null });
    expect(erased?.deletedAt).not.toBeNull();
    const rows = await world.db.execute(sql`
      select (select count(*)::int from sessions where ended_at is null) as sessions,
        (select count(*)::int from contract_links where ended_at is null) as links,
        (select count(*)::int from delivery_addresses) as addresses,
        (select count(*)::int from delivery_choices where email like '%@%') as choices,
        (select state from dispatches where id = ${dispatch.id}) as dispatch,
        (select mode from delivery_modes(${company.id}::smallint, array[${contract.id}]::uuid[],
          clock_timestamp())) as mode`);
    expect(rows[0]).toEqual({
      sessions: 0,
      links: 0,
      addresses: 0,
      choices: 0,
      dispatch: "paper",
      mode: "paper",
    });
    expect(await world.db.select().from(accountMails)).toEqual([]);
    const [kept] = await world.db.select().from(deletions);
    expect(kept?.deletedAt).toEqual(new Date("2026-11-01T09:00:00Z"));
    expect(kept?.recordedAt).not.toBeNull();
    const audited = await world.db
      .select()
      .from(auditLog)
      .where(eq(auditLog.action, "replayed_deletion"));
    expect(audited).toMatchObject([
      {
        actorKind: "system",
        subjectId: account.id,
        detail: { contracts: 1, dispatchesToPaper: 1 },
      },
    ]);
    expect(await alive(world)).toEqual([]);
    expect(await world.worker((ctx) => replayDeletions(ctx))).toBe(0);
    expect(await world.db.select().from(auditLog)).toHaveLength(1);
  });

  test("R28 touches no account that is not in the ledger", async ({ world }) => {
    const mine = await makeMember(world);
    const theirs = await makeMember(world);
    const dispatch = await makeDispatch(world.db, theirs);
    await inLedger(mine);
    await world.worker((ctx) => replayDeletions(ctx));
    const [account] = await world.db
      .select()
      .from(accounts)
      .where(eq(accounts.id, theirs.account.id));
    expect(account).toEqual(theirs.account);
    const [state] = await world.db.execute(
      sql`select state, email from dispatches where id = ${dispatch.dispatch.id}`,
    );
    expect(state).toEqual({ state: "queued", email: theirs.account.email });
  });

  test("R7 what the database never knew, and what is no entry, is passed over", async ({
    world,
  }) => {
    const customer = await makeMember(world);
    await inLedger({ account: { ...customer.account, id: customer.holder.id } });
    await writeFile(path.join(LEDGER, "notes.txt"), "not an entry");
    expect(await alive(world)).toEqual([]);
    expect(await world.worker((ctx) => replayDeletions(ctx))).toBe(0);
  });

  test("R7 an entry that cannot be read stops it, and erases nothing", async ({ world }) => {
    const { account } = await makeMember(world);
    await mkdir(LEDGER, { recursive: true });
    await writeFile(path.join(LEDGER, `${account.id}.json`), '{"accountId": null}');
    await expect(world.worker((ctx) => replayDeletions(ctx))).rejects.toThrow("cannot be read");
    const [row] = await world.db.select().from(accounts).where(eq(accounts.id, account.id));
    expect(row?.deletedAt).toBeNull();
  });
});
