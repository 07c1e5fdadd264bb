import { eq } from "drizzle-orm";
import { describe, expect } from "vitest";
import type { Transaction } from "@/db/client";
import {
  accountMailEvents,
  accountMails,
  dataExports,
  linkRequests,
  rateLimits,
  sentBeforeRestore,
  sessions,
  signupAttempts,
  supportCases,
  tokens,
} from "@/db/schema";
import { forgetExpired } from "@/lib/accounts/commands/forget-expired";
import { forgetAddressesOfNobody } from "@/lib/accounts/commands/forget-nobodys-mails";
import { forgetOldRows } from "@/lib/accounts/commands/forget-old-rows";
import { forgetExpiredJob } from "@/lib/accounts/jobs";
import type { SystemActor } from "@/lib/auth/actor";
import { pseudonym } from "@/lib/auth/token";
import { makeCase } from "../../factories/cases";
import { makeAccountMail } from "../../factories/dispatches";
import { makeCustomer, makeStaff, must } from "../../factories/people";
import { makeMatchedAttempt, makeUnregistered } from "../../factories/signup";
import { test } from "../../setup/database";

const hours = (count: number) => new Date(Date.now() + count * 3_600_000);

async function made(db: Transaction, over: Parameters<typeof makeMatchedAttempt>[2]) {
  return (await makeMatchedAttempt(db, await makeUnregistered(db), over)).attempt.id;
}

async function left(db: Transaction, id: string) {
  const [attempt] = await db.select().from(signupAttempts).where(eq(signupAttempts.id, id));
  const links = await db.select().from(tokens).where(eq(tokens.attemptId, id));
  return { password: attempt?.passwordHash !== null, tokens: links.length };
}

describe("forgetExpired", () => {
  test("R4 a registration that nobody confirmed loses its password, then its token", async ({
    world,
  }) => {
    const dead = await made(world.db, { createdAt: hours(-49), expiresAt: hours(-25) });
    const justDead = await made(world.db, { createdAt: hours(-25), expiresAt: hours(-1) });
    expect(await world.worker((ctx) => forgetExpired(ctx))).toEqual({ passwords: 2, tokens: 1 });
    expect(await left(world.db, dead)).toEqual({ password: false, tokens: 0 });
    // Its page can still say that the link has expired.
    expect(await left(world.db, justDead)).toEqual({ password: false, tokens: 1 });
    expect(await world.worker((ctx) => forgetExpired(ctx))).toEqual({ passwords: 0, tokens: 0 });
  });

  test("R4 one that can still become an account keeps both", async ({ world }) => {
    const young = await made(world.db, { createdAt: hours(-23), expiresAt: hours(1) });
    const matchedLate = await made(world.db, { createdAt: hours(-40), expiresAt: hours(1) });
    const waiting = await made(world.db, {
      createdAt: hours(-40),
      outcome: "pending",
      expiresAt: hours(1),
    });
    await world.db.delete(tokens).where(eq(tokens.attemptId, waiting));
    await world.worker((ctx) => forgetExpired(ctx));
    expect(await left(world.db, young)).toEqual({ password: true, tokens: 1 });
    expect(await left(world.db, matchedLate)).toEqual({ password: true, tokens: 1 });
    expect(await left(world.db, waiting)).toEqual({ password: true, tokens: 0 });
    await world.db
      .update(signupAttempts)
      .set({ createdAt: hours(-8 * 24) })
      .where(eq(signupAttempts.id, waiting));
    await world.worker((ctx) => forgetExpired(ctx));
    expect(await left(world.db, waiting)).toEqual({ password: false, tokens: 0 });
  });

  test("R28 nobody but a job forgets anything", async ({ world }) => {
    const dead = await made(world.db, { createdAt: hours(-49), expiresAt: hours(-25) });
    await world.worker((ctx) =>
      forgetExpired({ ...ctx, actor: { kind: "visitor" } as unknown as SystemActor }),
    );
    expect(await left(world.db, dead)).toEqual({ password: true, tokens: 1 });
  });
});

const NONE = {
  sessions: 0,
  signupAttempts: 0,
  linkRequests: 0,
  dataExports: 0,
  rateLimits: 0,
  supportCases: 0,
  sentBeforeRestore: 0,
};

