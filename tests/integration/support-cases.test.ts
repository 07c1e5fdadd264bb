import { randomUUID } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import { accountMails, auditLog, supportCases } from "@/db/schema";
import type { StaffActor, VisitorActor } from "@/lib/auth/actor";
import { ForbiddenError, NotFoundError } from "@/lib/errors";
import { answerCase } from "@/lib/support/commands/answer-case";
import { mailCase } from "@/lib/support/commands/mail-case";
import { printAnswerLetter } from "@/lib/support/commands/print-answer-letter";
import { sendCase, sendOwnCase } from "@/lib/support/commands/send-case";
import { countPressing, findCase, listCases, listOwnCases } from "@/lib/support/queries/cases";
import { complaintInput, makeCase } from "../factories/cases";
import { makeCompany, makeCustomer, makeStaff, must } from "../factories/people";
import { test, type World } from "../setup/database";

const browser = (digit: string): VisitorActor => ({
  kind: "visitor",
  tokenHash: digit.repeat(64),
});
const MINE = browser("a");
const DENIED = { cause: { code: "42501" } };

const send = (world: World, input: Parameters<typeof sendCase>[1], actor = MINE) =>
  world.web(actor, (ctx) => sendCase(ctx, input));

async function sent(world: World, input: Parameters<typeof sendCase>[1]): Promise<string> {
  const result = await send(world, input);
  return must(result.ok ? result.value : null).caseId;
}

/** What is left of one, but what is different by its nature. */
async function traces(world: World, caseId: string) {
  const jobs = await world.db.execute(sql`select j.task_identifier from graphile_worker.jobs j
    join graphile_worker._private_jobs p on p.id = j.id where p.payload ->> 'caseId' = ${caseId}`);
  const audit = await world.db
    .select({ action: auditLog.action, actorKind: auditLog.actorKind, detail: auditLog.detail })
    .from(auditLog)
    .where(eq(auditLog.subjectId, caseId));
  return { jobs: [...jobs], audit };
}

