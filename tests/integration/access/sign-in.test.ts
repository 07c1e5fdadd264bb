import { eq, sql } from "drizzle-orm";
import { generate } from "otplib";
import { describe, expect } from "vitest";
import type { Database } from "@/db/client";
import { accountMails, auditLog, contractLinks, secondFactors, sessions } from "@/db/schema";
import type { CustomerActor, StaffActor } from "@/lib/auth/actor";
import { finishSignIn } from "@/lib/auth/finish-sign-in";
import { withinLimits } from "@/lib/auth/limits";
import { hashPassword } from "@/lib/auth/password";
import {
  confirmSecondFactor,
  findSecondFactor,
  offeredSecret,
  removeSecondFactor,
  renewRecoveryCodes,
  takeSignInCode,
} from "@/lib/auth/second-factor";
import { awaitingActor, sessionActor, sessionPerson } from "@/lib/auth/sessions";
import { signInCustomer, signInStaff } from "@/lib/auth/sign-in";
import { deviceCookie, knownDevice } from "@/lib/auth/token";
import { identifyStaff } from "@/lib/staff/commands/identify-staff";
import { makeClient } from "../../factories/clients";
import { makeContract, makeCustomer, makeStaff, must } from "../../factories/people";
import { codeOfStepBefore } from "../../factories/totp";
import { type Clone, cloneDatabase, test, type World } from "../../setup/database";

const PASSWORD = "quattro gatti sul tetto";
const WRONG = "cinque cani nel cortile";
const VISITOR = { kind: "visitor" } as const;
const hash = hashPassword(PASSWORD);

const member = async (world: World) =>
  await makeCustomer(world.db, { account: { passwordHash: await hash } });

const enter = (world: World, email: string, password: string, client = makeClient()) =>
  world.web(VISITOR, (ctx) => signInCustomer(ctx, { email, password, client }));

/** Turns the actor's second factor on; returns its secret and recovery codes. */
async function withSecondFactor(world: World, actor: CustomerActor | StaffActor) {
  const { secret } = offeredSecret(actor);
  const code = await codeOfStepBefore(secret, 3);
  const confirmed = await world.web(actor, (ctx) => confirmSecondFactor(ctx, { code }));
  return { secret, codes: confirmed.ok ? confirmed.value.recoveryCodes : [] };
}

describe("who is signed in", () => {
  test("R28 is told with the company of their own contracts, where that is one", async ({
    world,
  }) => {
    const { account, company, holder } = await member(world);
    const other = await member(world);
    const entered = await enter(world, account.email, PASSWORD);
    const { token } = must(entered.ok ? entered.value : null);
    const onlyCompany = async () => (await sessionPerson(world.db, token))?.onlyCompany;
    expect(await onlyCompany()).toBe(company.name);
    const second = await makeContract(world.db, {
      companyId: other.company.id,
      holderId: holder.id,
    });
    const [link] = await world.db
      .insert(contractLinks)
      .values({ companyId: other.company.id, contractId: second.id, accountId: account.id })
      .returning();
    expect(await onlyCompany()).toBeNull();
    await world.db
      .update(contractLinks)
      .set({ endedAt: new Date(), endedBecause: "removed" })
      .where(eq(contractLinks.id, must(link).id));
    expect(await onlyCompany()).toBe(company.name);
    expect(await sessionPerson(world.db, "of nobody")).toBeNull();
  });
});

