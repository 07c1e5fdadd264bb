import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { invoicingRuns, signupAttempts } from "@/db/schema";
import { log } from "@/lib/log";
import { queueAccountMail } from "@/lib/mail/account-mails";
import { makeDispatch } from "../factories/dispatches";
import { makeCompany, makeCustomer } from "../factories/people";
import { makeMatchedAttempt, makeUnregistered } from "../factories/signup";
import { type Clone, cloneDatabase } from "../setup/database";
import { type TestMailbox, testMailbox } from "../setup/mailbox";

const SECRET = "the scheduler's secret the scheduler's secret";

let clone: Clone;
let mailbox: TestMailbox;
let GET: (request: Request) => Promise<Response>;

beforeAll(async () => {
  mailbox = await testMailbox();
  clone = await cloneDatabase();
  process.env.DATABASE_WORKER_URL = clone.workerUrl;
  process.env.DATABASE_URL = clone.webUrl;
  process.env.CRON_SECRET = SECRET;
  ({ GET } = await import("@/app/api/cron/tick/route"));
});
afterAll(async () => {
  const { closeConnections } = await import("@/lib/connections");
  await Promise.all([closeConnections(), mailbox.close()]);
  await clone.drop();
});

const tick = (authorization?: string) =>
  GET(
    new Request("http://localhost/api/cron/tick", {
      headers: authorization ? { authorization } : {},
    }),
  );

