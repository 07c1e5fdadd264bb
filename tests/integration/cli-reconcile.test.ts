import { readFile } from "node:fs/promises";
import path from "node:path";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { dispatches } from "@/db/schema";
import { drainMails } from "@/lib/jobs/sender";
import { freezeRun } from "@/lib/runs/commands/freeze-run";
import { openRun } from "@/lib/runs/commands/open-run";
import { publishRun } from "@/lib/runs/commands/publish-run";
import { newFolder, writeText } from "../factories/import-files";
import { makeCompany, makeCustomer, must } from "../factories/people";
import { runDocument } from "../factories/published-runs";
import { choose } from "../factories/runs";
import { type Provider, startProvider } from "../provider/server";
import type { Fates } from "../provider/settings";
import { commandLine, refused } from "../setup/command-line";
import { type Clone, cloneDatabase, type World } from "../setup/database";

// Each line of a test starts a process.
vi.setConfig({ testTimeout: 120_000 });

const BILLS = ["B-1", "B-2", "B-3"];

let clone: Clone;
let sportello: ReturnType<typeof commandLine>;

beforeAll(async () => {
  clone = await cloneDatabase();
  sportello = commandLine(clone, await newFolder());
  const ctx = { db: clone.worker.db, actor: { kind: "system", name: "test" } } as const;
  const { company, customer } = await clone.superuser.db.transaction(async (db) => {
    const made = await makeCompany(db, { withdrawAbove: 1 });
    const one = await makeCustomer(db, { company: made, contract: { contractNumber: "C-1" } });
    await choose(db, one);
    return { company: made, customer: one };
  });
  const reference = { company: company.slug, run: "2026-05" };
  const cutOffAt = new Date("2026-05-15T16:00:00Z");
  const opened = await openRun(ctx, { company: company.slug, cutOffAt, name: reference.run });
  await freezeRun(ctx, reference);
  await clone.superuser.db.transaction(async (db) => {
    for (const billNumber of BILLS) {
      const run = { companyId: company.id, id: opened.ok ? opened.value.id : "" };
      await runDocument({ db } as World, run, customer, { billNumber, discountCents: 100 });
    }
  });
  await publishRun(ctx, reference);
});

afterAll(async () => {
  await clone.drop();
});

describe("sportello run reconcile, withdraw and close", () => {
  test("R20 R21 says what does not add up, withdraws, and closes once all has ended", async () => {
    const output = path.join(await newFolder(), "open.csv");
    const first = await sportello(["run", "reconcile", "2026-05", "--output", output]);
    expect(first.stdout).toContain("3 electronic = 0 delivered + 0 on paper instead + 0 excluded");
    expect(first.stdout).toContain("open: contract C-1, bill B-1, queued");
    expect(first.stdout).toContain("discount unearned: contract C-1, bill B-1, 1,00 €");
    const lines = (await readFile(output, "utf8")).trim().split("\n");
    expect(lines).toHaveLength(7);
    expect(lines).toContain("C-1;B-2;open;queued;;;;");
    expect(lines).toContain("C-1;B-2;discount;unearned;1,00;0,00;;");
    expect(refused(await sportello(["run", "close", "2026-05"]))).toContain(
      "3 of 3 electronic bills are open (contract C-1, bill B-1, queued;",
    );

    await clone.superuser.db.update(dispatches).set({ state: "delivered" });
    const wrong = ["run", "withdraw", "--bill", "B-1"];
    expect(refused(await sportello(wrong))).toContain("--reason");
    expect(refused(await sportello([...wrong, "B-9", "--reason", "wrong"]))).toContain("B-9");
    const done = await sportello([...wrong, "--reason", "wrong", "--json"]);
    expect(JSON.parse(done.stdout)).toMatchObject({
      carriedOut: true,
      told: 1,
      bills: [{ billNumber: "B-1", contractNumber: "C-1", told: "email" }],
    });
    const file = await writeText("wrong.txt", "B-2\r\nB-3\r\n");
    const many = ["run", "withdraw", "2026-05", "--bills", file, "--reason", "wrong", "--json"];
    const asked = JSON.parse((await sportello(many)).stdout);
    expect(asked).toMatchObject({ documents: 2, carriedOut: false });
    const approval = await sportello(["run", "approve", "--withdrawal", asked.withdrawalId]);
    expect(refused(approval)).toContain("another person");

    const sums = JSON.parse((await sportello(["run", "reconcile", "2026-05", "--json"])).stdout);
    expect(sums).toMatchObject({ delivered: 2, excluded: 1, open: 0, differenceCount: 2 });
    const closed = await sportello(["run", "close", "2026-05"]);
    expect(closed).toMatchObject({ code: 0, stdout: "Run 2026-05 is closed.\n" });
    const rows = await clone.superuser.db
      .select()
      .from(dispatches)
      .where(eq(dispatches.state, "delivered"));
    expect(rows).toHaveLength(3);
  });
});

