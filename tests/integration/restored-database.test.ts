import { rm } from "node:fs/promises";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { connect } from "@/db/client";
import { accountMails, dispatches, imports, sendingMark, sendingPauses } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { turnSilentToPaper } from "@/lib/dispatches/commands/turn-silent-to-paper";
import { compareStorage } from "@/lib/documents/queries/compare-storage";
import { drainMails } from "@/lib/jobs/sender";
import { pauseSending } from "@/lib/mail/commands/pause";
import { beginRestore, reconcileRestore } from "@/lib/operations/commands/reconcile-restore";
import { putDocument, removeDocuments } from "@/lib/storage/document-storage";
import { writeSendingMark } from "@/lib/storage/sending-mark";
import { makeAccountMail, makeDispatch } from "../factories/dispatches";
import { makeCustomer, must } from "../factories/people";
import { startProvider } from "../provider/server";
import { commandLine } from "../setup/command-line";
import { type Clone, cloneDatabase } from "../setup/database";

// Some lines of a test start a process.
vi.setConfig({ testTimeout: 120_000 });

const { STORAGE } = vi.hoisted(() => {
  const folder = `.sportello-test/restored-${process.pid}`;
  process.env.STORAGE_URL = `file:${folder}`;
  return { STORAGE: folder };
});

let provider: Awaited<ReturnType<typeof startProvider>>;
let clone: Clone;
let ctx: Context<SystemActor>;

beforeAll(async () => {
  provider = await startProvider({ apiKey: String(process.env.RESEND_API_KEY) });
  process.env.RESEND_BASE_URL = provider.url;
});
afterAll(async () => {
  await provider.close();
  await rm(STORAGE, { recursive: true, force: true });
});
beforeEach(async () => {
  Object.assign(provider.settings, { latencyMs: 0, listDays: null, reads: [] });
  clone = await cloneDatabase();
  ctx = { db: clone.worker.db, actor: { kind: "system", name: "test" } };
  return () => clone.drop();
});

const makeBill = async (over: Parameters<typeof makeDispatch>[2] = {}) =>
  await clone.superuser.db.transaction(async (db) => {
    const customer = await makeCustomer(db);
    return { customer, ...(await makeDispatch(db, customer, over)) };
  });
const found = async (id: string) =>
  (await clone.superuser.db.select().from(dispatches).where(eq(dispatches.id, id)))[0];
function promised() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve: () => resolve() };
}
const anHourAgo = () => new Date(Date.now() - 3_600_000);
/** As a worker that starts anew: the one before has looked a moment ago. */
const anew = (): Context<SystemActor> => ({ ...ctx, db: clone.superuser.db });
/** It counted last so many hours ago, as a backup of then has it. */
const lastMarkAt = (hours: number) =>
  clone.superuser.db.execute(sql`insert into sending_mark (number, marked_at)
    values (1, clock_timestamp() - make_interval(hours => ${hours}))
    on conflict (id) do update set marked_at = excluded.marked_at, number = 1`);
const openPauses = async () => {
  const rows = await clone.superuser.db
    .select({ reason: sendingPauses.reason })
    .from(sendingPauses)
    .where(sql`ended_at is null`);
  return rows.map(({ reason }) => reason);
};

