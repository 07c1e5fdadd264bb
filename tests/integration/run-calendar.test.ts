import { and, asc, eq, sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import { auditLog, companies, invoicingRuns } from "@/db/schema";
import type { StaffRole } from "@/lib/auth/actor";
import { addCompany, changeSettings } from "@/lib/companies/commands";
import { ForbiddenError } from "@/lib/errors";
import { cancelRun } from "@/lib/runs/commands/cancel-run";
import { openRun } from "@/lib/runs/commands/open-run";
import { scheduleRuns } from "@/lib/runs/commands/schedule-runs";
import { getCalendar } from "@/lib/runs/queries/calendar";
import { listRuns } from "@/lib/runs/queries/run";
import { makeCompany, makeStaff, must } from "../factories/people";
import { cloneDatabase, test, type World } from "../setup/database";

type Company = typeof companies.$inferSelect;

const runsOf = async ({ db }: Pick<World, "db">, { id }: Company) =>
  await db
    .select()
    .from(invoicingRuns)
    .where(eq(invoicingRuns.companyId, id))
    .orderBy(asc(invoicingRuns.cutOffAt));

/** Each cut-off on Rome's wall: `2026-12-15 18:00`. */
const onTheWall = async (world: World, { id }: Company) => {
  const rows = await world.db.execute<{ wall: string }>(sql`
    select to_char(cut_off_at at time zone 'Europe/Rome', 'YYYY-MM-DD HH24:MI') as wall
    from invoicing_runs where company_id = ${id} order by cut_off_at`);
  return rows.map(({ wall }) => wall);
};

const scheduled = async (world: World, monthsAhead?: number, over = {}) => {
  const company = await makeCompany(world.db, over);
  await world.worker((ctx) => scheduleRuns(ctx, { monthsAhead }));
  return company;
};

/** A run of the calendar that is still to come in this month. */
const soon = async (world: World, { id: companyId }: Company) => {
  const [run] = await world.db
    .insert(invoicingRuns)
    .values({
      companyId,
      name: "soon",
      origin: "calendar",
      cutOffAt: sql`clock_timestamp() + interval '1 minute'` as unknown as Date,
    })
    .returning();
  return must(run);
};

const nextCutOff = async (world: World, { slug }: Company) =>
  (await world.worker((ctx) => getCalendar(ctx, slug))).nextCutOffAt;

describe("scheduleRuns", () => {
  test("R12 one run a month, at the same hour on the wall through both clock changes and the new year", async ({
    world,
  }) => {
    const company = await scheduled(world, 14, { cutOffDay: 20, cutOffHour: 9 });
    const walls = await onTheWall(world, company);
    expect(walls.length).toBeGreaterThanOrEqual(14);
    for (const wall of walls) {
      expect(wall).toMatch(/-20 09:00$/);
    }
    const months = walls.map((wall) => Number(wall.slice(0, 4)) * 12 + Number(wall.slice(5, 7)));
    expect(months).toEqual(months.map((_, ahead) => (months[0] ?? 0) + ahead));
    const runs = await runsOf(world, company);
    expect(new Set(runs.map(({ cutOffAt }) => cutOffAt.getUTCHours()))).toEqual(new Set([7, 8]));
    expect(runs.map(({ name }) => name)).toEqual(walls.map((wall) => wall.slice(0, 7)));
    expect(runs.every(({ origin, state }) => origin === "calendar" && state === "scheduled")).toBe(
      true,
    );
    const audited = and(eq(auditLog.companyId, company.id), eq(auditLog.action, "scheduled_run"));
    expect(await world.db.$count(auditLog, audited)).toBe(runs.length);
  });

  test("R12 also on the very days the clocks change, in leap years, and around midnight in Rome", async ({
    world,
  }) => {
    const { id } = await makeCompany(world.db, { cutOffDay: 28, cutOffHour: 4 });
    const cutOffs = async (since: string, months = 1) => {
      const rows = await world.db.execute<{ at: string }>(sql`
        select to_char(c at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI') as at
        from calendar_cut_offs(${id}::smallint, ${since}::timestamptz, ${months}) c`);
      return rows.map(({ at }) => at);
    };
    expect(await cutOffs("2027-03-01T12:00:00Z")).toEqual(["2027-03-28T02:00"]);
    expect(await cutOffs("2029-10-01T12:00:00Z")).toEqual(["2029-10-28T03:00"]);
    expect(await cutOffs("2028-01-31T12:00:00Z", 3)).toEqual([
      "2028-01-28T03:00",
      "2028-02-28T03:00",
      "2028-03-28T02:00",
    ]);
    expect(await cutOffs("2026-12-31T22:59:00Z")).toEqual(["2026-12-28T03:00"]);
    expect(await cutOffs("2026-12-31T23:00:00Z")).toEqual(["2027-01-28T03:00"]);
  });

  test("R12 again adds nothing; a month with a run of any state gets no other", async ({
    world,
  }) => {
    const company = await scheduled(world);
    const before = await runsOf(world, company);
    const first = must(before[0]);
    await world.worker((ctx) =>
      cancelRun(ctx, { company: company.slug, run: first.id, reason: "not this month" }),
    );
    expect(await world.worker((ctx) => scheduleRuns(ctx))).toEqual({ added: 0 });
    expect((await runsOf(world, company)).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    // R11: the cancelled month is passed over, in the table and by the rule.
    expect(await nextCutOff(world, company)).toEqual(must(before[1]).cutOffAt);
  });

  test("R12 where the month's name is taken the next number is added to it", async ({ world }) => {
    const company = await makeCompany(world.db);
    const [row] = await world.db.execute<{ month: string }>(sql`
      select to_char(next_cut_off(${company.id}::smallint, now()) at time zone 'Europe/Rome', 'YYYY-MM') as month`);
    const { month } = must(row);
    const cutOffAt = new Date("2020-05-15T16:00:00Z");
    await world.worker((ctx) => openRun(ctx, { company: company.slug, name: month, cutOffAt }));
    await world.worker((ctx) => scheduleRuns(ctx));
    expect((await runsOf(world, company))[1]?.name).toBe(`${month}-2`);
  });

  test("R12 eight machines at once give each month one run", async () => {
    const clone = await cloneDatabase();
    try {
      const { superuser, worker } = clone;
      const company = await superuser.db.transaction((tx) => makeCompany(tx));
      const ctx = { db: worker.db, actor: { kind: "system", name: "test" } } as const;
      const results = await Promise.all(Array.from({ length: 8 }, () => scheduleRuns(ctx)));
      const runs = await listRuns(ctx, company.slug);
      expect(results.reduce((sum, { added }) => sum + added, 0)).toBe(runs.length);
      expect(new Set(runs.map(({ name }) => name.slice(0, 7))).size).toBe(runs.length);
    } finally {
      await clone.drop();
    }
  });

  test("R12 a new company has its calendar's runs at once", async ({ world }) => {
    const {
      id: _,
      createdAt: __,
      approvalAbove: ___,
      withdrawAbove: ____,
      ...facts
    } = await makeCompany(world.db);
    const added = await world.worker((ctx) =>
      addCompany(ctx, { ...facts, slug: "brand-new", discounts: [] }),
    );
    expect(added.ok).toBe(true);
    expect((await world.worker((ctx) => listRuns(ctx, "brand-new"))).length).toBeGreaterThan(5);
  });
});

describe("openRun beside a calendar", () => {
  test("R11 without a cut-off it is the calendar's next run; a name makes it the operator's", async ({
    world,
  }) => {
    const company = await scheduled(world);
    const first = must((await runsOf(world, company))[0]);
    const open = (name?: string) =>
      world.worker((ctx) => openRun(ctx, { company: company.slug, name }));
    expect(await open()).toMatchObject({
      ok: true,
      value: { id: first.id, name: first.name, already: true, origin: "calendar" },
    });
    expect(await open("prova")).toMatchObject({
      ok: true,
      value: { id: first.id, name: "prova", already: true, origin: "operator" },
    });
    expect(await open()).toMatchObject({ value: { id: first.id, name: "prova", already: true } });
    expect(await open("another")).toEqual({ ok: false, code: "cut_off_taken" });
  });

  test("R11 a cut-off in a month of the calendar takes its run's place; the rule and the table agree", async ({
    world,
  }) => {
    const company = await scheduled(world);
    const before = await runsOf(world, company);
    const first = must(before[0]);
    const cutOffAt = new Date(first.cutOffAt.getTime() + 3_600_000);
    const opened = await world.worker((ctx) => openRun(ctx, { company: company.slug, cutOffAt }));
    expect(opened).toMatchObject({
      ok: true,
      value: { id: first.id, name: first.name, cutOffAt, already: false, origin: "operator" },
    });
    expect(await runsOf(world, company)).toHaveLength(before.length);
    expect(await nextCutOff(world, company)).toEqual(cutOffAt);
    await world.worker((ctx) => scheduleRuns(ctx));
    expect(await runsOf(world, company)).toHaveLength(before.length);
  });

  test("R11 `now` takes the place of this month's run; a second run of the day is one more", async ({
    world,
  }) => {
    const company = await makeCompany(world.db);
    const run = await soon(world, company);
    const now = new Date(Date.now() - 5);
    const open = (name: string, cutOffAt: Date) =>
      world.worker((ctx) => openRun(ctx, { company: company.slug, name, cutOffAt }));
    expect(await open("prova", now)).toMatchObject({
      ok: true,
      value: { id: run.id, name: "prova", cutOffAt: now },
    });
    const [taken] = await runsOf(world, company);
    // Opened after its cut-off: it is the operator's to freeze.
    expect(must(taken).openedAt > must(taken).cutOffAt).toBe(true);
    expect(await open("prova-2", new Date(now.getTime() + 1))).toMatchObject({ ok: true });
    expect(await runsOf(world, company)).toHaveLength(2);
  });

  test("R11 a cut-off of a month that is over leaves the calendar as it is", async ({ world }) => {
    const company = await scheduled(world);
    const before = await runsOf(world, company);
    const cutOffAt = new Date("2026-05-15T16:00:00Z");
    await world.worker((ctx) => openRun(ctx, { company: company.slug, cutOffAt }));
    expect((await runsOf(world, company)).slice(1)).toEqual(before);
  });

  test("a cancelled run gives its cut-off back, and keeps its name", async ({ world }) => {
    const { slug } = await makeCompany(world.db);
    const cutOffAt = new Date("2026-05-15T16:00:00Z");
    const open = (name: string) =>
      world.worker((ctx) => openRun(ctx, { company: slug, name, cutOffAt }));
    await open("a");
    await world.worker((ctx) => cancelRun(ctx, { company: slug, run: "a", reason: "wrong day" }));
    expect(await open("a")).toEqual({ ok: false, code: "name_taken" });
    expect(await open("b")).toMatchObject({ ok: true, value: { name: "b", cutOffAt } });
  });

  test("R28 support and roles we do not know open and schedule nothing", async ({ world }) => {
    const { slug } = await makeCompany(world.db);
    for (const role of ["support", "king" as StaffRole] as const) {
      const actor = { ...(await makeStaff(world.db, "support")), role };
      await expect(
        world.worker(({ db }) => openRun({ db, actor }, { company: slug })),
      ).rejects.toThrow(ForbiddenError);
      await expect(world.worker(({ db }) => scheduleRuns({ db, actor }))).rejects.toThrow(
        ForbiddenError,
      );
    }
    const unknown = { ...(await makeStaff(world.db, "support")), role: "king" as StaffRole };
    await expect(
      world.worker(({ db }) => getCalendar({ db, actor: unknown }, slug)),
    ).rejects.toThrow(ForbiddenError);
  });
});

describe("changeSettings", () => {
  test("R12 runs of the calendar move along; those of operators, other companies and the past stay", async ({
    world,
  }) => {
    const other = await makeCompany(world.db);
    const company = await scheduled(world, 6);
    const theirs = await runsOf(world, other);
    const before = await runsOf(world, company);
    const [first, second] = before;
    const own = new Date(must(second).cutOffAt.getTime() + 3_600_000);
    await world.worker((ctx) => openRun(ctx, { company: company.slug, cutOffAt: own }));
    const changed = await world.worker((ctx) =>
      changeSettings(ctx, { company: company.slug, cutOffDay: 28, cutOffHour: 7 }),
    );
    const after = await runsOf(world, company);
    expect(changed).toEqual({
      changed: ["cutOffDay", "cutOffHour"],
      moved: before.length - 1,
      left: 0,
      added: after.length - before.length,
    });
    expect(after.find(({ id }) => id === second?.id)?.cutOffAt).toEqual(own);
    expect(
      (await onTheWall(world, company)).filter((wall) => wall.endsWith("-28 07:00")),
    ).toHaveLength(after.length - 1);
    expect(after.find(({ id }) => id === first?.id)?.name).toBe(first?.name);
    expect(await runsOf(world, other)).toEqual(theirs);
    expect(await nextCutOff(world, company)).toEqual(must(after[0]).cutOffAt);
    const [entry] = await world.db
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.companyId, company.id), eq(auditLog.action, "changed_company")));
    expect(entry?.detail).toEqual({
      cutOffDay: "15 → 28",
      cutOffHour: "18 → 7",
      movedRuns: before.length - 1,
    });
  });

  test("R11 a run does not move into the past: choices made since were promised that it reaches them", async ({
    world,
  }) => {
    const company = await makeCompany(world.db, { cutOffDay: 28, cutOffHour: 23 });
    const run = await soon(world, company);
    const [early] = await world.db.execute<{ past: boolean }>(sql`
      select extract(day from now() at time zone 'Europe/Rome') > 1 as past`);
    const changed = await world.worker((ctx) =>
      changeSettings(ctx, { company: company.slug, cutOffDay: 1, cutOffHour: 4 }),
    );
    if (must(early).past) {
      expect(changed).toMatchObject({ moved: 0, left: 1 });
      expect((await runsOf(world, company))[0]?.cutOffAt).toEqual(run.cutOffAt);
    }
  });

  test("settings that are so already change nothing, and sizes move no run", async ({ world }) => {
    const company = await scheduled(world);
    const before = await runsOf(world, company);
    const change = (settings: object) =>
      world.worker((ctx) => changeSettings(ctx, { company: company.slug, ...settings }));
    const nothing = { moved: 0, left: 0, added: 0 };
    expect(await change({ cutOffDay: 15 })).toEqual({ changed: [], ...nothing });
    expect(await change({ approvalAbove: 5, withdrawAbove: 0 })).toEqual({
      changed: ["approvalAbove", "withdrawAbove"],
      ...nothing,
    });
    expect(await runsOf(world, company)).toEqual(before);
    const [row] = await world.db.select().from(companies).where(eq(companies.id, company.id));
    expect(row).toMatchObject({ approvalAbove: 5, withdrawAbove: 0, noticeDays: 14 });
    await expect(
      world.worker((ctx) => changeSettings(ctx, { company: "nobody", noticeDays: 3 })),
    ).rejects.toThrow('company "nobody" not found');
  });
});