describe("sendCase", () => {
  test("R3 R30 takes it without looking anything up: the same for a code that exists and one that does not", async ({
    world,
  }) => {
    const { company, contract, account } = await makeCustomer(world.db);
    const inputs = [
      complaintInput(company.slug),
      complaintInput(company.slug, { customerCode: contract.customerCode, email: account.email }),
      complaintInput(company.slug, { customerCode: "999999999" }),
    ];
    const left = [];
    for (const input of inputs) {
      left.push(await traces(world, await sent(world, input)));
    }
    expect(left[0]).toEqual({
      jobs: [{ task_identifier: "mail_case" }],
      audit: [{ action: "sent_complaint", actorKind: "visitor", detail: {} }],
    });
    expect(left).toEqual([left[0], left[0], left[0]]);
    const cases = await world.db.select().from(supportCases);
    expect(cases.every(({ accountId, contractId }) => !accountId && !contractId)).toBe(true);
  });

  test("R28 its receipt is read by the browser that sent it, and by nobody else", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const input = complaintInput(customer.company.slug, { email: customer.account.email });
    const caseId = await sent(world, input);
    const read = (actor: Parameters<World["web"]>[0]) =>
      world.web(actor, (ctx) => findCase(ctx, caseId));
    expect(await read(MINE)).toMatchObject({
      caseCode: expect.stringMatching(/^RE-[0-9A-Z]{5}-[0-9A-Z]{5}$/),
      message: input.message,
      answeredBy: null,
    });
    expect(await read(browser("b"))).toBeNull();
    expect(await read({ kind: "visitor" })).toBeNull();
    // Whoever has the address it names has not written it.
    expect(await read(customer.actor)).toBeNull();
    const own = await world.web(customer.actor, (ctx) => listOwnCases(ctx, { kind: "complaint" }));
    expect(own).toEqual([]);
    expect(await world.web(MINE, (ctx) => findCase(ctx, "none"))).toBeNull();
  });

  test("R28 the database takes no case in another's name, nor one that is answered already", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const other = await makeCustomer(world.db, { company: customer.company });
    const row = {
      ...({ companyId: customer.company.id, kind: "question", topic: "other" } as const),
      ...({
        language: "it",
        name: "Prova",
        email: "a@b.example",
        message: "Una domanda.",
      } as const),
    };
    const receiptHash = Buffer.from("a".repeat(64), "hex");
    const ofOther = { accountId: other.account.id, contractId: other.contract.id };
    const rows = [
      { ...row, caseCode: "1", receiptHash: Buffer.from("b".repeat(64), "hex") },
      { ...row, caseCode: "2", receiptHash, ...ofOther },
      { ...row, caseCode: "3", receiptHash, answerMailedAt: new Date() },
    ];
    for (const values of rows) {
      const insert = world.web(MINE, (ctx) =>
        ctx.db.transaction(async (tx) => {
          await tx.execute(sql`select set_config('app.actor', 'visitor', true),
            set_config('app.token_hash', ${"a".repeat(64)}, true)`);
          await tx.insert(supportCases).values(values);
        }),
      );
      await expect(insert).rejects.toMatchObject(DENIED);
    }
  });

  test("R17 the same form sent twice is one case, with other words, by another form or browser another", async ({
    world,
  }) => {
    const { slug } = await makeCompany(world.db);
    const input = complaintInput(slug, { formKey: randomUUID() });
    const caseId = await sent(world, input);
    expect(await sent(world, input)).toBe(caseId);
    expect((await traces(world, caseId)).jobs).toHaveLength(1);
    expect((await traces(world, caseId)).audit).toHaveLength(1);
    const keyless = complaintInput(slug, { email: "altra@posta.example" });
    const others = [
      await send(world, { ...input, message: "Un'altra cosa che non torna." }),
      await send(world, { ...input, formKey: randomUUID() }),
      await send(world, input, browser("b")),
      await send(world, keyless),
      await send(world, keyless),
    ];
    const ids = others.map((result) => must(result.ok ? result.value : null).caseId);
    expect(new Set([caseId, ...ids]).size).toBe(6);
    expect(await world.db.$count(supportCases)).toBe(6);
  });

  test("R17 what was taken is told again even where the limit is reached", async ({ world }) => {
    const { slug } = await makeCompany(world.db);
    const input = complaintInput(slug, { formKey: randomUUID() });
    const caseId = await sent(world, input);
    for (let index = 0; index < 6; index += 1) {
      await send(world, complaintInput(slug));
    }
    expect(await send(world, complaintInput(slug))).toMatchObject({ code: "busy" });
    expect(await sent(world, input)).toBe(caseId);
  });

  test("an unknown company is refused; nothing is kept", async ({ world }) => {
    expect(await send(world, complaintInput("no-such-company"))).toMatchObject({
      code: "companyMissing",
    });
    expect(await world.db.$count(supportCases)).toBe(0);
  });

  test("R3 many for one address, or from one place, are refused whatever they say", async ({
    world,
  }) => {
    const { slug } = await makeCompany(world.db);
    const results = async (count: number, input: (index: number) => object) => {
      const codes = [];
      for (let index = 0; index < count; index += 1) {
        codes.push((await send(world, complaintInput(slug, input(index)))).ok);
      }
      return codes;
    };
    const perEmail = await results(6, (index) => ({ ip: `203.0.113.${index}` }));
    expect(perEmail).toEqual([true, true, true, true, true, false]);
    const perPlace = await results(22, (index) => ({
      ...{ ip: "203.0.113.99", email: `persona-${index}@posta.example` },
    }));
    expect(perPlace.filter(Boolean)).toHaveLength(20);
    expect(await world.db.$count(supportCases)).toBe(25);
  });

  test("R29 one that names no e-mail is answered by post, and no mail goes out", async ({
    world,
  }) => {
    const { slug } = await makeCompany(world.db);
    const postal = { email: undefined, postalAddress: "Via Inventata 1, 00100 Roma" };
    const caseId = await sent(world, complaintInput(slug, postal));
    expect((await traces(world, caseId)).jobs).toEqual([]);
    await world.worker((ctx) => mailCase(ctx, { caseId, what: "receipt" }));
    expect(await world.db.$count(accountMails)).toBe(0);
  });
});

