import { and, eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test as plain } from "vitest";
import {
  accountMails,
  accounts,
  auditLog,
  contractLinks,
  contracts,
  mandateRequests,
  mandates,
} from "@/db/schema";
import { deleteAccount } from "@/lib/accounts/commands/delete-account";
import type { StaffActor, StaffRole } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { hashPassword } from "@/lib/auth/password";
import {
  type ExportedRequest,
  exportMandateRequests,
} from "@/lib/contracts/commands/export-mandate-requests";
import { requestMandate } from "@/lib/contracts/commands/request-mandate";
import { findContract } from "@/lib/contracts/queries/contracts";
import {
  findRequestedMandate,
  listMandateRequests,
} from "@/lib/contracts/queries/mandate-requests";
import { groupByMandate, listMandates } from "@/lib/contracts/queries/mandates";
import { mayRequestMandate } from "@/lib/contracts/rules";
import { listDeliveries } from "@/lib/delivery/queries";
import { ForbiddenError, NotFoundError } from "@/lib/errors";
import {
  makeContract,
  makeCustomer,
  makeHolder,
  makeMandate,
  makeStaff,
  must,
} from "../factories/people";
import { PASSWORD } from "../factories/signup";
import { type Clone, cloneDatabase, test, type World } from "../setup/database";

type Customer = Awaited<ReturnType<typeof makeCustomer>>;

const IBAN = "IT60X0542811101000000123456";

const asking = ({ company, contract }: Customer, ...more: string[]) => ({
  company: company.slug,
  contractIds: [contract.id, ...more],
  iban: IBAN,
  debtor: "Prova Titolare",
});

/** Another contract of the same holder in the same account. */
async function another(world: World, customer: Customer) {
  const { company, holder, account } = customer;
  const contract = await makeContract(world.db, { companyId: company.id, holderId: holder.id });
  await world.db
    .insert(contractLinks)
    .values({ companyId: company.id, contractId: contract.id, accountId: account.id });
  return contract;
}

const requestsOf = (world: World, { account }: Customer) =>
  world.db.select().from(mandateRequests).where(eq(mandateRequests.accountId, account.id));

