import { eq, sql as query } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import {
  accountMails,
  contractLinks,
  deliveryAddresses,
  deliveryChoices,
  invoicingRuns,
} from "@/db/schema";
import { deleteAccount } from "@/lib/accounts/commands/delete-account";
import { hashPassword } from "@/lib/auth/password";
import { chooseDelivery } from "@/lib/delivery/commands/choose-delivery";
import { undoChoice } from "@/lib/delivery/commands/undo-choice";
import { NotFoundError } from "@/lib/errors";
import { freezeRun } from "@/lib/runs/commands/freeze-run";
import { makeCustomer, must } from "../factories/people";
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

async function makeMember() {
  const passwordHash = await hashPassword(PASSWORD);
  return await clone.superuser.db.transaction((tx) =>
    makeCustomer(tx, { account: { passwordHash } }),
  );
}

const choose = ({ actor, contract }: Customer) =>
  chooseDelivery(
    { db: clone.web.db, actor },
    { contractId: contract.id, mode: "paper", email: null, acceptedNotice: null },
  ).catch((error: unknown) => error);

const remove = ({ actor }: Customer) =>
  deleteAccount({ db: clone.web.db, actor }, { password: PASSWORD }).catch(
    (error: unknown) => error,
  );

/** Keeps everybody from adding a choice until it is let go. */
async function holdChoices() {
  const held = await clone.superuser.sql.reserve();
  await held`begin`;
  await held`lock table delivery_choices in share mode`;
  return async () => {
    await held`commit`;
    held.release();
  };
}

const untilWaiting = (sessions: number) =>
  vi.waitFor(
    async () => {
      const waiting = await clone.superuser.sql`select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`;
      expect(waiting).toHaveLength(sessions);
    },
    { timeout: 10_000 },
  );

const choicesOf = ({ contract }: Customer) =>
  clone.superuser.db
    .select({ origin: deliveryChoices.origin })
    .from(deliveryChoices)
    .where(eq(deliveryChoices.contractId, contract.id))
    .orderBy(deliveryChoices.chosenAt);

const endOfLink = async ({ contract }: Customer) =>
  must(
    (
      await clone.superuser.db
        .select({ because: contractLinks.endedBecause })
        .from(contractLinks)
        .where(eq(contractLinks.contractId, contract.id))
    )[0],
  ).because;

test("R7 a deletion waits for a choice that is being saved, and then undoes it", async () => {
  const customer = await makeMember();
  const letGo = await holdChoices();
  const choosing = choose(customer);
  await untilWaiting(1);
  const removing = remove(customer);
  await untilWaiting(2);
  await letGo();
  expect(await choosing).toMatchObject({ ok: true });
  expect(await removing).toEqual({ ok: true, value: null });
  expect(await choicesOf(customer)).toEqual([
    { origin: "customer" },
    { origin: "account_deleted" },
  ]);
  expect(await endOfLink(customer)).toBe("account_deleted");
});

test("R7 a choice waits while its account is being deleted, and is then refused", async () => {
  const customer = await makeMember();
  const letGo = await holdChoices();
  const removing = remove(customer);
  await untilWaiting(1);
  const choosing = choose(customer);
  await untilWaiting(2);
  await letGo();
  expect(await removing).toEqual({ ok: true, value: null });
  expect(await choosing).toBeInstanceOf(NotFoundError);
  expect(await choicesOf(customer)).toEqual([{ origin: "account_deleted" }]);
  expect(await endOfLink(customer)).toBe("account_deleted");
});

