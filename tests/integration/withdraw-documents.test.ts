import { and, eq, sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import {
  accountMails,
  addressSuspensions,
  auditLog,
  dispatchBatches,
  dispatches,
  dispatchMails,
  documents,
  withdrawals,
} from "@/db/schema";
import type { StaffActor } from "@/lib/auth/actor";
import { giveBack } from "@/lib/dispatches/commands/settle-batch";
import { takeBatch } from "@/lib/dispatches/commands/take-batch";
import { approveWithdrawal } from "@/lib/documents/commands/approve-withdrawal";
import { withdrawDocuments } from "@/lib/documents/commands/withdraw-documents";
import { listBills } from "@/lib/documents/queries/bill-list";
import { findBill, findBillPdf, findLatestBill } from "@/lib/documents/queries/bills";
import { listAskedBills, listWithdrawn, withdrawalRows } from "@/lib/documents/queries/withdrawals";
import { ForbiddenError, NotFoundError } from "@/lib/errors";
import { importBillLines } from "@/lib/imports/commands/import-bill-lines";
import { importBills } from "@/lib/imports/commands/import-bills";
import { renderAccountMail } from "@/lib/mail/rendered-mail";
import { makeDispatch } from "../factories/dispatches";
import { billLinesFile, billsFile } from "../factories/import-files";
import { makeCompany, makeCustomer, makeDocument, makeStaff, must } from "../factories/people";
import { publish, runDocument, runFor, setDispatch } from "../factories/published-runs";
import { sendNext } from "../factories/sendings";
import { type Clone, cloneDatabase, test, type World } from "../setup/database";

type Customer = Awaited<ReturnType<typeof makeCustomer>>;
type State = (typeof dispatches.$inferSelect)["state"];

const REASON = "Lettura sbagliata";

const withdraw = (
  world: World,
  { company }: Customer,
  billNumbers: string[],
  over: { run?: string; reason?: string } = {},
) =>
  world.worker((ctx) =>
    withdrawDocuments(ctx, { company: company.slug, billNumbers, reason: REASON, ...over }),
  );

const sent = (world: World, customer: Customer, state: State = "delivered") =>
  makeDispatch(world.db, customer, { state });

const mailsTo = (world: World, email: string | null) =>
  world.db
    .select()
    .from(accountMails)
    .where(and(eq(accountMails.toEmail, must(email)), eq(accountMails.template, "bill-withdrawn")));

const stateOf = async ({ db }: World, { dispatch }: Awaited<ReturnType<typeof sent>>) =>
  must((await db.select().from(dispatches).where(eq(dispatches.id, dispatch.id)))[0]).state;

describe("R21 withdrawDocuments", () => {
  test("R21 a withdrawn document stays, with its reason, and whoever was told is told", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const { document, dispatch } = await sent(world, customer);
    const done = await withdraw(world, customer, [document.billNumber]);
    expect(done).toMatchObject({
      ok: true,
      value: { documents: 1, carriedOut: true, told: 1 },
    });
    const [kept] = await world.db.select().from(documents).where(eq(documents.id, document.id));
    expect(kept?.withdrawnAt).not.toBeNull();
    const [mail] = await mailsTo(world, dispatch.email);
    expect(mail).toMatchObject({
      accountId: customer.account.id,
      state: "queued",
      language: "it",
      params: {
        kind: "bill",
        billNumber: document.billNumber,
        contractNumber: document.contractNumber,
        documentId: document.id,
        reason: REASON,
      },
    });
    const told = await world.db
      .select()
      .from(auditLog)
      .where(eq(auditLog.subjectId, done.ok ? done.value.withdrawalId : ""));
    expect(told.map(({ action }) => action).toSorted()).toEqual([
      "asked_for_withdrawal",
      "withdrew_documents",
    ]);
  });

  test("R21 what was not sent is not sent any more, and nobody is told of it", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const bill = await sent(world, customer, "queued");
    expect(await withdraw(world, customer, [bill.document.billNumber])).toMatchObject({
      value: { told: 0 },
    });
    expect(await stateOf(world, bill)).toBe("withdrawn");
    expect(await world.worker((ctx) => takeBatch(ctx))).toBeNull();
  });

  test("R17 R21 out of a batch that was never attempted; the others get a new one", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const wrong = await sent(world, customer, "queued");
    const right = await sent(world, customer, "queued");
    const first = await world.worker((ctx) => takeBatch(ctx));
    if (!first || first === "passed") {
      throw new Error("no batch was taken");
    }
    await world.worker((ctx) => giveBack(ctx, first.batch));
    await withdraw(world, customer, [wrong.document.billNumber]);
    expect(await stateOf(world, wrong)).toBe("withdrawn");
    expect(await world.worker((ctx) => takeBatch(ctx))).toBe("passed");
    expect(await stateOf(world, right)).toBe("queued");
    const taken = await world.worker((ctx) => takeBatch(ctx));
    expect(taken).toMatchObject({ batch: { mails: [{ email: right.dispatch.email }] } });
    const kept = await world.db.select().from(dispatchMails);
    expect(kept.map(({ documentId }) => documentId)).toEqual([right.document.id]);
  });

  test("R17 R21 one whose batch was attempted may have arrived: it is told of", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const bill = await sent(world, customer, "queued");
    await world.worker((ctx) => takeBatch(ctx));
    await withdraw(world, customer, [bill.document.billNumber]);
    expect(await stateOf(world, bill)).toBe("batched");
    expect(await mailsTo(world, bill.dispatch.email)).toHaveLength(1);
    const [batch] = await world.db.select().from(dispatchBatches);
    expect(batch?.members).toBe(1);
  });

  test("R7 R19 neither a pseudonym nor a suspended address is written to", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const gone = await makeDispatch(world.db, customer, { state: "delivered", email: "gone-1" });
    const silent = await sent(world, customer, "delivered");
    await world.db
      .insert(addressSuspensions)
      .values({ email: must(silent.dispatch.email), reason: "complaint" });
    const numbers = [gone, silent].map(({ document }) => document.billNumber);
    expect(await withdraw(world, customer, numbers)).toMatchObject({ value: { told: 0 } });
  });

  test("R19 R21 one that was mailed and turned to paper since is told of, unless its address is suspended", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const bill = await sent(world, customer, "queued");
    await sendNext(world);
    const toPaper = { channel: "paper", state: "paper", failure: "staff" } as const;
    await setDispatch(world, bill.document, toPaper);
    expect(await withdraw(world, customer, [bill.document.billNumber])).toMatchObject({
      value: { told: 1 },
    });
    const other = await sent(world, customer, "queued");
    await sendNext(world);
    await setDispatch(world, other.document, { ...toPaper, failure: "hard_bounce" });
    await world.db
      .insert(addressSuspensions)
      .values({ email: customer.account.email, reason: "hard_bounce" });
    expect(await withdraw(world, customer, [other.document.billNumber])).toMatchObject({
      value: { told: 0 },
    });
  });

  test("R21 says afterwards who had been told, and how", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const bills = [
      await makeDispatch(world.db, customer, { state: "delivered", document: { billNumber: "1" } }),
      await makeDispatch(world.db, customer, {
        state: "paper",
        channel: "paper",
        document: { billNumber: "2" },
      }),
      await makeDispatch(world.db, customer, { state: "queued", document: { billNumber: "3" } }),
    ];
    const company = customer.company.slug;
    const done = await withdraw(
      world,
      customer,
      bills.map(({ document }) => document.billNumber),
    );
    const withdrawalId = done.ok ? done.value.withdrawalId : "";
    const rows = await world.worker((ctx) => withdrawalRows(ctx, { company, withdrawalId }));
    expect(rows.map(({ billNumber, told }) => `${billNumber} ${told}`)).toEqual([
      "1 email",
      "2 paper",
      "3 nobody",
    ]);
    const other = await makeCompany(world.db);
    await expect(
      world.worker((ctx) => withdrawalRows(ctx, { company: other.slug, withdrawalId })),
    ).rejects.toThrow(NotFoundError);
  });

  test("R21 needs a reason, and published bills that are there: all of them or none", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const { document } = await sent(world, customer);
    const elsewhere = await sent(world, await makeCustomer(world.db));
    const unpublished = await makeDocument(world.db, {
      companyId: customer.company.id,
      contractId: customer.contract.id,
      holderId: customer.holder.id,
      publishedAt: null,
    });
    const code = async (numbers: string[], over: { reason?: string } = {}) => {
      const asked = await withdraw(world, customer, numbers, over);
      return asked.ok ? "ok" : asked.code;
    };
    const { billNumber } = document;
    expect(await code([billNumber], { reason: " \n" })).toBe("reason_missing");
    expect(await code([billNumber], { reason: "x".repeat(501) })).toBe("reason_too_long");
    expect(await code([" "])).toBe("no_bills");
    expect(await code([billNumber, "nothing"])).toBe("unknown_bill");
    expect(await code([billNumber, elsewhere.document.billNumber])).toBe("unknown_bill");
    expect(await code([billNumber, unpublished.billNumber])).toBe("not_published");
    const [kept] = await world.db.select().from(documents).where(eq(documents.id, document.id));
    expect(kept?.withdrawnAt).toBeNull();
    expect(await code([billNumber, billNumber])).toBe("ok");
    expect(await code([billNumber])).toBe("already_withdrawn");
    const found = await world.worker((ctx) =>
      listAskedBills(ctx, { company: customer.company.slug, billNumbers: [billNumber, "nothing"] }),
    );
    expect(found.map(({ state }) => state)).toEqual(["withdrawn", "unknown"]);
  });

  test("R21 of a run only its own bills, also after it was closed", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const run = await runFor(world, { electronic: [customer] });
    const bill = await runDocument(world, run, customer);
    await publish(world, run.reference);
    await setDispatch(world, bill, { state: "delivered" });
    const archived = await sent(world, customer);
    expect(
      await withdraw(world, customer, [archived.document.billNumber], { run: run.name }),
    ).toEqual({ ok: false, code: "unknown_bill" });
    await world.db.execute(sql`update invoicing_runs set state = 'closed' where id = ${run.id}`);
    const done = await withdraw(world, customer, [bill.billNumber], { run: run.name });
    expect(done).toMatchObject({ ok: true });
    const [row] = await world.db.select().from(withdrawals);
    expect(row?.runId).toBe(run.id);
  });

  test("R28 support and unknown roles may not; no run or company of another's", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const { document } = await sent(world, customer);
    const company = customer.company.slug;
    const input = { company, billNumbers: [document.billNumber], reason: REASON };
    for (const role of ["support", "intern"] as ("support" | "operator")[]) {
      const actor = { ...(await makeStaff(world.db, "support")), role };
      await expect(
        world.worker(({ db }) => withdrawDocuments({ db, actor }, input)),
      ).rejects.toThrow(ForbiddenError);
      await expect(
        world.worker(({ db }) => approveWithdrawal({ db, actor }, { company, withdrawalId: "x" })),
      ).rejects.toThrow(ForbiddenError);
    }
    await expect(
      world.worker((ctx) => withdrawDocuments(ctx, { ...input, company: "nobody" })),
    ).rejects.toThrow(NotFoundError);
    await expect(
      world.worker((ctx) => withdrawDocuments(ctx, { ...input, run: "2020-01" })),
    ).rejects.toThrow(NotFoundError);
  });
});