describe("R17 a database that was set back", () => {
  test("R17 is noticed by the storage's count, though it is on the same server", async () => {
    await drainMails(ctx);
    await clone.superuser.db.execute(sql`update sending_mark set number = number - 1`);
    const { dispatch } = await makeBill();
    await drainMails(anew());
    expect(await openPauses()).toEqual(["restored"]);
    expect((await found(dispatch.id))?.state).toBe("queued");
  });

  test("R17 is noticed by its server, though it has counted as far", async () => {
    await drainMails(ctx);
    await clone.superuser.db.execute(sql`update sending_mark set number = number + 100`);
    await drainMails(anew());
    expect(await openPauses()).toEqual([]);
    const [mark] = await clone.superuser.db.select().from(sendingMark);
    await writeSendingMark(must(mark).installationId, {
      number: 1,
      server: "7300000000000000000/1",
    });
    const another = connect(clone.workerUrl, { max: 1 });
    await drainMails({ ...ctx, db: another.db });
    await another.close();
    expect(await openPauses()).toEqual(["restored"]);
  });

  test("R17 no probe ends the hold, no other pause takes its place, and nobody counts on", async () => {
    await drainMails(ctx);
    await beginRestore(ctx);
    const [mark] = await clone.superuser.db.select().from(sendingMark);
    await drainMails(anew());
    expect(await clone.superuser.db.select().from(sendingMark)).toEqual([mark]);
    const { dispatch } = await makeBill();
    await clone.superuser.db.transaction((db) =>
      pauseSending({ db, actor: ctx.actor }, { companyId: null, reason: "invalid_api_key" }),
    );
    await clone.superuser.db.execute(
      sql`update sending_pauses set probe_at = clock_timestamp() - interval '1 hour'`,
    );
    await drainMails(ctx);
    expect(await openPauses()).toEqual(["restored"]);
    expect((await found(dispatch.id))?.state).toBe("queued");
  });

  test("R17 is looked at again as soon as one lane fails: no other sends on", async () => {
    await drainMails(ctx);
    const bills = [await makeBill(), await makeBill(), await makeBill()];
    const before = provider.ledger.count;
    let posted = 0;
    const bothPosted = promised();
    const failed = promised();
    const at = async (point: string) => {
      if (point !== "after answer") {
        return;
      }
      posted += 1;
      if (posted > 1) {
        bothPosted.resolve();
        return await failed.promise;
      }
      await bothPosted.promise;
      await clone.superuser.db.execute(sql`update sending_mark set number = number - 1`);
      setTimeout(failed.resolve, 50);
      throw new Error("the database has gone");
    };
    await expect(drainMails(ctx, { at, lanes: 2 })).rejects.toThrow("the database has gone");
    await drainMails(ctx);
    expect(await openPauses()).toEqual(["restored"]);
    expect(provider.ledger.count).toBe(before + 2);
    const states = await Promise.all(bills.map(({ dispatch }) => found(dispatch.id)));
    expect(states.map((one) => one?.state).sort()).toEqual(["accepted", "batched", "queued"]);
  });

  test("R19 nothing goes on paper for silence while it does not know what went out", async () => {
    await lastMarkAt(1);
    const { dispatch } = await makeBill({
      createdAt: new Date(Date.now() - 20 * 86_400_000),
      state: "accepted",
      acceptedAt: new Date(Date.now() - 20 * 86_400_000),
      document: { dueDate: "2026-01-02" },
    });
    await beginRestore(ctx);
    expect(await turnSilentToPaper(ctx)).toBe(0);
    await reconcileRestore(ctx);
    expect(await turnSilentToPaper(ctx)).toBe(1);
    expect((await found(dispatch.id))?.state).toBe("paper");
  });

  test("R17 a provider that does not tell leaves the hold; asked again it ends", async () => {
    await makeBill();
    await lastMarkAt(1);
    provider.settings.apiKey = "re_another";
    expect(await reconcileRestore(ctx)).toMatchObject({
      released: false,
      unanswered: "invalid_api_key",
    });
    expect(await openPauses()).toEqual(["restored"]);
    provider.settings.apiKey = String(process.env.RESEND_API_KEY);
    expect(await reconcileRestore(ctx)).toMatchObject({ released: true });
    expect(await openPauses()).toEqual([]);
  });

  test("R17 a list that begins after the backup is not taken as whole, unless somebody knows better", async () => {
    await makeBill();
    await drainMails(ctx);
    await lastMarkAt(72);
    provider.settings.listDays = 2;
    const asked = await reconcileRestore(ctx);
    expect(asked).toMatchObject({ released: false, unanswered: null, mails: { complete: false } });
    expect(Math.round((Date.now() - Number(asked.mails.wholeFrom)) / 3_600_000)).toBe(24);
    expect(await openPauses()).toEqual(["restored"]);
    const since = new Date(Date.now() - 20 * 3_600_000);
    expect(await reconcileRestore(ctx, { since })).toMatchObject({ released: true });
    // Its own last count is the newest now.
    await lastMarkAt(72);
    const [old] = provider.ledger.list(null, 100).mails.slice(-1);
    must(old).at -= 80 * 3_600_000;
    provider.settings.listDays = null;
    expect(await reconcileRestore(ctx)).toMatchObject({ released: true });
  });

  test("R17 nor is one of a database that has never counted", async () => {
    expect(await reconcileRestore(ctx)).toMatchObject({ since: null, released: false });
  });

  test("R17 what a worker has in hand is waited for, and counted once", async () => {
    const { dispatch } = await makeBill();
    const before = provider.ledger.count;
    provider.settings.latencyMs = 1_500;
    const posting = promised();
    const at = (point: string) => {
      if (point === "after post") {
        posting.resolve();
      }
    };
    const sending = drainMails(ctx, { at });
    await posting.promise;
    const reconciled = await reconcileRestore(anew());
    expect(reconciled).toMatchObject({ batches: { taken: 0, requeued: 0 }, released: true });
    await sending;
    provider.settings.latencyMs = 0;
    await drainMails(anew());
    expect(provider.ledger.count).toBe(before + 1);
    expect(await found(dispatch.id)).toMatchObject({ state: "accepted" });
  });

  test("R17 killed between two pages it begins again, and finds the same", async () => {
    const customer = await clone.superuser.db.transaction((db) => makeCustomer(db));
    for (let bills = 0; bills < 2; bills += 1) {
      await clone.superuser.db.transaction((db) => makeDispatch(db, customer));
    }
    await drainMails(ctx);
    await clone.superuser.db.execute(sql`truncate dispatch_mails, dispatch_batches, dispatches`);
    provider.settings.reads = ["empty page"];
    const first = await reconcileRestore(ctx);
    expect(first).toMatchObject({ released: false, unanswered: "empty_page" });
    const second = await reconcileRestore(ctx);
    expect(second).toMatchObject({ released: true, mails: { complete: true } });
    expect(second.mails.lost).toBeGreaterThanOrEqual(2);
    const third = await reconcileRestore(ctx, { since: must(second.since) });
    expect(third).toMatchObject({ released: true, mails: { asked: second.mails.asked, lost: 0 } });
  });

  test("R17 two bills that look alike take over two mails, a third one goes out", async () => {
    const customer = await clone.superuser.db.transaction((db) => makeCustomer(db));
    const bill = () => clone.superuser.db.transaction((db) => makeDispatch(db, customer));
    await bill();
    await bill();
    await drainMails(ctx);
    const sent = provider.ledger.count;
    await clone.superuser.db.execute(sql`truncate dispatch_mails, dispatch_batches, dispatches`);
    await reconcileRestore(ctx, { since: anHourAgo() });
    const again = [await bill(), await bill(), await bill()];
    await drainMails(ctx);
    expect(provider.ledger.count).toBe(sent + 1);
    for (const { dispatch } of again) {
      expect(await found(dispatch.id)).toMatchObject({ state: "accepted", failure: null });
    }
  });

  test("R17 staff decide about mails whose subject tells too little", async () => {
    const note = { document: { kind: "credit_note" as const, totalCents: -1_500 } };
    const customer = await clone.superuser.db.transaction((db) => makeCustomer(db));
    const issue = () => clone.superuser.db.transaction((db) => makeDispatch(db, customer, note));
    await issue();
    await drainMails(ctx);
    await clone.superuser.db.execute(sql`truncate dispatch_mails, dispatch_batches, dispatches`);
    await reconcileRestore(ctx, { since: anHourAgo() });
    const { dispatch } = await issue();
    await drainMails(ctx);
    expect(await found(dispatch.id)).toMatchObject({
      state: "failed",
      failure: "perhaps_sent_before_restore",
    });
  });
});

