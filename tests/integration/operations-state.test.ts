import { sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import { auditLog, deletions, imports, providerEvents, sendingPauses } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { ForbiddenError } from "@/lib/errors";
import { enqueue } from "@/lib/jobs/queue";
import { errorLines } from "@/lib/operations/queries/error-lines";
import { listOpenRuns } from "@/lib/operations/queries/open-runs";
import { operationsState } from "@/lib/operations/queries/operations-state";
import { listRecentFailures } from "@/lib/operations/queries/recent-failures";
import type { Watcher } from "@/lib/operations/rules";
import { makeAccountMail, makeDispatch } from "../factories/dispatches";
import { eventOf, tellEvents } from "../factories/events";
import { makeCompany, makeCustomer, makeStaff } from "../factories/people";
import { publish, runDocument, runFor, setDispatch } from "../factories/published-runs";
import { sendNext } from "../factories/sendings";
import { test, type World } from "../setup/database";

const ago = (minutes: number) => sql`clock_timestamp() - make_interval(mins => ${minutes})`;

const QUERIES: ((ctx: Context<Watcher>) => Promise<unknown>)[] = [
  operationsState,
  listOpenRuns,
  listRecentFailures,
];

/** A bit of everything that can wait or go wrong. */
async function troubles(world: World) {
  const { db } = world;
  const customer = await makeCustomer(db);
  const first = await makeDispatch(db, customer);
  await sendNext(world);
  await world.worker((ctx) =>
    tellEvents(
      ctx,
      eventOf({ ...first.dispatch, batchId: null }, "email.sent", {
        occurredAt: new Date(Date.now() - 90_000),
      }),
    ),
  );
  await makeDispatch(db, customer, { createdAt: ago(20) as never });
  await makeAccountMail(db, customer);
  const failed = await makeDispatch(db, customer, { state: "failed" });
  await db.insert(providerEvents).values({
    ...eventOf(failed.dispatch, "email.sent"),
    receivedAt: ago(3) as never,
    failedAt: ago(1) as never,
  });
  await db.insert(sendingPauses).values({ reason: "daily_quota_exceeded", probeAt: new Date() });
  await db.insert(imports).values([
    {
      companyId: customer.company.id,
      kind: "bills",
      state: "applying",
      fileName: "a",
      importedBy: "x",
      touchedAt: ago(30) as never,
    },
    {
      companyId: customer.company.id,
      kind: "bills",
      state: "failed",
      fileName: "b",
      importedBy: "x",
      finishedAt: ago(48 * 60) as never,
    },
  ]);
  await db.insert(auditLog).values({
    actorKind: "system",
    action: "test",
    subjectKind: "test",
    at: ago(7) as never,
  });
  await db
    .insert(deletions)
    .values({ accountId: customer.account.id, deletedAt: ago(12) as never });
  await world.worker((ctx) =>
    inTransaction(ctx, (tx) => enqueue(tx, "run_import", { importId: customer.account.id })),
  );
  return customer;
}

describe("how the whole is doing", () => {
  test("counts what waits and since when, for the worker and for an admin alike", async ({
    world,
  }) => {
    await troubles(world);
    const admin = await makeStaff(world.db, "admin");
    const seen = [
      await world.worker((ctx) => operationsState(ctx)),
      await world.web(admin, (ctx) => operationsState(ctx)),
    ];
    for (const state of seen) {
      expect(state).toMatchObject({
        queue: { waiting: 1, failing: 0, gaveUp: 0 },
        bills: { waiting: 1 },
        mails: { waiting: 1 },
        pauses: 1,
        batches: { frozen: 0, quarantined: 0, accepted: 1 },
        undelivered: { failed: 1, bounced: 0 },
        events: { waiting: 1, failing: 1 },
        imports: { applying: 1 },
        deletions: { waiting: 1 },
      });
      // What ended long ago is not counted.
      expect(state.imports.failed).toBeUndefined();
      expect(state.bills.oldestSeconds).toBeCloseTo(20 * 60, -2);
      expect(state.importStillSeconds).toBeCloseTo(30 * 60, -2);
      expect(state.audit.oldestSeconds).toBeGreaterThan(6 * 60);
      expect(state.deletions.oldestSeconds).toBeCloseTo(12 * 60, -2);
      expect(state.events.lagP95Seconds).toBeGreaterThan(80);
      expect(state.database.migrations).toBeGreaterThan(42);
      expect(state.database.connections).toBeGreaterThan(0);
    }
  });

  test("R17 bills in a batch whose outcome nobody knows still wait", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    await makeDispatch(world.db, customer);
    const batch = await sendNext(world, { kind: "unknown", reason: "internal_server_error" });
    await world.db.execute(
      sql`update dispatch_batches set created_at = ${ago(30)} where id = ${batch.id}`,
    );
    const { bills, batches } = await world.worker((ctx) => operationsState(ctx));
    expect([bills.waiting, batches.frozen]).toEqual([1, 1]);
    expect(bills.oldestSeconds).toBeCloseTo(30 * 60, -2);
  });

  test("where nothing waits there is no age, and no lag where no event came", async ({ world }) => {
    const state = await world.worker((ctx) => operationsState(ctx));
    expect(state).toMatchObject({
      queue: { waiting: 0, oldestSeconds: null },
      bills: { waiting: 0, oldestSeconds: null },
      events: { waiting: 0, oldestSeconds: null, lagP95Seconds: null },
      imports: {},
      importStillSeconds: null,
      deletions: { waiting: 0, oldestSeconds: null },
    });
  });

  test("R20 reconciles the published runs that are not closed", async ({ world }) => {
    const company = await makeCompany(world.db);
    const people = await Promise.all([1, 2, 3].map(() => makeCustomer(world.db, { company })));
    const run = await runFor(world, { electronic: people });
    const bills = [];
    for (const one of people) {
      bills.push(await runDocument(world, run, one));
    }
    expect(await world.worker((ctx) => listOpenRuns(ctx))).toEqual([]);
    await publish(world, run.reference);
    const [first, second] = bills;
    await setDispatch(world, first ?? run, { state: "delivered" });
    await setDispatch(world, second ?? run, { state: "paper", failure: "hard_bounce" });
    const admin = await makeStaff(world.db, "admin");
    for (const open of [
      await world.worker((ctx) => listOpenRuns(ctx)),
      await world.web(admin, (ctx) => listOpenRuns(ctx)),
    ]) {
      expect(open).toMatchObject([
        { run: run.name, electronic: 3, delivered: 1, fallback: 1, excluded: 0, open: 1 },
      ]);
    }
  });

  test("tells what failed by names and codes, newest first, and links to the import", async ({
    world,
  }) => {
    const { company } = await troubles(world);
    await world.db.execute(sql`update graphile_worker._private_jobs
      set last_error = 'ZodError', attempts = 2, updated_at = ${ago(1)}`);
    const [file] = await world.db
      .insert(imports)
      .values({
        companyId: company.id,
        kind: "readings",
        state: "failed",
        fileName: "mario@posta.example.csv",
        failure: "line 3: RSSMRA85T10A562S is nobody's",
        faults: 1,
        importedBy: "x",
        finishedAt: ago(2) as never,
      })
      .returning();
    const admin = await makeStaff(world.db, "admin");
    for (const failures of [
      await world.worker((ctx) => listRecentFailures(ctx)),
      await world.web(admin, (ctx) => listRecentFailures(ctx)),
    ]) {
      expect(failures).toMatchObject([
        { kind: "job", what: "run_import", code: "ZodError", attempts: 2, maxAttempts: 25 },
        { kind: "import", what: "readings", code: "faults", importId: file?.id },
        // Of two days ago.
        { kind: "import", what: "bills", code: "failed", companyName: company.name },
      ]);
      expect(JSON.stringify(failures)).not.toMatch(/mario|RSSMRA/);
    }
  });

  test("R28 the error lines of the log are for admins alone", async ({ world }) => {
    for (const role of ["support", "operator"] as const) {
      const actor = await makeStaff(world.db, role);
      expect(() => errorLines(actor)).toThrow(ForbiddenError);
    }
    expect(errorLines(await makeStaff(world.db, "admin"))).toEqual([]);
  });

  test("R28 other roles may not ask, and their database shows them nothing of it", async ({
    world,
  }) => {
    const customer = await troubles(world);
    for (const role of ["support", "operator"] as const) {
      const actor = await makeStaff(world.db, role);
      for (const query of QUERIES) {
        await expect(world.web(actor, (ctx) => query(ctx))).rejects.toThrow(ForbiddenError);
      }
      await seesNothing(world, actor);
    }
    await seesNothing(world, customer.actor);
    await seesNothing(world, { kind: "visitor" });
    // Somebody who was an admin when they signed in.
    const former = await makeStaff(world.db, "admin");
    await world.db.execute(sql`update staff set role = 'support' where id = ${former.staffId}`);
    await seesNothing(world, former);
  });
});

const as = <A extends Actor, T>(world: World, actor: A, work: (tx: TxContext<A>) => Promise<T>) =>
  world.web(actor, (ctx) => inTransaction(ctx, work));

/** The second wall alone: whatever a page asked by mistake. */
async function seesNothing(world: World, actor: Actor) {
  for (const from of [
    "provider_events",
    "sending_pace",
    "deletions",
    "webhook_deliveries",
    "watched_jobs()",
    "watched_audit_seal()",
  ]) {
    const [row] = await as(world, actor, ({ db }) =>
      db.execute<{ n: number }>(sql.raw(`select count(*)::int as n from ${from}`)),
    );
    expect([from, row?.n]).toEqual([from, 0]);
  }
  for (const column of [
    "audit_log.id",
    "audit_blocks.hash",
    "provider_events.detail",
    "deletions.account_id",
  ]) {
    const [table] = column.split(".");
    await expect(
      as(world, actor, ({ db }) => db.execute(sql.raw(`select ${column} from ${table}`))),
      column,
    ).rejects.toMatchObject({ cause: { code: "42501" } });
  }
}