describe("R21 a large withdrawal", () => {
  async function waiting(world: World) {
    const company = await makeCompany(world.db, { withdrawAbove: 1 });
    const customer = await makeCustomer(world.db, { company });
    const bills = [await sent(world, customer), await sent(world, customer)];
    const asked = await withdraw(
      world,
      customer,
      bills.map(({ document }) => document.billNumber),
    );
    return { customer, bills, company, asked: must(asked.ok ? asked.value : null) };
  }

  const approve = (world: World, company: string, withdrawalId: string, actor?: StaffActor) =>
    world.worker(({ db, actor: shell }) =>
      approveWithdrawal({ db, actor: actor ?? shell }, { company, withdrawalId }),
    );

  test("R21 waits for another person, and is carried out by that yes, once", async ({ world }) => {
    const { customer, bills, company, asked } = await waiting(world);
    expect(asked).toMatchObject({ documents: 2, carriedOut: false, told: 0 });
    expect(await mailsTo(world, must(bills[0]).dispatch.email)).toHaveLength(0);
    const { bills: listed } = await world.web(customer.actor, (ctx) => listBills(ctx));
    expect(listed).toHaveLength(2);
    expect(await approve(world, company.slug, asked.withdrawalId)).toEqual({
      ok: false,
      code: "same_person",
    });
    const operator = await makeStaff(world.db, "operator");
    expect(await approve(world, company.slug, asked.withdrawalId, operator)).toMatchObject({
      ok: true,
      value: { documents: 2, carriedOut: true, told: 2 },
    });
    expect(await approve(world, company.slug, asked.withdrawalId, operator)).toEqual({
      ok: false,
      code: "already_carried_out",
    });
    expect(await mailsTo(world, must(bills[0]).dispatch.email)).toHaveLength(2);
  });

  test("R21 many in small portions are many: what one person takes back in a day counts together", async ({
    world,
  }) => {
    const company = await makeCompany(world.db, { withdrawAbove: 2 });
    const customer = await makeCustomer(world.db, { company });
    const take = async (actor?: StaffActor) => {
      const { document } = await sent(world, customer);
      const input = { company: company.slug, billNumbers: [document.billNumber], reason: REASON };
      const asked = await world.worker((ctx) =>
        withdrawDocuments({ db: ctx.db, actor: actor ?? ctx.actor }, input),
      );
      return asked.ok && asked.value.carriedOut;
    };
    expect([await take(), await take(), await take()]).toEqual([true, true, false]);
    expect(await take(await makeStaff(world.db, "operator"))).toBe(true);
    await world.db.update(withdrawals).set({ carriedOutAt: sql`now() - interval '25 hours'` });
    expect(await take()).toBe(true);
  });

  test("R21 leaves alone what another withdrawal took back meanwhile", async ({ world }) => {
    const { customer, bills, company, asked } = await waiting(world);
    await withdraw(world, customer, [must(bills[0]).document.billNumber]);
    const operator = await makeStaff(world.db, "operator");
    expect(await approve(world, company.slug, asked.withdrawalId, operator)).toMatchObject({
      value: { documents: 1, told: 1 },
    });
    expect(await mailsTo(world, must(bills[0]).dispatch.email)).toHaveLength(2);
  });

  test("R28 another company's withdrawal is not found", async ({ world }) => {
    const { asked } = await waiting(world);
    const other = await makeCompany(world.db);
    await expect(approve(world, other.slug, asked.withdrawalId)).rejects.toThrow(NotFoundError);
    await expect(approve(world, other.slug, "no-id")).rejects.toThrow(NotFoundError);
  });
});

