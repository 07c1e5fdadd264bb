import { eq, sql } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect } from "vitest";
import { accountMails, accounts, auditLog, customerTokens } from "@/db/schema";
import { createCustomerToken } from "@/lib/accounts/commands/create-customer-token";
import { eraseAccount } from "@/lib/accounts/commands/erase-account";
import { revokeCustomerToken } from "@/lib/accounts/commands/revoke-customer-token";
import { listCustomerTokens } from "@/lib/accounts/queries/customer-tokens";
import { inTransaction } from "@/lib/auth/context";
import { customerOfToken, readingOnly } from "@/lib/auth/customer-token";
import { hashPassword } from "@/lib/auth/password";
import { storeProfiles } from "@/lib/consumption/commands";
import { listMeteredContracts } from "@/lib/consumption/queries";
import { calendarOf } from "@/lib/documents/due-calendar";
import { listDueDates } from "@/lib/documents/queries/due-dates";
import { NotFoundError } from "@/lib/errors";
import { makeCustomer, makeDocument, must } from "../factories/people";
import { makeDay } from "../factories/readings";
import { type Clone, cloneDatabase, test, type World } from "../setup/database";

const PASSWORD = "quattro gatti sul tetto";
const hash = hashPassword(PASSWORD);
const TODAY = "2026-11-20";

const member = async (world: World) =>
  await makeCustomer(world.db, { account: { passwordHash: await hash } });
type Member = Awaited<ReturnType<typeof member>>;

const create = (world: World, { actor }: Member, over = {}) =>
  world.web(actor, (ctx) =>
    createCustomerToken(ctx, {
      ...{ password: PASSWORD, purpose: "consumption" as const, name: "casa" },
      ...over,
    }),
  );

async function secretOf(world: World, of: Member, over = {}): Promise<string> {
  const made = await create(world, of, over);
  if (!made.ok) {
    throw new Error(made.code);
  }
  return made.value.secret;
}

describe("a customer's token", () => {
  test("R30 is made with the password, kept as a hash, listed without it, and audited", async ({
    world,
  }) => {
    const mine = await member(world);
    expect(await create(world, mine, { password: "another" })).toMatchObject({
      ok: false,
      code: "passwordWrong",
    });
    const secret = await secretOf(world, mine);
    expect(secret).toMatch(/^spc_[A-Za-z0-9_-]{43}$/);
    const rows = await world.db.select().from(customerTokens);
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect(rows[0]?.secretHash).toHaveLength(32);
    const listed = await world.web(mine.actor, listCustomerTokens);
    expect(listed).toMatchObject([{ name: "casa", purpose: "consumption", lastUsedAt: null }]);
    const entries = await world.db
      .select({ action: auditLog.action, detail: auditLog.detail })
      .from(auditLog)
      .where(eq(auditLog.action, "created_token"));
    expect(entries).toEqual([{ action: "created_token", detail: { purpose: "consumption" } }]);
  });

  test("ten may live at once, and a revoked one makes room", async ({ world }) => {
    const mine = await member(world);
    for (let made = 0; made < 10; made += 1) {
      await secretOf(world, mine);
    }
    expect(await create(world, mine)).toEqual({ ok: false, code: "tooMany" });
    const [first] = await world.web(mine.actor, listCustomerTokens);
    await world.web(mine.actor, (ctx) => revokeCustomerToken(ctx, must(first).id));
    expect((await create(world, mine)).ok).toBe(true);
  });

  test("its making and its end are told by mail, once each, in the account's language and without it", async ({
    world,
  }) => {
    const mine = await makeCustomer(world.db, {
      account: { passwordHash: await hash, language: "de" },
    });
    const mails = () => world.db.select().from(accountMails).orderBy(accountMails.id);
    await create(world, mine, { password: "another" });
    expect(await mails()).toEqual([]);
    const secret = await secretOf(world, mine, { name: "Wohnzimmer" });
    await secretOf(world, mine, { purpose: "calendar" });
    const tokens = await world.web(mine.actor, listCustomerTokens);
    for (const { id } of [...tokens, ...tokens]) {
      await world.web(mine.actor, (ctx) => revokeCustomerToken(ctx, id));
    }
    const told = {
      ...{ template: "token-changed", toEmail: mine.account.email, language: "de" },
      ...{ accountId: mine.account.id, companyId: mine.company.id },
    };
    const made = await mails();
    expect(made).toMatchObject([
      { ...told, params: { change: "created", purpose: "consumption" } },
      { ...told, params: { change: "created", purpose: "calendar" } },
      { ...told, params: { change: "revoked", purpose: "calendar" } },
      { ...told, params: { change: "revoked", purpose: "consumption" } },
    ]);
    expect(JSON.stringify(made)).not.toContain(secret);
    expect(JSON.stringify(made)).not.toContain("Wohnzimmer");
  });

  test("R28 another customer neither sees nor ends it", async ({ world }) => {
    const mine = await member(world);
    const other = await member(world);
    await secretOf(world, mine);
    const [token] = await world.web(mine.actor, listCustomerTokens);
    expect(await world.web(other.actor, listCustomerTokens)).toEqual([]);
    for (const id of [must(token).id, "none", "01890000-0000-7000-8000-000000000000"]) {
      await expect(world.web(other.actor, (ctx) => revokeCustomerToken(ctx, id))).rejects.toThrow(
        NotFoundError,
      );
    }
    expect(await world.web(mine.actor, listCustomerTokens)).toHaveLength(1);
  });
});