test("R11 a choice saved while the cut-off passes names the run that its own stamp reaches", async () => {
  const customer = await makeMember();
  const [row] = await clone.superuser.sql<{ soon: Date }[]>`
    select clock_timestamp() + interval '700 milliseconds' as soon`;
  const { soon } = must(row);
  await clone.superuser.db
    .insert(invoicingRuns)
    .values({ companyId: customer.company.id, name: "soon", cutOffAt: soon });
  const [before] = await clone.superuser.db.execute<{ day: string; next: string }>(query`
    select (next_cut_off(c, now()) at time zone 'Europe/Rome')::date::text as day,
      (next_cut_off(c, ${soon.toISOString()}::timestamptz + interval '1 second') at time zone 'Europe/Rome')::date::text as next
    from (select ${customer.company.id}::smallint as c) company`);
  const { day, next } = must(before);
  expect(next).not.toBe(day);
  const letGo = await holdChoices();
  const choosing = choose(customer);
  await untilWaiting(1);
  await vi.waitFor(
    async () => {
      const [clock] = await clone.superuser.sql<{ passed: boolean }[]>`
        select clock_timestamp() > ${soon} as passed`;
      expect(clock?.passed).toBe(true);
    },
    { timeout: 5_000 },
  );
  await letGo();
  expect(await choosing).toMatchObject({ ok: true, value: { fromCutOffOn: next } });
  const [mail] = await clone.superuser.db
    .select({ params: accountMails.params })
    .from(accountMails)
    .where(eq(accountMails.accountId, customer.account.id));
  expect(mail?.params.fromBill).toBe(next);
});

test("R12 an undo that the cut-off overtakes leaves the choice to the run that has it", async () => {
  const customer = await makeMember();
  expect(await choose(customer)).toMatchObject({ ok: true });
  const [row] = await clone.superuser.sql<{ soon: Date }[]>`
    select clock_timestamp() + interval '700 milliseconds' as soon`;
  const { soon } = must(row);
  await clone.superuser.db
    .insert(invoicingRuns)
    .values({ companyId: customer.company.id, name: "soon", cutOffAt: soon });
  const letGo = await holdChoices();
  const undoing = undoChoice(
    { db: clone.web.db, actor: customer.actor },
    { contractId: customer.contract.id },
  );
  await untilWaiting(1);
  await vi.waitFor(
    async () => {
      const [clock] = await clone.superuser.sql<{ passed: boolean }[]>`
        select clock_timestamp() > ${soon} as passed`;
      expect(clock?.passed).toBe(true);
    },
    { timeout: 5_000 },
  );
  await letGo();
  expect(await undoing).toEqual({ ok: false, code: "too_late" });
  expect(await choicesOf(customer)).toEqual([{ origin: "customer" }]);
  const mails = await clone.superuser.db
    .select({ undone: accountMails.params })
    .from(accountMails)
    .where(eq(accountMails.accountId, customer.account.id));
  expect(mails).toHaveLength(1);
});

test("R11 a freeze waits for an address that is being confirmed before the cut-off", async () => {
  const customer = await makeMember();
  const { db } = clone.superuser;
  const companyId = customer.company.id;
  const email = "bills@posta.example";
  await db.insert(deliveryAddresses).values({ accountId: customer.account.id, email });
  await db.insert(deliveryChoices).values({
    companyId,
    contractId: customer.contract.id,
    accountId: customer.account.id,
    mode: "electronic",
    email,
    noticeVersion: "2026-11",
    origin: "customer",
  });
  const confirming = await clone.superuser.sql.reserve();
  await confirming`begin`;
  await confirming`update delivery_addresses set confirmed_at = clock_timestamp()
    where account_id = ${customer.account.id}`;
  await db
    .insert(invoicingRuns)
    .values({ companyId, name: "now", cutOffAt: query`clock_timestamp()` });
  const freezing = freezeRun(
    { db: clone.worker.db, actor: { kind: "system", name: "test" } },
    { company: customer.company.slug, run: "now" },
  );
  await untilWaiting(1);
  // Whoever writes an address and then a choice is not in the freeze's way, nor it in theirs.
  await confirming`lock table delivery_choices in row exclusive mode`;
  await confirming`commit`;
  confirming.release();
  expect(await freezing).toMatchObject({ ok: true, value: { electronic: 1 } });
  const [plan] = await clone.superuser.sql`select email from delivery_plans
    where contract_id = ${customer.contract.id}`;
  expect(plan).toEqual({ email });
});