test("what was sent to the storage itself, and files of imports that have ended, are no difference", async () => {
  const customer = await clone.superuser.db.transaction((db) => makeCustomer(db));
  const of = { companyId: customer.company.id, kind: "bills", importedBy: "test" } as const;
  const keys = {
    sent: `uploads/${of.companyId}/somebody/0199a1b2-c3d4-7e5f-8a6b-000000000001/file.csv`,
    gone: `uploads/${of.companyId}/somebody/0199a1b2-c3d4-7e5f-8a6b-000000000002/file.csv`,
    left: `uploads/${of.companyId}/somebody/0199a1b2-c3d4-7e5f-8a6b-000000000003/file.csv`,
    ended: "imports/0199a1b2-c3d4-4e5f-8a6b-000000000004/file.csv",
    removed: "imports/0199a1b2-c3d4-4e5f-8a6b-000000000005/file.csv",
  };
  for (const key of [keys.sent, keys.left, keys.ended]) {
    await putDocument(key, Buffer.from("x"));
  }
  await clone.superuser.db.insert(imports).values([
    { ...of, fileName: "sent", storageKey: keys.sent },
    { ...of, fileName: "gone", storageKey: keys.gone },
    { ...of, fileName: "ended", storageKey: keys.ended, state: "done", finishedAt: new Date() },
    { ...of, fileName: "removed", storageKey: keys.removed, state: "done", finishedAt: new Date() },
  ]);
  const { missing, unknown } = await compareStorage(ctx);
  expect([missing.keys, unknown.keys]).toEqual([[keys.gone], [keys.left]]);
  await removeDocuments([keys.sent, keys.left, keys.ended]);
});

describe("sportello restore", () => {
  test("R17 holds, and where nobody can be asked sets aside what is doubtful", async () => {
    const sportello = commandLine(clone, STORAGE);
    const { customer, dispatch } = await makeBill();
    const mail = await clone.superuser.db.transaction((db) => makeAccountMail(db, customer));
    await lastMarkAt(1);
    expect(await sportello(["restore", "begin"])).toMatchObject({
      code: 0,
      stdout: 'All mail is held. Go on with "sportello restore reconcile".\n',
    });
    const asked = await sportello(["restore", "reconcile"]);
    expect(asked).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /The provider does not tell what it sent \(application_error\).*\nMail is still held\.\n$/,
      ),
    });
    const aside = await sportello(["restore", "reconcile", "--set-doubtful-aside", "--json"]);
    expect(JSON.parse(aside.stdout)).toMatchObject({ ok: true, setAside: 2, released: true });
    expect(await found(dispatch.id)).toMatchObject({ failure: "perhaps_sent_before_restore" });
    const [kept] = await clone.superuser.db
      .select()
      .from(accountMails)
      .where(eq(accountMails.id, mail.id));
    expect(kept?.state).toBe("failed");
    expect(await openPauses()).toEqual([]);
    expect(await sportello(["restore", "compare"])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/not in the storage: 0\n/),
    });
  });
});
