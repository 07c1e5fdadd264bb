import { and, eq } from "drizzle-orm";
import { describe, expect } from "vitest";
import { accountMails, auditLog, deliveryAddresses, deliveryChoices, tokens } from "@/db/schema";
import { inTransaction } from "@/lib/auth/context";
import { hashToken, mailToken } from "@/lib/auth/token";
import { chooseDelivery, type DeliveryChoice } from "@/lib/delivery/commands/choose-delivery";
import { confirmAddress } from "@/lib/delivery/commands/confirm-address";
import { listDeliveries } from "@/lib/delivery/queries";
import { CONFIRMATIONS_PER_DAY, NOTICE_VERSION } from "@/lib/delivery/rules";
import { makeCustomer, must } from "../factories/people";
import { test, type World } from "../setup/database";

type Customer = Awaited<ReturnType<typeof makeCustomer>>;

const DEDICATED = "bills@posta.example";
const PAPER = { mode: "paper", email: null, acceptedNotice: null } as const;

function choose(world: World, { actor, contract }: Customer, over: Partial<DeliveryChoice> = {}) {
  return world.web(actor, (ctx) =>
    chooseDelivery(ctx, {
      contractId: contract.id,
      mode: "electronic",
      email: DEDICATED,
      acceptedNotice: NOTICE_VERSION,
      ...over,
    }),
  );
}

async function deliveryOf(world: World, { actor }: Customer) {
  const [delivery] = await world.web(actor, (ctx) => listDeliveries(ctx));
  return must(delivery);
}

const confirmMailsOf = ({ db }: World, { account }: Customer) =>
  db
    .select()
    .from(accountMails)
    .where(
      and(eq(accountMails.accountId, account.id), eq(accountMails.template, "confirm-address")),
    )
    .orderBy(accountMails.createdAt);