describe("R21 the customer", () => {
  test("R21 finds no withdrawn bill among the others, and why on its own page", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const { document } = await makeDispatch(world.db, customer, {
      state: "delivered",
      document: { storageKey: "1/2026/a.pdf" },
    });
    const see = <T>(work: Parameters<typeof world.web<typeof customer.actor, T>>[1]) =>
      world.web(customer.actor, work);
    expect(await see((ctx) => findBillPdf(ctx, document.id))).not.toBeNull();
    await withdraw(world, customer, [document.billNumber]);
    expect((await see((ctx) => listBills(ctx))).bills).toEqual([]);
    expect(await see((ctx) => findLatestBill(ctx))).toBeNull();
    expect(await see((ctx) => findBillPdf(ctx, document.id))).toBeNull();
    expect((await see((ctx) => findBill(ctx, document.id)))?.withdrawal).toMatchObject({
      reason: REASON,
      replacement: null,
    });
    expect(await see((ctx) => listWithdrawn(ctx))).toMatchObject([
      { id: document.id, billNumber: document.billNumber },
    ]);
    const other = await makeCustomer(world.db, { company: customer.company });
    expect(await world.web(other.actor, (ctx) => listWithdrawn(ctx))).toEqual([]);
    expect(await world.web(other.actor, (ctx) => findBill(ctx, document.id))).toBeNull();
  });

  test("R21 reads in the mail which bill, why, and that nothing is to be paid", async () => {
    const brand = {
      name: "E",
      slug: "e",
      accentColor: "#0b5a68",
      supportPhone: "800",
      replyTo: "e@e.example",
    };
    const params = {
      kind: "bill",
      billNumber: "B-7",
      contractNumber: "C-7",
      reason: "Wrong <reading>",
    };
    const mail = await renderAccountMail("bill-withdrawn", {
      language: "en",
      brand,
      params,
      link: "https://sportello.example/bills/x",
    });
    expect(mail.subject).toContain("B-7");
    expect(mail.text).toContain("Reason: Wrong <reading>");
    expect(mail.text).toContain("need not pay");
    expect(mail.html).toContain("Wrong &lt;reading&gt;");
  });
});

