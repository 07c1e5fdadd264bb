import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accountMails } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { mailToken } from "@/lib/auth/token";
import { startWorker } from "@/lib/jobs/worker";
import { queueAccountMail } from "@/lib/mail/account-mails";
import { MailNotSentError, sendAccountMail } from "@/lib/mail/commands";
import { sendAccountMailJob } from "@/lib/mail/jobs";
import { makeAccountMail, makeDispatch } from "../factories/dispatches";
import { makeCustomer } from "../factories/people";
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

describe("mails about an account", () => {
  test("R4 the link carries the mail's token, which is stored nowhere", async () => {
    const mail = await made({
      template: "confirm-account",
      language: "en",
      params: { email: "x" },
    });
    await sendAccountMailJob(ctx, { mailId: mail.id });
    const [message] = await mailbox.messages(mail.toEmail);
    const token = mailToken(mail.id);
    expect(message?.text).toContain(`http://localhost:3000/en/confirm?token=${token}`);
    expect(message?.tags).toEqual({
      mail: mail.id,
      company: String(mail.companyId),
      kind: "confirm-account",
    });
    const kept = await stored(mail.id);
    expect(kept).toMatchObject({ state: "sent", providerId: message?.id });
    expect(JSON.stringify(kept)).not.toContain(token);
  });

  test("a mail is sent once, however often its job runs", async () => {
    const mail = await made();
    await sendAccountMail(ctx, mail.id);
    await sendAccountMail(ctx, mail.id);
    expect(await mailbox.messages(mail.toEmail)).toHaveLength(1);
  });

  test("when the answer is lost the job runs again, and the mail arrives once", async () => {
    const mail = await made();
    await mailbox.fault({ kind: "drop", count: 1, to: mail.toEmail });
    await expect(sendAccountMail(ctx, mail.id)).rejects.toBeInstanceOf(MailNotSentError);
    await sendAccountMail(ctx, mail.id);
    expect(await mailbox.messages(mail.toEmail)).toHaveLength(1);
    expect(await stored(mail.id)).toMatchObject({ state: "sent" });
  });

  test("R4 a link that is dead already is not sent", async () => {
    const createdAt = new Date(Date.now() - 25 * 3600 * 1000);
    const mail = await made({ template: "confirm-address", createdAt });
    await sendAccountMail(ctx, mail.id);
    expect(await mailbox.messages(mail.toEmail)).toHaveLength(0);
    expect(await stored(mail.id)).toMatchObject({ state: "failed", failure: "expired" });
  });

  test("R17 a mail that may have been taken 23 hours ago is not sent again", async () => {
    const mail = await made();
    await mailbox.fault({ kind: "drop", count: 1, to: mail.toEmail });
    await expect(sendAccountMail(ctx, mail.id)).rejects.toBeInstanceOf(MailNotSentError);
    const [before] = await mailbox.messages(mail.toEmail);
    await clone.superuser.db
      .update(accountMails)
      .set({ firstAttemptAt: sql`first_attempt_at - interval '23 hours 1 minute'` })
      .where(eq(accountMails.id, mail.id));
    await sendAccountMail(ctx, mail.id);
    expect(await mailbox.messages(mail.toEmail)).toEqual([before]);
    expect(await stored(mail.id)).toMatchObject({
      state: "failed",
      failure: "unknown_for_23_hours",
    });
  });

  test("R17 a mail that was clearly never taken is sent however late", async () => {
    const mail = await made({ createdAt: new Date(Date.now() - 25 * 3600 * 1000) });
    await mailbox.fault({ kind: "403", count: 1, to: mail.toEmail });
    await expect(sendAccountMail(ctx, mail.id)).rejects.toBeInstanceOf(MailNotSentError);
    expect(await stored(mail.id)).toMatchObject({ state: "queued", firstAttemptAt: null });
    await sendAccountMail(ctx, mail.id);
    expect(await mailbox.messages(mail.toEmail)).toHaveLength(1);
  });

  test("R7 the farewell reaches the address, which is a pseudonym from then on", async () => {
    const mail = await made({ template: "account-deleted", params: { contractNumbers: "C1" } });
    await sendAccountMail(ctx, mail.id);
    expect(await mailbox.messages(mail.toEmail)).toHaveLength(1);
    expect((await stored(mail.id))?.toEmail).toMatch(/^deleted-[0-9a-f]{24}$/);
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
    await sendAccountMail(ctx, told.id);
    expect(await mailbox.messages(told.toEmail)).toHaveLength(1);
    expect((await stored(told.id))?.toEmail).toMatch(/^deleted-[0-9a-f]{24}$/);
    const own = await made({ template: "bill-withdrawn", params });
    await sendAccountMail(ctx, own.id);
    expect((await stored(own.id))?.toEmail).toBe(own.toEmail);
  });

  test("R7 a mail whose address is gone is not sent", async () => {
    const mail = await made({ toEmail: "deleted-0123456789abcdef01234567" });
    await sendAccountMail(ctx, mail.id);
    expect(await stored(mail.id)).toMatchObject({ state: "failed", failure: "account_deleted" });
  });

  test("an address that the provider refuses ends the mail", async () => {
    const mail = await made({ toEmail: "a@b@c" });
    await sendAccountMail(ctx, mail.id);
    expect(await stored(mail.id)).toMatchObject({ state: "failed", failure: "validation_error" });
  });
});

describe("the worker", () => {
  test("R28 works the queue as a role that owns nothing, and ends within ten seconds", async () => {
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
      await db.execute("select enqueue_job('drain_dispatches', '{}', 'drain-dispatches')");
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