describe("a dedicated address", () => {
  async function mailedToken(world: World, customer: Customer) {
    const mails = await confirmMailsOf(world, customer);
    return mailToken(must(mails.at(-1)).id);
  }

  const confirmWith = (world: World, token: string) =>
    world.web({ kind: "visitor", tokenHash: hashToken(token).toString("hex") }, (ctx) =>
      confirmAddress(ctx),
    );

  /** Without row-level security: the command's own conditions alone must hold. */
  const confirmUnwalled = (world: World, token: string) =>
    confirmAddress({
      db: world.db,
      actor: { kind: "visitor", tokenHash: hashToken(token).toString("hex") },
    });

  test("R8 the account's own e-mail needs no confirmation and is kept as the account's", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    await choose(world, customer, { email: customer.account.email });
    const [choice] = await world.db
      .select()
      .from(deliveryChoices)
      .where(eq(deliveryChoices.contractId, customer.contract.id));
    expect(choice).toMatchObject({ mode: "electronic", email: null });
    expect(await confirmMailsOf(world, customer)).toHaveLength(0);
  });

  test("R8 counts only once its owner confirmed it; until then the account's is used", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const chosen = await choose(world, customer);
    expect(chosen).toMatchObject({ ok: true, value: { toConfirm: DEDICATED } });
    expect(await deliveryOf(world, customer)).toMatchObject({
      email: customer.account.email,
      chosenEmail: DEDICATED,
      awaitsConfirmation: true,
    });
    const confirmed = await confirmWith(world, await mailedToken(world, customer));
    expect(confirmed).toEqual({ ok: true, value: { email: DEDICATED } });
    expect(await deliveryOf(world, customer)).toMatchObject({
      email: DEDICATED,
      awaitsConfirmation: false,
    });
    const [audited] = await world.db
      .select()
      .from(auditLog)
      .where(eq(auditLog.subjectId, customer.account.id));
    expect(audited).toMatchObject({
      action: "confirmed_address",
      actorKind: "visitor",
      detail: {},
    });
  });

  test("R8 the mail with the link goes to the address itself, and the token is nowhere in the database", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    await choose(world, customer);
    const [mail] = await confirmMailsOf(world, customer);
    expect(mail).toMatchObject({
      toEmail: DEDICATED,
      params: { contractNumber: customer.contract.contractNumber },
    });
    const token = await mailedToken(world, customer);
    const [kept] = await world.db
      .select()
      .from(tokens)
      .where(eq(tokens.accountId, customer.account.id));
    expect(Buffer.from(must(kept).tokenHash)).toEqual(hashToken(token));
    expect(JSON.stringify([mail, kept])).not.toContain(token);
  });

  test("R4 a token is spent by its use, and a wrong or expired one confirms nothing", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    await choose(world, customer);
    const token = await mailedToken(world, customer);
    expect(await confirmWith(world, "not a token")).toEqual({ ok: false, code: "link_invalid" });
    await world.db.update(tokens).set({ expiresAt: new Date("2020-01-01T00:00:00Z") });
    expect(await confirmWith(world, token)).toEqual({ ok: false, code: "link_invalid" });
    await world.db.update(tokens).set({ expiresAt: new Date("2999-01-01T00:00:00Z") });
    expect(await confirmWith(world, token)).toMatchObject({ ok: true });
    expect(await confirmWith(world, token)).toEqual({ ok: false, code: "link_invalid" });
  });

  test("R4 a token of another purpose confirms no address", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    await choose(world, customer);
    await world.db.update(tokens).set({ purpose: "reset_password" });
    const token = await mailedToken(world, customer);
    expect(await confirmUnwalled(world, token)).toEqual({ ok: false, code: "link_invalid" });
    expect(await confirmWith(world, token)).toEqual({ ok: false, code: "link_invalid" });
  });

  test("R28 a token confirms the address of its own account alone", async ({ world }) => {
    const mine = await makeCustomer(world.db);
    const other = await makeCustomer(world.db);
    await choose(world, mine);
    await choose(world, other);
    await confirmUnwalled(world, await mailedToken(world, mine));
    expect((await deliveryOf(world, mine)).awaitsConfirmation).toBe(false);
    expect((await deliveryOf(world, other)).awaitsConfirmation).toBe(true);
  });

  test("R8 the database alone keeps an account from confirming its own address", async ({
    world,
  }) => {
    const { actor, account } = await makeCustomer(world.db);
    await world.db.insert(deliveryAddresses).values({ accountId: account.id, email: DEDICATED });
    const attempt = (work: Parameters<typeof inTransaction<typeof actor, unknown>>[1]) =>
      world.web(actor, (ctx) => inTransaction(ctx, work));
    const now = new Date();
    await expect(
      attempt(({ db }) => db.update(deliveryAddresses).set({ confirmedAt: now })),
    ).rejects.toThrow();
    // Nor by the function that a token's holder calls: there is no token.
    const [called] = (await attempt(
      async ({ db }) => await db.execute("select confirm_token_address() as own"),
    )) as { own: boolean }[];
    expect(called).toEqual({ own: false });
    const [kept] = await world.db
      .select({ confirmedAt: deliveryAddresses.confirmedAt })
      .from(deliveryAddresses)
      .where(eq(deliveryAddresses.accountId, account.id));
    expect(kept).toEqual({ confirmedAt: null });
    await expect(
      attempt(({ db }) =>
        db
          .insert(deliveryAddresses)
          .values({ accountId: account.id, email: "x@posta.example", confirmedAt: now }),
      ),
    ).rejects.toThrow();
  });

  test("R28 row-level security alone refuses tokens for another account or purpose", async ({
    world,
  }) => {
    const mine = await makeCustomer(world.db);
    const other = await makeCustomer(world.db);
    for (const { account } of [mine, other]) {
      await world.db.insert(deliveryAddresses).values({ accountId: account.id, email: DEDICATED });
    }
    const token = {
      purpose: "confirm_address",
      accountId: mine.account.id,
      email: DEDICATED,
      expiresAt: new Date("2999-01-01T00:00:00Z"),
    } as const;
    const insert = (over: Partial<typeof tokens.$inferInsert>) =>
      world.web(mine.actor, (ctx) =>
        inTransaction(ctx, ({ db }) =>
          db
            .insert(tokens)
            .values({ ...token, tokenHash: hashToken(JSON.stringify(over)), ...over }),
        ),
      );
    await expect(insert({ accountId: other.account.id })).rejects.toThrow();
    await expect(insert({ purpose: "reset_password" })).rejects.toThrow();
    await expect(insert({ email: "unasked@posta.example" })).rejects.toThrow();
    await expect(insert({})).resolves.toBeDefined();
  });

  test("nobody's mailbox is flooded: the same address is asked once in a while, many not at all", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    await choose(world, customer);
    await choose(world, customer, PAPER);
    const again = await choose(world, customer);
    expect(again).toMatchObject({ ok: true, value: { toConfirm: DEDICATED } });
    expect(await confirmMailsOf(world, customer)).toHaveLength(1);
    for (let sent = 1; sent < CONFIRMATIONS_PER_DAY; sent += 1) {
      expect(await choose(world, customer, { email: `a${sent}@posta.example` })).toMatchObject({
        ok: true,
      });
    }
    expect(await choose(world, customer, { email: "one-more@posta.example" })).toEqual({
      ok: false,
      code: "too_many_confirmations",
    });
  });
});
