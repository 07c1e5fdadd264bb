import { eq, sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import { accounts } from "@/db/schema";
import { changeLanguage } from "@/lib/accounts/commands/change-language";
import { getProfile } from "@/lib/accounts/queries";
import { hashPassword } from "@/lib/auth/password";
import { signInCustomer } from "@/lib/auth/sign-in";
import { makeClient } from "../../factories/clients";
import { makeCustomer } from "../../factories/people";
import { PASSWORD } from "../../factories/signup";
import { test } from "../../setup/database";

describe("the profile", () => {
  test("R28 shows one's own data, the tax id masked, and nobody else's", async ({ world }) => {
    const mine = await makeCustomer(world.db);
    const other = await makeCustomer(world.db);
    const profile = await world.web(mine.actor, getProfile);
    expect(profile).toMatchObject({ email: mine.account.email, name: mine.holder.name });
    expect(JSON.stringify(profile)).not.toContain(mine.holder.taxId);
    const posing = { ...mine.actor, accountId: other.account.id };
    await expect(world.web(posing, getProfile)).rejects.toThrow("account not found");
  });

  test("R28 the language is changed on one's own account only", async ({ world }) => {
    const mine = await makeCustomer(world.db);
    const other = await makeCustomer(world.db);
    await world.web(mine.actor, (ctx) => changeLanguage(ctx, { language: "de" }));
    const languages = await world.db
      .select({ id: accounts.id, language: accounts.language })
      .from(accounts);
    expect(new Map(languages.map(({ id, language }) => [id, language]))).toEqual(
      new Map([
        [mine.account.id, "de"],
        [other.account.id, "it"],
      ]),
    );
  });

  test("R28 the scope in the statements holds without row-level security", async ({ world }) => {
    const mine = await makeCustomer(world.db);
    const other = await makeCustomer(world.db);
    for (const { actor, account } of [mine, other]) {
      const ctx = { db: world.db, actor };
      expect(await getProfile(ctx)).toMatchObject({ email: account.email });
    }
    await changeLanguage({ db: world.db, actor: mine.actor }, { language: "en" });
    expect(await getProfile({ db: world.db, actor: other.actor })).toMatchObject({
      language: "it",
    });
  });

  test("R6 the e-mail of a living account cannot be changed, not even past the commands", async ({
    world,
  }) => {
    const mine = await makeCustomer(world.db);
    const change = world.web(mine.actor, async (ctx) => {
      await getProfile(ctx);
      await ctx.db.transaction((tx) =>
        tx
          .update(accounts)
          .set({ email: "new@posta.example" })
          .where(eq(accounts.id, mine.account.id)),
      );
    });
    await expect(change).rejects.toMatchObject({
      cause: { message: "the e-mail of an account cannot be changed" },
    });
  });
});

describe("signInCustomer", () => {
  test("a wrong password and a wrong e-mail get the same answer", async ({ world }) => {
    const { account } = await makeCustomer(world.db, {
      account: { passwordHash: await hashPassword(PASSWORD) },
    });
    const tries = [
      { email: account.email, password: "not the password" },
      { email: "nobody@posta.example", password: PASSWORD },
    ];
    for (const credentials of tries) {
      const answer = await world.web({ kind: "visitor" }, (ctx) =>
        signInCustomer(ctx, { ...credentials, client: makeClient() }),
      );
      expect(answer).toEqual({ ok: false, code: "wrong" });
    }
    const [count] = await world.db.execute(sql`select count(*)::int from sessions`);
    expect(count).toEqual({ count: 0 });
  });
});
