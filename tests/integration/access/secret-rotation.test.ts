import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterEach, describe, expect, vi } from "vitest";
import { contractReleases, recoveryCodes, secondFactors, tokens } from "@/db/schema";
import { countSealed, resealSecrets } from "@/lib/auth/reseal-secrets";
import { seal, sealState, unseal } from "@/lib/auth/sealed";
import { takeSignInCode } from "@/lib/auth/second-factor";
import {
  deviceCookie,
  hashCode,
  hashToken,
  knownDevice,
  mailToken,
  releaseCode,
} from "@/lib/auth/token";
import { takeAccountMail } from "@/lib/mail/commands/take-account-mail";
import { finishRelease } from "@/lib/support/commands/finish-release";
import { makeAccountMail } from "../../factories/dispatches";
import { makeCustomer, makeStaff, must } from "../../factories/people";
import { test, type World } from "../../setup/database";

const OLD = "the old secret the old secret the old secret";
const NEW = "the new secret the new secret the new secret";
const secrets = vi.hoisted(() => ({ now: [] as string[] }));
vi.mock("@/lib/auth/auth-secrets", () => ({ authSecrets: () => secrets.now }));

/** What AUTH_SECRET is: before, during and after a rotation. */
const beginning = () => {
  secrets.now = [OLD];
};
const changing = () => {
  secrets.now = [NEW, OLD];
};
const ended = () => {
  secrets.now = [NEW];
};
afterEach(beginning);
beginning();

describe("AUTH_SECRET while it is changed", () => {
  test("what the old one encrypted is read, encrypted anew, and survives it", async ({ world }) => {
    const { account } = await makeCustomer(world.db);
    beginning();
    await world.db
      .insert(secondFactors)
      .values({ accountId: account.id, secret: seal("JBSWY3DPEHPK3PXP") });
    changing();
    expect(await world.worker((ctx) => countSealed(ctx))).toMatchObject({ earlier: 1 });
    expect(await world.worker((ctx) => resealSecrets(ctx))).toBe(1);
    expect(await world.worker((ctx) => resealSecrets(ctx))).toBe(0);
    ended();
    const [factor] = await world.db
      .select()
      .from(secondFactors)
      .where(eq(secondFactors.accountId, account.id));
    expect(unseal(must(factor).secret)).toBe("JBSWY3DPEHPK3PXP");
    expect(await world.worker((ctx) => countSealed(ctx))).toMatchObject({
      earlier: 0,
      unreadable: 0,
    });
  });

  test("what was not encrypted anew is told to be unreadable once the old one is gone", () => {
    beginning();
    const sealed = seal("secret");
    ended();
    expect(sealState(sealed)).toBe("unreadable");
    expect(() => unseal(sealed)).toThrow();
  });

  test("R4 a mail queued before carries the token that was promised", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    beginning();
    const mail = await makeAccountMail(world.db, customer, { template: "reset-password" });
    const promised = mailToken(mail.id);
    await world.db.insert(tokens).values({
      purpose: "reset_password",
      tokenHash: hashToken(promised),
      accountId: customer.account.id,
      expiresAt: new Date(Date.now() + 3_600_000),
    });
    changing();
    const taken = await world.worker((ctx) => takeAccountMail(ctx, { leaseSeconds: 20 }));
    if (taken === null || taken === "passed") {
      throw new Error("nothing was to be sent");
    }
    expect(taken.mail.bytes.toString()).toContain(promised);
    expect(taken.mail.bytes.toString()).not.toContain(mailToken(mail.id));
  });

  test("a recovery code printed before still counts, once", async ({ world }) => {
    const { account, actor } = await makeCustomer(world.db);
    beginning();
    const [factor] = await world.db
      .insert(secondFactors)
      .values({ accountId: account.id, secret: seal("JBSWY3DPEHPK3PXP") })
      .returning();
    await world.db
      .insert(recoveryCodes)
      .values({ secondFactorId: must(factor).id, codeHash: hashCode("ABCDE12345") });
    changing();
    const use = () => world.web(actor, (ctx) => takeSignInCode(ctx, { code: "ABCDE-12345" }));
    expect(await use()).toEqual({ ok: true });
    expect(await use()).toMatchObject({ ok: false, code: "wrong_code" });
  });

  /** A release whose letter was printed before; a second member of staff types its code. */
  async function begun(world: World) {
    const { account, company, contract } = await makeCustomer(world.db);
    const first = await makeStaff(world.db, "support");
    const second = await makeStaff(world.db, "support");
    const releaseId = randomUUID();
    beginning();
    const code = releaseCode(releaseId);
    await world.db.insert(contractReleases).values({
      ...{ id: releaseId, accountId: account.id, companyId: company.id, contractId: contract.id },
      reason: "lost mailbox",
      codeHash: hashCode(code),
      startedBy: first.staffId,
      expiresAt: new Date(Date.now() + 86_400_000),
    });
    changing();
    const finish = (typed: string) =>
      world.web(second, (ctx) => finishRelease(ctx, { releaseId, code: typed }));
    return { releaseId, code, finish };
  }

  test("R6 a letter printed before releases the contracts", async ({ world }) => {
    const { code, finish } = await begun(world);
    expect(await finish(code)).toEqual({ ok: true, value: { contracts: 1 } });
  });

  test("R6 so does the letter printed once more; a wrong code counts once", async ({ world }) => {
    const { releaseId, code, finish } = await begun(world);
    expect(await finish("AAAAAAAAAA")).toEqual({ ok: false, code: "wrong_code" });
    const [tried] = await world.db
      .select()
      .from(contractReleases)
      .where(eq(contractReleases.id, releaseId));
    expect(tried?.wrongCodes).toBe(1);
    expect(releaseCode(releaseId)).not.toBe(code);
    expect(await finish(releaseCode(releaseId))).toEqual({ ok: true, value: { contracts: 1 } });
  });

  test("a browser that was known stays known until the old one is gone", () => {
    beginning();
    const cookie = deviceCookie("mine@posta.example");
    changing();
    expect(knownDevice("mine@posta.example", cookie)).toBe(cookie.split(".")[0]);
    expect(knownDevice("other@posta.example", cookie)).toBeNull();
    ended();
    expect(knownDevice("mine@posta.example", cookie)).toBeNull();
  });
});