describe("sendOwnCase", () => {
  test("R28 R30 takes it about one's own supply, with name, address and service filled in", async ({
    world,
  }) => {
    const { actor, contract, account, holder } = await makeCustomer(world.db);
    const input = { contractId: contract.id, kind: "complaint", message: "Non torna." } as const;
    const result = await world.web(actor, (ctx) => sendOwnCase(ctx, input));
    const { caseId } = must(result.ok ? result.value : null);
    expect(await world.web(actor, (ctx) => findCase(ctx, caseId))).toMatchObject({
      ...{ name: holder.name, email: account.email, commodity: "electricity" },
      ...{ contractNumber: contract.contractNumber, answer: null },
    });
    const own = await world.web(actor, (ctx) => listOwnCases(ctx, { kind: "complaint" }));
    expect(own.map(({ id }) => id)).toEqual([caseId]);
    const other = await makeCustomer(world.db);
    await expect(world.web(other.actor, (ctx) => sendOwnCase(ctx, input))).rejects.toThrow(
      NotFoundError,
    );
    expect(await world.web(other.actor, (ctx) => findCase(ctx, caseId))).toBeNull();
    expect(await findCase({ db: world.db, actor: other.actor }, caseId)).toBeNull();
    const audit = await world.db
      .select({ action: auditLog.action, actorId: auditLog.actorId })
      .from(auditLog)
      .where(eq(auditLog.subjectId, caseId));
    expect(audit).toEqual([{ action: "sent_complaint", actorId: account.id }]);
  });

  test("R17 R28 the same form sent twice is one case, and another account's is its own", async ({
    world,
  }) => {
    const { actor, contract, company } = await makeCustomer(world.db);
    const other = await makeCustomer(world.db, { company });
    const formKey = randomUUID();
    const input = {
      ...({ kind: "question", topic: "other", formKey } as const),
      message: "Una domanda.",
    };
    const sendBy = async (who: typeof actor, contractId: string) => {
      const result = await world.web(who, (ctx) => sendOwnCase(ctx, { ...input, contractId }));
      return must(result.ok ? result.value : null).caseId;
    };
    const first = await sendBy(actor, contract.id);
    expect(await sendBy(actor, contract.id)).toBe(first);
    expect(await sendBy(other.actor, other.contract.id)).not.toBe(first);
    expect(await world.db.$count(supportCases)).toBe(2);
  });

  test("many of one account in a day are refused", async ({ world }) => {
    const { actor, contract } = await makeCustomer(world.db);
    const input = {
      ...({ contractId: contract.id, kind: "question", topic: "other" } as const),
      message: "Una domanda.",
    };
    const taken = [];
    for (let index = 0; index < 21; index += 1) {
      taken.push((await world.web(actor, (ctx) => sendOwnCase(ctx, input))).ok);
    }
    expect(taken.filter(Boolean)).toHaveLength(20);
    expect(taken.at(-1)).toBe(false);
  });
});

describe("mailCase", () => {
  const mailsOf = (world: World) =>
    world.db
      .select({
        template: accountMails.template,
        accountId: accountMails.accountId,
        toEmail: accountMails.toEmail,
        params: accountMails.params,
      })
      .from(accountMails);

  test("R17 mails the copy once, and to whoever has not signed in without a link", async ({
    world,
  }) => {
    const { slug } = await makeCompany(world.db);
    const message = "Prima riga.\nGuarda https://truffa.example/x e www.truffa.example subito.";
    const caseId = await sent(world, complaintInput(slug, { message }));
    for (let times = 0; times < 2; times += 1) {
      await world.worker((ctx) => mailCase(ctx, { caseId, what: "receipt" }));
    }
    expect(await mailsOf(world)).toMatchObject([
      {
        ...{ template: "case-received", accountId: null, toEmail: "reclamo@posta.example" },
        params: { account: "no", message: "Prima riga.\n\nGuarda […] e […] subito." },
      },
    ]);
    // What was written stays as it was written.
    expect(await world.web(MINE, (ctx) => findCase(ctx, caseId))).toMatchObject({ message });
  });

  test("mails an answer once there is one, and none to an address that is gone", async ({
    world,
  }) => {
    const company = await makeCompany(world.db);
    const { id: caseId } = await makeCase(world.db, company);
    const gone = await makeCase(world.db, company, { email: "deleted-00", kind: "question" });
    const mail = (id: string) =>
      world.worker((ctx) => mailCase(ctx, { caseId: id, what: "answer" }));
    await mail(caseId);
    expect(await mailsOf(world)).toEqual([]);
    const staff = await makeStaff(world.db, "support");
    const answer = "Hai ragione, correggiamo.";
    const answerIt = (id: string) =>
      world.web(staff, (ctx) => answerCase(ctx, { caseId: id, answer }));
    expect(await answerIt(caseId)).toEqual({ ok: true, value: { mailed: true } });
    expect(await answerIt(gone.id)).toEqual({ ok: true, value: { mailed: false } });
    await mail(caseId);
    await mail(caseId);
    await mail(gone.id);
    expect(await mailsOf(world)).toMatchObject([
      { template: "case-answered", toEmail: "reclamo@posta.example", params: { answer } },
    ]);
  });
});