describe("what a token opens", () => {
  let clone: Clone;
  beforeEach(async () => {
    clone = await cloneDatabase();
  });
  afterEach(() => clone.drop());

  /** A customer in a database of its own, whose commands really commit. */
  async function known(purpose: "consumption" | "calendar" = "consumption") {
    const mine = await clone.superuser.db.transaction(async (tx) => {
      const made = await makeCustomer(tx, { account: { passwordHash: await hash } });
      const other = await makeCustomer(tx);
      return { made, other };
    });
    const system = { db: clone.worker.db, actor: { kind: "system", name: "test" } as const };
    await storeProfiles(system, [
      makeDay(mine.made, "2026-09-02"),
      makeDay(mine.other, "2026-09-02"),
    ]);
    const ctx = { db: clone.web.db, actor: mine.made.actor };
    const input = { password: PASSWORD, purpose, name: "casa" };
    const token = await createCustomerToken(ctx, input);
    return { ...mine, ctx, secret: token.ok ? token.value.secret : "" };
  }

  test("R28 shows the account's contracts alone, and notes its use once a minute", async () => {
    const { made, secret } = await known();
    const { db } = clone.web;
    const actor = must(await customerOfToken(db, { secret, purpose: "consumption" }));
    expect(actor.accountId).toBe(made.account.id);
    const contracts = await readingOnly(db, actor, listMeteredContracts);
    expect(contracts.map(({ id }) => id)).toEqual([made.contract.id]);
    const used = async () =>
      (await clone.superuser.db.select({ at: customerTokens.lastUsedAt }).from(customerTokens))[0]
        ?.at;
    const first = await used();
    expect(first).not.toBeNull();
    await customerOfToken(db, { secret, purpose: "consumption" });
    expect(await used()).toEqual(first);
  });

  test("reads and cannot write, whatever is asked with it", async () => {
    const { secret } = await known();
    const { db } = clone.web;
    const actor = must(await customerOfToken(db, { secret, purpose: "consumption" }));
    const write = readingOnly(db, actor, (ctx) =>
      inTransaction(ctx, (tx) =>
        tx.db.update(accounts).set({ language: "de" }).where(eq(accounts.id, actor.accountId)),
      ),
    );
    await expect(write).rejects.toMatchObject({ cause: { code: "25006" } });
  });

  test("opens nothing when revoked, for another purpose, made up, or of a deleted account (R7)", async () => {
    const { ctx, secret } = await known();
    const { db } = clone.web;
    const opens = async (shown: string, purpose: "consumption" | "calendar") =>
      (await customerOfToken(db, { secret: shown, purpose })) !== null;
    expect(await opens(secret, "consumption")).toBe(true);
    expect(await opens(secret, "calendar")).toBe(false);
    expect(await opens(`spc_${"A".repeat(43)}`, "consumption")).toBe(false);
    expect(await opens("", "consumption")).toBe(false);
    const [token] = await listCustomerTokens(ctx);
    await revokeCustomerToken(ctx, must(token).id);
    expect(await opens(secret, "consumption")).toBe(false);
    const again = await createCustomerToken(ctx, {
      ...{ password: PASSWORD, purpose: "consumption", name: "telefono di Ada" },
    });
    const second = again.ok ? again.value.secret : "";
    expect(await opens(second, "consumption")).toBe(true);
    await inTransaction(ctx, (tx) => eraseAccount(tx, { farewell: false }));
    expect(await opens(second, "consumption")).toBe(false);
    expect(await clone.superuser.db.$count(customerTokens)).toBe(0);
  });
});

