import { eq } from "drizzle-orm";
import { Temporal } from "temporal-polyfill";
import { describe, expect } from "vitest";
import { accountMails, signupAttempts, tokens } from "@/db/schema";
import { accountPreview } from "@/emails/preview-data";
import { matchSignup } from "@/lib/accounts/commands/match-signup";
import { requestSignup } from "@/lib/accounts/commands/request-signup";
import { matchSignupJob } from "@/lib/accounts/jobs";
import type { SignupInput } from "@/lib/accounts/schema";
import { hashToken, mailToken } from "@/lib/auth/token";
import { LANGUAGES } from "@/lib/i18n/languages";
import { renderAccountMail } from "@/lib/mail/rendered-mail";
import { addDays, romeDay } from "@/lib/time";
import {
  makeContract,
  makeCustomer,
  makeDocument,
  makeHolder,
  makeMandate,
  must,
} from "../../factories/people";
import { freshTaxId, makeUnregistered, signupInput } from "../../factories/signup";
import { cloneDatabase, test, type World } from "../../setup/database";

const visitor = { kind: "visitor" } as const;
const TODAY = romeDay(new Date());
const TOMORROW = addDays(TODAY, 1);

/** Registers and lets the worker decide; returns the attempt and the mails to its address. */
async function register(world: World, input: SignupInput & { language: "it"; ip: string }) {
  await world.web(visitor, (ctx) => requestSignup(ctx, input));
  const [pending] = await world.db
    .select()
    .from(signupAttempts)
    .where(eq(signupAttempts.email, input.email));
  const attemptId = must(pending).id;
  await world.worker((ctx) => matchSignupJob(ctx, { attemptId }));
  const [attempt] = await world.db
    .select()
    .from(signupAttempts)
    .where(eq(signupAttempts.id, attemptId));
  const mails = await world.db
    .select()
    .from(accountMails)
    .where(eq(accountMails.toEmail, input.email));
  return { attempt: must(attempt), mails, told: mails.map(({ template }) => template) };
}

