import { and, eq, sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import {
  auditLog,
  companies,
  deliveryChoices,
  documents,
  invoicingRuns,
  runApprovals,
  staff,
  withdrawals,
} from "@/db/schema";
import type { StaffActor, StaffRole } from "@/lib/auth/actor";
import { hashPassword } from "@/lib/auth/password";
import { ForbiddenError, NotFoundError } from "@/lib/errors";
import { importBillLines } from "@/lib/imports/commands/import-bill-lines";
import { importBills } from "@/lib/imports/commands/import-bills";
import { approveRun } from "@/lib/runs/commands/approve-run";
import { cancelRun } from "@/lib/runs/commands/cancel-run";
import { freezeDueRuns } from "@/lib/runs/commands/freeze-due-runs";
import { freezeRun } from "@/lib/runs/commands/freeze-run";
import { openRun } from "@/lib/runs/commands/open-run";
import { publishRun } from "@/lib/runs/commands/publish-run";
import { planRows } from "@/lib/runs/queries/plan-rows";
import { listRuns } from "@/lib/runs/queries/run";
import { runHistory } from "@/lib/runs/queries/run-history";
import { runStatus } from "@/lib/runs/queries/run-status";
import { identifyStaff } from "@/lib/staff/commands/identify-staff";
import { billLinesFile, billsFile } from "../factories/import-files";
import { makeCompany, makeCustomer, makeStaff } from "../factories/people";
import { choose, frozenRun } from "../factories/runs";
import { PASSWORD } from "../factories/signup";
import { cloneDatabase, test, type World } from "../setup/database";

const RUN = "2026-05";
const target = { kind: "run", run: RUN } as const;

/** A frozen run with two bills, of a company where more than one needs two people. */
async function loadedRun(world: World, approvalAbove = 1) {
  const company = await makeCompany(world.db, { approvalAbove });
  const one = await makeCustomer(world.db, { company, contract: { contractNumber: "C-1" } });
  const two = await makeCustomer(world.db, { company, contract: { contractNumber: "C-2" } });
  await choose(world.db, one);
  await world.worker((ctx) => frozenRun(ctx, company.slug));
  const file = await billsFile({}, { bill_number: "B-2", contract_number: "C-2" });
  await world.worker((ctx) => importBills(ctx, { company: company.slug, file, target }));
  return { one, two, company, reference: { company: company.slug, run: RUN } };
}

/** Works as a member of staff on the worker's connection, as orders of the pages are carried out. */
const as = <T>(
  world: World,
  actor: StaffActor,
  work: (ctx: { db: World["db"]; actor: StaffActor }) => Promise<T>,
) => world.worker(({ db }) => work({ db: db as World["db"], actor }));

describe("approveRun and publishRun", () => {
  test("R15 above the company's size a second person's approval is needed; one's own does not count", async ({
    world,
  }) => {
    const { company, reference } = await loadedRun(world);
    const anna = await makeStaff(world.db, "operator");
    const bruno = await makeStaff(world.db, "admin");
    const publish = () => as(world, anna, (ctx) => publishRun(ctx, reference));
    expect(await publish()).toEqual({ ok: false, code: "approval_needed" });
    expect(await as(world, anna, (ctx) => approveRun(ctx, reference))).toEqual({
      ok: true,
      value: { documents: 2, needed: true, already: false },
    });
    expect(await publish()).toEqual({ ok: false, code: "approval_needed" });
    expect(await world.worker((ctx) => runStatus(ctx, reference))).toMatchObject({
      state: "loaded",
      documents: { published: 0 },
      approval: { above: 1, needed: true, given: [{ stands: true, documents: 2 }] },
    });
    await as(world, bruno, (ctx) => approveRun(ctx, reference));
    expect(await as(world, bruno, (ctx) => approveRun(ctx, reference))).toMatchObject({
      value: { already: true },
    });
    expect(await publish()).toMatchObject({ ok: true, value: { documents: 2, already: false } });
    expect(await as(world, bruno, (ctx) => approveRun(ctx, reference))).toEqual({
      ok: false,
      code: "already_published",
    });
    const history = await world.worker((ctx) => runHistory(ctx, reference));
    expect(history.map(({ action, who }) => [action, who])).toEqual([
      ["opened_run", "test"],
      ["froze_run", "test"],
      ["approved_run", anna.name],
      ["approved_run", bruno.name],
      ["published_run", anna.name],
    ]);
    expect(await world.db.$count(runApprovals, eq(runApprovals.companyId, company.id))).toBe(2);
  });

  test("R15 an approval counts for what was loaded when it was given", async ({ world }) => {
    const { company, reference } = await loadedRun(world);
    const bruno = await makeStaff(world.db, "operator");
    const approve = () => as(world, bruno, (ctx) => approveRun(ctx, reference));
    const publish = () => world.worker((ctx) => publishRun(ctx, reference));
    await approve();
    const load = async (total_eur: string) => {
      const file = await billsFile({ total_eur });
      await world.worker((ctx) => importBills(ctx, { company: company.slug, file, target }));
    };
    await load("83,41");
    expect(await publish()).toEqual({ ok: false, code: "approval_needed" });
    await approve();
    await load("83,41");
    const file = await billLinesFile({ amount_eur: "83,41" });
    await world.worker((ctx) => importBillLines(ctx, { company: company.slug, file }));
    expect(await publish()).toEqual({ ok: false, code: "approval_needed" });
    await approve();
    // The same file again changes nothing, and so takes nothing away.
    await load("83,41");
    await world.worker((ctx) => importBillLines(ctx, { company: company.slug, file }));
    expect(await publish()).toMatchObject({ ok: true });
  });

  test("R15 an approval of another number of documents, or of a withdrawal, does not count", async ({
    world,
  }) => {
    const { company, reference } = await loadedRun(world);
    const [run] = await world.db
      .select()
      .from(invoicingRuns)
      .where(eq(invoicingRuns.companyId, company.id));
    const approval = { companyId: company.id, runId: run?.id ?? "", person: "shell:other" };
    const [withdrawal] = await world.db
      .insert(withdrawals)
      .values({ companyId: company.id, reason: "of the test", documents: 2, person: "shell:one" })
      .returning({ withdrawalId: withdrawals.id });
    await world.db.insert(runApprovals).values([
      { ...approval, documents: 1 },
      { ...approval, ...withdrawal, documents: 2 },
    ]);
    expect(await world.worker((ctx) => publishRun(ctx, reference))).toMatchObject({ ok: false });
    await world.db.insert(runApprovals).values({ ...approval, documents: 2 });
    expect(await world.worker((ctx) => publishRun(ctx, reference))).toMatchObject({ ok: true });
  });

  test("R15 up to the company's size one person is enough", async ({ world }) => {
    const { reference } = await loadedRun(world, 2);
    expect(await world.worker((ctx) => publishRun(ctx, reference))).toMatchObject({ ok: true });
  });

  test("R15 there is nothing to approve before bills are loaded or once the run is cancelled", async ({
    world,
  }) => {
    const { slug } = await makeCompany(world.db);
    const reference = { company: slug, run: "a" };
    const cutOffAt = new Date("2026-05-15T16:00:00Z");
    await world.worker((ctx) => openRun(ctx, { company: slug, name: "a", cutOffAt }));
    const approve = () => world.worker((ctx) => approveRun(ctx, reference));
    expect(await approve()).toEqual({ ok: false, code: "not_frozen" });
    await world.worker((ctx) => freezeRun(ctx, reference));
    expect(await approve()).toEqual({ ok: false, code: "no_documents" });
    await world.worker((ctx) => cancelRun(ctx, { ...reference, reason: "of the test" }));
    expect(await approve()).toEqual({ ok: false, code: "cancelled" });
  });

  test("R15 an approval waits for an import into the run, and counts what that brought", async () => {
    const clone = await cloneDatabase();
    try {
      const { superuser, worker } = clone;
      const company = await superuser.db.transaction(async (tx) => {
        const made = await makeCompany(tx, { approvalAbove: 0 });
        await makeCustomer(tx, { company: made, contract: { contractNumber: "C-1" } });
        return made;
      });
      const ctx = { db: worker.db, actor: { kind: "system", name: "one" } } as const;
      await frozenRun(ctx, company.slug);
      const file = await billsFile({});
      await importBills(ctx, { company: company.slug, file, target });
      const held = await superuser.sql.reserve();
      await held`begin`;
      await held`update invoicing_runs set loaded_at = clock_timestamp()`;
      const approving = approveRun(ctx, { company: company.slug, run: RUN });
      const waiting = () =>
        superuser.sql`select from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`;
      await expect.poll(waiting, { timeout: 10_000 }).toHaveLength(1);
      await held`update invoicing_runs set loaded_at = clock_timestamp()`;
      await held`commit`;
      held.release();
      expect(await approving).toMatchObject({ ok: true });
      const other = { db: worker.db, actor: { kind: "system", name: "two" } } as const;
      expect(await publishRun(other, { company: company.slug, run: RUN })).toMatchObject({
        ok: true,
      });
    } finally {
      await clone.drop();
    }
  });
});

test("R21 lines that come in while their run is published find it published", async () => {
  const clone = await cloneDatabase();
  try {
    const { superuser, worker } = clone;
    const company = await superuser.db.transaction(async (tx) => {
      const made = await makeCompany(tx);
      await makeCustomer(tx, { company: made, contract: { contractNumber: "C-1" } });
      return made;
    });
    const ctx = { db: worker.db, actor: { kind: "system", name: "one" } } as const;
    await frozenRun(ctx, company.slug);
    await importBills(ctx, { company: company.slug, file: await billsFile({}), target });
    const load = async (description: string) =>
      importBillLines(ctx, { company: company.slug, file: await billLinesFile({ description }) });
    await load("as approved");
    const held = await superuser.sql.reserve();
    await held`begin`;
    await held`update invoicing_runs set state = 'published', published_at = now()`;
    await held`update documents set published_at = now()`;
    const loading = load("of somebody else").then(
      () => "taken over",
      (error: Error) => error.message,
    );
    await expect
      .poll(
        () => superuser.sql`select from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`,
        { timeout: 10_000 },
      )
      .toHaveLength(1);
    await held`commit`;
    held.release();
    expect(await loading).toContain("is published with other lines");
  } finally {
    await clone.drop();
  }
});

describe("cancelRun", () => {
  test("R20 a run is cancelled with a reason until it is published, and keeps the first reason", async ({
    world,
  }) => {
    const { company, reference } = await loadedRun(world, 2);
    const cancel = (reason: string) =>
      world.worker((ctx) => cancelRun(ctx, { ...reference, reason }));
    expect(await cancel("  ")).toEqual({ ok: false, code: "reason_missing" });
    expect(await cancel("x".repeat(501))).toEqual({ ok: false, code: "reason_too_long" });
    expect(await cancel(" wrong tariff ")).toMatchObject({
      ok: true,
      value: { state: "cancelled", cancelReason: "wrong tariff", already: false },
    });
    expect(await cancel("something else")).toMatchObject({
      value: { cancelReason: "wrong tariff", already: true },
    });
    expect(await world.worker((ctx) => publishRun(ctx, reference))).toEqual({
      ok: false,
      code: "cancelled",
    });
    const audited = and(eq(auditLog.companyId, company.id), eq(auditLog.action, "cancelled_run"));
    expect(await world.db.$count(auditLog, audited)).toBe(1);
    const later = await loadedRun(world, 2);
    await world.worker((ctx) => publishRun(ctx, later.reference));
    expect(
      await world.worker((ctx) => cancelRun(ctx, { ...later.reference, reason: "too late" })),
    ).toEqual({ ok: false, code: "already_published" });
  });

  test("R15 a cancelled run's documents stay invisible and may go into another run, alone, or to the archive", async ({
    world,
  }) => {
    const { one, company, reference } = await loadedRun(world);
    const { slug } = company;
    const lines = await billLinesFile({});
    await world.worker((ctx) => importBillLines(ctx, { company: slug, file: lines }));
    await world.worker((ctx) => cancelRun(ctx, { ...reference, reason: "wrong cut-off" }));
    const of = and(eq(documents.companyId, company.id), sql`published_at is null`);
    expect(await world.db.$count(documents, of)).toBe(2);
    const cutOffAt = new Date("2026-05-16T16:00:00Z");
    await world.worker((ctx) => openRun(ctx, { company: slug, name: "again", cutOffAt }));
    await world.worker((ctx) => freezeRun(ctx, { company: slug, run: "again" }));
    const into = async (kind: "run" | "single" | "archive", row = {}) => {
      const file = await billsFile(row);
      const where = kind === "run" ? { kind, run: "again" } : { kind };
      return await world.worker((ctx) => importBills(ctx, { company: slug, file, target: where }));
    };
    expect(await into("run")).toMatchObject({ added: 0, changed: 1 });
    expect(await into("single", { bill_number: "B-2", contract_number: "C-2" })).toMatchObject({
      changed: 1,
    });
    const status = await world.worker((ctx) => runStatus(ctx, { company: slug, run: "again" }));
    expect(status).toMatchObject({ state: "loaded", documents: { imported: 1, published: 0 } });
    expect(await world.worker((ctx) => runStatus(ctx, reference))).toMatchObject({
      documents: { imported: 0 },
    });
    expect(
      await world.worker((ctx) => publishRun(ctx, { company: slug, run: "again" })),
    ).toMatchObject({ ok: true, value: { documents: 1, electronic: 1 } });
    const kept = await world.db.execute(
      sql`select from bill_lines where contract_id = ${one.contract.id}`,
    );
    expect(kept).toHaveLength(1);
    const rows = await world.db
      .select({ origin: documents.origin, published: sql<boolean>`published_at is not null` })
      .from(documents)
      .where(eq(documents.companyId, company.id))
      .orderBy(documents.billNumber);
    expect(rows).toEqual([
      { origin: "run", published: true },
      { origin: "single", published: true },
    ]);
    // Of a run that is not cancelled nothing is taken.
    await expect(into("archive")).rejects.toThrow();
  });

  test("R15 what a cancelled run leaves needs a row in the new run's plan as well", async ({
    world,
  }) => {
    const { company, reference } = await loadedRun(world);
    await world.worker((ctx) => cancelRun(ctx, { ...reference, reason: "wrong cut-off" }));
    await world.db.execute(
      sql`update contracts set ends_on = '2026-05-15' where contract_number = 'C-1' and company_id = ${company.id}`,
    );
    const { slug } = company;
    const cutOffAt = new Date("2026-05-16T16:00:00Z");
    await world.worker((ctx) => openRun(ctx, { company: slug, name: "again", cutOffAt }));
    await world.worker((ctx) => freezeRun(ctx, { company: slug, run: "again" }));
    const file = await billsFile({});
    const into = { kind: "run", run: "again" } as const;
    await expect(
      world.worker((ctx) => importBills(ctx, { company: slug, file, target: into })),
    ).rejects.toMatchObject({ faults: [{ line: 2, column: "contract_number" }] });
  });
});

describe("freezeDueRuns", () => {
  test("R12 freezes what is due, exactly once on many machines; a failing company stops no other", async () => {
    const clone = await cloneDatabase();
    try {
      const { superuser, worker } = clone;
      const made = await superuser.db.transaction(async (tx) => {
        const ill = await makeCustomer(tx);
        const well = await makeCustomer(tx);
        const run = (companyId: number, name: string, cutOffAt: string, openedAt: string) =>
          tx.insert(invoicingRuns).values({
            companyId,
            name,
            cutOffAt: new Date(cutOffAt),
            openedAt: new Date(openedAt),
          });
        await run(ill.company.id, "due", "2026-05-14T16:00:00Z", "2026-01-01T00:00:00Z");
        await run(well.company.id, "due", "2026-05-15T16:00:00Z", "2026-01-01T00:00:00Z");
        await run(well.company.id, "opened-late", "2026-06-15T16:00:00Z", "2026-06-20T00:00:00Z");
        await run(well.company.id, "to-come", "2099-06-15T16:00:00Z", "2026-01-01T00:00:00Z");
        return { ill: ill.company, well: well.company };
      });
      await superuser.sql.unsafe(`
        create function refuse_one() returns trigger language plpgsql as
          $$ begin raise exception 'the test refuses'; end $$;
        create trigger refuse_one before insert on delivery_plans for each row
          when (new.company_id = ${made.ill.id}) execute function refuse_one()`);
      const ctx = { db: worker.db, actor: { kind: "system", name: "test" } } as const;
      const results = await Promise.all(Array.from({ length: 6 }, () => freezeDueRuns(ctx)));
      expect(results.reduce((sum, { frozen }) => sum + frozen, 0)).toBe(1);
      // Whoever comes while another freezes a run leaves it to them.
      expect(results.some(({ failed }) => failed === 1)).toBe(true);
      const states = async ({ slug }: { slug: string }) =>
        Object.fromEntries((await listRuns(ctx, slug)).map(({ name, state }) => [name, state]));
      expect(await states(made.ill)).toEqual({ due: "scheduled" });
      expect(await states(made.well)).toEqual({
        due: "frozen",
        "opened-late": "scheduled",
        "to-come": "scheduled",
      });
      await superuser.sql.unsafe("drop trigger refuse_one on delivery_plans");
      expect(await freezeDueRuns(ctx)).toEqual({ frozen: 1, failed: 0 });
      expect(await states(made.ill)).toEqual({ due: "frozen" });
    } finally {
      await clone.drop();
    }
  });
});

describe("freezeRun", () => {
  test("R12 a choice taken over after the freeze, dated before the cut-off, never changes the plan", async ({
    world,
  }) => {
    const one = await makeCustomer(world.db);
    const { company } = one;
    await world.worker((ctx) => frozenRun(ctx, company.slug));
    await world.db.insert(deliveryChoices).values({
      companyId: company.id,
      contractId: one.contract.id,
      mode: "electronic",
      email: "altrove@posta.example",
      origin: "import",
      chosenAt: new Date("2026-02-01T00:00:00Z"),
    });
    const reference = { company: company.slug, run: RUN };
    expect(await world.worker((ctx) => freezeRun(ctx, reference))).toMatchObject({
      value: { already: true, electronic: 0, paper: 1 },
    });
  });

  test("R19 an address suspended before the cut-off and committed during the freeze is in the plan", async () => {
    const clone = await cloneDatabase();
    try {
      const { superuser, worker } = clone;
      const one = await superuser.db.transaction(async (tx) => {
        const customer = await makeCustomer(tx);
        await choose(tx, customer);
        return customer;
      });
      const ctx = { db: worker.db, actor: { kind: "system", name: "test" } } as const;
      const company = one.company.slug;
      await openRun(ctx, { company, name: RUN, cutOffAt: new Date("2026-05-15T16:00:00Z") });
      const bounce = await superuser.sql.reserve();
      await bounce`begin`;
      await bounce`insert into address_suspensions (email, reason, suspended_at)
        values (${one.account.email}, 'hard_bounce', '2026-05-01')`;
      const freezing = freezeRun(ctx, { company, run: RUN });
      const waiting = () =>
        superuser.sql`select from pg_locks
          where relation = 'address_suspensions'::regclass and not granted`;
      await expect.poll(waiting, { timeout: 10_000 }).toHaveLength(1);
      await bounce`commit`;
      bounce.release();
      expect(await freezing).toMatchObject({ ok: true, value: { electronic: 0, paper: 1 } });
    } finally {
      await clone.drop();
    }
  });
});

describe("who may", () => {
  test("R28 support, unknown roles and customers take no step; support may look", async ({
    world,
  }) => {
    const { one, reference } = await loadedRun(world);
    const support = await makeStaff(world.db, "support");
    const king: StaffActor = { ...support, role: "king" as StaffRole };
    const customer = one.actor as unknown as StaffActor;
    for (const actor of [support, king, customer]) {
      const steps = [
        () => as(world, actor, (ctx) => freezeRun(ctx, reference)),
        () => as(world, actor, (ctx) => approveRun(ctx, reference)),
        () => as(world, actor, (ctx) => publishRun(ctx, reference)),
        () => as(world, actor, (ctx) => cancelRun(ctx, { ...reference, reason: "mine" })),
        () => as(world, actor, (ctx) => freezeDueRuns(ctx)),
      ];
      for (const step of steps) {
        await expect(step()).rejects.toThrow(ForbiddenError);
      }
    }
    const look = (actor: StaffActor) => [
      () => as(world, actor, (ctx) => runStatus(ctx, reference)),
      () => as(world, actor, (ctx) => runHistory(ctx, reference)),
      () => as(world, actor, (ctx) => listRuns(ctx, reference.company)),
      () => as(world, actor, (ctx) => planRows(ctx, reference).next()),
    ];
    for (const ask of look(support)) {
      await expect(ask()).resolves.toBeTruthy();
    }
    for (const ask of [...look(king), ...look(customer)]) {
      await expect(ask()).rejects.toThrow(ForbiddenError);
    }
    expect(await world.worker((ctx) => runStatus(ctx, reference))).toMatchObject({
      state: "loaded",
    });
  });

  test("R28 another company's run is not found by any step", async ({ world }) => {
    const { company } = await loadedRun(world);
    const mine = await makeCompany(world.db);
    const [run] = await world.worker((ctx) => listRuns(ctx, company.slug));
    for (const name of [RUN, run?.id ?? ""]) {
      const reference = { company: mine.slug, run: name };
      for (const step of [approveRun, publishRun, freezeRun, runHistory]) {
        await expect(world.worker<unknown>((ctx) => step(ctx, reference))).rejects.toThrow(
          NotFoundError,
        );
      }
      await expect(
        world.worker((ctx) => cancelRun(ctx, { ...reference, reason: "mine" })),
      ).rejects.toThrow(NotFoundError);
    }
    expect(await world.db.$count(companies, eq(companies.id, company.id))).toBe(1);
  });

  test("R30 at the shell a member of staff is known by password, and every attempt is audited", async ({
    world,
  }) => {
    const anna = await makeStaff(world.db, "operator");
    const passwordHash = await hashPassword(PASSWORD);
    await world.db.update(staff).set({ passwordHash }).where(eq(staff.id, anna.staffId));
    const identify = (email: string, password = PASSWORD) =>
      world.worker((ctx) => identifyStaff(ctx, { email, password, code: "" }));
    expect(await identify(anna.email.toUpperCase())).toMatchObject({
      kind: "staff",
      staffId: anna.staffId,
      role: "operator",
      name: anna.name,
    });
    expect(await identify(anna.email, "another password")).toBeNull();
    expect(await identify("nobody@sportello.example")).toBeNull();
    expect(await identify("no address")).toBeNull();
    await world.db.update(staff).set({ disabledAt: new Date() }).where(eq(staff.id, anna.staffId));
    expect(await identify(anna.email)).toBeNull();
    const entries = await world.db
      .select({ action: auditLog.action, by: auditLog.actorKind, subject: auditLog.subjectId })
      .from(auditLog)
      .where(eq(auditLog.subjectKind, "staff"))
      .orderBy(auditLog.id);
    const refusal = { action: "refused_at_shell", by: "system", subject: null };
    expect(entries).toEqual([
      { action: "acted_at_shell", by: "staff", subject: anna.staffId },
      { ...refusal, subject: anna.staffId },
      refusal,
      refusal,
      refusal,
    ]);
  });
});
