import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accountMails, companies, sendingPauses } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { mailToken } from "@/lib/auth/token";
import { publishDocuments } from "@/lib/documents/commands/publish-documents";
import { MAIL_CHANNEL } from "@/lib/jobs/queue";
import { drainMails } from "@/lib/jobs/sender";
import { startWorker } from "@/lib/jobs/worker";
import { queueAccountMail } from "@/lib/mail/account-mails";
import { makeAccountMail, makeDispatch } from "../factories/dispatches";
import { makeCustomer, makeDocument } from "../factories/people";
import { type Clone, cloneDatabase } from "../setup/database";
import { type TestMailbox, testMailbox } from "../setup/mailbox";

let clone: Clone;
let mailbox: TestMailbox;
let ctx: Context<SystemActor>;

beforeAll(async () => {
  mailbox = await testMailbox();
  clone = await cloneDatabase();
  process.env.DATABASE_WORKER_URL = clone.workerUrl;
  process.env.CRON_SECRET = "only for tests only for tests only for tests";
  ctx = { db: clone.worker.db, actor: { kind: "system", name: "test" } };
});
afterAll(async () => {
  await mailbox.close();
  await clone.drop();
});

async function made(over: Partial<typeof accountMails.$inferInsert> = {}) {
  return await clone.superuser.db.transaction(async (db) =>
    makeAccountMail(db, await makeCustomer(db), over),
  );
}

async function stored(id: string) {
  const [mail] = await clone.superuser.db
    .select()
    .from(accountMails)
    .where(eq(accountMails.id, id));
  return mail;
}

/** Everything that waits is sent; what waits for its next try is not waited for. */
const drain = () => drainMails(ctx, { longestMs: 1_000 });

/** Lets a postponed mail be tried now. */
const hurry = (id: string) =>
  clone.superuser.db.update(accountMails).set({ leaseUntil: null }).where(eq(accountMails.id, id));

/** One try: what is unknown afterwards waits for the next. */
async function tryOnce() {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 700);
  await drainMails(ctx, { stop: stop.signal });
}

describe("mails about an account", () => {
  test("R4 the link carries the mail's token, which is stored nowhere", async () => {
    const mail = await made({
      template: "confirm-account",
      language: "en",
      params: { email: "x" },
    });
    await drain();
    const [message] = await mailbox.messages(mail.toEmail);
    const token = mailToken(mail.id);
    expect(message?.text).toContain(`http://localhost:3000/en/confirm?token=${token}`);
    expect(message?.html).toContain(`http://localhost:3000/en/confirm?token=${token}`);
    expect(message?.tags).toEqual({
      mail: mail.id,
      company: String(mail.companyId),
      kind: "confirm-account",
    });
    const kept = await stored(mail.id);
    expect(kept).toMatchObject({ state: "sent", providerId: message?.id });
    expect(JSON.stringify(kept)).not.toContain(token);
  });

  test("what was sent is kept as it was sent, with the version of its template", async () => {
    const mail = await made({ template: "no-match" });
    await drain();
    const [message] = await mailbox.messages(mail.toEmail);
    const kept = (await stored(mail.id))?.content;
    expect(kept).toMatchObject({
      subject: message?.subject,
      html: message?.html,
      text: message?.text,
    });
    expect(kept?.version).toMatch(/^[0-9a-f]{64}$/);
  });

  test("R17 a mail is sent once, however many drain at once", async () => {
    const mail = await made();
    await Promise.all([drain(), drain(), drain()]);
    expect(await mailbox.messages(mail.toEmail)).toHaveLength(1);
  });

  test("R17 when the answer is lost the same mail is sent again, and arrives once", async () => {
    const mail = await made();
    await mailbox.fault({ kind: "drop", count: 1, to: mail.toEmail });
    await tryOnce();
    expect(await stored(mail.id)).toMatchObject({ state: "queued", attempts: 1 });
    // What it would say now is another thing; what was tried stays.
    await clone.superuser.db
      .update(companies)
      .set({ name: "Nome Nuovo" })
      .where(eq(companies.id, mail.companyId));
    await hurry(mail.id);
    await drain();
    expect(await mailbox.messages(mail.toEmail)).toHaveLength(1);
    expect(await stored(mail.id)).toMatchObject({ state: "sent", attempts: 2 });
  });

  test("R4 a link that is dead already is not sent", async () => {
    const createdAt = new Date(Date.now() - 25 * 3600 * 1000);
    const mail = await made({ template: "confirm-address", createdAt });
    await drain();
    expect(await mailbox.messages(mail.toEmail)).toHaveLength(0);
    expect(await stored(mail.id)).toMatchObject({ state: "failed", failure: "expired" });
  });

  test("R17 a mail that may have been taken 23 hours ago is not sent again", async () => {
    const mail = await made();
    await mailbox.fault({ kind: "drop", count: 1, to: mail.toEmail });
    await tryOnce();
    const [before] = await mailbox.messages(mail.toEmail);
    await clone.superuser.db
      .update(accountMails)
      .set({
        leaseUntil: null,
        firstAttemptAt: sql`first_attempt_at - interval '23 hours 1 minute'`,
      })
      .where(eq(accountMails.id, mail.id));
    await drain();
    expect(await mailbox.messages(mail.toEmail)).toEqual([before]);
    expect(await stored(mail.id)).toMatchObject({
      state: "failed",
      failure: "unknown_for_23_hours",
    });
  });

  test("R17 a mail that was clearly never taken is sent however late", async () => {
    const mail = await made({ createdAt: new Date(Date.now() - 25 * 3600 * 1000) });
    await mailbox.fault({ kind: "403", count: 1, to: mail.toEmail });
    await drain();
    expect(await stored(mail.id)).toMatchObject({ state: "queued", firstAttemptAt: null });
    expect(await mailbox.messages(mail.toEmail)).toHaveLength(0);
    await clone.superuser.db.update(sendingPauses).set({ probeAt: sql`clock_timestamp()` });
    await drain();
    expect(await mailbox.messages(mail.toEmail)).toHaveLength(1);
  });

  test("R7 the farewell reaches the address, which is a pseudonym from then on", async () => {
    const mail = await made({ template: "account-deleted", params: { contractNumbers: "C1" } });
    await drain();
    expect(await mailbox.messages(mail.toEmail)).toHaveLength(1);
    const kept = await stored(mail.id);
    expect(kept?.toEmail).toMatch(/^deleted-[0-9a-f]{24}$/);
    expect(JSON.stringify(kept)).not.toContain(mail.toEmail);
  });

  test("R7 R21 nor is an address of no account kept that was told of a withdrawn bill", async () => {
    const params = {
      kind: "bill",
      billNumber: "B1",
      contractNumber: "C1",
      documentId: "1",
      reason: "x",
    };
    const told = await made({ template: "bill-withdrawn", accountId: null, params });
    await drain();
    expect(await mailbox.messages(told.toEmail)).toHaveLength(1);
    expect((await stored(told.id))?.toEmail).toMatch(/^deleted-[0-9a-f]{24}$/);
    const own = await made({ template: "bill-withdrawn", params });
    await drain();
    expect((await stored(own.id))?.toEmail).toBe(own.toEmail);
  });

  test("R7 a mail whose address is gone is not sent", async () => {
    const mail = await made({ toEmail: "deleted-0123456789abcdef01234567" });
    await drain();
    expect(await stored(mail.id)).toMatchObject({ state: "failed", failure: "account_deleted" });
  });

  test("an address that the provider refuses ends the mail", async () => {
    const mail = await made({ toEmail: "a@b@c" });
    await drain();
    expect(await stored(mail.id)).toMatchObject({ state: "failed", failure: "validation_error" });
  });
});

