import { and, eq } from "drizzle-orm";
import { describe, expect } from "vitest";
import { addressSuspensions, auditLog, companies } from "@/db/schema";
import type { StaffActor, StaffRole } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { lookUpDelivery } from "@/lib/delivery/commands/look-up-delivery";
import { approveWithdrawal } from "@/lib/documents/commands/approve-withdrawal";
import { withdrawDocuments } from "@/lib/documents/commands/withdraw-documents";
import { ForbiddenError } from "@/lib/errors";
import { importBills } from "@/lib/imports/commands/import-bills";
import { approveRun } from "@/lib/runs/commands/approve-run";
import { exportRun, RUN_FILES } from "@/lib/runs/commands/export-run";
import { openRun } from "@/lib/runs/commands/open-run";
import { publishRun } from "@/lib/runs/commands/publish-run";
import { missingBills, searchRunBills } from "@/lib/runs/queries/run-bills";
import { listRunBoard } from "@/lib/runs/queries/run-board";
import { countPlan, searchPlan } from "@/lib/runs/queries/run-plan";
import { findRunSheet } from "@/lib/runs/queries/run-sheet";
import { listRunWithdrawals } from "@/lib/runs/queries/run-withdrawals";
import { billsFile } from "../factories/import-files";
import { makeCompany, makeCustomer, makeStaff } from "../factories/people";
import { choose, frozenRun } from "../factories/runs";
import { test, type World } from "../setup/database";

const RUN = "2026-05";

/** A frozen run with three contracts, one electronic; bills are loaded for the first two. */
async function loadedRun(world: World) {
  const one = await makeCustomer(world.db, { contract: { contractNumber: "C-1" } });
  const { company } = one;
  await makeCustomer(world.db, { company, contract: { contractNumber: "C-2" } });
  await makeCustomer(world.db, { company, contract: { contractNumber: "D-3" } });
  await choose(world.db, one);
  await world.worker((ctx) => frozenRun(ctx, company.slug, RUN));
  const file = await billsFile({}, { bill_number: "B-2", contract_number: "C-2" });
  const target = { kind: "run", run: RUN } as const;
  await world.worker((ctx) => importBills(ctx, { company: company.slug, file, target }));
  return { one, company, reference: { company: company.slug, run: RUN } };
}

const READS: ((
  ctx: Context<StaffActor>,
  reference: { company: string; run: string },
) => unknown)[] = [countPlan, searchPlan, searchRunBills, missingBills, listRunWithdrawals];

