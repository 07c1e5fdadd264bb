import { eq, sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import { accounts, contractLinks, contracts, signupAttempts, tokens } from "@/db/schema";
import { confirmAccount } from "@/lib/accounts/commands/confirm-account";
import { findConfirmation } from "@/lib/accounts/queries";
import { hashToken, newToken } from "@/lib/auth/token";
import { makeAccount, makeContract, makeHolder, must } from "../../factories/people";
import { makeMatchedAttempt, makeUnregistered } from "../../factories/signup";
import { cloneDatabase, test, type World } from "../../setup/database";

/** Everything a confirmation would write. */
async function written(world: World) {
  return {
    accounts: await world.db.select().from(accounts),
    links: await world.db.select().from(contractLinks),
    used: await world.db.select().from(tokens).where(sql`used_at is not null`),
  };
}
const NOTHING = { accounts: [], links: [], used: [] };

describe("confirmAccount", () => {
  test("R4 makes the account, links the one contract, and forgets the attempt's hash", async ({
    world,
  }) => {
    const someone = await makeUnregistered(world.db);
    await makeContract(world.db, { companyId: someone.company.id, holderId: someone.holder.id });
    const { actor, attempt } = await makeMatchedAttempt(world.db, someone);
    const result = await world.web(actor, confirmAccount);
    expect(result).toEqual({ ok: true, value: { email: someone.typed.email } });
    const { accounts: made, links } = await written(world);
    expect(made).toMatchObject([
      {
        email: someone.typed.email,
        holderId: someone.holder.id,
        passwordHash: "$argon2id$no-password",
        language: "it",
      },
    ]);
    expect(links).toMatchObject([
      { accountId: made[0]?.id, contractId: someone.contract.id, endedAt: null },
    ]);
    const [after] = await world.db
      .select()
      .from(signupAttempts)
      .where(eq(signupAttempts.id, attempt.id));
    expect(after).toMatchObject({ outcome: "confirmed", passwordHash: null });
    expect(await world.web(actor, findConfirmation)).toEqual({
      state: "confirmed",
      email: someone.typed.email,
    });
  });

  test("R4 opening the link changes nothing, however often", async ({ world }) => {
    const { actor } = await makeMatchedAttempt(world.db, await makeUnregistered(world.db));
    for (let opened = 0; opened < 3; opened += 1) {
      expect(await world.web(actor, findConfirmation)).toEqual({ state: "open" });
    }
    expect(await written(world)).toEqual(NOTHING);
  });

  test("R4 a link works once", async ({ world }) => {
    const { actor } = await makeMatchedAttempt(world.db, await makeUnregistered(world.db));
    await world.web(actor, confirmAccount);
    expect(await world.web(actor, confirmAccount)).toEqual({ ok: false, code: "used" });
    expect((await written(world)).accounts).toHaveLength(1);
  });

  test("R4 of two links of one registration the second finds it confirmed", async ({ world }) => {
    const { actor, attempt } = await makeMatchedAttempt(world.db, await makeUnregistered(world.db));
    const again = newToken();
    await world.db.insert(tokens).values({
      purpose: "confirm_account",
      attemptId: attempt.id,
      tokenHash: hashToken(again),
      expiresAt: new Date(Date.now() + 3_600_000),
    });
    const second = { kind: "visitor" as const, tokenHash: hashToken(again).toString("hex") };
    expect(await world.web(second, findConfirmation)).toEqual({ state: "open" });
    expect((await world.web(actor, confirmAccount)).ok).toBe(true);
    expect(await world.web(second, findConfirmation)).toEqual({
      state: "confirmed",
      email: attempt.email,
    });
    expect(await world.web(second, confirmAccount)).toEqual({ ok: false, code: "used" });
    expect((await written(world)).accounts).toHaveLength(1);
  });

  test("R4 two clicks at once make one account", async () => {
    const clone = await cloneDatabase();
    try {
      const { actor } = await clone.superuser.db.transaction(async (tx) =>
        makeMatchedAttempt(tx, await makeUnregistered(tx)),
      );
      const results = await Promise.all(
        [1, 2, 3].map(() => confirmAccount({ db: clone.web.db, actor })),
      );
      expect(results.filter(({ ok }) => ok)).toHaveLength(1);
      expect(await clone.superuser.db.select().from(accounts)).toHaveLength(1);
    } finally {
      await clone.drop();
    }
  });

  test("R4 after 24 h the link is dead", async ({ world }) => {
    const { actor } = await makeMatchedAttempt(world.db, await makeUnregistered(world.db), {
      expiresAt: new Date(Date.now() - 1000),
    });
    expect(await world.web(actor, findConfirmation)).toEqual({ state: "expired" });
    expect(await world.web(actor, confirmAccount)).toEqual({ ok: false, code: "expired" });
    expect(await written(world)).toEqual(NOTHING);
  });

  test("R4 an unknown or absent token is refused", async ({ world }) => {
    await makeMatchedAttempt(world.db, await makeUnregistered(world.db));
    for (const tokenHash of ["ab".repeat(32), "", undefined]) {
      const actor = { kind: "visitor" as const, tokenHash };
      expect(await world.web(actor, findConfirmation)).toEqual({ state: "unknown" });
      expect(await world.web(actor, confirmAccount)).toEqual({ ok: false, code: "unknown" });
    }
    expect(await written(world)).toEqual(NOTHING);
  });

  test("R4 a token of another purpose confirms nothing", async ({ world }) => {
    const { actor } = await makeMatchedAttempt(world.db, await makeUnregistered(world.db));
    await world.db.update(tokens).set({ purpose: "confirm_address" });
    expect(await world.web(actor, confirmAccount)).toEqual({ ok: false, code: "unknown" });
  });

  test("R6 if the e-mail was taken meanwhile, nothing is half done", async ({ world }) => {
    const someone = await makeUnregistered(world.db);
    const { actor } = await makeMatchedAttempt(world.db, someone);
    const other = await makeHolder(world.db);
    await makeAccount(world.db, { holderId: other.id, email: someone.typed.email });
    expect(await world.web(actor, confirmAccount)).toEqual({ ok: false, code: "email_taken" });
    const after = await written(world);
    expect([after.accounts.length, after.links, after.used]).toEqual([1, [], []]);
  });

  test("R5 if the contract was taken meanwhile, nothing is half done", async ({ world }) => {
    const someone = await makeUnregistered(world.db);
    const { actor } = await makeMatchedAttempt(world.db, someone);
    const account = await makeAccount(world.db, { holderId: someone.holder.id });
    await world.db.insert(contractLinks).values({
      companyId: someone.company.id,
      contractId: someone.contract.id,
      accountId: account.id,
    });
    expect(await world.web(actor, confirmAccount)).toEqual({ ok: false, code: "contract_taken" });
    const after = await written(world);
    expect([after.accounts.length, after.links.length, after.used]).toEqual([1, 1, []]);
  });

  test("R5 if the contract went to another tax id meanwhile, nobody gets it", async ({ world }) => {
    const someone = await makeUnregistered(world.db);
    const { actor } = await makeMatchedAttempt(world.db, someone);
    const heir = await makeHolder(world.db);
    await world.db
      .update(contracts)
      .set({ holderId: heir.id })
      .where(eq(contracts.id, someone.contract.id));
    expect(await world.web(actor, confirmAccount)).toEqual({ ok: false, code: "contract_changed" });
    expect(await written(world)).toEqual(NOTHING);
  });

  test("R28 a token opens its own attempt only", async ({ world }) => {
    const mine = await makeUnregistered(world.db);
    const other = await makeUnregistered(world.db);
    const { actor } = await makeMatchedAttempt(world.db, mine);
    const theirs = await makeMatchedAttempt(world.db, other);
    const seen = await world.web(actor, async (ctx) => {
      await findConfirmation(ctx);
      return await ctx.db.select({ id: signupAttempts.id }).from(signupAttempts);
    });
    expect(seen.map(({ id }) => id)).not.toContain(theirs.attempt.id);
    await world.web(actor, confirmAccount);
    expect(must((await written(world)).accounts[0]).email).toBe(mine.typed.email);
    expect(await world.web(theirs.actor, findConfirmation)).toEqual({ state: "open" });
  });

  test("R28 the scope in the statements holds without row-level security", async ({ world }) => {
    const mine = await makeMatchedAttempt(world.db, await makeUnregistered(world.db));
    const theirs = await makeMatchedAttempt(world.db, await makeUnregistered(world.db));
    const result = await confirmAccount({ db: world.db, actor: mine.actor });
    expect(result).toEqual({ ok: true, value: { email: mine.attempt.email } });
    expect(await findConfirmation({ db: world.db, actor: theirs.actor })).toEqual({
      state: "open",
    });
    expect((await written(world)).used).toHaveLength(1);
  });

  test("R5 row-level security alone keeps a confirmation from linking another contract", async ({
    world,
  }) => {
    const mine = await makeUnregistered(world.db);
    const other = await makeUnregistered(world.db);
    const { actor } = await makeMatchedAttempt(world.db, mine);
    const account = await makeAccount(world.db, { holderId: mine.holder.id });
    const attempt = world.web(actor, async (ctx) => {
      await findConfirmation(ctx);
      await ctx.db.transaction((tx) =>
        tx.insert(contractLinks).values({
          companyId: other.company.id,
          contractId: other.contract.id,
          accountId: account.id,
        }),
      );
    });
    await expect(attempt).rejects.toThrow();
  });
});