describe("matchSignup", () => {
  test("R3 data that match get a confirm link, whose token is kept as a hash for 24 h", async ({
    world,
  }) => {
    const { input, contract } = await makeUnregistered(world.db);
    const { attempt, mails, told } = await register(world, input);
    expect(told).toEqual(["confirm-account"]);
    expect(attempt).toMatchObject({ outcome: "confirm", contractId: contract.id });
    expect(attempt.passwordHash).not.toBeNull();
    const secret = mailToken(must(mails[0]).id);
    const [token] = await world.db.select().from(tokens).where(eq(tokens.attemptId, attempt.id));
    expect(Buffer.from(must(token).tokenHash)).toEqual(hashToken(secret));
    const lifetime = must(token).expiresAt.getTime() - Date.now();
    expect(Math.abs(lifetime - 24 * 3_600_000)).toBeLessThan(60_000);
    expect(JSON.stringify([token, mails])).not.toContain(secret);
  });

  test("R3 data that do not match are told by mail and keep no password", async ({ world }) => {
    const someone = await makeUnregistered(world.db);
    const other = await makeUnregistered(world.db, { company: someone.company });
    const wrong = [
      { billNumber: other.bill.billNumber },
      { customerCode: other.contract.customerCode },
      { taxId: other.holder.taxId },
    ];
    for (const [index, over] of wrong.entries()) {
      const input = { ...someone.input, ...over, email: `wrong-${index}@posta.example` };
      const { attempt, told } = await register(world, input);
      expect(told).toEqual(["no-match"]);
      expect(attempt).toMatchObject({ outcome: "no_match", passwordHash: null, contractId: null });
    }
  });

  test("R1 R3 a check character that is wrong is told by the mail alone", async ({ world }) => {
    const { input } = await makeUnregistered(world.db);
    for (const [taxId, params] of [
      [freshTaxId(), {}],
      ["RSSMRA80A01H501X", { check: "tax_id" }],
    ] as const) {
      const email = `${taxId.toLowerCase()}@posta.example`;
      const { mails } = await register(world, { ...input, taxId, email });
      expect(must(mails[0])).toMatchObject({ template: "no-match", params });
    }
    const sentences = { it: "l'ultimo carattere", en: "last character", de: "letzte Zeichen" };
    for (const language of LANGUAGES) {
      const preview = accountPreview("no-match", language);
      const says = async (check: Record<string, string>) =>
        (await renderAccountMail("no-match", { ...preview, params: check })).text;
      expect(await says({ check: "tax_id" })).toContain(sentences[language]);
      expect(await says({})).not.toContain(sentences[language]);
    }
  });

  test("R2 without an active mandate the mail says so, and there is no token", async ({
    world,
  }) => {
    const { input, contract } = await makeUnregistered(world.db, { mandate: null });
    const { attempt, mails, told } = await register(world, input);
    expect(told).toEqual(["mandate-missing"]);
    expect(mails[0]?.params).toEqual({ contractNumber: contract.contractNumber });
    expect(attempt).toMatchObject({ outcome: "mandate_missing", passwordHash: null });
    expect(await world.db.select().from(tokens)).toEqual([]);
  });

  test.for([
    ["requested", { status: "requested", since: null }, false],
    ["rejected", { status: "rejected", since: null }, false],
    ["active from tomorrow", { since: TOMORROW }, false],
    ["active from today", { since: TODAY }, true],
    ["revoked as of today", { status: "revoked", until: TODAY }, false],
    ["revoked as of tomorrow", { status: "revoked", until: TOMORROW }, true],
    ["expired", { status: "expired", until: "2025-01-01" }, false],
  ] as const)("R2 a mandate %s opens the gate or not", async ([, mandate, open], { world }) => {
    const { input } = await makeUnregistered(world.db, { mandate });
    const { told } = await register(world, input);
    expect(told).toEqual([open ? "confirm-account" : "mandate-missing"]);
  });

  test("R2 the mandate of another contract counts in the same company, not elsewhere", async ({
    world,
  }) => {
    const here = await makeUnregistered(world.db, { mandate: null });
    const second = await makeContract(world.db, {
      companyId: here.company.id,
      holderId: here.holder.id,
    });
    const elsewhere = await makeUnregistered(world.db);
    const foreign = await makeContract(world.db, {
      companyId: elsewhere.company.id,
      holderId: here.holder.id,
    });
    const ofHolder = { holderId: here.holder.id };
    await makeMandate(world.db, {
      ...ofHolder,
      companyId: elsewhere.company.id,
      contractId: foreign.id,
    });
    expect((await register(world, here.input)).told).toEqual(["mandate-missing"]);
    await makeMandate(world.db, { ...ofHolder, companyId: here.company.id, contractId: second.id });
    const again = { ...here.input, email: "again@posta.example" };
    expect((await register(world, again)).told).toEqual(["confirm-account"]);
  });

  test("R2 R5 a former holder's mandate on the contract does not open the gate", async ({
    world,
  }) => {
    const { input, company, contract } = await makeUnregistered(world.db, { mandate: null });
    const former = await makeHolder(world.db);
    await makeMandate(world.db, {
      companyId: company.id,
      contractId: contract.id,
      holderId: former.id,
    });
    expect((await register(world, input)).told).toEqual(["mandate-missing"]);
  });

  test("R3 an e-mail that has an account is told so, whatever else was typed", async ({
    world,
  }) => {
    const { input } = await makeUnregistered(world.db);
    const customer = await makeCustomer(world.db);
    for (const billNumber of [input.billNumber, "NOT-A-BILL"]) {
      const { attempt } = await register(world, {
        ...input,
        billNumber,
        email: customer.account.email,
      });
      expect(attempt).toMatchObject({ outcome: "account_exists", passwordHash: null });
      await world.db.delete(signupAttempts).where(eq(signupAttempts.id, attempt.id));
    }
    const mails = await world.db.select().from(accountMails);
    expect(mails.map(({ template, params }) => [template, params])).toEqual([
      ["account-exists", {}],
      ["account-exists", {}],
    ]);
  });

  test("R5 a contract of another account is told by mail only", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const of = {
      companyId: customer.company.id,
      contractId: customer.contract.id,
      holderId: customer.holder.id,
    };
    const bill = await makeDocument(world.db, of);
    const { typed } = await makeUnregistered(world.db, { company: customer.company });
    const input = {
      ...signupInput(typed),
      taxId: customer.holder.taxId,
      customerCode: customer.contract.customerCode,
      billNumber: bill.billNumber,
    };
    const { attempt, told } = await register(world, input);
    expect(told).toEqual(["contract-taken"]);
    expect(attempt).toMatchObject({ outcome: "contract_taken", passwordHash: null });
  });

  test("R1 the VAT number and loosely written numbers match too", async ({ world }) => {
    const someone = await makeUnregistered(world.db, {
      vatNumber: "00743110157",
      document: { billNumber: "E 2026 000abc" },
    });
    const input = signupInput({
      ...someone.typed,
      taxId: "IT 007 431 101 57",
      billNumber: " e2026000 ABC",
    });
    expect((await register(world, input)).told).toEqual(["confirm-account"]);
  });

  test("R1 the bill must be published, the present holder's, and at most 24 months old", async ({
    world,
  }) => {
    const former = await makeUnregistered(world.db);
    const oldest = Temporal.PlainDate.from(TODAY).subtract({ months: 24 }).toString();
    const cases = [
      [{ publishedAt: null }, "no-match"],
      [{ holderId: former.holder.id }, "no-match"],
      [{ issueDate: addDays(oldest, -1) }, "no-match"],
      [{ issueDate: oldest }, "confirm-account"],
    ] as const;
    for (const [document, template] of cases) {
      const { input } = await makeUnregistered(world.db, { document });
      expect((await register(world, input)).told).toEqual([template]);
    }
  });

  test("R1 a bill of another contract under the same customer code proves that contract", async ({
    world,
  }) => {
    const someone = await makeUnregistered(world.db);
    const gas = await makeContract(world.db, {
      companyId: someone.company.id,
      holderId: someone.holder.id,
      customerCode: someone.contract.customerCode,
      commodity: "gas",
    });
    const bill = await makeDocument(world.db, {
      companyId: someone.company.id,
      holderId: someone.holder.id,
      contractId: gas.id,
    });
    const { attempt } = await register(world, { ...someone.input, billNumber: bill.billNumber });
    expect(attempt).toMatchObject({ outcome: "confirm", contractId: gas.id });
  });

  test("R3 a job that runs twice decides and mails once", async ({ world }) => {
    const { input } = await makeUnregistered(world.db);
    const { attempt } = await register(world, input);
    await world.worker((ctx) => matchSignup(ctx, { attemptId: attempt.id }));
    expect(await world.db.select().from(accountMails)).toHaveLength(1);
    expect(await world.db.select().from(tokens)).toHaveLength(1);
  });

  test("R3 two workers at once decide and mail once", async () => {
    const clone = await cloneDatabase();
    try {
      const { input } = await clone.superuser.db.transaction((tx) => makeUnregistered(tx));
      await requestSignup({ db: clone.web.db, actor: visitor }, input);
      const [attempt] = await clone.superuser.db.select().from(signupAttempts);
      const ctx = { db: clone.worker.db, actor: { kind: "system", name: "test" } as const };
      const attemptId = must(attempt).id;
      await Promise.all([1, 2, 3].map(() => matchSignup(ctx, { attemptId })));
      expect(await clone.superuser.db.select().from(accountMails)).toHaveLength(1);
      expect(await clone.superuser.db.select().from(tokens)).toHaveLength(1);
    } finally {
      await clone.drop();
    }
  });
});