describe("requestMandate", () => {
  test("R2 R9 a request is kept with IBAN and debtor, told by mail, and opens no gate", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db, { mandate: null });
    const { actor, contract } = customer;
    const done = await world.web(actor, (ctx) => requestMandate(ctx, asking(customer)));
    expect(done).toEqual({ ok: true, value: { requested: 1, stood: 0 } });
    expect(await requestsOf(world, customer)).toMatchObject([
      {
        contractId: contract.id,
        holderId: actor.holderId,
        iban: IBAN,
        debtor: "Prova Titolare",
        exportedAt: null,
      },
    ]);
    const mails = await world.db
      .select()
      .from(accountMails)
      .where(eq(accountMails.accountId, actor.accountId));
    expect(mails).toMatchObject([
      {
        template: "mandate-requested",
        toEmail: actor.email,
        params: { contractNumbers: contract.contractNumber },
      },
    ]);
    const [delivery] = await world.web(actor, (ctx) => listDeliveries(ctx));
    expect(delivery).toMatchObject({ mandateActive: false, mode: "paper" });
    expect(await world.db.$count(mandates, eq(mandates.contractId, contract.id))).toBe(0);
  });

  test("R30 the audit log names the contract and never the IBAN", async ({ world }) => {
    const customer = await makeCustomer(world.db, { mandate: null });
    await world.web(customer.actor, (ctx) => requestMandate(ctx, asking(customer)));
    const rows = await world.db
      .select()
      .from(auditLog)
      .where(
        and(eq(auditLog.action, "requested_mandate"), eq(auditLog.actorId, customer.account.id)),
      );
    expect(rows.map(({ subjectId }) => subjectId)).toEqual([customer.contract.id]);
    const mail = await world.db.select().from(accountMails);
    const told = [...rows.map(({ detail }) => detail), ...mail.map(({ params }) => params)];
    expect(JSON.stringify(told)).not.toContain(IBAN.slice(4));
  });

  test("a request that stands is shown with its day and not doubled; only what is new is told", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db, { mandate: null });
    const second = await another(world, customer);
    const ask = (...more: string[]) =>
      world.web(customer.actor, (ctx) => requestMandate(ctx, asking(customer, ...more)));
    await ask();
    expect(await ask()).toEqual({ ok: true, value: { requested: 0, stood: 1 } });
    expect(await ask(second.id, second.id)).toEqual({
      ok: true,
      value: { requested: 1, stood: 1 },
    });
    expect(await requestsOf(world, customer)).toHaveLength(2);
    const of = eq(accountMails.accountId, customer.account.id);
    expect(await world.db.$count(accountMails, of)).toBe(2);
    const rows = await world.web(customer.actor, (ctx) => listMandates(ctx, customer.company.slug));
    expect(rows).toHaveLength(2);
    expect(rows.every(({ requestedOn }) => requestedOn?.startsWith("20"))).toBe(true);
    expect(rows.some(mayRequestMandate)).toBe(false);
  });

  test("a request is over once the billing system tells a newer mandate, or after 60 days", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db, { mandate: null });
    const { company, contract, holder, actor } = customer;
    await world.web(actor, (ctx) => requestMandate(ctx, asking(customer)));
    const standing = async () => {
      const [row] = await world.web(actor, (ctx) => listMandates(ctx, company.slug));
      return row?.requestedOn !== null;
    };
    const key = { companyId: company.id, contractId: contract.id, holderId: holder.id };
    const later = new Date(Date.now() + 60_000);
    const ended = await makeMandate(world.db, {
      ...key,
      ...{ status: "revoked", until: "2026-01-01", recordedAt: later },
    });
    expect(await standing()).toBe(true);
    await makeMandate(world.db, { ...key, status: "rejected", since: null, recordedAt: later });
    expect(await standing()).toBe(false);
    await world.db.delete(mandates).where(eq(mandates.contractId, ended.contractId));
    expect(await standing()).toBe(true);
    await world.db
      .update(mandateRequests)
      .set({ requestedAt: sql`clock_timestamp() - interval '61 days'` });
    expect(await standing()).toBe(false);
    expect(await world.web(actor, (ctx) => requestMandate(ctx, asking(customer)))).toMatchObject({
      value: { requested: 1 },
    });
  });

  test("all or nothing: one contract that cannot be asked for leaves none asked for", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const free = await another(world, customer);
    const result = await world.web(customer.actor, (ctx) =>
      requestMandate(ctx, asking(customer, free.id)),
    );
    expect(result).toEqual({ ok: false, code: "mandate_active" });
    await world.db.update(contracts).set({ endsOn: "2020-12-31" }).where(eq(contracts.id, free.id));
    const ended = await world.web(customer.actor, (ctx) =>
      requestMandate(ctx, { ...asking(customer), contractIds: [free.id] }),
    );
    expect(ended).toEqual({ ok: false, code: "supply_ended" });
    expect(await requestsOf(world, customer)).toEqual([]);
    const of = eq(accountMails.accountId, customer.account.id);
    expect(await world.db.$count(accountMails, of)).toBe(0);
  });

  test("R14 a mandate that ends may be renewed before it does", async ({ world }) => {
    const customer = await makeCustomer(world.db, {
      mandate: { status: "revoked", until: "2999-01-01" },
    });
    const result = await world.web(customer.actor, (ctx) => requestMandate(ctx, asking(customer)));
    expect(result.ok).toBe(true);
  });

  test("R28 another customer's contract is not found, nor one of another company", async ({
    world,
  }) => {
    const mine = await makeCustomer(world.db, { mandate: null });
    const other = await makeCustomer(world.db, { company: mine.company, mandate: null });
    const elsewhere = await makeCustomer(world.db, { mandate: null });
    const attempts = [
      asking(mine, other.contract.id),
      { ...asking(mine), company: elsewhere.company.slug },
      { ...asking(mine), contractIds: [other.contract.id] },
    ];
    for (const input of attempts) {
      await expect(
        world.web(mine.actor, (ctx) => requestMandate(ctx, input)),
      ).rejects.toBeInstanceOf(NotFoundError);
      // Without row-level security the scope alone must hold.
      await expect(
        requestMandate({ db: world.db, actor: mine.actor }, input),
      ).rejects.toBeInstanceOf(NotFoundError);
    }
    expect(await world.db.$count(mandateRequests)).toBe(0);
  });

  test("R28 row-level security alone refuses a request for another's contract, and hides theirs", async ({
    world,
  }) => {
    const mine = await makeCustomer(world.db, { mandate: null });
    const other = await makeCustomer(world.db, { company: mine.company, mandate: null });
    await world.web(other.actor, (ctx) => requestMandate(ctx, asking(other)));
    await world.web(mine.actor, async (ctx) => {
      await requestMandate(ctx, asking(mine));
      const seen = await ctx.db.select().from(mandateRequests);
      expect(seen.map(({ contractId }) => contractId)).toEqual([mine.contract.id]);
    });
    const forged = world.web(mine.actor, async (ctx) => {
      await listMandates(ctx, mine.company.slug);
      await ctx.db.insert(mandateRequests).values({
        ...{ companyId: other.company.id, contractId: other.contract.id },
        ...{ accountId: mine.account.id, holderId: mine.holder.id, iban: IBAN, debtor: "X" },
        id: mine.account.id,
      });
    });
    await expect(forged).rejects.toThrow();
  });
});

