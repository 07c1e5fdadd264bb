import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { newFolder } from "../factories/import-files";
import { type Clone, cloneDatabase } from "../setup/database";

// All of a tick's jobs run.
vi.setConfig({ testTimeout: 60_000 });

const RUN = "0199a1b2-c3d4-7e5f-8a6b-000000000002";
let clone: Clone;

beforeAll(async () => {
  clone = await cloneDatabase();
  Object.assign(process.env, {
    DATABASE_WORKER_URL: clone.workerUrl,
    STORAGE_URL: `file:${await newFolder()}`,
    // Nobody answers here: pages and API fail.
    DATABASE_URL: "postgres://nobody:nothing@127.0.0.1:1/none",
    LOG_LEVEL: "error",
  });
});
afterAll(async () => {
  const { closeConnections } = await import("@/lib/connections");
  await closeConnections();
  await clone.drop();
});

/** The last error that was logged. */
async function lastLine() {
  const { lastErrorLines } = await import("@/lib/log");
  return JSON.parse(lastErrorLines()[0] ?? "{}");
}

describe("what failed can be found in the log", () => {
  test("a job's lines bear its task, its id and what it is about", async () => {
    await clone.superuser.db.execute(
      sql`select enqueue_job('run_step', json_build_object('runId', ${RUN}::text))`,
    );
    const { runJobsOnce } = await import("@/lib/jobs/worker");
    await runJobsOnce(AbortSignal.timeout(15_000));
    expect(await lastLine()).toMatchObject({
      ...{ level: 50, task: "run_step", run: RUN, job: expect.stringMatching(/^\d+$/) },
      ...{ msg: "job failed", err: { type: "ZodError" } },
    });
  });

  test("a program is told the reference that the log's line bears, and nothing else of it", async () => {
    const { underIds } = await import("@/lib/log-context");
    const { answerCustomer } = await import("@/lib/api/customer/answer-customer");
    const answer = await underIds({ request: RUN }, () =>
      answerCustomer(
        new Request("http://localhost/api/customer/v1/contracts"),
        { id: "getConsumption", secret: "spc_nobody", purpose: "read" as never },
        async () => new Response(),
      ),
    );
    // There is no database behind it.
    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).toBe("10");
    const problem = await answer.json();
    expect(problem).toMatchObject({
      code: "unavailable",
      reference: expect.stringMatching(/^[0-9a-f]{8}$/),
    });
    expect(problem.detail).toContain(problem.reference);
    expect(JSON.stringify(problem)).not.toMatch(/ECONN|127\.0\.0\.1|spc_/);
    expect(await lastLine()).toMatchObject({ reference: problem.reference, request: RUN });
  });

  test("a page's error stands under the code that its error page shows, without its address", async () => {
    const { tellRequestError } = await import("@/lib/log-console");
    const error = Object.assign(new Error("broken"), { digest: "2338957213" });
    tellRequestError(error, { method: "GET", route: "/[locale]/bills/[id]", kind: "render" });
    expect(await lastLine()).toMatchObject({
      reference: "2338957213",
      route: "/[locale]/bills/[id]",
      err: { message: "broken" },
    });
  });

  test("what PostgreSQL quotes of a value does not get there", async () => {
    const { log } = await import("@/lib/log");
    const err = await clone.superuser.sql`select ${"Segreta Persona"}::text::int`.catch(
      (error: unknown) => error,
    );
    log.error({ err }, "bare");
    log.error({ err: new Error("outer", { cause: err }) }, "as a cause");
    const { lastErrorLines } = await import("@/lib/log");
    expect(lastErrorLines().join()).not.toContain("Segreta");
    expect(lastErrorLines().join()).toContain("22P02");
  });
});