describe("forgetOldRows", () => {
  /** One row just past its time and one just before it, of everything; the names say which. */
  async function oldAndYoung(db: Transaction) {
    const [old, young] = [await makeCustomer(db), await makeCustomer(db)];
    const session = (over: Partial<typeof sessions.$inferInsert>) => ({
      tokenHash: Buffer.from(Math.random().toString()),
      accountId: young.account.id,
      expiresAt: hours(1),
      ...over,
    });
    await db
      .insert(sessions)
      .values([
        session({ userAgent: "old, ended", endedAt: hours(-30 * 24 - 1) }),
        session({ userAgent: "old, expired", expiresAt: hours(-30 * 24 - 1) }),
        session({ userAgent: "young, ended", endedAt: hours(-30 * 24 + 1) }),
        session({ userAgent: "young, expired", expiresAt: hours(-30 * 24 + 1) }),
        session({ userAgent: "young, alive" }),
      ]);
    const attempts = [
      await made(db, { createdAt: hours(-90 * 24 - 1) }),
      await made(db, { createdAt: hours(-90 * 24 + 1), customerCode: "young" }),
    ];
    const link = { kind: "reset_password", language: "it" } as const;
    await db.insert(linkRequests).values([
      { ...link, email: "old@posta.example", createdAt: hours(-25) },
      { ...link, email: "young@posta.example", createdAt: hours(-23) },
    ]);
    await db.insert(dataExports).values([
      { accountId: old.account.id, expiresAt: hours(-0.1) },
      { accountId: young.account.id, expiresAt: hours(0.1) },
    ]);
    await db.insert(rateLimits).values([
      { key: "old", points: 1, expire: hours(-0.1) },
      { key: "young", points: 1, expire: hours(0.1) },
      { key: "young, without end", points: 1, expire: null },
    ]);
    await db.insert(sentBeforeRestore).values([
      { providerId: "old", digest: "d", sentAt: hours(-90 * 24 - 1) },
      { providerId: "young", digest: "d", sentAt: hours(-90 * 24 + 1) },
    ]);
    const answered = async (at: Date) => ({
      ...{ answer: "Ecco la risposta.", answeredAt: at },
      answeredBy: (await makeStaff(db, "support")).staffId,
    });
    const [year, years] = [365 * 24, 5 * 365.25 * 24];
    await makeCase(db, old.company, { kind: "question", receivedAt: hours(-year - 1) });
    await makeCase(db, old.company, { ...(await answered(hours(-years - 48))) });
    await makeCase(db, old.company, {
      ...{ kind: "question", name: "young", receivedAt: hours(-2 * year) },
      ...(await answered(hours(-year + 1))),
    });
    await makeCase(db, old.company, { name: "young", ...(await answered(hours(-years + 48))) });
    await makeCase(db, old.company, { name: "young, unanswered", receivedAt: hours(-2 * years) });
    return attempts;
  }

  test("R4 R7 deletes what has had its time, and nothing before", async ({ world }) => {
    const [old = ""] = await oldAndYoung(world.db);
    expect(await world.worker((ctx) => forgetOldRows(ctx))).toEqual({
      sessions: 2,
      signupAttempts: 1,
      linkRequests: 1,
      dataExports: 1,
      rateLimits: 1,
      supportCases: 2,
      sentBeforeRestore: 1,
    });
    expect((await left(world.db, old)).tokens).toBe(0);
    const rest = [
      ...(await world.db.select({ name: sessions.userAgent }).from(sessions)),
      ...(await world.db.select({ name: signupAttempts.customerCode }).from(signupAttempts)),
      ...(await world.db.select({ name: linkRequests.email }).from(linkRequests)),
      ...(await world.db.select({ name: rateLimits.key }).from(rateLimits)),
      ...(await world.db.select({ name: supportCases.name }).from(supportCases)),
    ];
    expect(rest).toHaveLength(3 + 1 + 1 + 2 + 3);
    expect(rest.filter(({ name }) => !name?.startsWith("young"))).toEqual([]);
    expect(await world.worker((ctx) => forgetOldRows(ctx))).toEqual(NONE);
  });

  test("R28 nobody but a job deletes anything", async ({ world }) => {
    await oldAndYoung(world.db);
    const visitor = { kind: "visitor" } as unknown as SystemActor;
    expect(await world.worker((ctx) => forgetOldRows({ ...ctx, actor: visitor }))).toEqual(NONE);
  });
});

describe("forgetAddressesOfNobody", () => {
  const content = {
    version: "1",
    from: "a@b.example",
    replyTo: "a@b.example",
    subject: "Ciao nuova@posta.example",
    preheader: "",
    html: "",
    text: "",
  };

  test("R7 a mail of no account forgets whom it went to after 90 days; its events stay", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const nobody = { accountId: null, toEmail: "nuova@posta.example", content };
    const old = { createdAt: hours(-90 * 24 - 1), params: { email: "nuova@posta.example" } };
    const sent = await makeAccountMail(world.db, customer, { ...nobody, ...old, state: "sent" });
    const waiting = await makeAccountMail(world.db, customer, { ...nobody, ...old });
    const young = await makeAccountMail(world.db, customer, {
      ...nobody,
      createdAt: hours(-90 * 24 + 1),
    });
    const owned = await makeAccountMail(world.db, customer, { ...old, state: "sent", content });
    await world.db.insert(accountMailEvents).values({
      providerEventId: "event",
      mailId: sent.id,
      type: "delivered",
      occurredAt: hours(-90 * 24),
    });
    expect(await world.worker((ctx) => forgetAddressesOfNobody(ctx))).toBe(2);
    const mails = new Map(
      (await world.db.select().from(accountMails)).map((mail) => [mail.id, mail]),
    );
    const forgotten = { toEmail: pseudonym("nuova@posta.example"), params: {}, content: null };
    expect(mails.get(sent.id)).toEqual({ ...sent, ...forgotten });
    expect(mails.get(waiting.id)).toEqual({
      ...waiting,
      ...forgotten,
      state: "failed",
      failure: "too_old",
    });
    expect(mails.get(young.id)).toEqual(young);
    expect(mails.get(owned.id)).toEqual(owned);
    expect(await world.db.select().from(accountMailEvents)).toHaveLength(1);
    expect(await world.worker((ctx) => forgetAddressesOfNobody(ctx))).toBe(0);
  });

  test("R28 nobody but a job forgets an address", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const mail = await makeAccountMail(world.db, customer, {
      accountId: null,
      createdAt: hours(-9_000),
    });
    const visitor = { kind: "visitor" } as unknown as SystemActor;
    await world.worker((ctx) => forgetAddressesOfNobody({ ...ctx, actor: visitor }));
    expect(must((await world.db.select().from(accountMails))[0])).toEqual(mail);
  });

  test("R7 the hourly job does all of it", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    await makeAccountMail(world.db, customer, { accountId: null, createdAt: hours(-9_000) });
    await world.db
      .insert(dataExports)
      .values({ accountId: customer.account.id, expiresAt: hours(-1) });
    await world.worker(forgetExpiredJob);
    expect(await world.db.select().from(dataExports)).toEqual([]);
    const [mail] = await world.db.select().from(accountMails);
    expect(mail?.toEmail).toBe(pseudonym(customer.account.email));
  });
});