describe("pages of runs", () => {
  test("R28 an unknown role, a customer and a visitor read nothing of runs", async ({ world }) => {
    const { one, reference } = await loadedRun(world);
    const intern = { ...(await makeStaff(world.db, "support")), role: "intern" as StaffRole };
    for (const actor of [intern, one.actor, { kind: "visitor" } as const]) {
      await world.web(actor, async (context) => {
        const ctx = context as Context<StaffActor>;
        for (const read of [...READS, findRunSheet]) {
          await expect(read(ctx, reference), read.name).rejects.toBeInstanceOf(ForbiddenError);
        }
        await expect(listRunBoard(ctx)).rejects.toBeInstanceOf(ForbiddenError);
      });
    }
  });

  test("R28 another company's run is not found, by name or by id", async ({ world }) => {
    const { reference } = await loadedRun(world);
    const other = await makeCompany(world.db);
    const support = await makeStaff(world.db, "support");
    const sheet = await world.web(support, (ctx) => findRunSheet(ctx, reference));
    for (const run of [RUN, sheet?.id ?? ""]) {
      const wrong = { company: other.slug, run };
      await world.web(support, async (ctx) => {
        expect(await findRunSheet(ctx, wrong)).toBeNull();
        for (const read of READS) {
          await expect(read(ctx, wrong), read.name).rejects.toThrow("not found");
        }
      });
    }
  });

  test("R30 a run's page tells who did what, by name", async ({ world }) => {
    const { company, reference } = await loadedRun(world);
    await world.db.update(companies).set({ approvalAbove: 1 }).where(eq(companies.id, company.id));
    const operator = await makeStaff(world.db, "operator");
    const support = await makeStaff(world.db, "support");
    await world.worker(({ db }) => approveRun({ db, actor: operator }, reference));
    const seen = await world.web(support, (ctx) => findRunSheet(ctx, reference));
    expect(seen).toMatchObject({
      state: "loaded",
      cutOffPassed: true,
      plan: { electronic: 1, paper: 2 },
      documents: { imported: 2, published: 0 },
      approval: { needed: true, given: [{ who: operator.name, mine: false, stands: true }] },
    });
    expect(seen?.events.map(({ action, who }) => [action, who])).toEqual(
      expect.arrayContaining([
        ["approved_run", operator.name],
        ["froze_run", "test"],
      ]),
    );
    const own = await world.web(operator, (ctx) => findRunSheet(ctx, reference));
    expect(own?.approval.given).toMatchObject([{ mine: true }]);
  });

  test("R12 the plan is counted by mode and reason, and searched by contract number", async ({
    world,
  }) => {
    const { one, reference } = await loadedRun(world);
    const support = await makeStaff(world.db, "support");
    await world.web(support, async (ctx) => {
      expect(await countPlan(ctx, reference)).toMatchObject([
        { mode: "electronic", reason: "chosen", contracts: 1 },
        { mode: "paper", reason: "no_choice", contracts: 2 },
      ]);
      const numbers = async (asked: Parameters<typeof searchPlan>[2]) =>
        (await searchPlan(ctx, reference, asked)).rows.map(({ contractNumber }) => contractNumber);
      expect(await numbers({})).toEqual(["C-1", "C-2", "D-3"]);
      expect(await numbers({ contract: "C-" })).toEqual(["C-1", "C-2"]);
      expect(await numbers({ contract: "%" })).toEqual([]);
      expect(await numbers({ after: "C-1" })).toEqual(["C-2", "D-3"]);
      expect(await numbers({ mode: "electronic" })).toEqual(["C-1"]);
      expect((await searchPlan(ctx, reference)).rows[0]?.email).toBe(one.account.email);
    });
  });

  test("R15 bills are shown against the plan, with the contracts that have none", async ({
    world,
  }) => {
    const { reference } = await loadedRun(world);
    const support = await makeStaff(world.db, "support");
    const look = async () => await world.web(support, (ctx) => searchRunBills(ctx, reference));
    expect((await look()).rows).toMatchObject([
      { billNumber: "B-1", plannedMode: "electronic", dispatchState: null },
      { billNumber: "B-2", plannedMode: "paper", dispatchState: null },
    ]);
    expect(await world.web(support, (ctx) => missingBills(ctx, reference))).toEqual({
      count: 1,
      first: [{ contractNumber: "D-3", mode: "paper" }],
    });
    await world.worker((ctx) => publishRun(ctx, reference));
    expect((await look()).rows).toMatchObject([
      { dispatchState: "queued" },
      { dispatchState: "paper" },
    ]);
    const one = await world.web(support, (ctx) =>
      searchRunBills(ctx, reference, { search: "C-2" }),
    );
    expect(one.rows).toMatchObject([{ billNumber: "B-2" }]);
  });

  test("R21 withdrawals are shown with their bills, people and whether they wait", async ({
    world,
  }) => {
    const { company, reference } = await loadedRun(world);
    await world.db.update(companies).set({ withdrawAbove: 1 }).where(eq(companies.id, company.id));
    const operator = await makeStaff(world.db, "operator");
    const admin = await makeStaff(world.db, "admin");
    await world.worker((ctx) => publishRun(ctx, reference));
    const asked = await world.worker(({ db }) =>
      withdrawDocuments(
        { db, actor: operator },
        { ...reference, billNumbers: ["B-2", "B-1"], reason: "wrong prices" },
      ),
    );
    const seenBy = async (actor: StaffActor) =>
      await world.web(actor, (ctx) => listRunWithdrawals(ctx, reference));
    expect(await seenBy(operator)).toMatchObject([
      {
        billNumbers: ["B-1", "B-2"],
        documents: 2,
        reason: "wrong prices",
        askedBy: operator.name,
        mine: true,
        approvedBy: null,
        carriedOutAt: null,
      },
    ]);
    const withdrawalId = asked.ok ? asked.value.withdrawalId : "";
    await world.worker(({ db }) =>
      approveWithdrawal({ db, actor: admin }, { company: company.slug, withdrawalId }),
    );
    const [done] = await seenBy(admin);
    expect(done).toMatchObject({ mine: false, approvedBy: admin.name });
    expect(done?.carriedOutAt).toBeInstanceOf(Date);
  });

  test("R12 the board has six cut-offs ahead for each company, with the runs that are opened", async ({
    world,
  }) => {
    const company = await makeCompany(world.db);
    const opened = await world.worker((ctx) => openRun(ctx, { company: company.slug }));
    const support = await makeStaff(world.db, "support");
    const board = await world.web(support, (ctx) => listRunBoard(ctx, { company: company.slug }));
    expect(board.companies.map(({ slug }) => slug)).toEqual([company.slug]);
    expect(board.ahead).toHaveLength(6);
    expect(board.ahead[0]?.run).toBe(opened.ok ? opened.value.name : "");
    expect(board.ahead.slice(1).every(({ run }) => run === null)).toBe(true);
    const instants = board.ahead.map(({ cutOffAt }) => cutOffAt.getTime());
    expect(instants).toEqual(instants.toSorted((a, b) => a - b));
    expect(new Set(instants).size).toBe(6);
  });
});