describe("signing in", () => {
  test("opens a session; a wrong password and an unknown e-mail look alike", async ({ world }) => {
    const { account } = await member(world);
    const right = await enter(world, account.email, PASSWORD);
    expect(right).toMatchObject({ ok: true, value: { awaiting: null } });
    const wrong = await enter(world, account.email, WRONG);
    const unknown = await enter(world, "nobody@posta.example", PASSWORD);
    expect(wrong).toEqual({ ok: false, code: "wrong" });
    expect(unknown).toEqual(wrong);
    const refused = await world.db
      .select({ subjectId: auditLog.subjectId })
      .from(auditLog)
      .where(eq(auditLog.action, "refused_sign_in"));
    expect(refused).toEqual([{ subjectId: account.id }, { subjectId: null }]);
  });

  test("wrong passwords are followed by a delay that grows, the same for an unknown e-mail", async ({
    world,
  }) => {
    const { account } = await member(world);
    for (const email of [account.email, "nobody@posta.example"]) {
      const client = makeClient();
      const answers = [];
      for (let attempt = 0; attempt < 8; attempt += 1) {
        answers.push(await enter(world, email, WRONG, client));
      }
      expect(answers.slice(0, 6)).toEqual(Array(6).fill({ ok: false, code: "wrong" }));
      expect(answers[6]).toEqual({ ok: false, code: "wait", seconds: 1 });
      // Whoever must wait does not make the wait longer.
      expect(answers[7]).toEqual({ ok: false, code: "wait", seconds: 1 });
      expect(await enter(world, email, PASSWORD, client)).toMatchObject({ code: "wait" });
    }
  });

  test("the owner gets in while others guess: by a known browser, or from elsewhere", async ({
    world,
  }) => {
    const { account } = await member(world);
    const home = makeClient({ device: deviceCookie(account.email) });
    for (let guess = 0; guess < 40; guess += 1) {
      await enter(world, account.email, WRONG);
    }
    expect(await enter(world, account.email, WRONG)).toMatchObject({ code: "wait" });
    expect(await enter(world, account.email, PASSWORD, home)).toMatchObject({ ok: true });
  });

  test("a device cookie counts for its own e-mail only", () => {
    const cookie = deviceCookie("mine@posta.example");
    expect(knownDevice("mine@posta.example", cookie)).toBe(cookie.split(".")[0]);
    const day = Math.floor(Date.now() / 86_400_000);
    expect(
      knownDevice("mine@posta.example", deviceCookie("mine@posta.example", "abc", day - 181)),
    ).toBeNull();
    expect(
      knownDevice("mine@posta.example", deviceCookie("mine@posta.example", "abc", day - 179)),
    ).toBe("abc");
    expect(knownDevice("other@posta.example", cookie)).toBeNull();
    for (const forged of ["", ".", "abc.def", `${cookie}x`, `x${cookie}`, null, undefined]) {
      expect(knownDevice("mine@posta.example", forged)).toBeNull();
    }
  });

  test("of 50 wrong passwords at once only the free ones and one more are looked at", async () => {
    const clone = await cloneDatabase();
    try {
      const client = makeClient();
      const answers = await Promise.all(
        Array.from({ length: 50 }, () =>
          signInCustomer(
            { db: clone.web.db, actor: VISITOR },
            { email: "many@posta.example", password: WRONG, client },
          ),
        ),
      );
      expect(answers.filter((answer) => !answer.ok && answer.code === "wrong")).toHaveLength(6);
      expect(answers.filter((answer) => !answer.ok && answer.code === "wait")).toHaveLength(44);
    } finally {
      await clone.drop();
    }
  });
});

describe("limits", () => {
  test("R3 are counted apart for what was refused, and not at all for this machine's own address", async ({
    world,
  }) => {
    const ask = (taxId: string, ip: string) =>
      world.web(VISITOR, (ctx) =>
        withinLimits(ctx.db, [
          ["signup_tax_id", taxId],
          ["signup_ip", ip],
        ]),
      );
    for (let tries = 0; tries < 150; tries += 1) {
      expect(await ask(`ONE${tries}`, "127.0.0.1")).toBe(true);
    }
    // One tax id, hammered at, does not use up what its address may ask for others.
    for (let tries = 0; tries < 150; tries += 1) {
      expect(await ask("HAMMERED", "192.0.2.9")).toBe(tries < 20);
    }
    expect(await ask("ANOTHER", "192.0.2.9")).toBe(true);
  });
});

