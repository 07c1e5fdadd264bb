import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  accountMails,
  accounts,
  addressSuspensions,
  deliveryPlans,
  dispatches,
  invoicingRuns,
  linkRequests,
  mandateRequests,
  recoveryCodes,
  secondFactors,
  signupAttempts,
  supportCases,
} from "@/db/schema";
import { confirmAccount } from "@/lib/accounts/commands/confirm-account";
import { createCustomerToken } from "@/lib/accounts/commands/create-customer-token";
import { deleteAccount } from "@/lib/accounts/commands/delete-account";
import { forgetDeletedAddresses } from "@/lib/accounts/commands/forget-addresses";
import { matchSignup } from "@/lib/accounts/commands/match-signup";
import { prepareDataExport } from "@/lib/accounts/commands/prepare-data-export";
import { requestSignup } from "@/lib/accounts/commands/request-signup";
import type { Actor, CustomerActor, SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { signInCustomer } from "@/lib/auth/sign-in";
import { hashToken, mailToken, pseudonym } from "@/lib/auth/token";
import { chooseDelivery } from "@/lib/delivery/commands/choose-delivery";
import { confirmAddress } from "@/lib/delivery/commands/confirm-address";
import { lookUpDelivery } from "@/lib/delivery/commands/look-up-delivery";
import { repairAddress } from "@/lib/delivery/commands/repair-address";
import { NOTICE_VERSION } from "@/lib/delivery/rules";
import { forgetDeletedRows } from "@/lib/imports/commands/forget-deleted-rows";
import { importChoices } from "@/lib/imports/commands/import-choices";
import { ImportRefusedError } from "@/lib/imports/errors";
import { drainMails } from "@/lib/jobs/sender";
import { answerCase } from "@/lib/support/commands/answer-case";
import { mailCase } from "@/lib/support/commands/mail-case";
import { searchCustomers } from "@/lib/support/commands/search-customers";
import { sendCase, sendOwnCase } from "@/lib/support/commands/send-case";
import { complaintInput } from "../../factories/cases";
import { makeClient } from "../../factories/clients";
import { makeDispatch } from "../../factories/dispatches";
import { bounceOf, tellEvents } from "../../factories/events";
import { choicesFile } from "../../factories/import-files";
import { makeStaff, must } from "../../factories/people";
import { makeUnregistered, PASSWORD, signupInput } from "../../factories/signup";
import { type Clone, cloneDatabase } from "../../setup/database";
import { type TestMailbox, testMailbox } from "../../setup/mailbox";

/** The columns where something of a deleted account's owner may still stand, and why. */
const RETAINED: Record<"taxId" | "email" | "dedicated", Record<string, string>> = {
  taxId: {
    "public.holders.tax_id": "names the holder of contracts and of bills, kept for 10 years",
  },
  email: {},
  dedicated: {},
};

let clone: Clone;
let mailbox: TestMailbox;
let system: Context<SystemActor>;

beforeAll(async () => {
  mailbox = await testMailbox();
  clone = await cloneDatabase();
  system = { db: clone.worker.db, actor: { kind: "system", name: "test" } };
});
afterAll(async () => {
  await mailbox.close();
  await clone.drop();
});

const web = <A extends Actor>(actor: A): Context<A> => ({ db: clone.web.db, actor });
const drain = () => drainMails(system, { longestMs: 20_000 });
const db = () => clone.superuser.db;

/** Every column that could hold a text, of every table but PostgreSQL's own. */
async function textColumns(): Promise<{ name: string; table: string; column: string }[]> {
  return await db().execute(sql`
    select format('%s.%s.%s', n.nspname, c.relname, a.attname) as name,
      format('%I.%I', n.nspname, c.relname) as table, quote_ident(a.attname) as column
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid
    join pg_namespace n on n.oid = c.relnamespace
    join pg_type t on t.oid = a.atttypid
    where c.relkind in ('r', 'm') and a.attnum > 0 and not a.attisdropped
      and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
      and (t.typcategory in ('S', 'U') or t.typcategory = 'A' and t.typelem in (
        select oid from pg_type where typcategory in ('S', 'U')))
      and t.typname not in ('uuid', '_uuid')
    order by 1`);
}

/** The columns that hold a text, in any case, also as bytes, in JSON or in a list. */
async function placesOf(needle: string): Promise<string[]> {
  const places: string[] = [];
  for (const { name, table, column } of await textColumns()) {
    const [found] = await db().execute(sql`
      select 1 from ${sql.raw(table)} t
      where position(lower(${needle}) in lower(t.${sql.raw(column)}::text)) > 0
        or position(encode(convert_to(${needle}, 'utf8'), 'hex') in lower(t.${sql.raw(column)}::text)) > 0
      limit 1`);
    if (found) {
      places.push(name);
    }
  }
  return places;
}

/** Registers as people do: a slip first, then the right data, then the link of the mail. */
async function registered() {
  const someone = await db().transaction((tx) => makeUnregistered(tx));
  const visitor = web({ kind: "visitor" } as const);
  for (const typed of [{ ...someone.typed, billNumber: "NOBODYS" }, someone.typed]) {
    await requestSignup(visitor, signupInput(typed));
    const [attempt] = await db()
      .select()
      .from(signupAttempts)
      .where(eq(signupAttempts.outcome, "pending"));
    await matchSignup(system, { attemptId: must(attempt).id });
  }
  await drain();
  const confirmed = await confirmAccount(await tokenOf("confirm-account"));
  expect(confirmed).toMatchObject({ ok: true });
  const [account] = await db().select().from(accounts);
  const { id: accountId, holderId, email } = must(account);
  const actor: CustomerActor = {
    kind: "customer",
    accountId,
    holderId,
    sessionId: accountId,
    email,
    language: "it",
  };
  return { ...someone, account: must(account), actor };
}

/** Whoever holds the token of the last mail of a template. */
async function tokenOf(template: string) {
  const mails = await db().select().from(accountMails).where(eq(accountMails.template, template));
  const tokenHash = hashToken(mailToken(must(mails.at(-1)).id)).toString("hex");
  return web({ kind: "visitor", tokenHash });
}

/** Everything an account can do that leaves something behind. */
async function useEverything(customer: Awaited<ReturnType<typeof registered>>, dedicated: string) {
  const { actor, account, company, contract, holder } = customer;
  const ctx = web(actor);
  const of = { companyId: company.id, contractId: contract.id };
  await signInCustomer(web({ kind: "visitor" }), {
    email: account.email,
    password: PASSWORD,
    client: makeClient({ userAgent: "Browser" }),
  });
  const chosen = await chooseDelivery(ctx, {
    contractId: contract.id,
    mode: "electronic",
    email: dedicated,
    acceptedNotice: NOTICE_VERSION,
  });
  expect(chosen).toMatchObject({ ok: true });
  await drain();
  expect(await confirmAddress(await tokenOf("confirm-address"))).toMatchObject({ ok: true });
  await db()
    .insert(mandateRequests)
    .values({
      ...of,
      holderId: holder.id,
      accountId: account.id,
      debtor: "Prova Persona",
      iban: "IT60X0542811101000000123456",
    });
  const [run] = await db()
    .insert(invoicingRuns)
    .values({ companyId: company.id, name: "2026-05", cutOffAt: new Date(), state: "published" })
    .returning();
  const { id: choiceId } = must(
    (await db().execute<{ id: string }>(sql`select id from delivery_choices`))[0],
  );
  await db()
    .insert(deliveryPlans)
    .values({
      ...of,
      runId: must(run).id,
      mode: "electronic",
      email: dedicated,
      reason: "chosen",
      discountCents: 600,
      choiceId,
    });
  for (const email of [account.email, dedicated]) {
    await db().transaction((tx) => makeDispatch(tx, customer, { email }));
  }
  await drain();
  const sent = await db().select().from(dispatches);
  const bounced = must(sent.find(({ email }) => email === dedicated));
  await tellEvents(system, bounceOf(bounced));
  expect(await db().select().from(addressSuspensions)).toMatchObject([{ email: dedicated }]);
  const staff = web(await db().transaction((tx) => makeStaff(tx, "admin")));
  for (const typed of [account.email, contract.contractNumber]) {
    await searchCustomers(staff, { typed });
  }
  await lookUpDelivery(staff, {
    company: company.slug,
    contractNumber: contract.contractNumber,
  });
  const [factor] = await db()
    .insert(secondFactors)
    .values({ accountId: account.id, secret: "sealed", confirmedAt: new Date() })
    .returning();
  await db()
    .insert(recoveryCodes)
    .values({ secondFactorId: must(factor).id, codeHash: Buffer.from([1]) });
  await db()
    .insert(linkRequests)
    .values({ kind: "reset_password", email: account.email, language: "it" });
  expect(await prepareDataExport(ctx, { password: PASSWORD })).toMatchObject({ ok: true });
  const token = { password: PASSWORD, purpose: "calendar" as const, name: account.email };
  expect(await createCustomerToken(ctx, token)).toMatchObject({ ok: true });
  await complain(customer, contract.id);
  await drain();
  // These are still waiting when the account goes.
  await db().execute(sql`update account_mails set created_at = created_at - interval '1 hour'`);
  expect(await repairAddress(ctx, { email: dedicated })).toMatchObject({ ok: true });
  await db().transaction((tx) => makeDispatch(tx, customer, { email: account.email }));
  await rejectFile(company.slug, [
    {
      contract_number: contract.contractNumber,
      email: account.email.toUpperCase(),
      chosen_at: "x",
    },
    // Addresses in columns that are none of theirs: what is said of them shows nothing.
    { contract_number: "C-1", mode: account.email, email: dedicated, chosen_at: dedicated },
    { contract_number: holder.taxId, chosen_at: holder.taxId },
  ]);
}

/** Complaints and questions with and without signing in, whose words name whoever wrote them. */
async function complain(
  { account, actor, company, holder }: Awaited<ReturnType<typeof registered>>,
  contractId: string,
) {
  const message = `Sono ${holder.taxId}, scrivetemi a ${account.email.toUpperCase()}, per favore.`;
  const visitor = web({ kind: "visitor", tokenHash: "ab".repeat(32) } as const);
  const public_ = { email: account.email, customerCode: account.email, message };
  const sent = [
    await sendOwnCase(web(actor), { contractId, kind: "complaint", message, phone: "333 1" }),
    await sendOwnCase(web(actor), { contractId, kind: "question", topic: "other", message }),
    await sendCase(visitor, complaintInput(company.slug, public_)),
  ];
  const staff = web(await db().transaction((tx) => makeStaff(tx, "support")));
  for (const { caseId } of sent.map((one) => must(one.ok ? one.value : null))) {
    await mailCase(system, { caseId, what: "receipt" });
    await answerCase(staff, { caseId, answer: `Abbiamo scritto a ${account.email}.` });
    await mailCase(system, { caseId, what: "answer" });
  }
  const open = await sendOwnCase(web(actor), { contractId, kind: "complaint", message });
  await mailCase(system, { caseId: must(open.ok ? open.value : null).caseId, what: "receipt" });
}

/** A file of the billing system that names people and is refused. */
async function rejectFile(company: string, rows: Parameters<typeof choicesFile>) {
  const file = await choicesFile(...rows);
  await expect(importChoices(system, { company, file, origin: "portal" })).rejects.toBeInstanceOf(
    ImportRefusedError,
  );
}

describe("the database after a deletion", () => {
  test("R7 nothing of e-mail and tax id is left, but where the law or a contract keeps it", async () => {
    const customer = await registered();
    const { account, actor, holder } = customer;
    const dedicated = `ufficio-${account.id}@azienda.example`;
    await useEverything(customer, dedicated);
    // What comes before the @, so that no way of writing that sign hides an address.
    const needles = {
      taxId: holder.taxId,
      email: must(account.email.split("@")[0]),
      dedicated: must(dedicated.split("@")[0]),
    };
    // The search finds what is there to be found: else it would find nothing afterwards either.
    expect(await placesOf(needles.taxId)).toEqual([
      "public.account_mails.content",
      "public.account_mails.params",
      "public.holders.tax_id",
      "public.import_faults.raw",
      "public.import_faults.value",
      "public.signup_attempts.tax_id",
      "public.support_cases.message",
    ]);
    expect(await placesOf(needles.email)).toEqual([
      "public.account_mails.content",
      "public.account_mails.params",
      "public.account_mails.to_email",
      "public.accounts.email",
      "public.customer_tokens.name",
      "public.dispatch_mails.email",
      "public.dispatches.email",
      "public.import_faults.raw",
      "public.import_faults.value",
      "public.link_requests.email",
      "public.signup_attempts.email",
      "public.support_cases.answer",
      "public.support_cases.customer_code",
      "public.support_cases.email",
      "public.support_cases.message",
    ]);
    expect(await placesOf(needles.dedicated)).toEqual([
      "public.account_mails.content",
      "public.account_mails.params",
      "public.account_mails.to_email",
      "public.address_suspensions.email",
      "public.delivery_addresses.email",
      "public.delivery_choices.email",
      "public.delivery_plans.email",
      "public.dispatch_mails.email",
      "public.dispatches.email",
      "public.import_faults.raw",
      "public.import_faults.value",
      "public.tokens.email",
    ]);

    expect(await deleteAccount(web(actor), { password: PASSWORD })).toMatchObject({ ok: true });
    await drain();
    await forgetDeletedAddresses(system);
    await forgetDeletedRows(system);
    const left = Object.fromEntries(
      await Promise.all(
        Object.entries(needles).map(async ([what, needle]) => [what, await placesOf(needle)]),
      ),
    );
    expect(left).toEqual(
      Object.fromEntries(
        Object.entries(RETAINED).map(([what, columns]) => [what, Object.keys(columns)]),
      ),
    );
    expect(await placesOf(pseudonym(account.email))).toContain("public.accounts.email");
    // What is still to be answered is answered by post; a question is answered by nobody any more.
    const cases = await db().select().from(supportCases);
    expect(cases.map(({ kind }) => kind)).toEqual(["complaint", "complaint", "complaint"]);
    expect(cases.find(({ answeredAt }) => !answeredAt)).toMatchObject({
      ...{ email: pseudonym(account.email), phone: null },
      postalAddress: customer.contract.billingAddress,
    });
    // The farewell arrived, at the address that is nowhere now.
    const farewells = await mailbox.messages(account.email);
    expect(farewells.map(({ subject }) => subject)).toContainEqual(
      expect.stringMatching(/eliminat/),
    );
  }, 60_000);
});