describe("files of runs", () => {
  const read = async (lines: AsyncIterable<string>) => {
    let text = "";
    for await (const line of lines) {
      text += line;
    }
    return text;
  };

  test("R12 the plan's file is the plan, and the download is audited", async ({ world }) => {
    const { one, reference } = await loadedRun(world);
    const operator = await makeStaff(world.db, "operator");
    const text = await world.web(operator, async (ctx) => {
      const exported = await exportRun(ctx, reference, "plan");
      return exported.ok ? await read(exported.value.lines) : exported.code;
    });
    expect(text.split("\n").slice(0, 3)).toEqual([
      "contract_number;mode;email;reason;discount_eur;discount_basis",
      `C-1;electronic;${one.account.email};chosen;0,00;`,
      "C-2;paper;;no_choice;0,00;",
    ]);
    const audited = eq(auditLog.action, "exported_run_file");
    expect(await world.db.select().from(auditLog).where(audited)).toMatchObject([
      { actorKind: "staff", actorId: operator.staffId, detail: { file: "plan" } },
    ]);
  });

  test("every file names its columns, and no cell is a formula", async ({ world }) => {
    const one = await makeCustomer(world.db, {
      contract: { contractNumber: "C-1", billingAddress: "=cmd()|'x'" },
    });
    const { company } = one;
    await world.worker((ctx) => frozenRun(ctx, company.slug, RUN));
    const operator = await makeStaff(world.db, "admin");
    for (const file of RUN_FILES) {
      const text = await world.web(operator, async (ctx) => {
        const exported = await exportRun(ctx, { company: company.slug, run: RUN }, file);
        return exported.ok ? await read(exported.value.lines) : exported.code;
      });
      expect(text, file).toMatch(/^contract_number;/);
      expect(text, file).not.toMatch(/(^|;)[=+@-]/m);
      if (file === "print-list") {
        expect(text).toContain("'=cmd()");
      }
    }
  });

  test("R12 a run that is not frozen has no file: an empty plan would be taken for one", async ({
    world,
  }) => {
    const { company } = await makeCustomer(world.db);
    await world.worker((ctx) => openRun(ctx, { company: company.slug, name: RUN }));
    const operator = await makeStaff(world.db, "operator");
    for (const file of RUN_FILES) {
      const exported = await world.web(operator, (ctx) =>
        exportRun(ctx, { company: company.slug, run: RUN }, file),
      );
      expect(exported, file).toEqual({ ok: false, code: "not_frozen" });
    }
  });

  test("R28 support, customers and another company's staff page get no file", async ({ world }) => {
    const { one, reference } = await loadedRun(world);
    const other = await makeCompany(world.db);
    const support = await makeStaff(world.db, "support");
    const operator = await makeStaff(world.db, "operator");
    for (const actor of [support, one.actor]) {
      const refused = await world.web(actor, (ctx) =>
        exportRun(ctx as Context<StaffActor>, reference, "plan"),
      );
      expect(refused).toEqual({ ok: false, code: "forbidden" });
    }
    const wrong = await world.web(operator, (ctx) =>
      exportRun(ctx, { company: other.slug, run: RUN }, "plan"),
    );
    expect(wrong).toEqual({ ok: false, code: "not_found" });
    expect(await world.db.$count(auditLog, eq(auditLog.action, "exported_run_file"))).toBe(0);
  });
});