describe("the calendar of due dates", () => {
  const bill = (world: World, { contract, holder }: Member, over = {}) =>
    makeDocument(world.db, {
      ...{ companyId: contract.companyId, contractId: contract.id, holderId: holder.id },
      ...{ dueDate: "2026-12-05", totalCents: 12_345 },
      ...over,
    });

  test("R21 has a day for each bill; paid and withdrawn ones say so, under the same id", async ({
    world,
  }) => {
    const mine = await member(world);
    const open = await bill(world, mine);
    const paid = await bill(world, mine, { paymentStatus: "paid" });
    const wrong = await bill(world, mine, { withdrawnAt: new Date() });
    await bill(world, mine, { kind: "credit_note", totalCents: -10 });
    await bill(world, mine, { dueDate: "2020-01-01" });
    await bill(world, mine, { publishedAt: null });
    const dates = await world.web(mine.actor, (ctx) => listDueDates(ctx, TODAY));
    expect(dates.map(({ id }) => id).sort()).toEqual([open.id, paid.id, wrong.id].sort());
    const text = calendarOf(dates, "it", "https://bollette.example.it").replace(/\r\n /g, "");
    const events = text.split("BEGIN:VEVENT").slice(1);
    const of = (id: string) => events.find((event) => event.includes(`UID:${id}@sportello`)) ?? "";
    expect(of(open.id)).toContain("DTSTART;VALUE=DATE:20261205");
    expect(of(open.id)).toMatch(
      new RegExp(`SUMMARY:Bolletta ${open.billNumber}: 123\\\\,45\\s€ \\(addebito automatico\\)`),
    );
    expect(of(open.id)).toContain("STATUS:CONFIRMED");
    expect(of(open.id)).toContain(`https://bollette.example.it/bills/${open.id}`);
    expect(of(paid.id)).toContain(`SUMMARY:Bolletta ${paid.billNumber}: pagata`);
    expect(of(wrong.id)).toContain("STATUS:CANCELLED");
  });

  test("no name or number of a bill breaks out of its line", async ({ world }) => {
    const mine = await member(world);
    const hostile = "A;B,C\\D\r\nATTACH:https://x.example\nEND:VCALENDAR";
    await bill(world, mine);
    const [date] = await world.web(mine.actor, (ctx) => listDueDates(ctx, TODAY));
    const text = calendarOf(
      [{ ...must(date), companyName: hostile, billNumber: hostile, contractNumber: hostile }],
      ...(["en", "https://bollette.example.it"] as const),
    );
    const lines = text.replace(/\r\n /g, "").split("\r\n");
    expect(lines.filter((line) => /^(ATTACH|END:VCALENDAR)/.test(line))).toEqual(["END:VCALENDAR"]);
    const escaped = String.raw`A\;B\,C\\D\nATTACH:https://x.example\nEND:VCALENDAR`;
    for (const name of ["NAME", "X-WR-CALNAME"]) {
      expect(lines).toContain(`${name}:Due dates ${escaped}`);
    }
    expect(lines.find((line) => line.startsWith("SUMMARY:"))).toContain(escaped);
    expect(text).not.toMatch(/[^\r]\n/);
  });

  test("R28 has no other customer's bills", async ({ world }) => {
    const mine = await member(world);
    const other = await member(world);
    await bill(world, mine);
    expect(await world.web(other.actor, (ctx) => listDueDates(ctx, TODAY))).toEqual([]);
    const asSuperuser = { db: world.db, actor: other.actor };
    expect(await listDueDates(asSuperuser, TODAY)).toEqual([]);
    const rows = await world.web(other.actor, async (ctx) => {
      await listCustomerTokens(ctx);
      return [...(await ctx.db.execute(sql`select id from customer_tokens`))];
    });
    expect(rows).toEqual([]);
  });
});
