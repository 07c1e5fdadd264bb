import { and, eq, sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import {
  accounts,
  auditLog,
  contractLinks,
  deliveryChoices,
  deliveryPlans,
  discounts,
  dispatches,
  documents,
  invoicingRuns,
  mandates,
} from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { importBills } from "@/lib/imports/commands/import-bills";
import { freezeRun } from "@/lib/runs/commands/freeze-run";
import { openRun } from "@/lib/runs/commands/open-run";
import { publishRun } from "@/lib/runs/commands/publish-run";
import { type PlanRow, planRows } from "@/lib/runs/queries/plan-rows";
import { listRuns } from "@/lib/runs/queries/run";
import { runStatus } from "@/lib/runs/queries/run-status";
import { billsFile } from "../factories/import-files";
import { makeCompany, makeCustomer, makeDocument, makeHolder } from "../factories/people";
import { choose, frozenRun } from "../factories/runs";
import { type Clone, cloneDatabase, test, type World } from "../setup/database";

const CUT_OFF = new Date("2026-05-15T16:00:00Z");
const system = { kind: "system", name: "test" } as const;

const planOf = async (world: World, company: string, run = "2026-05") =>
  await world.worker(async (ctx) => {
    const rows: PlanRow[] = [];
    for await (const row of planRows(ctx, { company, run })) {
      rows.push(row);
    }
    return rows;
  });

describe("openRun", () => {
  test("R12 takes the company's next cut-off and its month's name unless told", async ({
    world,
  }) => {
    const { slug, id } = await makeCompany(world.db, { cutOffDay: 20, cutOffHour: 9 });
    const opened = await world.worker((ctx) => openRun(ctx, { company: slug }));
    const [next] = await world.db.execute<{ at: string; month: string }>(
      sql`select extract(epoch from cut_off_at)::text as at,
        to_char(cut_off_at at time zone 'Europe/Rome', 'YYYY-MM|DD|HH24') as month
        from invoicing_runs where company_id = ${id}`,
    );
    expect(opened).toMatchObject({ ok: true, value: { state: "scheduled" } });
    expect(next?.month).toMatch(/^\d{4}-\d{2}\|20\|09$/);
    expect(opened.ok && opened.value.name).toBe(next?.month.slice(0, 7));
    expect(opened.ok && opened.value.cutOffAt.getTime()).toBe(Number(next?.at) * 1000);
    expect(Number(next?.at) * 1000).toBeGreaterThan(Date.now());
  });

  test("a name or a cut-off is taken once in a company, and freely in another", async ({
    world,
  }) => {
    const { slug } = await makeCompany(world.db);
    const other = await makeCompany(world.db);
    const open = (company: string, name: string, cutOffAt = CUT_OFF) =>
      world.worker((ctx) => openRun(ctx, { company, name, cutOffAt }));
    expect(await open(slug, "a")).toMatchObject({ ok: true });
    expect(await open(slug, "a", new Date())).toEqual({ ok: false, code: "name_taken" });
    expect(await open(slug, "b")).toEqual({ ok: false, code: "cut_off_taken" });
    expect(await open(other.slug, "a")).toMatchObject({ ok: true });
    await expect(open("nobody", "a")).rejects.toThrow('company "nobody" not found');
    expect(await world.worker((ctx) => listRuns(ctx, slug))).toHaveLength(1);
  });
});

describe("freezeRun", () => {
  test("R12 freezes mode, e-mail, reason, discount and evidence for the cut-off, however late", async ({
    world,
  }) => {
    const one = await makeCustomer(world.db, { contract: { contractNumber: "C-1" } });
    const { company } = one;
    const two = await makeCustomer(world.db, { company, contract: { contractNumber: "C-2" } });
    const three = await makeCustomer(world.db, {
      company,
      contract: { contractNumber: "C-3" },
      mandate: { status: "revoked", until: "2026-05-01" },
    });
    await makeCustomer(world.db, {
      company,
      contract: { contractNumber: "C-4", endsOn: "2026-05-14" },
    });
    await world.db.insert(discounts).values({
      companyId: company.id,
      commodity: "electricity",
      amountCents: 1200,
      basis: "per_year",
      validFrom: "2026-01-01",
    });
    await choose(world.db, one);
    await choose(world.db, two, "electronic", new Date("2026-05-15T16:00:01Z"));
    await choose(world.db, three);
    const frozen = await world.worker((ctx) => frozenRun(ctx, company.slug));
    expect(frozen).toMatchObject({ electronic: 1, paper: 2, already: false });
    expect(await planOf(world, company.slug)).toEqual([
      {
        contractNumber: "C-1",
        mode: "electronic",
        email: one.account.email,
        reason: "chosen",
        discountCents: 1200,
        discountBasis: "per_year",
      },
      {
        contractNumber: "C-2",
        mode: "paper",
        email: null,
        reason: "no_choice",
        discountCents: 0,
        discountBasis: null,
      },
      {
        contractNumber: "C-3",
        mode: "paper",
        email: null,
        reason: "mandate_ended",
        discountCents: 0,
        discountBasis: null,
      },
    ]);
    const [row] = await world.db
      .select()
      .from(deliveryPlans)
      .where(eq(deliveryPlans.contractId, one.contract.id));
    expect(row?.mandateId).toBe(one.mandate?.id);
    expect(row?.choiceId).not.toBeNull();
    expect(
      await world.db.$count(
        auditLog,
        and(eq(auditLog.companyId, company.id), eq(auditLog.action, "froze_run")),
      ),
    ).toBe(1);
  });

  test("R12 a frozen plan never changes, whatever changes afterwards; freezing again says so", async ({
    world,
  }) => {
    const one = await makeCustomer(world.db);
    await choose(world.db, one);
    await world.worker((ctx) => frozenRun(ctx, one.company.slug));
    const plan = await planOf(world, one.company.slug);
    await choose(world.db, one, "paper", new Date("2026-05-01T00:00:00Z"));
    await world.db.update(mandates).set({ status: "revoked", until: "2026-01-02" });
    const again = await world.worker((ctx) =>
      freezeRun(ctx, { company: one.company.slug, run: "2026-05" }),
    );
    expect(again).toMatchObject({ ok: true, value: { already: true, electronic: 1 } });
    expect(await planOf(world, one.company.slug)).toEqual(plan);
  });

  test("R12 nothing is frozen before the cut-off", async ({ world }) => {
    const { company } = await makeCustomer(world.db);
    const reference = { company: company.slug, run: "next" };
    await world.worker((ctx) => openRun(ctx, { company: company.slug, name: "next" }));
    expect(await world.worker((ctx) => freezeRun(ctx, reference))).toEqual({
      ok: false,
      code: "before_cut_off",
    });
    expect(await world.db.$count(deliveryPlans, eq(deliveryPlans.companyId, company.id))).toBe(0);
    expect(await world.worker((ctx) => runStatus(ctx, reference))).toMatchObject({
      state: "scheduled",
    });
  });

  test("R28 another company's run is not found, by name or by id", async ({ world }) => {
    const mine = await makeCompany(world.db);
    const other = await makeCompany(world.db);
    const { run } = await world.worker((ctx) => frozenRun(ctx, other.slug));
    for (const name of [run.name, run.id]) {
      const reference = { company: mine.slug, run: name };
      for (const ask of [freezeRun, publishRun, runStatus]) {
        await expect(world.worker<unknown>((ctx) => ask(ctx, reference))).rejects.toThrow(
          "not found",
        );
      }
      await expect(planOf(world, mine.slug, name)).rejects.toThrow("not found");
    }
    expect(
      await world.worker((ctx) => runStatus(ctx, { company: other.slug, run: run.id })),
    ).toMatchObject({
      name: run.name,
    });
  });

  test("R12 the web role cannot freeze or publish, whoever asks", async ({ world }) => {
    const one = await makeCustomer(world.db);
    const { run } = await world.worker((ctx) => frozenRun(ctx, one.company.slug));
    const work = world.web(one.actor, async ({ db }) => {
      await db.transaction(async (tx) => {
        await tx
          .update(invoicingRuns)
          .set({ state: "published" })
          .where(eq(invoicingRuns.id, run.id));
      });
    });
    await expect(work).rejects.toMatchObject({ cause: { code: "42501" } });
  });
});

async function loadedRun(world: World) {
  const one = await makeCustomer(world.db, { contract: { contractNumber: "C-1" } });
  const { company } = one;
  const two = await makeCustomer(world.db, { company, contract: { contractNumber: "C-2" } });
  await choose(world.db, one);
  await world.worker((ctx) => frozenRun(ctx, company.slug));
  const load = await billsFile({}, { bill_number: "B-2", contract_number: "C-2" });
  const target = { kind: "run", run: "2026-05" } as const;
  await world.worker((ctx) => importBills(ctx, { company: company.slug, file: load, target }));
  return { one, two, company, reference: { company: company.slug, run: "2026-05" } };
}

const dispatchesOf = async (world: World, contractId: string) =>
  await world.db.select().from(dispatches).where(eq(dispatches.contractId, contractId));

describe("publishRun", () => {
  test("R15 makes every document visible and queues one dispatch each; again it does nothing", async ({
    world,
  }) => {
    const { one, two, company, reference } = await loadedRun(world);
    const published = await world.worker((ctx) => publishRun(ctx, reference));
    expect(published).toMatchObject({
      ok: true,
      value: { documents: 2, electronic: 1, paper: 1, already: false },
    });
    expect(await dispatchesOf(world, one.contract.id)).toMatchObject([
      { channel: "email", state: "queued", email: one.account.email, language: "it" },
    ]);
    expect(await dispatchesOf(world, two.contract.id)).toMatchObject([
      { channel: "paper", state: "paper", email: null },
    ]);
    expect(
      await world.db.$count(
        documents,
        and(eq(documents.companyId, company.id), sql`published_at is null`),
      ),
    ).toBe(0);
    const again = await world.worker((ctx) => publishRun(ctx, reference));
    expect(again).toMatchObject({ ok: true, value: { documents: 2, already: true } });
    expect(await world.worker((ctx) => runStatus(ctx, reference))).toMatchObject({
      state: "published",
      plan: { electronic: 1, paper: 1 },
      documents: { imported: 2, published: 2 },
      dispatches: { queued: 1, paper: 1 },
    });
  });

  test("R15 a run that is not frozen, or has no documents, is not published", async ({ world }) => {
    const { slug } = await makeCompany(world.db);
    const reference = { company: slug, run: "2026-05" };
    await world.worker((ctx) =>
      openRun(ctx, { company: slug, name: "2026-05", cutOffAt: CUT_OFF }),
    );
    const publish = () => world.worker((ctx) => publishRun(ctx, reference));
    expect(await publish()).toEqual({ ok: false, code: "not_frozen" });
    await world.worker((ctx) => freezeRun(ctx, reference));
    expect(await publish()).toEqual({ ok: false, code: "no_documents" });
    await world.db
      .update(invoicingRuns)
      .set({ state: "cancelled", cancelReason: "of the test" })
      .where(eq(invoicingRuns.name, "2026-05"));
    expect(await publish()).toEqual({ ok: false, code: "cancelled" });
  });

  test("R15 with one document that the plan does not know, none is published", async ({
    world,
  }) => {
    const { company, reference } = await loadedRun(world);
    const late = await makeCustomer(world.db, { company });
    const [{ runId } = { runId: null }] = await world.db
      .select({ runId: documents.runId })
      .from(documents)
      .where(eq(documents.billNumber, "B-2"));
    await makeDocument(world.db, {
      companyId: company.id,
      contractId: late.contract.id,
      holderId: late.holder.id,
      origin: "run",
      runId,
      publishedAt: null,
    });
    await expect(world.worker((ctx) => publishRun(ctx, reference))).rejects.toThrow("no plan row");
    expect(await world.db.$count(documents, sql`published_at is not null`)).toBe(0);
    expect(await world.db.$count(dispatches)).toBe(0);
  });

  test("R7 an account deleted after the freeze gets paper", async ({ world }) => {
    const { one, reference } = await loadedRun(world);
    await world.db
      .update(accounts)
      .set({ deletedAt: new Date(), passwordHash: null, email: "deleted-2" })
      .where(eq(accounts.id, one.account.id));
    await world.db.update(deliveryPlans).set({ email: "deleted-2" }).where(sql`email is not null`);
    expect(await world.worker((ctx) => publishRun(ctx, reference))).toMatchObject({
      value: { electronic: 0, paper: 2 },
    });
  });

  test("R5 a bill of the new holder never goes to the former holder's address", async ({
    world,
  }) => {
    const { one, reference } = await loadedRun(world);
    const next = await makeHolder(world.db);
    await world.db
      .update(documents)
      .set({ holderId: next.id })
      .where(eq(documents.contractId, one.contract.id));
    await world.db
      .update(contractLinks)
      .set({ endedAt: new Date(), endedBecause: "holder_changed" })
      .where(eq(contractLinks.contractId, one.contract.id));
    await world.worker((ctx) => publishRun(ctx, reference));
    expect(await dispatchesOf(world, one.contract.id)).toMatchObject([
      { channel: "paper", email: null },
    ]);
  });

  test("R5 nor does it where the choice was taken over from another portal", async ({ world }) => {
    const one = await makeCustomer(world.db, { contract: { contractNumber: "C-1" } });
    const { company } = one;
    const choice = {
      companyId: company.id,
      contractId: one.contract.id,
      mode: "electronic",
      email: "altrove@posta.example",
      origin: "import",
      chosenAt: new Date("2026-02-01"),
    } as const;
    await world.db.insert(deliveryChoices).values(choice);
    const reference = { company: company.slug, run: "2026-05" };
    await world.worker((ctx) => frozenRun(ctx, company.slug));
    const file = await billsFile({});
    const target = { kind: "run", run: "2026-05" } as const;
    await world.worker((ctx) => importBills(ctx, { company: company.slug, file, target }));
    await world.db.insert(deliveryChoices).values({
      ...choice,
      mode: "paper",
      email: null,
      origin: "holder_changed",
      chosenAt: new Date("2026-06-01"),
    });
    await world.worker((ctx) => publishRun(ctx, reference));
    expect(await dispatchesOf(world, one.contract.id)).toMatchObject([{ channel: "paper" }]);
  });
});

describe("at once", () => {
  async function withClone(work: (clone: Clone, ctx: Context<SystemActor>) => Promise<void>) {
    const clone = await cloneDatabase();
    try {
      await work(clone, { db: clone.worker.db, actor: system });
    } finally {
      await clone.drop();
    }
  }

  function signal() {
    let send = () => {};
    const sent = new Promise<void>((resolve) => {
      send = resolve;
    });
    return { sent, send };
  }

  const twenty = <T>(work: () => Promise<T>) =>
    Promise.all(Array.from({ length: 20 }, async () => await work()));

  test("R12 twenty freezes at once give one plan", async () => {
    await withClone(async (clone, ctx) => {
      const one = await clone.superuser.db.transaction(async (tx) => {
        const customer = await makeCustomer(tx);
        await choose(tx, customer);
        return customer;
      });
      const company = one.company.slug;
      await openRun(ctx, { company, name: "2026-05", cutOffAt: CUT_OFF });
      const results = await twenty(() => freezeRun(ctx, { company, run: "2026-05" }));
      expect(results.filter((result) => result.ok)).toHaveLength(20);
      expect(results.filter((result) => result.ok && !result.value.already)).toHaveLength(1);
      expect(await clone.superuser.db.$count(deliveryPlans)).toBe(1);
    });
  });

  test("R15 twenty publications at once give one dispatch per document", async () => {
    await withClone(async (clone, ctx) => {
      const one = await clone.superuser.db.transaction(async (tx) => {
        const customer = await makeCustomer(tx, { contract: { contractNumber: "C-1" } });
        await choose(tx, customer);
        return customer;
      });
      const company = one.company.slug;
      await frozenRun(ctx, company);
      const target = { kind: "run", run: "2026-05" } as const;
      await importBills(ctx, { company, file: await billsFile({}), target });
      const results = await twenty(() => publishRun(ctx, { company, run: "2026-05" }));
      expect(results.filter((result) => result.ok && !result.value.already)).toHaveLength(1);
      expect(await clone.superuser.db.$count(dispatches)).toBe(1);
    });
  });

  test("R15 when queueing fails nothing is published", async () => {
    await withClone(async (clone, ctx) => {
      const one = await clone.superuser.db.transaction(async (tx) => {
        const customer = await makeCustomer(tx, { contract: { contractNumber: "C-1" } });
        await choose(tx, customer);
        return customer;
      });
      const company = one.company.slug;
      await frozenRun(ctx, company);
      const target = { kind: "run", run: "2026-05" } as const;
      await importBills(ctx, { company, file: await billsFile({}), target });
      await clone.superuser.db.execute(sql`revoke insert on dispatches from sportello_worker`);
      await expect(publishRun(ctx, { company, run: "2026-05" })).rejects.toThrow();
      expect(await runStatus(ctx, { company, run: "2026-05" })).toMatchObject({
        state: "loaded",
        documents: { imported: 1, published: 0 },
        dispatches: {},
      });
    });
  });

  test("R11 a choice stamped before the cut-off and committed during the freeze is in the plan", async () => {
    await withClone(async (clone, ctx) => {
      const one = await clone.superuser.db.transaction(async (tx) => await makeCustomer(tx));
      const company = one.company.slug;
      await openRun(ctx, { company, name: "2026-05", cutOffAt: CUT_OFF });
      const inserted = signal();
      const commit = signal();
      const saving = clone.superuser.db.transaction(async (tx) => {
        await choose(tx, one);
        inserted.send();
        await commit.sent;
      });
      await inserted.sent;
      const freezing = freezeRun(ctx, { company, run: "2026-05" });
      const waiting = async () =>
        await clone.superuser.db.execute(
          sql`select from pg_locks where relation = 'delivery_choices'::regclass and not granted`,
        );
      try {
        await expect.poll(waiting, { timeout: 10_000 }).toHaveLength(1);
      } finally {
        commit.send();
        await saving;
      }
      expect(await freezing).toMatchObject({ ok: true, value: { electronic: 1, paper: 0 } });
    });
  });
});