describe("sportello run reconcile --ask-provider", () => {
  const ASK = ["run", "reconcile", "--ask-provider"];

  let provider: Provider;
  beforeAll(async () => {
    provider = await startProvider({ apiKey: String(process.env.RESEND_API_KEY) });
    process.env.RESEND_BASE_URL = provider.url;
  });
  afterAll(async () => {
    await provider.close().catch(() => {});
  });

  /**
   * A published run with two bills that the provider took and of which it told nothing since: it knows
   * the first as delivered, and of the second whatever is asked for.
   */
  async function silentRun(secondFate?: keyof Fates) {
    const asked = await cloneDatabase();
    const call = commandLine(asked, await newFolder());
    const ctx = { db: asked.worker.db, actor: { kind: "system", name: "test" } } as const;
    const customers = await asked.superuser.db.transaction(async (db) => {
      const company = await makeCompany(db);
      const made = [await makeCustomer(db, { company }), await makeCustomer(db, { company })];
      for (const customer of made) {
        await choose(db, customer);
      }
      return made;
    });
    const reference = { company: customers[0]?.company.slug ?? "", run: "2026-05" };
    const cutOffAt = new Date("2026-05-15T16:00:00Z");
    const opened = await openRun(ctx, { company: reference.company, cutOffAt, name: "2026-05" });
    await freezeRun(ctx, reference);
    await asked.superuser.db.transaction(async (db) => {
      for (const customer of customers) {
        const run = { companyId: customer.company.id, id: opened.ok ? opened.value.id : "" };
        await runDocument({ db } as World, run, customer);
      }
    });
    await publishRun(ctx, reference);
    const second = must(must(customers[1]).account.email);
    provider.settings.fateOf = secondFate ? { [second]: secondFate } : {};
    await drainMails(ctx);
    // Long enough ago to be asked for.
    await asked.superuser.db
      .update(dispatches)
      .set({ acceptedAt: new Date(Date.now() - 7 * 3600_000) });
    const env = {
      RESEND_BASE_URL: provider.url,
      RESEND_API_KEY: String(process.env.RESEND_API_KEY),
    };
    return { call, env, ctx, company: reference.company, end: () => asked.drop() };
  }

  test("R18 learns what webhooks never told, and the run adds up", async () => {
    const { call, env, end } = await silentRun();
    const untold = await call(["run", "reconcile", "2026-05"], { env });
    expect(untold.stdout).toContain("2 electronic = 0 delivered");
    const { code, stdout } = await call([...ASK, "2026-05"], { env });
    expect(code).toBe(0);
    expect(stdout).toContain("asked the provider for 2 mails, of which it knew more of 2");
    expect(stdout).toContain("2 electronic = 2 delivered");
    expect(stdout).toContain("it adds up");
    await end();
  });

  test("R19 of a bounce it learns no kind: the bill stays open, and goes on paper in time", async () => {
    const { call, env, end } = await silentRun("bounced");
    const { code, stdout } = await call([...ASK, "2026-05", "--json"], { env });
    const { asked, delivered, groups } = JSON.parse(stdout);
    // The question was answered, whatever the sum.
    expect(code).toBe(0);
    expect(asked).toMatchObject({ asked: 2, learnt: 2 });
    expect(delivered).toBe(1);
    expect(groups).toContainEqual({ category: "open", reason: "bounced", count: 1 });
    const again = await call([...ASK, "2026-05"], { env });
    expect(again.code).toBe(0);
    expect(again.stdout).toContain("asked the provider for 0 mails");
    expect(again.stdout).toContain("2 electronic = 1 delivered + 0 on paper instead + 0 excluded");
    expect(again.stdout).toContain("1 open; it does not add up yet");
    await end();
  });

  test("says in one sentence that a run is not far enough, and asks nobody", async () => {
    const { call, env, ctx, company, end } = await silentRun();
    const cutOffAt = new Date("2026-06-15T16:00:00Z");
    await openRun(ctx, { company, cutOffAt, name: "2026-06" });
    const before = provider.counts.requests;
    expect(refused(await call([...ASK, "2026-06"], { env }))).toBe(
      "Run 2026-06 has no plan yet; freeze it first.",
    );
    expect(refused(await call([...ASK, "2026-07"], { env }))).toMatch(/^There is no .*2026-07/);
    expect(refused(await call(ASK, { env }))).toMatch(/^Say which run of /);
    await freezeRun(ctx, { company, run: "2026-06" });
    const frozen = await call([...ASK, "2026-06"], { env });
    expect(frozen.code).toBe(0);
    expect(frozen.stdout).toContain("asked the provider for 0 mails");
    expect(provider.counts.requests).toBe(before);
    await end();
  });

  test("R17 says what became of a batch set aside, and that it is not sent again", async () => {
    const { call, env, ctx, end } = await silentRun();
    const before = provider.ledger.count;
    await ctx.db.execute(sql`update dispatches set state = 'batched', provider_id = null`);
    await ctx.db.execute(sql`update dispatch_batches set state = 'quarantined',
      finished_at = clock_timestamp() - interval '1 hour'`);
    const { code, stdout } = await call([...ASK, "2026-05"], { env });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /for 1 batch set aside: 2 of their mails had been taken, 0 go out again/,
    );
    expect(provider.ledger.count).toBe(before);
    await end();
  });

  test("says in one sentence why the provider did not answer, and may ask again at once", async () => {
    const { call, env, end } = await silentRun();
    const wrongKey = { ...env, RESEND_API_KEY: "re_another" };
    expect(refused(await call([...ASK, "2026-05"], { env: wrongKey }))).toBe(
      "The mail provider did not answer (invalid_api_key); what it told is kept, ask again later.",
    );
    const untold = await call(["run", "reconcile", "2026-05"], { env });
    expect(untold.stdout).toContain("2 electronic = 0 delivered");
    const again = await call([...ASK, "2026-05"], { env });
    expect(again.stdout).toContain("asked the provider for 2 mails, of which it knew more of 2");
    await end();
  });

  test("says so of a provider that is not there", async () => {
    const { call, env, end } = await silentRun();
    await provider.close();
    const answer = await call([...ASK, "2026-05"], { env });
    expect(refused(answer)).toMatch(/^The mail provider did not answer \(.+ask again later\.$/);
    await end();
  });
});