describe("a sign-in under way", () => {
  test("comes to nothing when the password is changed meanwhile", async () => {
    const clone = await cloneDatabase();
    try {
      const { account, actor } = await clone.superuser.db.transaction(async (tx) =>
        makeCustomer(tx, { account: { passwordHash: await hash } }),
      );
      const answer = await signInCustomer(
        { db: afterCandidate(clone.web.db, () => changed(clone, account.id)), actor: VISITOR },
        { email: account.email, password: PASSWORD, client: makeClient() },
      );
      expect(answer).toEqual({ ok: false, code: "wrong" });
      const open = await clone.superuser.db
        .select({ id: sessions.id })
        .from(sessions)
        .where(eq(sessions.accountId, actor.accountId));
      expect(open).toEqual([]);
    } finally {
      await clone.drop();
    }
  });

  /** The same database, which lets something happen once the candidate was found. */
  function afterCandidate(db: Database, happen: () => Promise<unknown>): Database {
    return new Proxy(db, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (name !== "transaction" || typeof value !== "function") {
          return typeof value === "function" ? value.bind(target) : value;
        }
        return async (...given: unknown[]) => {
          await happen();
          return await value.apply(target, given);
        };
      },
    });
  }

  const changed = (clone: Clone, accountId: string) =>
    clone.superuser.db.execute(
      sql`update accounts set password_hash = 'another' where id = ${accountId}`,
    );
});

