import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { dispatches, providerContact, sendingPauses } from "@/db/schema";
import { LONGEST_SILENCE_OF_EVENTS_MINUTES } from "@/lib/dispatches/rules";
import { makeDispatch } from "../factories/dispatches";
import { newFolder } from "../factories/import-files";
import { makeCustomer } from "../factories/people";
import { sendNext } from "../factories/sendings";
import { commandLine } from "../setup/command-line";
import { type Clone, cloneDatabase, type World } from "../setup/database";

// Each line of a test starts a process.
vi.setConfig({ testTimeout: 120_000 });

let clone: Clone;
let sportello: ReturnType<typeof commandLine>;

beforeAll(async () => {
  clone = await cloneDatabase();
  sportello = commandLine(clone, await newFolder());
});
afterAll(async () => {
  await clone.drop();
});

/** What doctor says of sending, and what it tells scripts. */
async function doctor() {
  const { code, stdout, stderr } = await sportello(["doctor"]);
  const lines = stdout.split("\n").filter((line) => /^\w+ +(sending|webhooks|batches)/.test(line));
  return { code, stderr, lines };
}

/** Mails went out so many minutes ago, and nothing was heard since; null: all was heard. */
const silentFor = (minutes: number | null) =>
  clone.superuser.db.update(providerContact).set({
    unansweredSince:
      minutes === null ? null : sql`clock_timestamp() - make_interval(mins => ${minutes})`,
  });

describe("sportello doctor about sending", () => {
  test("R17 a pause fails it, for everybody or one company, until it has ended", async () => {
    const { company } = await clone.superuser.db.transaction((db) => makeCustomer(db));
    const probeAt = new Date(Date.now() + 60_000);
    await clone.superuser.db.insert(sendingPauses).values([
      { reason: "monthly_quota_exceeded", probeAt },
      { companyId: company.id, reason: "unheard_of", probeAt },
    ]);
    const paused = await doctor();
    expect([paused.code, paused.stderr]).toEqual([1, ""]);
    expect(paused.lines[0]).toMatch(
      /^fail sending: paused for every company since .* by monthly_quota_exceeded: raise the plan of the Resend account; it goes on by itself then$/,
    );
    expect(paused.lines[1]).toMatch(/by unheard_of: look at the Resend account; it goes on/);
    expect(paused.lines[1]).toContain(`paused for ${company.name} since`);
    const machines = await sportello(["doctor", "--json"]);
    expect(machines.code).toBe(1);
    const { ok, checks } = JSON.parse(machines.stdout);
    const failed = checks.filter(({ status }: { status: string }) => status === "fail");
    expect([ok, failed.map(({ name }: { name: string }) => name)]).toEqual([
      false,
      ["sending", "sending"],
    ]);
    await clone.superuser.db.update(sendingPauses).set({ endedAt: new Date() });
    expect(await doctor()).toEqual({
      code: 0,
      stderr: "",
      lines: [
        "ok   sending: 0 bills and 0 other mails wait",
        expect.stringMatching(/^ok +webhooks/),
      ],
    });
  });

  test("R18 a provider that is not heard fails it, and no longer once it is", async () => {
    await silentFor(LONGEST_SILENCE_OF_EVENTS_MINUTES + 1);
    const silent = await doctor();
    expect([silent.code, silent.lines.length]).toEqual([1, 2]);
    expect(silent.lines[1]).toMatch(/^fail webhooks: mails went out since .* no event came back/);
    await silentFor(null);
    expect((await doctor()).code).toBe(0);
  });

  test("R17 a batch set aside is a warning: nobody has to act", async () => {
    await clone.superuser.db.transaction(async (db) => {
      await makeDispatch(db, await makeCustomer(db));
    });
    const ctx = { db: clone.worker.db, actor: { kind: "system", name: "test" } } as const;
    const world = { worker: (work: (on: typeof ctx) => unknown) => work(ctx) } as unknown as World;
    await sendNext(world, { kind: "refused", reason: "invalid_idempotent_request" });
    const { code, lines } = await doctor();
    expect(code).toBe(0);
    expect(lines.at(-1)).toMatch(
      /^warn batches set aside: of 1 nobody knows whether they were taken; the provider is asked/,
    );
    await clone.superuser.db.update(dispatches).set({ state: "accepted" });
    expect((await doctor()).lines).toHaveLength(2);
  });
});