describe("R21 a replacement", () => {
  const BILL = { bill_number: "B-1", contract_number: "C-1" };

  async function replaced(world: World) {
    const customer = await makeCustomer(world.db, { contract: { contractNumber: "C-1" } });
    const company = customer.company.slug;
    const load = async (over: Record<string, string>) =>
      await world.worker(async (ctx) =>
        importBills(ctx, {
          company,
          file: await billsFile({ ...BILL, ...over }),
          target: { kind: "single" },
        }),
      );
    await load({});
    await withdraw(world, customer, ["B-1"]);
    await load({ total_eur: "70,00" });
    const both = await world.db
      .select()
      .from(documents)
      .where(eq(documents.billNumber, "B-1"))
      .orderBy(sql`withdrawn_at nulls last`);
    return { customer, company, load, wrong: must(both[0]), right: must(both[1]), both };
  }

  test("R21 a bill with the number of a withdrawn one is new, and in its place", async ({
    world,
  }) => {
    const { customer, wrong, right, both, load } = await replaced(world);
    expect(both).toHaveLength(2);
    expect(right).toMatchObject({ replaces: wrong.id, totalCents: 7_000, withdrawnAt: null });
    const page = await world.web(customer.actor, (ctx) => findBill(ctx, wrong.id));
    expect(page?.withdrawal?.replacement).toEqual({ id: right.id, billNumber: "B-1" });
    const { bills } = await world.web(customer.actor, (ctx) => listBills(ctx));
    expect(bills.map(({ id }) => id)).toEqual([right.id]);
    // The same file again is about the valid one.
    expect(await load({ total_eur: "70,00" })).toMatchObject({ added: 0, unchanged: 1 });
    await expect(load({})).rejects.toThrow("published");
  });

  test("R21 withdrawn too, it can be replaced again, by the last of them", async ({ world }) => {
    const { customer, right, load } = await replaced(world);
    await withdraw(world, customer, ["B-1"]);
    await load({ total_eur: "60,00" });
    const [last] = await world.db
      .select({ replaces: documents.replaces })
      .from(documents)
      .where(and(eq(documents.billNumber, "B-1"), eq(documents.totalCents, 6_000)));
    expect(last?.replaces).toBe(right.id);
  });

  test("R21 bill lines are those of the valid bill", async ({ world }) => {
    const { company, right } = await replaced(world);
    const file = await billLinesFile({ bill_number: "B-1", line_number: "1", amount_eur: "70,00" });
    await world.worker((ctx) => importBillLines(ctx, { company, file }));
    const rows = await world.db.execute<{ document_id: string }>(
      sql`select document_id from bill_lines where document_id = ${right.id}`,
    );
    expect(rows).toHaveLength(1);
  });
});