describe("a second factor", () => {
  test("is offered anew to each session: what another was shown makes no code", async ({
    world,
  }) => {
    const { actor } = await member(world);
    const thief = offeredSecret({ ...actor, sessionId: actor.accountId });
    expect(thief.secret).not.toBe(offeredSecret(actor).secret);
    const code = await generate({ secret: thief.secret });
    const confirm = await world.web(actor, (ctx) => confirmSecondFactor(ctx, { code }));
    expect(confirm).toEqual({ ok: false, code: "wrong_code" });
    expect(await world.web(actor, findSecondFactor)).toEqual({ state: "off" });
  });

  test("makes a session wait: it opens nothing before the code", async ({ world }) => {
    const customer = await member(world);
    const { secret } = await withSecondFactor(world, customer.actor);
    const entered = await enter(world, customer.account.email, PASSWORD);
    expect(entered).toMatchObject({ ok: true, value: { awaiting: "code" } });
    const { token } = must(entered.ok ? entered.value : null);
    expect(await sessionActor(world.db, token)).toBeNull();
    const waiting = must(await awaitingActor(world.db, token));
    const finish = (code: string) =>
      world.web(waiting.actor, (ctx) => finishSignIn(ctx, { code, client: makeClient() }));
    expect(await finish("000000")).toMatchObject({ ok: false, code: "wrong_code" });
    const finished = await finish(await generate({ secret }));
    expect(finished).toMatchObject({ ok: true });
    const opened = finished.ok ? finished.value.token : "";
    expect(opened).not.toBe(token);
    expect(await sessionActor(world.db, opened)).toMatchObject({
      accountId: customer.account.id,
    });
    expect(await awaitingActor(world.db, token)).toBeNull();
    expect(await sessionActor(world.db, token)).toBeNull();
  });

  test("each code counts once, each recovery code once, and a used one is told", async ({
    world,
  }) => {
    const customer = await member(world);
    const { secret, codes } = await withSecondFactor(world, customer.actor);
    expect(new Set(codes).size).toBe(10);
    const take = (code: string) =>
      world.web(customer.actor, (ctx) => takeSignInCode(ctx, { code }));
    const code = await generate({ secret });
    expect(await take(code)).toEqual({ ok: true });
    expect(await take(code)).toMatchObject({ ok: false });
    const recovery = must(codes[0]);
    expect(await take(recovery.toLowerCase().replace("-", " "))).toEqual({ ok: true });
    expect(await take(recovery)).toMatchObject({ ok: false });
    expect(await world.web(customer.actor, findSecondFactor)).toMatchObject({
      recoveryCodesLeft: 9,
    });
    const told = await world.db
      .select({ params: accountMails.params })
      .from(accountMails)
      .where(eq(accountMails.accountId, customer.account.id));
    expect(told.map(({ params }) => params.change)).toEqual(["on", "used"]);
  });

  test("R28 another customer's code and recovery code are none", async ({ world }) => {
    const [mine, other] = [await member(world), await member(world)];
    await withSecondFactor(world, mine.actor);
    const theirs = await withSecondFactor(world, other.actor);
    for (const code of [await generate({ secret: theirs.secret }), must(theirs.codes[0])]) {
      const answer = await world.web(mine.actor, (ctx) => takeSignInCode(ctx, { code }));
      expect(answer).toMatchObject({ ok: false, code: "wrong_code" });
    }
    await world.web(mine.actor, removeSecondFactor);
    const left = await world.db.select().from(secondFactors);
    expect(left.map(({ accountId }) => accountId)).toEqual([other.account.id]);
  });

  test("many wrong codes are followed by a delay", async ({ world }) => {
    const customer = await member(world);
    await withSecondFactor(world, customer.actor);
    const answers = [];
    for (let attempt = 0; attempt < 7; attempt += 1) {
      answers.push(
        await world.web(customer.actor, (ctx) => takeSignInCode(ctx, { code: "123456" })),
      );
    }
    expect(answers.at(-2)).toMatchObject({ code: "wrong_code" });
    expect(answers.at(-1)).toMatchObject({ code: "wait" });
  });

  test("new recovery codes take the place of all former ones", async ({ world }) => {
    const customer = await member(world);
    const { codes } = await withSecondFactor(world, customer.actor);
    const renewed = await world.web(customer.actor, renewRecoveryCodes);
    const take = (code: string) =>
      world.web(customer.actor, (ctx) => takeSignInCode(ctx, { code }));
    expect(await take(must(codes[0]))).toMatchObject({ ok: false });
    expect(await take(must(renewed.ok ? renewed.value.recoveryCodes[0] : null))).toEqual({
      ok: true,
    });
  });

  test("nothing of it is kept in clear", async ({ world }) => {
    const customer = await member(world);
    const { secret, codes } = await withSecondFactor(world, customer.actor);
    const [kept] = await world.db.execute(
      sql`select (select string_agg(secret, ' ') from second_factors) || ' ' ||
        (select string_agg(code_hash::text, ' ') from recovery_codes) as text`,
    );
    expect(String(kept?.text)).not.toContain(secret);
    for (const code of codes) {
      expect(String(kept?.text)).not.toContain(code.replace("-", ""));
    }
  });

  test("staff cannot do without: the first sign-in must set one up", async ({ world }) => {
    const actor = await makeStaff(world.db, "support");
    await world.db.execute(
      sql`update staff set password_hash = ${await hash} where id = ${actor.staffId}`,
    );
    const enterStaff = () =>
      world.web(VISITOR, (ctx) =>
        signInStaff(ctx, { email: actor.email, password: PASSWORD, client: makeClient() }),
      );
    const first = await enterStaff();
    expect(first).toMatchObject({ ok: true, value: { awaiting: "enrolment" } });
    expect(await sessionActor(world.db, first.ok ? first.value.token : "")).toBeNull();
    const { secret } = await withSecondFactor(world, actor);
    expect(await enterStaff()).toMatchObject({ ok: true, value: { awaiting: "code" } });
    // At the shell too: password and code.
    const identify = (code: string) =>
      world.worker((ctx) => identifyStaff(ctx, { email: actor.email, password: PASSWORD, code }));
    expect(await identify("")).toBeNull();
    expect(await identify("000000")).toBeNull();
    expect(await identify(await generate({ secret }))).toMatchObject({ staffId: actor.staffId });
    const open = await world.db.select().from(sessions).where(sql`awaiting is null`);
    expect(open).toEqual([]);
  });
});