describe("answerCase", () => {
  test("R30 records answer, instant and who, once; two at once record one", async ({ world }) => {
    const company = await makeCompany(world.db);
    const { id: caseId } = await makeCase(world.db, company);
    const [first, second] = [
      await makeStaff(world.db, "support"),
      await makeStaff(world.db, "admin"),
    ];
    const answer = (actor: StaffActor, text: string) =>
      world.web(actor, (ctx) => answerCase(ctx, { caseId, answer: text }));
    expect(await answer(first, "La prima risposta.")).toMatchObject({ ok: true });
    expect(await answer(second, "La seconda risposta.")).toEqual({ ok: false, code: "answered" });
    expect(await world.web(second, (ctx) => findCase(ctx, caseId))).toMatchObject({
      ...{ answer: "La prima risposta.", answeredBy: first.name },
      answeredAt: expect.any(Date),
    });
    const audit = await traces(world, caseId);
    expect(audit.audit).toEqual([
      { action: "answered_case", actorKind: "staff", detail: { mailed: true } },
    ]);
    await expect(
      world.web(first, (ctx) => answerCase(ctx, { caseId: company.slug as never, answer: "x" })),
    ).rejects.toThrow();
    const none = "00000000-0000-7000-8000-000000000000";
    await expect(
      world.web(first, (ctx) => answerCase(ctx, { caseId: none, answer: "Una risposta." })),
    ).rejects.toThrow(NotFoundError);
  });

  test("R28 wrong role: whoever is no staff of a known role reads and answers nothing", async ({
    world,
  }) => {
    const { company, actor } = await makeCustomer(world.db);
    const { id: caseId } = await makeCase(world.db, company);
    const auditor = { ...(await makeStaff(world.db, "support")), role: "auditor" as never };
    const input = { caseId, answer: "Una risposta." };
    await expect(world.web(auditor, (ctx) => answerCase(ctx, input))).rejects.toThrow(
      ForbiddenError,
    );
    await expect(
      world.web(auditor, (ctx) => listCases(ctx, { kind: "complaint", answered: false })),
    ).rejects.toThrow(ForbiddenError);
    expect(await world.web(auditor, (ctx) => findCase(ctx, caseId))).toBeNull();
    const asStaff = actor as unknown as StaffActor;
    await expect(world.web(asStaff, (ctx) => answerCase(ctx, input))).rejects.toThrow(
      ForbiddenError,
    );
    // The second wall: a customer's statement changes no row.
    const changed = await world.web(actor, (ctx) =>
      ctx.db.transaction(async (tx) => {
        await tx.execute(sql`select set_config('app.actor', 'customer', true),
          set_config('app.account_id', ${actor.accountId}, true)`);
        return await tx
          .update(supportCases)
          .set({ answer: "x" })
          .returning({ id: supportCases.id });
      }),
    );
    expect(changed).toEqual([]);
  });
});