describe("lookUpDelivery", () => {
  test("R10 tells staff of every role mode, reason and evidence by the one rule, and is audited", async ({
    world,
  }) => {
    const { one, company } = await loadedRun(world);
    for (const role of ["support", "operator", "admin"] as const) {
      const actor = await makeStaff(world.db, role);
      const asked = { company: company.slug, contractNumber: "C-1" };
      const found = await world.web(actor, (ctx) => lookUpDelivery(ctx, asked));
      expect(found).toMatchObject({
        contractNumber: "C-1",
        asked: { mode: "electronic", reason: "chosen", email: one.account.email },
        next: { mode: "electronic" },
        plans: [{ run: RUN, mode: "electronic", email: one.account.email }],
        choices: [{ origin: "customer", mode: "electronic", accountEmail: one.account.email }],
        mandates: [{ id: one.mandate?.id, status: "active" }],
      });
      expect(found?.asked.choiceId).toBe(found?.choices[0]?.id);
      const audited = and(
        eq(auditLog.action, "looked_up_delivery"),
        eq(auditLog.actorId, actor.staffId),
      );
      expect(await world.db.$count(auditLog, audited)).toBe(1);
    }
  });

  test("R10 at another instant it tells what held then", async ({ world }) => {
    const { one, company } = await loadedRun(world);
    await world.db.insert(addressSuspensions).values({
      email: one.account.email,
      reason: "hard_bounce",
      suspendedAt: new Date("2026-06-01T00:00:00Z"),
    });
    const actor = await makeStaff(world.db, "support");
    const at = async (instant?: string) =>
      await world.web(actor, (ctx) =>
        lookUpDelivery(ctx, {
          company: company.slug,
          contractNumber: "C-1",
          at: instant ? new Date(instant) : undefined,
        }),
      );
    expect(await at("2025-12-01T00:00:00Z")).toMatchObject({
      asked: { mode: "paper", reason: "no_choice" },
      choices: [],
      suspensions: [],
    });
    expect(await at("2026-05-20T00:00:00Z")).toMatchObject({
      asked: { mode: "electronic", reason: "chosen" },
      suspensions: [],
    });
    expect(await at()).toMatchObject({
      asked: { mode: "paper", reason: "address_suspended" },
      suspensions: [{ email: one.account.email, reason: "hard_bounce", until: null }],
    });
  });

  test("R28 an unknown role, a customer and a visitor look nothing up; another company has no such contract", async ({
    world,
  }) => {
    const { one, company } = await loadedRun(world);
    const support = await makeStaff(world.db, "support");
    const intern = { ...support, role: "intern" as StaffRole };
    const asked = { company: company.slug, contractNumber: "C-1" };
    for (const actor of [intern, one.actor, { kind: "visitor" } as const]) {
      await world.web(actor, async (ctx) => {
        const looked = lookUpDelivery(ctx as Context<StaffActor>, asked);
        await expect(looked).rejects.toBeInstanceOf(ForbiddenError);
      });
    }
    const other = await makeCompany(world.db);
    const wrong = { ...asked, company: other.slug };
    expect(await world.web(support, (ctx) => lookUpDelivery(ctx, wrong))).toBeNull();
  });
});