describe("R21 withdrawal and the worker at once", () => {
  test("R21 of ten withdrawals of one bill at once, one is carried out", async () => {
    const clone: Clone = await cloneDatabase();
    try {
      const { customer, document } = await clone.superuser.db.transaction(async (db) => {
        const made = await makeCustomer(db);
        return { customer: made, ...(await makeDispatch(db, made, { state: "delivered" })) };
      });
      const ctx = { db: clone.worker.db, actor: { kind: "system", name: "test" } } as const;
      const answers = await Promise.all(
        Array.from({ length: 10 }, () =>
          withdrawDocuments(ctx, {
            company: customer.company.slug,
            billNumbers: [document.billNumber],
            reason: REASON,
          }),
        ),
      );
      const codes = answers.map((answer) => (answer.ok ? "ok" : answer.code)).toSorted();
      expect(codes).toEqual([...Array.from({ length: 9 }, () => "already_withdrawn"), "ok"]);
      expect(await clone.superuser.db.$count(accountMails)).toBe(1);
    } finally {
      await clone.drop();
    }
  });

  test("R17 R21 a bill is either sent and told of, or not sent and not told of", async () => {
    const clone: Clone = await cloneDatabase();
    try {
      for (let round = 0; round < 12; round += 1) {
        const made = await clone.superuser.db.transaction(async (db) => {
          const customer = await makeCustomer(db);
          return { customer, ...(await makeDispatch(db, customer)) };
        });
        const { customer, document, dispatch } = made;
        const ctx = { db: clone.worker.db, actor: { kind: "system", name: "test" } } as const;
        const [taken, done] = await Promise.all([
          takeBatch(ctx),
          withdrawDocuments(ctx, {
            company: customer.company.slug,
            billNumbers: [document.billNumber],
            reason: REASON,
          }),
        ]);
        const later = taken === "passed" || taken === null ? await takeBatch(ctx) : null;
        const sentNow = [taken, later].some(
          (one) => one !== null && one !== "passed" && one.batch.mails.length > 0,
        );
        const [row] = await clone.superuser.db
          .select()
          .from(dispatches)
          .where(eq(dispatches.id, dispatch.id));
        expect(row?.state).toBe(sentNow ? "batched" : "withdrawn");
        expect(done).toMatchObject({ ok: true, value: { told: sentNow ? 1 : 0 } });
        await clone.superuser.db.execute(sql`update dispatch_batches set state = 'accepted'`);
      }
    } finally {
      await clone.drop();
    }
  });
});