describe("two requests at once", () => {
  let clone: Clone;
  beforeAll(async () => {
    clone = await cloneDatabase();
  });
  afterAll(() => clone.drop());

  plain("give one request and one mail", async () => {
    const customer = await clone.superuser.db.transaction((db) =>
      makeCustomer(db, { mandate: null }),
    );
    const ctx = { db: clone.web.db, actor: customer.actor };
    const results = await Promise.all(
      Array.from({ length: 8 }, () => requestMandate(ctx, asking(customer))),
    );
    const requested = results.map((result) => (result.ok ? result.value.requested : -1));
    expect(requested.toSorted()).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
    expect(await clone.superuser.db.$count(mandateRequests)).toBe(1);
    expect(await clone.superuser.db.$count(accountMails)).toBe(1);
  });

  plain("two exports at once write each request once", async () => {
    const ctx: Context<{ kind: "system"; name: string }> = {
      db: clone.worker.db,
      actor: { kind: "system", name: "test" },
    };
    const written: ExportedRequest[][] = [];
    const write = async (rows: ExportedRequest[]) => {
      written.push(rows);
    };
    await Promise.all([1, 2, 3].map(() => exportMandateRequests(ctx, { write })));
    expect(written.map(({ length }) => length).toSorted()).toEqual([0, 0, 1]);
  });
});

