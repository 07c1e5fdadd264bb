import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import path from "node:path";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Connection, connect } from "@/db/client";
import { migrate } from "@/db/migrate";
import { accountMails, accounts, dispatches, sessions } from "@/db/schema";
import { deleteAccount } from "@/lib/accounts/commands/delete-account";
import { recordDeletions } from "@/lib/accounts/commands/record-deletions";
import type { CustomerActor, SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { hashPassword } from "@/lib/auth/password";
import { openSession } from "@/lib/auth/sessions";
import { checkSending } from "@/lib/cli/doctor/sending";
import { compareStorage } from "@/lib/documents/queries/compare-storage";
import { drainMails } from "@/lib/jobs/sender";
import { reconcileRestore } from "@/lib/operations/commands/reconcile-restore";
import { putDocument } from "@/lib/storage/document-storage";
import { makeAccountMail, makeDispatch } from "../factories/dispatches";
import { makeCustomer, must } from "../factories/people";
import { PASSWORD } from "../factories/signup";
import { startProvider } from "../provider/server";
import { type ArchivingServer, startArchivingServer } from "../setup/backup";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const { STORAGE } = vi.hoisted(() => {
  const folder = `.sportello-test/restore-${process.pid}`;
  process.env.STORAGE_URL = `file:${folder}`;
  return { STORAGE: folder };
});

let server: ArchivingServer;
let provider: Awaited<ReturnType<typeof startProvider>>;
let worker: Connection;
let superuser: Connection;
let web: Connection;
let ctx: Context<SystemActor>;

const open = () => {
  worker = connect(server.workerUrl);
  superuser = connect(server.superuserUrl, { max: 2 });
  web = connect(server.webUrl);
  ctx = { db: worker.db, actor: { kind: "system", name: "test" } };
};
const close = () => Promise.all([worker.close(), superuser.close(), web.close()]);

beforeAll(async () => {
  provider = await startProvider({ apiKey: String(process.env.RESEND_API_KEY) });
  process.env.RESEND_BASE_URL = provider.url;
  const base = path.dirname(process.env.SPORTELLO_TEST_DATA || ".sportello-test/vitest");
  server = await startArchivingServer(
    path.resolve(base, `restore-${randomBytes(4).toString("hex")}`),
  );
  await migrate(server.ownerUrl);
  open();
});
afterAll(async () => {
  await close();
  await server.remove();
  await provider.close();
  await rm(STORAGE, { recursive: true, force: true });
});

type Customer = Awaited<ReturnType<typeof makeCustomer>>;

const makeMember = async () => {
  const passwordHash = await hashPassword(PASSWORD);
  return superuser.db.transaction((db) => makeCustomer(db, { account: { passwordHash } }));
};
const queueBill = (customer: Customer, document: Parameters<typeof makeDispatch>[2] = {}) =>
  superuser.db.transaction((db) => makeDispatch(db, customer, document));
const stateOf = async (id: string) => {
  const [row] = await superuser.db.select().from(dispatches).where(eq(dispatches.id, id));
  return row?.state ?? null;
};
/** How often the same words went to the same address. */
const mostTimes = () => {
  const times = new Map<string, number>();
  for (const { to, subject } of provider.ledger.all()) {
    const mail = `${to} ${subject}`;
    times.set(mail, (times.get(mail) ?? 0) + 1);
  }
  return Math.max(...times.values());
};

describe("a backup that is older than the newest events", () => {
  test("R7 R17 brings nobody back, sends nothing twice and loses no bill", async () => {
    // Before the backup: a mail that is known to be sent.
    const stays = await makeMember();
    const leaves = await makeMember();
    const known = await queueBill(stays, { document: { totalCents: 1_001 } });
    await drainMails(ctx);
    expect(await stateOf(known.dispatch.id)).toBe("accepted");
    await server.takeBackup();

    // In the archived log, up to the instant that comes back: a batch whose answer nobody heard, a bill and a
    // mail about an account that wait, a session.
    const unheard = await queueBill(stays, { document: { totalCents: 2_002 } });
    provider.settings.faults = [{ kind: "reset-after" }];
    await drainMails(ctx, { longestMs: 500 });
    provider.settings.faults = [];
    expect(await stateOf(unheard.dispatch.id)).toBe("batched");
    const waiting = await queueBill(stays, { document: { totalCents: 3_003 } });
    const notice = await superuser.db.transaction((db) => makeAccountMail(db, stays));
    await openSession({ db: web.db, actor: stays.actor }, { userAgent: null, awaiting: null });
    await server.nameInstant("backup");

    // Lost: all of these went out, a later publication too, and a customer left.
    const later = { totalCents: 4_004, billNumber: "LOST-1", storageKey: "1/2026/lost.pdf" };
    await putDocument("1/2026/lost.pdf", Buffer.from("%PDF-"));
    const lost = await queueBill(stays, { document: later });
    await superuser.db.execute(sql`update dispatch_batches set lease_until = null`);
    await drainMails(ctx);
    expect(await stateOf(lost.dispatch.id)).toBe("accepted");
    const sent = provider.ledger.count;
    await deleteAccount({ db: web.db, actor: leaves.actor }, { password: PASSWORD });
    await recordDeletions(ctx);

    await close();
    await server.recoverTo("backup");
    open();
    expect(await stateOf(lost.dispatch.id)).toBeNull();
    expect(await stateOf(waiting.dispatch.id)).toBe("queued");
    expect(await aliveAgain(leaves.actor)).toBe(true);

    // Nobody has told it: it notices, and holds everything.
    await superuser.db.execute(sql`update dispatch_batches set lease_until = null`);
    await drainMails(ctx);
    expect(provider.ledger.count).toBe(sent);
    expect(await checkSending(ctx)).toMatchObject([
      { status: "fail", message: expect.stringMatching(/the database was restored/) },
      {},
    ]);

    const reconciled = await reconcileRestore(ctx);
    expect(reconciled).toMatchObject({
      deletions: 1,
      ended: { sessions: 1 },
      batches: { taken: 1, requeued: 0 },
      mails: { sent: 1, complete: true },
      released: true,
      unanswered: null,
    });
    // The bill that waited, and the one of the lost publication.
    expect(reconciled.mails.lost).toBe(2);
    expect(await aliveAgain(leaves.actor)).toBe(false);
    expect(await superuser.db.$count(sessions, sql`ended_at is null`)).toBe(0);

    // The lost publication comes again, and a bill that never went out.
    const again = await queueBill(stays, { document: later });
    const fresh = await queueBill(stays, { document: { totalCents: 5_005 } });
    await drainMails(ctx);
    for (const { dispatch } of [known, unheard, waiting, again, fresh]) {
      expect(await stateOf(dispatch.id)).toBe("accepted");
    }
    const [told] = await superuser.db
      .select()
      .from(accountMails)
      .where(eq(accountMails.id, notice.id));
    expect(told?.state).toBe("sent");
    expect(provider.ledger.count).toBe(sent + 1);
    expect(mostTimes()).toBe(1);

    // And it goes on counting: no second hold.
    await drainMails(ctx);
    expect((await checkSending(ctx))[0]).toMatchObject({ status: "ok" });
    const [mark] = await superuser.db.execute(sql`select server from sending_mark`);
    expect(mark).toMatchObject({ server: expect.stringMatching(/^\d{10,}\/2$/) });
  });

  test("R7 says which documents storage and database do not have in common", async () => {
    const customer = await makeMember();
    const prefix = String(customer.company.id);
    await putDocument(`${prefix}/newer.pdf`, Buffer.from("%PDF-"));
    const both = `${prefix}/both.pdf`;
    await putDocument(both, Buffer.from("%PDF-"));
    await queueBill(customer, { document: { storageKey: both } });
    await queueBill(customer, { document: { storageKey: `${prefix}/gone.pdf` } });
    const { missing, unknown } = await compareStorage(ctx);
    expect(missing.keys).toContain(`${prefix}/gone.pdf`);
    expect(unknown.keys).toContain(`${prefix}/newer.pdf`);
    expect([...missing.keys, ...unknown.keys]).not.toContain(both);
  });
});

async function aliveAgain({ accountId }: CustomerActor): Promise<boolean> {
  const [account] = await superuser.db.select().from(accounts).where(eq(accounts.id, accountId));
  return must(account).deletedAt === null;
}
