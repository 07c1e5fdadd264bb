import { and, eq, isNull, sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import { accountMails, accounts, linkRequests, sessions, tokens } from "@/db/schema";
import { answerLinkRequest } from "@/lib/accounts/commands/answer-link-request";
import { changePassword } from "@/lib/accounts/commands/change-password";
import { type LinkRequest, requestLink } from "@/lib/accounts/commands/request-link";
import { resetPassword } from "@/lib/accounts/commands/reset-password";
import { findPasswordToken } from "@/lib/accounts/queries";
import { inTransaction } from "@/lib/auth/context";
import { hashPassword, verifyPassword } from "@/lib/auth/password";
import {
  endOtherSessions,
  endOwnSession,
  endSession,
  listOwnSessions,
  openSession,
  sessionActor,
} from "@/lib/auth/sessions";
import { signInCustomer } from "@/lib/auth/sign-in";
import { hashToken, mailToken } from "@/lib/auth/token";
import { makeClient } from "../../factories/clients";
import { makeCompany, makeCustomer, makeStaff, must } from "../../factories/people";
import { makeMatchedAttempt, makeUnregistered } from "../../factories/signup";
import { test, type World } from "../../setup/database";

const PASSWORD = "quattro gatti sul tetto";
const NEW = "sette lumache in salita";
const VISITOR = { kind: "visitor" } as const;
const OPEN = { userAgent: null, awaiting: null };
const hash = hashPassword(PASSWORD);

const member = async (world: World) =>
  await makeCustomer(world.db, { account: { passwordHash: await hash } });

/** Asks as a visitor and lets the worker answer; returns the mails that went to the address. */
async function ask(world: World, kind: LinkRequest["kind"], email: string) {
  await world.web(VISITOR, (ctx) =>
    requestLink(ctx, { kind, email, language: "it", ip: makeClient().ip }),
  );
  const open = await world.db.select().from(linkRequests).where(isNull(linkRequests.decidedAt));
  for (const { id } of open) {
    await world.worker((ctx) => answerLinkRequest(ctx, { requestId: id }));
  }
  return await world.db
    .select({
      id: accountMails.id,
      template: accountMails.template,
      companyId: accountMails.companyId,
    })
    .from(accountMails)
    .where(eq(accountMails.toEmail, email));
}

const shown = (mailId: string) => ({
  kind: "visitor" as const,
  tokenHash: hashToken(mailToken(mailId)).toString("hex"),
});

const openFor = (world: World, actor: Parameters<World["web"]>[0]) =>
  world.web(actor, (ctx) => openSession(ctx as Parameters<typeof openSession>[0], OPEN));

describe("a forgotten password", () => {
  test("R3 R4 a link goes to whoever has an account, to nobody else", async ({ world }) => {
    await makeCompany(world.db);
    const { account, company } = await member(world);
    expect(await ask(world, "reset_password", "nobody@posta.example")).toEqual([]);
    // In the brand of a company of theirs, not of the first there is.
    await makeCompany(world.db, { slug: "another-company" });
    const [mail] = await ask(world, "reset_password", account.email);
    expect(must(mail)).toMatchObject({ template: "reset-password", companyId: company.id });
    const [token] = await world.db
      .select({
        minutes: sql<number>`round(extract(epoch from ${tokens.expiresAt} - ${tokens.createdAt}) / 60)::int`,
      })
      .from(tokens)
      .where(eq(tokens.accountId, account.id));
    expect(token).toEqual({ minutes: 60 });
  });

  test("R4 the link sets it once, ends every session, and is told; opening it changes nothing", async ({
    world,
  }) => {
    const { account, actor } = await member(world);
    const other = await member(world);
    const mine = await openFor(world, actor);
    const theirs = await openFor(world, other.actor);
    const [mail] = await ask(world, "reset_password", account.email);
    const visitor = shown(must(mail).id);
    expect(await world.web(visitor, findPasswordToken)).toBe("reset_password");
    expect(await sessionActor(world.db, mine)).not.toBeNull();
    const reset = () => world.web(visitor, (ctx) => resetPassword(ctx, { newPassword: NEW }));
    expect(await reset()).toEqual({
      ok: true,
      value: { kind: "customer", email: account.email },
    });
    expect(await reset()).toEqual({ ok: false, code: "link" });
    expect(await world.web(visitor, findPasswordToken)).toBeNull();
    expect(await sessionActor(world.db, mine)).toBeNull();
    expect(await sessionActor(world.db, theirs)).not.toBeNull();
    const [kept] = await world.db.select().from(accounts).where(eq(accounts.id, account.id));
    expect(await verifyPassword(kept?.passwordHash, NEW)).toBe(true);
    const told = await world.db
      .select({ template: accountMails.template })
      .from(accountMails)
      .where(eq(accountMails.toEmail, account.email));
    expect(told.map(({ template }) => template)).toEqual(["reset-password", "password-changed"]);
  });

  test("R4 a link that ran out, one of another purpose and a made-up one set nothing", async ({
    world,
  }) => {
    const { account } = await member(world);
    const [mail] = await ask(world, "reset_password", account.email);
    await world.db.update(tokens).set({ expiresAt: sql`now() - interval '1 second'` });
    const registration = await makeMatchedAttempt(world.db, await makeUnregistered(world.db));
    for (const visitor of [
      shown(must(mail).id),
      registration.actor,
      { ...VISITOR, tokenHash: hashToken("made up").toString("hex") },
      VISITOR,
    ]) {
      const answer = await world.web(visitor, (ctx) => resetPassword(ctx, { newPassword: NEW }));
      expect(answer).toEqual({ ok: false, code: "link" });
    }
    const [kept] = await world.db.select().from(accounts).where(eq(accounts.id, account.id));
    expect(kept?.passwordHash).toBe(await hash);
  });

  test("a weak one is refused and spends no link", async ({ world }) => {
    const { account } = await member(world);
    const [mail] = await ask(world, "reset_password", account.email);
    const visitor = shown(must(mail).id);
    for (const [newPassword, code] of [
      ["qwertyuiop12", "passwordCommon"],
      ["Juventus1897!", "passwordGuessable"],
      [`${account.email.split("@")[0]} e basta`, "passwordHasEmail"],
    ] as const) {
      const answer = await world.web(visitor, (ctx) => resetPassword(ctx, { newPassword }));
      expect(answer).toEqual({ ok: false, code });
    }
    expect(await world.web(visitor, findPasswordToken)).toBe("reset_password");
  });

  test("too many requests for one address send nothing more, and the page cannot tell", async ({
    world,
  }) => {
    const { account } = await member(world);
    for (let asked = 0; asked < 7; asked += 1) {
      await ask(world, "reset_password", account.email);
    }
    const mails = await ask(world, "reset_password", account.email);
    expect(mails).toHaveLength(5);
  });

  test("staff set theirs by a link of their own, which opens no customer's", async ({ world }) => {
    const actor = await makeStaff(world.db, "operator");
    await member(world);
    expect(await ask(world, "reset_password", actor.email)).toEqual([]);
    const [mail] = await ask(world, "staff_password", actor.email);
    const visitor = shown(must(mail).id);
    const answer = await world.web(visitor, (ctx) => resetPassword(ctx, { newPassword: NEW }));
    expect(answer).toEqual({ ok: true, value: { kind: "staff", email: actor.email } });
  });

  test("after many wrong ones of others the owner's reset clears the way", async ({ world }) => {
    const { account } = await member(world);
    const enter = (password: string) =>
      world.web(VISITOR, (ctx) =>
        signInCustomer(ctx, { email: account.email, password, client: makeClient() }),
      );
    for (let guess = 0; guess < 30; guess += 1) {
      await enter("cinque cani nel cortile");
    }
    expect(await enter(PASSWORD)).toMatchObject({ code: "wait" });
    const [mail] = await ask(world, "reset_password", account.email);
    await world.web(shown(must(mail).id), (ctx) => resetPassword(ctx, { newPassword: NEW }));
    expect(await enter(NEW)).toMatchObject({ ok: true });
  });
});

describe("the confirmation once more", () => {
  test("R3 goes to a registration that was right and is not confirmed", async ({ world }) => {
    const someone = await makeUnregistered(world.db);
    await makeMatchedAttempt(world.db, someone);
    const before = await world.db.select().from(tokens);
    const mails = await ask(world, "confirm_account", someone.typed.email);
    expect(mails.map(({ template }) => template)).toEqual(["confirm-account", "confirm-account"]);
    expect(await world.db.select().from(tokens)).toHaveLength(before.length + 1);
    expect(await ask(world, "confirm_account", "nobody@posta.example")).toEqual([]);
  });
});

describe("changing the password", () => {
  const change = (world: World, actor: Parameters<World["web"]>[0], password: string) =>
    world.web(actor, (ctx) =>
      changePassword(ctx as Parameters<typeof changePassword>[0], { password, newPassword: NEW }),
    );

  test("takes the present one, ends the other sessions, and is told", async ({ world }) => {
    const { account, actor } = await member(world);
    const other = await member(world);
    await world.db.insert(sessions).values({
      id: actor.sessionId,
      tokenHash: hashToken("this one"),
      accountId: account.id,
      expiresAt: sql`now() + interval '1 hour'`,
    });
    const phone = await openFor(world, { ...actor, sessionId: other.account.id });
    expect(await change(world, actor, "not the present one")).toEqual({
      ok: false,
      code: "passwordWrong",
    });
    expect(await sessionActor(world.db, phone)).not.toBeNull();
    const [mail] = await ask(world, "reset_password", account.email);
    expect(await change(world, actor, PASSWORD)).toEqual({ ok: true, value: null });
    expect(await world.web(shown(must(mail).id), findPasswordToken)).toBeNull();
    expect(await sessionActor(world.db, phone)).toBeNull();
    expect(await sessionActor(world.db, "this one")).not.toBeNull();
    const [theirs] = await world.db
      .select()
      .from(accounts)
      .where(eq(accounts.id, other.account.id));
    expect(theirs?.passwordHash).toBe(await hash);
    const told = await world.db
      .select({ template: accountMails.template })
      .from(accountMails)
      .where(eq(accountMails.accountId, account.id));
    expect(told).toEqual([{ template: "reset-password" }, { template: "password-changed" }]);
  });

  test("the present one is no new one, however it is typed", async ({ world }) => {
    const { actor } = await makeCustomer(world.db, {
      account: { passwordHash: await hashPassword("quattro gatti sul tètto") },
    });
    const answer = await world.web(actor, (ctx) =>
      changePassword(ctx, {
        password: "quattro gatti sul te\u0300tto",
        newPassword: "quattro gatti sul tètto",
      }),
    );
    expect(answer).toEqual({ ok: false, code: "passwordSame" });
    expect(await world.db.$count(accountMails)).toBe(0);
  });

  test("wrong present ones are followed by a delay", async ({ world }) => {
    const { actor } = await member(world);
    const answers = [];
    for (let attempt = 0; attempt < 7; attempt += 1) {
      answers.push(await change(world, actor, "not the present one"));
    }
    expect(answers.at(-2)).toMatchObject({ code: "passwordWrong" });
    expect(answers.at(-1)).toMatchObject({ code: "passwordWait" });
  });

  test("staff change their own", async ({ world }) => {
    const actor = await makeStaff(world.db, "admin");
    const colleague = await makeStaff(world.db, "admin");
    await world.db.execute(sql`update staff set password_hash = ${await hash}`);
    expect(await change(world, actor, PASSWORD)).toMatchObject({ ok: true });
    const rows = await world.db.execute<{ id: string; same: boolean }>(
      sql`select id, password_hash = ${await hash} as same from staff`,
    );
    const same = Object.fromEntries(rows.map((row) => [row.id, row.same]));
    expect(same).toMatchObject({ [actor.staffId]: false, [colleague.staffId]: true });
  });
});

describe("one's own sessions", () => {
  test("R28 are listed and ended; another customer's are not found", async ({ world }) => {
    const [mine, other] = [await member(world), await member(world)];
    await openFor(world, mine.actor);
    const phone = await openFor(world, { ...mine.actor, sessionId: other.account.id });
    const theirs = await openFor(world, other.actor);
    const listed = await world.web(mine.actor, listOwnSessions);
    expect(listed.map(({ current }) => current)).toEqual([true, false]);
    const end = (sessionId: string) =>
      world.web(mine.actor, (ctx) => endOwnSession(ctx, { sessionId }));
    await expect(end(other.actor.sessionId)).rejects.toMatchObject({ name: "NotFoundError" });
    expect(await sessionActor(world.db, theirs)).not.toBeNull();
    await end(must(listed[1]).id);
    expect(await sessionActor(world.db, phone)).toBeNull();
    await expect(end(must(listed[1]).id)).rejects.toMatchObject({ name: "NotFoundError" });
    expect(await world.web(mine.actor, endOtherSessions)).toBe(0);
    const live = await world.db
      .select({ id: sessions.id })
      .from(sessions)
      .where(and(eq(sessions.accountId, mine.account.id), isNull(sessions.endedAt)));
    expect(live).toEqual([{ id: mine.actor.sessionId }]);
  });

  test("R28 the web role brings none back to life", async ({ world }) => {
    const { actor } = await member(world);
    const token = await openFor(world, actor);
    await world.web(actor, endSession);
    const support = await makeStaff(world.db, "support");
    for (const who of [actor, support]) {
      const revived = await world.web(who, (ctx) =>
        inTransaction(ctx, ({ db }) =>
          db.update(sessions).set({ endedAt: null }).returning({ id: sessions.id }),
        ),
      );
      expect(revived).toEqual([]);
    }
    expect(await sessionActor(world.db, token)).toBeNull();
  });

  test("idle and old ones are dead, and in no list", async ({ world }) => {
    const { actor } = await member(world);
    const token = await openFor(world, actor);
    const dead = async (change: string) => {
      await world.db.execute(sql.raw(`update sessions set ${change}`));
      expect(await sessionActor(world.db, token)).toBeNull();
      expect(await world.web(actor, listOwnSessions)).toEqual([]);
    };
    await dead("last_seen_at = now() - interval '61 minutes'");
    await dead("last_seen_at = now(), expires_at = now() - interval '1 second'");
  });
});