describe("what the customer sees", () => {
  test("R5 one mandate for several contracts is one group, its IBAN masked; others' are not there", async ({
    world,
  }) => {
    const mine = await makeCustomer(world.db);
    const second = await another(world, mine);
    const bare = await another(world, mine);
    const other = await makeCustomer(world.db, { company: mine.company });
    const { companyId, reference, holderId } = must(mine.mandate);
    await makeMandate(world.db, { companyId, contractId: second.id, holderId, reference });
    const former = await makeHolder(world.db);
    await makeMandate(world.db, { companyId, contractId: bare.id, holderId: former.id });
    const look = async (ctx: Context) => {
      const rows = await listMandates(ctx, mine.company.slug);
      expect(JSON.stringify(rows)).not.toContain(other.contract.contractNumber);
      expect(JSON.stringify(rows)).not.toContain(must(mine.mandate).iban);
      const groups = groupByMandate(rows);
      expect(groups).toHaveLength(2);
      const covered = must(groups.find(({ mandate }) => mandate));
      expect(covered.mandate).toMatchObject({
        reference,
        iban: "IT•• … 3456",
        state: "active",
        on: "2020-01-01",
      });
      expect(covered.contracts.map(({ contractId }) => contractId).toSorted()).toEqual(
        [mine.contract.id, second.id].toSorted(),
      );
      const sheet = await findContract(ctx, second.id);
      expect(sheet?.covered.toSorted()).toEqual(
        [mine.contract.contractNumber, second.contractNumber].toSorted(),
      );
      expect(await findContract(ctx, bare.id)).toMatchObject({ mandate: null, requestable: true });
    };
    await world.web(mine.actor, look);
    await look({ db: world.db, actor: mine.actor });
    const seen = await world.web({ kind: "visitor" }, (ctx) =>
      listMandates(ctx, mine.company.slug),
    );
    expect(seen).toEqual([]);
  });

  test("the mandate that counts is the one active today, then what was asked for, then the last known", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db, { mandate: null });
    const { company, contract, holder, actor } = customer;
    const key = { companyId: company.id, contractId: contract.id, holderId: holder.id };
    const shown = async () => {
      const [row] = await world.web(actor, (ctx) => listMandates(ctx, company.slug));
      return row?.mandate?.state;
    };
    await makeMandate(world.db, { ...key, status: "revoked", until: "2026-01-01" });
    expect(await shown()).toBe("revoked");
    await makeMandate(world.db, { ...key, status: "requested", since: null });
    expect(await shown()).toBe("requested");
    await makeMandate(world.db, { ...key, status: "active", since: "2999-01-01" });
    expect(await shown()).toBe("starting");
    await makeMandate(world.db, { ...key, status: "expired", until: "2999-01-01" });
    expect(await shown()).toBe("ending");
    await world.db.delete(mandates).where(eq(mandates.status, "expired"));
    await makeMandate(world.db, { ...key, status: "active" });
    expect(await shown()).toBe("active");
  });

  test("R28 the filled-in form is there for one's own request only, with every contract of it", async ({
    world,
  }) => {
    const mine = await makeCustomer(world.db, { mandate: null });
    const second = await another(world, mine);
    const other = await makeCustomer(world.db, { company: mine.company, mandate: null });
    await world.web(mine.actor, (ctx) => requestMandate(ctx, asking(mine, second.id)));
    const [request] = await requestsOf(world, mine);
    const asked = { company: mine.company.slug, requestId: must(request).id };
    const look = async (ctx: Context<typeof mine.actor>) => {
      expect(await findRequestedMandate(ctx, asked)).toMatchObject({
        holderName: mine.holder.name,
        debtor: "Prova Titolare",
        debtorAddress: null,
        iban: IBAN,
        contractNumbers: [mine.contract.contractNumber, second.contractNumber].toSorted(),
      });
      expect(await findRequestedMandate(ctx, { ...asked, company: "elsewhere" })).toBeNull();
      expect(await findRequestedMandate(ctx, { ...asked, requestId: "1" })).toBeNull();
    };
    await world.web(mine.actor, look);
    await look({ db: world.db, actor: mine.actor });
    expect(await world.web(other.actor, (ctx) => findRequestedMandate(ctx, asked))).toBeNull();
    expect(await findRequestedMandate({ db: world.db, actor: other.actor }, asked)).toBeNull();
  });
});

describe("deletion of an account", () => {
  test("R7 takes the requests and their IBANs along, and nobody else's", async ({ world }) => {
    const passwordHash = await hashPassword(PASSWORD);
    const mine = await makeCustomer(world.db, { mandate: null, account: { passwordHash } });
    const other = await makeCustomer(world.db, { company: mine.company, mandate: null });
    for (const customer of [mine, other]) {
      await world.web(customer.actor, (ctx) => requestMandate(ctx, asking(customer)));
    }
    const gone = await world.web(mine.actor, (ctx) => deleteAccount(ctx, { password: PASSWORD }));
    expect(gone.ok).toBe(true);
    expect(await requestsOf(world, mine)).toEqual([]);
    expect(await requestsOf(world, other)).toHaveLength(1);
    const all = await world.web(other.actor, async (ctx) => {
      await listMandates(ctx, mine.company.slug);
      return await ctx.db.delete(mandateRequests).where(eq(mandateRequests.iban, IBAN)).returning();
    });
    expect(all.map(({ accountId }) => accountId)).toEqual([other.account.id]);
  });
});