describe("listCases", () => {
  test("what waits longest comes first, page by page, each kind and state apart", async ({
    world,
  }) => {
    const company = await makeCompany(world.db);
    const staff = await makeStaff(world.db, "operator");
    const day = (back: number) => new Date(Date.now() - back * 86_400_000);
    for (let back = 1; back <= 103; back += 1) {
      await makeCase(world.db, company, { name: `waits ${back}`, receivedAt: day(back) });
    }
    await makeCase(world.db, company, { kind: "question", name: "asks" });
    const answered = { answer: "Ecco.", answeredAt: day(1), answeredBy: staff.staffId };
    await makeCase(world.db, company, { name: "answered", ...answered });
    const list = (over: Partial<Parameters<typeof listCases>[1]> = {}) =>
      world.web(staff, (ctx) => listCases(ctx, { kind: "complaint", answered: false, ...over }));
    const first = await list();
    expect(first.cases.slice(0, 2).map(({ name }) => name)).toEqual(["waits 103", "waits 102"]);
    expect(first.cases).toHaveLength(100);
    const second = await list({ after: must(first.next) });
    expect(second.cases.map(({ name }) => name)).toEqual(["waits 3", "waits 2", "waits 1"]);
    expect(second.next).toBeNull();
    expect((await list({ kind: "question" })).cases.map(({ name }) => name)).toEqual(["asks"]);
    expect((await list({ answered: true })).cases.map(({ name }) => name)).toEqual(["answered"]);
  });

  test("tells how many complaints are overdue or pressing, and no question", async ({ world }) => {
    const company = await makeCompany(world.db);
    const staff = await makeStaff(world.db, "support");
    // The last minute of a day in Rome, and the first of the next.
    for (const received of [
      "2026-10-01T21:59:00Z",
      "2026-10-01T22:01:00Z",
      "2026-10-08T22:01:00Z",
    ]) {
      const receivedAt = new Date(received);
      await makeCase(world.db, company, { receivedAt });
      await makeCase(world.db, company, { receivedAt, kind: "question" });
      const answered = { answer: "Ecco.", answeredAt: receivedAt, answeredBy: staff.staffId };
      await makeCase(world.db, company, { receivedAt, ...answered });
    }
    const on = (today: string) => world.web(staff, (ctx) => countPressing(ctx, today));
    expect(await on("2026-10-23")).toEqual({ overdue: 0, pressing: 0 });
    expect(await on("2026-10-25")).toEqual({ overdue: 0, pressing: 2 });
    expect(await on("2026-11-01")).toEqual({ overdue: 1, pressing: 2 });
    const auditor = { ...staff, role: "auditor" as never };
    await expect(world.web(auditor, (ctx) => countPressing(ctx, "2026-11-01"))).rejects.toThrow(
      ForbiddenError,
    );
  });
});

describe("printAnswerLetter", () => {
  const ANSWER = { answer: "Hai ragione, correggiamo.", answeredAt: new Date() };
  const print = (world: World, actor: StaffActor, caseId: string) =>
    world.web(actor, (ctx) => printAnswerLetter(ctx, { caseId }));

  test("R30 gives the answer with the address it goes to, and each time is audited", async ({
    world,
  }) => {
    const staff = await makeStaff(world.db, "support");
    const customer = await makeCustomer(world.db);
    const answered = { ...ANSWER, answeredBy: staff.staffId };
    const postalAddress = "Via Inventata 1, 00100 Roma";
    const byPost = await makeCase(world.db, customer.company, {
      ...{ ...answered, email: null, postalAddress, language: "de" },
    });
    const own = await makeCase(world.db, customer.company, {
      ...{ ...answered, accountId: customer.account.id, contractId: customer.contract.id },
    });
    expect(await print(world, staff, byPost.id)).toMatchObject({
      ...{ address: postalAddress, answer: ANSWER.answer, language: "de" },
      ...{ caseCode: byPost.caseCode, company: { name: customer.company.name } },
    });
    expect((await print(world, staff, own.id)).address).toBe(customer.contract.billingAddress);
    await print(world, staff, own.id);
    const audit = await world.db
      .select({ subjectId: auditLog.subjectId, actorId: auditLog.actorId })
      .from(auditLog)
      .where(eq(auditLog.action, "printed_answer"));
    expect(audit.map(({ subjectId }) => subjectId).sort()).toEqual(
      [byPost.id, own.id, own.id].sort(),
    );
    expect(new Set(audit.map(({ actorId }) => actorId))).toEqual(new Set([staff.staffId]));
  });

  test("R28 there is none without an answer, without an address, and for a role we do not know", async ({
    world,
  }) => {
    const staff = await makeStaff(world.db, "support");
    const company = await makeCompany(world.db);
    const open = await makeCase(world.db, company, { postalAddress: "Via Inventata 1" });
    const nowhere = await makeCase(world.db, company, { ...ANSWER, answeredBy: staff.staffId });
    await expect(print(world, staff, open.id)).rejects.toThrow(NotFoundError);
    await expect(print(world, staff, nowhere.id)).rejects.toThrow(NotFoundError);
    const unknown = { ...staff, role: "intern" as "support" };
    await expect(print(world, unknown, nowhere.id)).rejects.toThrow(ForbiddenError);
    expect(await world.db.$count(auditLog, eq(auditLog.action, "printed_answer"))).toBe(0);
  });
});