describe("/api/cron/tick", () => {
  test("works the queue and sends what waits, once, for whoever holds the secret", async () => {
    const customer = await clone.superuser.db.transaction(async (db) => {
      const one = await makeCustomer(db);
      await makeDispatch(db, one);
      await queueAccountMail(
        { db, actor: { kind: "system", name: "test" } },
        {
          template: "account-exists",
          companyId: one.company.id,
          accountId: one.account.id,
          toEmail: one.account.email,
          language: "it",
        },
      );
      return one;
    });
    const answer = await tick(`Bearer ${SECRET}`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ batches: 1, mails: 1 });
    expect(await mailbox.messages(customer.account.email)).toHaveLength(2);
  });

  test("R17 ticks that overlap share the work, and double nothing", async () => {
    const made = await clone.superuser.db.transaction(async (db) => {
      const company = await makeCompany(db);
      const customers = [];
      for (let count = 0; count < 230; count += 1) {
        const customer = await makeCustomer(db, { company });
        await makeDispatch(db, customer);
        customers.push(customer);
      }
      return customers;
    });
    const answers = await Promise.all(Array.from({ length: 4 }, () => tick(`Bearer ${SECRET}`)));
    const counts = await Promise.all(answers.map((answer) => answer.json()));
    expect(counts.reduce((sum, { batches }) => sum + batches, 0)).toBe(3);
    const all = await mailbox.messages();
    for (const { account } of made) {
      expect(all.filter(({ to }) => to.includes(account.email))).toHaveLength(1);
    }
  });

  /** So many jobs that can be told from others: registrations that nobody made. */
  const enqueueMany = (count: number) =>
    clone.superuser.db.execute(
      sql`select enqueue_job('match_signup', json_build_object('attemptId', uuidv7()))
        from generate_series(1, ${count})`,
    );
  const waiting = async () => {
    const jobs = await clone.superuser.db.execute<{ locked: boolean }>(
      sql`select locked_at is not null as locked from graphile_worker.jobs`,
    );
    return {
      locked: jobs.filter(({ locked }) => locked).length,
      free: jobs.filter(({ locked }) => !locked).length,
    };
  };

  test("R17 a job that a killed process held is worked", async () => {
    await enqueueMany(1);
    await clone.superuser.db.execute(sql`update graphile_worker._private_jobs
      set locked_at = now() - interval '2 minutes', locked_by = 'gone'`);
    const started = Date.now();
    expect((await tick(`Bearer ${SECRET}`)).status).toBe(200);
    expect(Date.now() - started).toBeLessThan(10_000);
    expect(await waiting()).toEqual({ locked: 0, free: 0 });
  });

  test("R17 a job of the crontab that fails holds up neither the others nor the mails", async () => {
    const logged = vi.spyOn(log, "error").mockImplementation(() => {});
    const rename = (from: string, to: string) =>
      clone.superuser.db.execute(sql.raw(`alter table ${from} rename to ${to}`));
    const send = async () => {
      const one = await clone.superuser.db.transaction(async (db) => {
        const customer = await makeCustomer(db);
        await makeDispatch(db, customer);
        return customer;
      });
      const { status } = await tick(`Bearer ${SECRET}`);
      return [status, (await mailbox.messages(one.account.email)).length];
    };
    await enqueueMany(1);
    await rename("rate_limits", "away");
    expect(await send()).toEqual([200, 1]);
    await rename("away", "rate_limits");
    expect(await waiting()).toEqual({ locked: 0, free: 0 });
    expect(logged.mock.calls[0]).toMatchObject([{ task: "forget_expired" }, "job failed"]);
    logged.mockRestore();
  });

  test("takes no job once its time is up", async () => {
    const { runJobsOnce } = await import("@/lib/jobs/worker");
    await enqueueMany(1);
    await runJobsOnce(AbortSignal.abort());
    expect(await waiting()).toEqual({ locked: 0, free: 1 });
    await tick(`Bearer ${SECRET}`);
    expect(await waiting()).toEqual({ locked: 0, free: 0 });
  });

  test("ends in the midst of the jobs when its time is up, and leaves the rest to the next tick", async () => {
    const { runJobsOnce } = await import("@/lib/jobs/worker");
    await enqueueMany(3_000);
    const started = Date.now();
    await runJobsOnce(AbortSignal.timeout(300));
    expect(Date.now() - started).toBeLessThan(5_000);
    const { locked, free } = await waiting();
    // The queue may close before it notes the end of the job in hand: that one is unlocked later.
    expect(locked).toBeLessThanOrEqual(1);
    expect(free).toBeGreaterThan(0);
    await clone.superuser.db.execute("delete from graphile_worker._private_jobs");
  });

  test("ends also when its time is up while the queue is being opened", async () => {
    const { runJobsOnce } = await import("@/lib/jobs/worker");
    await enqueueMany(50);
    // Asked for the last time before the queue is opened, the signal says no; then it is too late.
    const stopping = new AbortController();
    let asked = 0;
    const stop = new Proxy(stopping.signal, {
      get(signal, name) {
        if (name === "aborted") {
          const aborted = signal.aborted;
          asked += 1;
          if (asked === 2) {
            stopping.abort();
          }
          return aborted;
        }
        const value = Reflect.get(signal, name, signal);
        return typeof value === "function" ? value.bind(signal) : value;
      },
    });
    await runJobsOnce(stop);
    const left = await clone.superuser.db.execute(sql`select from graphile_worker.jobs`);
    expect(left.length).toBeGreaterThanOrEqual(50);
    await clone.superuser.db.execute("delete from graphile_worker._private_jobs");
  });

  test("R12 freezes the runs that are due, and adds the calendars' next", async () => {
    const { company } = await clone.superuser.db.transaction(async (db) => {
      const one = await makeCustomer(db);
      await db.insert(invoicingRuns).values({
        companyId: one.company.id,
        name: "due",
        cutOffAt: new Date("2026-05-15T16:00:00Z"),
        openedAt: new Date("2026-01-01T00:00:00Z"),
      });
      return one;
    });
    await tick(`Bearer ${SECRET}`);
    const runs = await clone.superuser.db
      .select({ name: invoicingRuns.name, state: invoicingRuns.state })
      .from(invoicingRuns)
      .where(eq(invoicingRuns.companyId, company.id));
    expect(runs).toContainEqual({ name: "due", state: "frozen" });
    expect(runs.filter(({ state }) => state === "scheduled").length).toBeGreaterThan(5);
  });

  test("R4 forgets what has expired", async () => {
    const { id } = await clone.superuser.db.transaction(async (db) =>
      makeMatchedAttempt(db, await makeUnregistered(db), {
        createdAt: new Date(Date.now() - 49 * 3600 * 1000),
        expiresAt: new Date(Date.now() - 25 * 3600 * 1000),
      }).then(({ attempt }) => attempt),
    );
    await tick(`Bearer ${SECRET}`);
    const [kept] = await clone.superuser.db
      .select()
      .from(signupAttempts)
      .where(eq(signupAttempts.id, id));
    expect(kept?.passwordHash).toBeNull();
  });

  test("refuses everybody else", async () => {
    expect((await tick()).status).toBe(401);
    expect((await tick("Bearer ")).status).toBe(401);
    expect((await tick(`Bearer ${SECRET}x`)).status).toBe(401);
  });
});

describe("probes", () => {
  test("/healthz tells that the process lives, /readyz that the database answers", async () => {
    const health = await import("@/app/healthz/route");
    const ready = await import("@/app/readyz/route");
    expect(health.GET().status).toBe(200);
    expect((await ready.GET()).status).toBe(200);
  });
});