describe("listMandateRequests", () => {
  test.for(["support", "operator", "admin"] as const)(
    "%s sees every request, its IBAN masked",
    async (role, { world }) => {
      const staff = await makeStaff(world.db, role);
      const customer = await makeCustomer(world.db, { mandate: null });
      await world.web(customer.actor, (ctx) => requestMandate(ctx, asking(customer)));
      const rows = await world.web(staff, (ctx) => listMandateRequests(ctx));
      expect(rows).toMatchObject([
        {
          contractNumber: customer.contract.contractNumber,
          holderName: customer.holder.name,
          debtor: "Prova Titolare",
          iban: "IT•• … 3456",
          exportedAt: null,
        },
      ]);
    },
  );

  test("R28 an unknown role, a customer and a visitor see none", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const intern = { ...(await makeStaff(world.db, "support")), role: "intern" as StaffRole };
    for (const actor of [intern, customer.actor, { kind: "visitor" } as const]) {
      await world.web(actor, async (ctx) => {
        await expect(listMandateRequests(ctx as Context<StaffActor>)).rejects.toBeInstanceOf(
          ForbiddenError,
        );
      });
    }
  });
});

describe("exportMandateRequests", () => {
  const exported = async (world: World, choice: { company?: string; all?: boolean } = {}) => {
    let written: ExportedRequest[] = [];
    await world.worker((ctx) =>
      exportMandateRequests(ctx, {
        ...choice,
        write: async (rows) => {
          written = rows;
        },
      }),
    );
    return written;
  };

  test("writes each request once, of one company where asked, and all of them again where told", async ({
    world,
  }) => {
    const mine = await makeCustomer(world.db, { mandate: null });
    const other = await makeCustomer(world.db, { mandate: null });
    await world.web(mine.actor, (ctx) => requestMandate(ctx, asking(mine)));
    await world.web(other.actor, (ctx) => requestMandate(ctx, asking(other)));
    const [first, ...more] = await exported(world, { company: mine.company.slug });
    expect(more).toEqual([]);
    expect(first).toMatchObject({
      contractNumber: mine.contract.contractNumber,
      customerCode: mine.contract.customerCode,
      holderName: mine.holder.name,
      taxId: mine.holder.taxId,
      debtor: "Prova Titolare",
      iban: IBAN,
    });
    expect((await exported(world)).map(({ contractNumber }) => contractNumber)).toEqual([
      other.contract.contractNumber,
    ]);
    expect(await exported(world)).toEqual([]);
    const before = await requestsOf(world, mine);
    expect(await exported(world, { all: true })).toHaveLength(2);
    expect(await requestsOf(world, mine)).toEqual(before);
  });

  test("what could not be written is exported the next time", async ({ world }) => {
    const customer = await makeCustomer(world.db, { mandate: null });
    await world.web(customer.actor, (ctx) => requestMandate(ctx, asking(customer)));
    const failing = world.worker((ctx) =>
      exportMandateRequests(ctx, {
        write: async () => {
          throw new Error("disk full");
        },
      }),
    );
    await expect(failing).rejects.toThrow("disk full");
    expect(await exported(world)).toHaveLength(1);
  });

  test("R5 R7 nothing goes out for an account that is gone or a contract that changed hands", async ({
    world,
  }) => {
    const gone = await makeCustomer(world.db, { mandate: null });
    const moved = await makeCustomer(world.db, { mandate: null });
    for (const customer of [gone, moved]) {
      await world.web(customer.actor, (ctx) => requestMandate(ctx, asking(customer)));
    }
    await world.db
      .update(accounts)
      .set({ deletedAt: new Date(), passwordHash: null })
      .where(eq(accounts.id, gone.account.id));
    const next = await makeHolder(world.db);
    await world.db
      .update(contracts)
      .set({ holderId: next.id })
      .where(eq(contracts.id, moved.contract.id));
    expect(await exported(world)).toEqual([]);
  });
});