describe("the worker", () => {
  test("R16 a publication, and a mail about an account, wake the senders when they commit", async () => {
    const heard: string[] = [];
    const listening = await clone.superuser.sql.listen(MAIL_CHANNEL, () => heard.push("woken"));
    try {
      await clone.superuser.db.transaction(async (db) => {
        const { company, contract, holder, account } = await makeCustomer(db);
        const document = await makeDocument(db, {
          companyId: company.id,
          contractId: contract.id,
          holderId: holder.id,
          publishedAt: null,
        });
        await publishDocuments(
          { db, actor: ctx.actor },
          {
            modes: sql`select ${company.id}::smallint as company_id, ${contract.id}::uuid as contract_id,
              null::uuid as run_id, 'electronic' as mode, ${account.email} as email, null::uuid as choice_id`,
            which: sql`d.id = ${document.id}`,
          },
        );
        expect(heard).toEqual([]);
      });
      await expect.poll(() => heard).toEqual(["woken"]);
      await clone.superuser.db.transaction(async (db) => {
        const { company, account } = await makeCustomer(db);
        const mail = { template: "account-exists", language: "it" } as const;
        await queueAccountMail(
          { db, actor: ctx.actor },
          { ...mail, companyId: company.id, accountId: account.id, toEmail: account.email },
        );
      });
      await expect.poll(() => heard).toEqual(["woken", "woken"]);
    } finally {
      await listening.unlisten();
      await drain();
    }
  });

  test("R28 sends and works the queue as a role that owns nothing, and ends within ten seconds", async () => {
    const { mail, dispatched } = await clone.superuser.db.transaction(async (db) => {
      const customer = await makeCustomer(db);
      return {
        mail: await queueAccountMail(
          { db, actor: ctx.actor },
          {
            template: "account-exists",
            companyId: customer.company.id,
            accountId: customer.account.id,
            toEmail: customer.account.email,
            language: "de",
          },
        ),
        dispatched: await makeDispatch(db, customer),
      };
    });
    await inTransaction(ctx, async ({ db }) => {
      await db.execute("select enqueue_job('forget_expired', '{}', 'forget-expired')");
    });
    const worker = await startWorker();
    const both = async () =>
      (await stored(mail))?.state === "sent" &&
      (await mailbox.messages(String(dispatched.dispatch.email))).length === 2;
    await expect.poll(both, { timeout: 15_000 }).toBe(true);
    const before = Date.now();
    await worker.stop();
    expect(Date.now() - before).toBeLessThan(10_000);
    const [job] = await clone.superuser.db.execute<{ count: number }>(
      "select count(*)::int from graphile_worker.jobs where last_error is not null",
    );
    expect(job?.count).toBe(0);
  });
});
