import { eq, sql as query } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { accountMails, dispatches } from "@/db/schema";
import { deleteAccount } from "@/lib/accounts/commands/delete-account";
import type { SystemActor } from "@/lib/auth/actor";
import { hashPassword } from "@/lib/auth/password";
import { warnMandateEnds } from "@/lib/contracts/commands/warn-mandate-ends";
import { withdrawDocuments } from "@/lib/documents/commands/withdraw-documents";
import { importBills } from "@/lib/imports/commands/import-bills";
import { romeDay } from "@/lib/time";
import { makeDispatch } from "../factories/dispatches";
import { billsFile } from "../factories/import-files";
import { makeCustomer } from "../factories/people";
import { choose } from "../factories/runs";
import { PASSWORD } from "../factories/signup";
import { type Clone, cloneDatabase } from "../setup/database";

let clone: Clone;
beforeAll(async () => {
  clone = await cloneDatabase();
});
afterAll(async () => {
  await clone.drop();
});

type Customer = Awaited<ReturnType<typeof makeCustomer>>;

const SYSTEM: SystemActor = { kind: "system", name: "test" };

async function makeMember() {
  const passwordHash = await hashPassword(PASSWORD);
  return await clone.superuser.db.transaction((tx) =>
    makeCustomer(tx, { account: { passwordHash } }),
  );
}

const remove = ({ actor }: Customer) =>
  deleteAccount({ db: clone.web.db, actor }, { password: PASSWORD });

const untilWaiting = (sessions: number) =>
  vi.waitFor(
    async () => {
      const waiting = await clone.superuser.sql`select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`;
      expect(waiting).toHaveLength(sessions);
    },
    { timeout: 10_000 },
  );

/** Runs statements in a session that keeps what they lock until it is let go. */
async function hold(...statements: ReturnType<typeof query.raw>[]) {
  let letGo = () => {};
  let taken = () => {};
  const held = new Promise<void>((resolve) => {
    taken = resolve;
  });
  const released = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const ended = clone.superuser.db.transaction(async (tx) => {
    for (const statement of statements) {
      await tx.execute(statement);
    }
    taken();
    await released;
  });
  await held;
  return async () => {
    letGo();
    await ended;
  };
}

test("R7 R21 a deletion and a withdrawal of the same bills wait for each other and both end", async () => {
  const customer = await makeMember();
  const { told, unsent } = await clone.superuser.db.transaction(async (tx) => ({
    told: await makeDispatch(tx, customer, { state: "delivered" }),
    unsent: await makeDispatch(tx, customer, { state: "queued" }),
  }));
  // The withdrawal has the bill that was not sent and will write to the account; the deletion has the
  // account and will want the bill.
  const letGo = await hold(query.raw("lock table dispatch_events in share mode"));
  const withdrawing = withdrawDocuments(
    { db: clone.worker.db, actor: SYSTEM },
    {
      company: customer.company.slug,
      billNumbers: [told.document.billNumber, unsent.document.billNumber],
      reason: "Wrong",
    },
  ).catch((error: unknown) => error);
  await untilWaiting(1);
  const removing = remove(customer).catch((error: unknown) => error);
  await untilWaiting(2);
  await letGo();
  expect(await removing).toEqual({ ok: true, value: null });
  expect(await withdrawing).toMatchObject({ ok: true, value: { carriedOut: true } });
  const mails = await clone.superuser.db
    .select({ to: accountMails.toEmail, template: accountMails.template })
    .from(accountMails)
    .where(eq(accountMails.toEmail, customer.account.email));
  expect(mails).toEqual([{ to: customer.account.email, template: "account-deleted" }]);
});

test("R7 R15 a bill that is issued alone while its account is deleted goes on paper", async () => {
  const customer = await makeMember();
  await clone.superuser.db.transaction((tx) => choose(tx, customer));
  const file = await billsFile({
    bill_number: "ALONE-1",
    contract_number: customer.contract.contractNumber,
  });
  // The import is about to commit: all it still lacks is its place in the list of imports.
  const letGo = await hold(query.raw("lock table imports in share mode"));
  const importing = importBills(
    { db: clone.worker.db, actor: SYSTEM },
    { company: customer.company.slug, file, target: { kind: "single" } },
  );
  await untilWaiting(1);
  const removing = remove(customer);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await letGo();
  await importing;
  expect(await removing).toEqual({ ok: true, value: null });
  const [dispatch] = await clone.superuser.db
    .select({ channel: dispatches.channel, email: dispatches.email, failure: dispatches.failure })
    .from(dispatches)
    .where(eq(dispatches.contractId, customer.contract.id));
  expect(dispatch).toEqual({ channel: "paper", email: null, failure: "account_deleted" });
});

test("R7 R14 an account that is being deleted is not warned of a mandate's end", async () => {
  const passwordHash = await hashPassword(PASSWORD);
  const until = romeDay(new Date());
  const customer = await clone.superuser.db.transaction(async (tx) => {
    const made = await makeCustomer(tx, {
      account: { passwordHash },
      mandate: { status: "revoked", until },
    });
    await choose(tx, made);
    return made;
  });
  // The deletion has the account and waits for its last row; the warning has read the address by then.
  const letGo = await hold(query.raw("lock table audit_log in share mode"));
  const removing = remove(customer);
  await untilWaiting(1);
  const warning = warnMandateEnds({ db: clone.worker.db, actor: SYSTEM });
  await untilWaiting(2);
  await letGo();
  expect(await removing).toEqual({ ok: true, value: null });
  expect(await warning).toEqual({ told: 0 });
});
