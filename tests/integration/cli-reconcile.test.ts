import { readFile } from "node:fs/promises";
import path from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { dispatches } from "@/db/schema";
import { drainMails } from "@/lib/jobs/sender";
import { freezeRun } from "@/lib/runs/commands/freeze-run";
import { openRun } from "@/lib/runs/commands/open-run";
import { publishRun } from "@/lib/runs/commands/publish-run";
import { newFolder, writeText } from "../factories/import-files";
import { makeCompany, makeCustomer } from "../factories/people";
import { runDocument } from "../factories/published-runs";
import { choose } from "../factories/runs";
import { type Provider, startProvider } from "../provider/server";
import type { Settings } from "../provider/settings";
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

  /** A published run with two bills that the provider took and of which it told nothing since. */
  async function silentRun(fates: Settings["fates"]) {
    const asked = await cloneDatabase();
    provider.settings.fates = fates;
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
    await drainMails(ctx);
    // Long enough ago to be asked for.
    await asked.superuser.db
      .update(dispatches)
      .set({ acceptedAt: new Date(Date.now() - 7 * 3600_000) });
    const env = {
      RESEND_BASE_URL: provider.url,
      RESEND_API_KEY: String(process.env.RESEND_API_KEY),
    };
    return { call, env, end: () => asked.drop() };
  }

  test("R18 learns what webhooks never told, and the run adds up", async () => {
    const { call, env, end } = await silentRun({});
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
    const { call, env, end } = await silentRun({ bounced: 1 });
    const { stdout } = await call([...ASK, "2026-05", "--json"], { env });
    const { asked, delivered, groups } = JSON.parse(stdout);
    expect(asked).toMatchObject({ asked: 2, learnt: 2 });
    expect([delivered, groups]).toEqual([0, [{ category: "open", reason: "bounced", count: 2 }]]);
    await end();
  });

  test("says in one sentence that the provider did not answer", async () => {
    const { call, env, end } = await silentRun({});
    await provider.close();
    const answer = await call([...ASK, "2026-05"], { env });
    expect(refused(answer)).toMatch(/^The mail provider did not answer \(.+ask again later\.$/);
    await end();
  });
});
