import { eq, sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import { accounts, signupAttempts } from "@/db/schema";
import { requestSignup } from "@/lib/accounts/commands/request-signup";
import { verifyPassword } from "@/lib/auth/password";
import { makeCustomer } from "../../factories/people";
import { makeUnregistered, PASSWORD, signupInput } from "../../factories/signup";
import { test, type World } from "../../setup/database";

const visitor = { kind: "visitor" } as const;

/** What a registration leaves behind, without what is different by its nature. */
async function traces(world: World, email: string) {
  const [attempt] = await world.db
    .select()
    .from(signupAttempts)
    .where(eq(signupAttempts.email, email));
  const jobs = await world.db.execute(sql`select j.task_identifier from graphile_worker.jobs j
    join graphile_worker._private_jobs p on p.id = j.id
    where p.payload ->> 'attemptId' = ${attempt?.id ?? null}`);
  const audit = await world.db.execute(
    sql`select action, actor_kind from audit_log where subject_id = ${attempt?.id ?? null}`,
  );
  return {
    outcome: attempt?.outcome,
    decided: attempt?.decidedAt,
    hashed: await verifyPassword(attempt?.passwordHash, PASSWORD),
    jobs: [...jobs],
    audit: [...audit],
  };
}

describe("requestSignup", () => {
  test("R3 the answer and the work are the same whatever the data are", async ({ world }) => {
    const known = await makeUnregistered(world.db);
    const customer = await makeCustomer(world.db, { company: known.company });
    const inputs = [
      known.input,
      { ...known.input, email: "no-match@posta.example", billNumber: "NOT-A-BILL" },
      { ...known.input, email: customer.account.email },
      {
        ...known.input,
        email: "other@posta.example",
        customerCode: customer.contract.customerCode,
      },
    ];
    const answers = [];
    const left = [];
    for (const input of inputs) {
      answers.push(await world.web(visitor, (ctx) => requestSignup(ctx, input)));
      left.push(await traces(world, input.email));
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
      new Set(['{"ok":true,"value":null}']),
    );
    expect(left[0]).toEqual({
      outcome: "pending",
      decided: null,
      hashed: true,
      jobs: [{ task_identifier: "match_signup" }],
      audit: [{ action: "asked_for_account", actor_kind: "visitor" }],
    });
    for (const other of left) {
      expect(other).toEqual(left[0]);
    }
  });

  test("R1 a slip is answered before anything is written", async ({ world }) => {
    const { input } = await makeUnregistered(world.db);
    const result = await world.web(visitor, (ctx) =>
      requestSignup(ctx, { ...input, customerCode: "IT001E12345678" }),
    );
    expect(result).toEqual({ ok: false, code: "customerCodeIsPod" });
    expect(await world.db.select().from(signupAttempts)).toEqual([]);
  });

  test("an unknown company is refused", async ({ world }) => {
    const { typed } = await makeUnregistered(world.db);
    const input = signupInput({ ...typed, company: "no-such-company" });
    const result = await world.web(visitor, (ctx) => requestSignup(ctx, input));
    expect(result).toEqual({ ok: false, code: "companyMissing" });
  });

  test("R28 a visitor reads no attempt, not even their own", async ({ world }) => {
    const { input } = await makeUnregistered(world.db);
    const rows = await world.web(visitor, async (ctx) => {
      await requestSignup(ctx, input);
      return [
        ...(await ctx.db.select({ id: signupAttempts.id }).from(signupAttempts)),
        ...(await ctx.db.select({ id: accounts.id }).from(accounts)),
      ];
    });
    expect(rows).toEqual([]);
  });
});
