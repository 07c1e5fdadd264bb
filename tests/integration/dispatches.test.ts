import { asc, eq, isNull, sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Transaction } from "@/db/client";
import {
  auditLog,
  companies,
  dispatchBatches,
  dispatches,
  dispatchMails,
  documents,
  mandates,
  sendingPace,
  sendingPauses,
} from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { settleBatch } from "@/lib/dispatches/commands/settle-batch";
import { type TakenBatch, takeBatch } from "@/lib/dispatches/commands/take-batch";
import { drainMails } from "@/lib/jobs/sender";
import { learnPace, takePlace } from "@/lib/mail/commands/pace";
import { dueProbe } from "@/lib/mail/commands/pause";
import type { ProviderAnswer } from "@/lib/mail/outcome";
import { sendMails } from "@/lib/mail/resend";
import { makeDispatch } from "../factories/dispatches";
import { makeCompany, makeCustomer } from "../factories/people";
import { type Clone, cloneDatabase } from "../setup/database";
import { type TestMailbox, testMailbox } from "../setup/mailbox";

let clone: Clone;
let mailbox: TestMailbox;
let ctx: Context<SystemActor>;

beforeAll(async () => {
  mailbox = await testMailbox();
  clone = await cloneDatabase();
  ctx = { db: clone.worker.db, actor: { kind: "system", name: "test" } };
});
afterAll(async () => {
  await mailbox.close();
  await clone.drop();
});

/** A company with so many customers, each with one queued bill. */
async function makeQueued(
  count: number,
  over: { company?: Partial<typeof companies.$inferInsert>; mandate?: null } = {},
) {
  return await clone.superuser.db.transaction(async (db) => {
    const company = await makeCompany(db, over.company);
    const made = [];
    for (let index = 0; index < count; index += 1) {
      const customer = await makeCustomer(db, { company, mandate: over.mandate });
      made.push({ ...customer, ...(await makeDispatch(db, customer)) });
    }
    return { company, bills: made };
  });
}

const batchesOf = (companyId: number) =>
  clone.superuser.db
    .select()
    .from(dispatchBatches)
    .where(eq(dispatchBatches.companyId, companyId))
    .orderBy(asc(dispatchBatches.id));

const dispatchesOf = (companyId: number) =>
  clone.superuser.db
    .select()
    .from(dispatches)
    .where(eq(dispatches.companyId, companyId))
    .orderBy(asc(dispatches.position));

const toldTo = async (companyId: number) => {
  const all = await mailbox.messages();
  return all.filter(({ tags }) => tags.company === String(companyId));
};

/** Lets a postponed batch be taken now. */
const hurry = (companyId: number) =>
  clone.superuser.db
    .update(dispatchBatches)
    .set({ leaseUntil: null })
    .where(eq(dispatchBatches.companyId, companyId));

/** Everything that waits, sent; how many batches the provider took. */
const drain = async () => (await drainMails(ctx)).batches;

const post = ({ id, bytes, mails }: TakenBatch) => sendMails(id, { bytes, count: mails.length });

async function taken() {
  const result = await takeBatch(ctx);
  if (!result || result === "passed") {
    throw new Error(`no batch was taken: ${result}`);
  }
  return result.batch;
}

describe("sending", () => {
  test("R16 a queued bill goes out in its language with brand, amount, mandate and a link", async () => {
    const { company, bills } = await makeQueued(1, { company: { name: "Luce di Prova" } });
    const [bill] = bills;
    await drain();
    const [message] = await mailbox.messages(bill?.account.email);
    expect(message).toMatchObject({
      from: `Luce di Prova <${company.senderEmail}>`,
      tags: { dispatch: bill?.dispatch.id, company: String(company.id), kind: "bill" },
    });
    expect(message?.subject).toMatch(/^Luce di Prova: bolletta di 123,45\s€/);
    expect(message?.text).toContain(`http://localhost:3000/bills/${bill?.document.id}`);
    for (const fact of [bill?.mandate?.reference, company.creditorId, "12 novembre 2026"]) {
      expect(message?.html).toContain(fact);
    }
    const [dispatch] = await dispatchesOf(company.id);
    expect(dispatch).toMatchObject({ state: "accepted", providerId: message?.id });
    expect(dispatch?.acceptedAt).not.toBeNull();
  });

  test("R16 names no mandate that was not active when the bill was issued", async () => {
    const { company, bills } = await makeQueued(1);
    await clone.superuser.db
      .update(mandates)
      .set({ status: "revoked", until: "2026-10-01" })
      .where(eq(mandates.companyId, company.id));
    await drain();
    const [message] = await toldTo(company.id);
    expect(message?.html).not.toContain(bills[0]?.mandate?.reference);
    expect(message?.text).toContain("Come pagare");
  });

  test("R17 batches hold at most 100, of one company, in a frozen order", async () => {
    const { company } = await makeQueued(101);
    const other = await makeQueued(1);
    expect(await drain()).toBe(3);
    const batches = await batchesOf(company.id);
    expect(batches.map(({ members }) => members)).toEqual([100, 1]);
    expect(await batchesOf(other.company.id)).toHaveLength(1);
    const [first] = batches;
    const sent = (await dispatchesOf(company.id)).filter(({ batchId }) => batchId === first?.id);
    expect(sent.map(({ position }) => position)).toEqual(sent.map((_, index) => index));
    const ids = await toldTo(company.id);
    expect(ids).toHaveLength(101);
    for (const dispatch of sent) {
      expect(ids.find(({ id }) => id === dispatch.providerId)?.to).toEqual([dispatch.email]);
    }
    const audited = await clone.superuser.db
      .select({ action: auditLog.action })
      .from(auditLog)
      .where(eq(auditLog.subjectId, String(first?.id)));
    expect(audited).toEqual([{ action: "sent_batch" }]);
  });

  test("R17 a document has one dispatch, whatever is tried", async () => {
    const { bills } = await makeQueued(1);
    const [bill] = bills;
    const again = clone.superuser.db.insert(dispatches).values({
      companyId: Number(bill?.dispatch.companyId),
      contractId: String(bill?.dispatch.contractId),
      documentId: String(bill?.dispatch.documentId),
      channel: "paper",
      language: "it",
      state: "paper",
    });
    await expect(again).rejects.toMatchObject({ cause: { code: "23505" } });
    await drain();
  });

  test("R17 an address the provider rejects fails alone", async () => {
    const { company, bills } = await makeQueued(3);
    await clone.superuser.db
      .update(dispatches)
      .set({ email: "no address" })
      .where(eq(dispatches.id, String(bills[1]?.dispatch.id)));
    await drain();
    const states = (await dispatchesOf(company.id)).map(({ state }) => state);
    expect(states.sort()).toEqual(["accepted", "accepted", "failed"]);
    const failed = (await dispatchesOf(company.id)).find(({ state }) => state === "failed");
    expect(failed).toMatchObject({ id: bills[1]?.dispatch.id, providerId: null });
    expect(failed?.failure).toContain("`to`");
  });
});

describe("when the answer is lost", () => {
  test("R17 the body is frozen before the first attempt, and a retry sends the same bytes", async () => {
    const { company } = await makeQueued(2);
    const first = await taken();
    const [frozen] = await batchesOf(company.id);
    expect(frozen?.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(frozen?.firstAttemptAt).not.toBeNull();
    await settleBatch(ctx, first, { kind: "unknown", reason: "application_error" });
    // What the mail would say now is another thing; what was tried stays.
    await clone.superuser.db
      .update(companies)
      .set({ name: "Nome Nuovo", accentColor: "#aa0000" })
      .where(eq(companies.id, company.id));
    await hurry(company.id);
    const second = await taken();
    expect(second.id).toBe(first.id);
    expect(second.bytes.equals(first.bytes)).toBe(true);
    expect(second.fence).toBe(first.fence + 1);
    await settleBatch(ctx, second, { kind: "unknown", reason: "application_error" });
    await hurry(company.id);
    await drain();
    expect((await batchesOf(company.id))[0]).toMatchObject({ state: "accepted" });
  });

  test("R17 a drop after the mails were taken doubles none", async () => {
    const { company, bills } = await makeQueued(3);
    await mailbox.fault({ kind: "drop", count: 1 });
    expect(await drain()).toBe(1);
    const messages = await toldTo(company.id);
    expect(messages.map(({ to }) => to[0]).sort()).toEqual(
      bills.map(({ account }) => account.email).sort(),
    );
    const [batch] = await batchesOf(company.id);
    expect(batch).toMatchObject({ state: "accepted", attempts: 2 });
    expect((await dispatchesOf(company.id)).every(({ state }) => state === "accepted")).toBe(true);
  });

  test.each(["429", "500"])("R17 after a %s everything arrives once", async (kind) => {
    const { company } = await makeQueued(2);
    await mailbox.fault({ kind, count: 1 });
    await drain();
    expect(await toldTo(company.id)).toHaveLength(2);
  });

  test("R17 what is unknown for more than 23 hours is set aside, never sent again", async () => {
    const { company } = await makeQueued(1);
    await settleBatch(ctx, await taken(), { kind: "unknown", reason: "application_error" });
    await clone.superuser.db
      .update(dispatchBatches)
      .set({
        leaseUntil: null,
        firstAttemptAt: sql`clock_timestamp() - interval '23 hours 1 minute'`,
      })
      .where(eq(dispatchBatches.companyId, company.id));
    await drain();
    expect(await toldTo(company.id)).toHaveLength(0);
    expect(await batchesOf(company.id)).toMatchObject([
      { state: "quarantined", failure: "unknown_for_23_hours" },
    ]);
    expect(await dispatchesOf(company.id)).toMatchObject([{ state: "batched" }]);
  });

  test("R17 a body that is not the one tried is never sent", async () => {
    const { company } = await makeQueued(1);
    await settleBatch(ctx, await taken(), { kind: "unknown", reason: "application_error" });
    await hurry(company.id);
    await clone.superuser.db
      .update(dispatchBatches)
      .set({ digest: "0".repeat(64) })
      .where(eq(dispatchBatches.companyId, company.id));
    await drain();
    expect(await toldTo(company.id)).toHaveLength(0);
    expect(await batchesOf(company.id)).toMatchObject([
      { state: "quarantined", failure: "body_changed" },
    ]);
  });

  test("R17 a clear no leaves the batch as if never tried", async () => {
    const { company } = await makeQueued(1);
    await settleBatch(ctx, await taken(), { kind: "retry", pauseMs: 1000 });
    expect(await batchesOf(company.id)).toMatchObject([{ state: "frozen", firstAttemptAt: null }]);
    await hurry(company.id);
    await drain();
    expect(await toldTo(company.id)).toHaveLength(1);
  });

  test("R17 whoever lost the lease writes nothing", async () => {
    const { company } = await makeQueued(1);
    const slow = await taken();
    await hurry(company.id);
    const quick = await taken();
    await settleBatch(ctx, slow, { kind: "refused", reason: "validation_error" });
    expect(await batchesOf(company.id)).toMatchObject([{ state: "frozen", fence: quick.fence }]);
    await hurry(company.id);
    await drain();
  });
});

describe("when the provider refuses until somebody acts", () => {
  const pauses = (companyId: number | null) =>
    clone.superuser.db
      .select()
      .from(sendingPauses)
      .where(
        companyId === null
          ? isNull(sendingPauses.companyId)
          : eq(sendingPauses.companyId, companyId),
      )
      .orderBy(asc(sendingPauses.since));
  /** As if so many seconds had passed. */
  const probeNow = () =>
    clone.superuser.db
      .update(sendingPauses)
      .set({ probeAt: sql`clock_timestamp()` })
      .where(isNull(sendingPauses.endedAt));

  test("R17 a refused sender's mail waits, the other companies' goes out in the same drain", async () => {
    const first = await makeQueued(101);
    for (const { account } of first.bills) {
      await mailbox.fault({ kind: 403, to: account.email });
    }
    const second = await makeQueued(2);
    expect(await drain()).toBe(1);
    expect(await toldTo(second.company.id)).toHaveLength(2);
    expect(await toldTo(first.company.id)).toHaveLength(0);
    expect(await pauses(first.company.id)).toMatchObject([
      { reason: "validation_error", endedAt: null },
    ]);
    const before = await batchesOf(first.company.id);
    expect(before.every(({ state, firstAttemptAt }) => state === "frozen" && !firstAttemptAt)).toBe(
      true,
    );
    // While it lasts nothing of the company is tried.
    expect(await drain()).toBe(0);
    expect((await batchesOf(first.company.id)).map(({ attempts }) => attempts)).toEqual(
      before.map(({ attempts }) => attempts),
    );
    await mailbox.fault({ kind: "none" });
    await probeNow();
    await drain();
    expect(await toldTo(first.company.id)).toHaveLength(101);
    const [pause] = await pauses(first.company.id);
    expect(pause).toMatchObject({ probes: 1 });
    expect(pause?.endedAt).not.toBeNull();
    const audited = await clone.superuser.db
      .select({ action: auditLog.action })
      .from(auditLog)
      .where(eq(auditLog.subjectId, String(pause?.id)))
      .orderBy(asc(auditLog.id));
    expect(audited.map(({ action }) => action)).toEqual(["paused_sending", "resumed_sending"]);
  });

  test.each(["invalid_api_key", "daily_quota_exceeded", "monthly_quota_exceeded"])(
    "R17 %s lets all mail wait, and it goes on exactly where it stood",
    async (reason) => {
      const one = await makeQueued(2);
      const other = await makeQueued(1);
      const batch = await taken();
      await settleBatch(ctx, batch, { kind: "stopped", reason });
      expect(await drain()).toBe(0);
      expect((await pauses(null)).at(-1)).toMatchObject({ reason, endedAt: null, probes: 0 });
      await probeNow();
      await drain();
      expect((await pauses(null)).at(-1)?.endedAt).not.toBeNull();
      expect(await toldTo(one.company.id)).toHaveLength(2);
      expect(await toldTo(other.company.id)).toHaveLength(1);
      const [same] = await batchesOf(batch.companyId);
      expect(same).toMatchObject({ id: batch.id, state: "accepted", attempts: 2 });
    },
  );

  test("R17 a pause is tried by one worker at a time, and less often the longer it lasts", async () => {
    const { company } = await makeQueued(1);
    await settleBatch(ctx, await taken(), { kind: "stopped", reason: "invalid_api_key" });
    await probeNow();
    const probes = await Promise.all(Array.from({ length: 5 }, () => dueProbe(ctx)));
    expect(probes.filter((probe) => probe !== null)).toHaveLength(1);
    const waits = [];
    for (let tried = 0; tried < 5; tried += 1) {
      await probeNow();
      const probe = await dueProbe(ctx);
      const result = await takeBatch(ctx, { probe });
      if (!result || result === "passed") {
        throw new Error("the pause could not be tried");
      }
      await settleBatch(ctx, result.batch, { kind: "stopped", reason: "invalid_api_key" });
      const open = (await pauses(null)).at(-1);
      waits.push(Math.round(((open?.probeAt.getTime() ?? 0) - Date.now()) / 1000));
    }
    expect(waits).toEqual([60, 120, 240, 300, 300]);
    await probeNow();
    await drain();
    expect(await toldTo(company.id)).toHaveLength(1);
  });
});

describe("when a whole batch is refused", () => {
  const refused = { kind: "refused", reason: "validation_error" } as const;

  test("R17 it is halved until the one mail that is wrong has failed, and the others went out", async () => {
    const { company, bills } = await makeQueued(5);
    const wrong = String(bills[3]?.dispatch.id);
    for (let tries = 0; tries < 20; tries += 1) {
      const result = await takeBatch(ctx);
      if (!result || result === "passed") {
        break;
      }
      const { batch } = result;
      const holds = batch.mails.some(({ dispatchId }) => dispatchId === wrong);
      const outcome = holds ? refused : (await post(batch)).outcome;
      await settleBatch(ctx, batch, outcome);
    }
    const all = await dispatchesOf(company.id);
    expect(all.filter(({ state }) => state === "failed").map(({ id }) => id)).toEqual([wrong]);
    expect(all.filter(({ state }) => state === "accepted")).toHaveLength(4);
    expect(await toldTo(company.id)).toHaveLength(4);
    const kept = await clone.superuser.db
      .select({ documentId: dispatchMails.documentId, batchId: dispatchMails.batchId })
      .from(dispatchMails)
      .where(eq(dispatchMails.companyId, company.id));
    expect(kept).toHaveLength(5);
    for (const { documentId, batchId } of kept) {
      expect(all.find((one) => one.documentId === documentId)?.batchId).toBe(batchId);
    }
  });

  test("R17 where every batch is refused the company's mail waits for somebody to look", async () => {
    const { company } = await makeQueued(40);
    for (let tries = 0; tries < 60; tries += 1) {
      const result = await takeBatch(ctx);
      if (!result || result === "passed") {
        break;
      }
      await settleBatch(ctx, result.batch, refused);
    }
    const states = (await dispatchesOf(company.id)).map(({ state }) => state);
    expect(states.filter((state) => state === "failed").length).toBeLessThan(20);
    expect(states.filter((state) => state === "batched").length).toBeGreaterThan(20);
    const open = await clone.superuser.db
      .select()
      .from(sendingPauses)
      .where(eq(sendingPauses.companyId, company.id));
    expect(open).toMatchObject([{ reason: "validation_error", endedAt: null }]);
    await clone.superuser.db
      .update(sendingPauses)
      .set({ endedAt: sql`clock_timestamp()` })
      .where(eq(sendingPauses.companyId, company.id));
    await drain();
  });
});

describe("the provider's pace", () => {
  const noLimit = () => clone.superuser.db.delete(sendingPace);
  beforeEach(noLimit);
  afterEach(noLimit);
  const learnt = (perSecond: number | null): ProviderAnswer => ({
    outcome: { kind: "accepted", ids: [], rejected: new Map() },
    perSecond,
  });
  const places = async (count: number) => {
    const waits = [];
    for (let at = 0; at < count; at += 1) {
      waits.push(await inTransaction(ctx, (tx) => takePlace(tx)));
    }
    return waits;
  };

  test("R17 without a limit nobody waits", async () => {
    expect(await places(3)).toEqual([0, 0, 0]);
  });

  test("R17 all workers share the limit that the provider's headers name", async () => {
    await learnPace(ctx, learnt(4));
    const waits = (await Promise.all([places(4), places(4)])).flat().sort((a, b) => a - b);
    waits.forEach((wait, at) => {
      expect(Math.abs(wait - at * 255)).toBeLessThan(130);
    });
    await learnPace(ctx, learnt(2));
    const [row] = await clone.superuser.db.select().from(sendingPace);
    expect(row?.perSecond).toBe(2);
  });

  test("R17 a limit that was lost in a crash is learnt again", async () => {
    await learnPace(ctx, learnt(10));
    await noLimit();
    expect(await places(1)).toEqual([0]);
    await learnPace(ctx, learnt(10));
    expect(await clone.superuser.db.select().from(sendingPace)).toHaveLength(1);
  });

  test("R17 a 429 lets everybody wait as long as it says", async () => {
    await learnPace(ctx, learnt(10));
    await learnPace(ctx, { outcome: { kind: "retry", pauseMs: 3_000 }, perSecond: 10 });
    const [wait] = await places(1);
    expect(wait).toBeGreaterThan(2_500);
    expect(wait).toBeLessThan(3_100);
  });

  test("R17 a mail that waits for its place when the worker is told to end goes back untried", async () => {
    const { company } = await makeQueued(1);
    await learnPace(ctx, { outcome: { kind: "retry", pauseMs: 5_000 }, perSecond: 1 });
    const before = Date.now();
    await drainMails(ctx, { stop: AbortSignal.timeout(300) });
    expect(Date.now() - before).toBeLessThan(2_000);
    expect(await batchesOf(company.id)).toMatchObject([{ state: "frozen", firstAttemptAt: null }]);
    await noLimit();
    expect(await drain()).toBe(1);
    expect(await toldTo(company.id)).toHaveLength(1);
  });
});

describe("several at once", () => {
  test("R17 three drains share the work, and no dispatch is sent twice", async () => {
    const { company } = await makeQueued(120);
    await Promise.all([drain(), drain(), drain()]);
    const messages = await toldTo(company.id);
    expect(messages).toHaveLength(120);
    expect(new Set(messages.map(({ tags }) => tags.dispatch)).size).toBe(120);
  });

  test("R17 a batch somebody holds is not taken", async () => {
    const { company } = await makeQueued(1);
    await taken();
    expect(await takeBatch(ctx)).toBeNull();
    await hurry(company.id);
    await drain();
  });

  test("R17 a postponed batch does not go before one that has waited longer", async () => {
    const early = await makeQueued(1);
    await settleBatch(ctx, await taken(), { kind: "retry", pauseMs: 60_000 });
    const late = await makeQueued(1);
    await settleBatch(ctx, await taken(), { kind: "retry", pauseMs: 60_000 });
    await hurry(late.company.id);
    await clone.superuser.db
      .update(dispatchBatches)
      .set({ leaseUntil: sql`clock_timestamp()` })
      .where(eq(dispatchBatches.companyId, early.company.id));
    expect((await taken()).companyId).toBe(late.company.id);
    await hurry(late.company.id);
    await drain();
  });

  test("R17 no company waits for another's many", async () => {
    const many = await makeQueued(350);
    const few = await makeQueued(3);
    const order: number[] = [];
    for (let tries = 0; tries < 20 && order.length < 5; tries += 1) {
      const result = await takeBatch(ctx);
      if (result && result !== "passed") {
        order.push(result.batch.companyId);
        const { outcome } = await post(result.batch);
        await settleBatch(ctx, result.batch, outcome);
      }
    }
    expect(order).toHaveLength(5);
    expect(order).toContain(few.company.id);
    expect(order.filter((id) => id === many.company.id)).toHaveLength(4);
  });

  test("R7 a member that turned to paper before the first attempt leaves; the rest get a new batch", async () => {
    const { company, bills } = await makeQueued(3);
    await settleBatch(ctx, await taken(), { kind: "retry", pauseMs: 0 });
    const [before] = await batchesOf(company.id);
    await clone.superuser.db
      .update(dispatches)
      .set({ channel: "paper", state: "paper", email: null, batchId: null, position: null })
      .where(eq(dispatches.id, String(bills[0]?.dispatch.id)));
    await drain();
    const [old, fresh] = await batchesOf(company.id);
    expect(old).toMatchObject({ id: before?.id, state: "failed", failure: "rebuilt" });
    expect(fresh).toMatchObject({ state: "accepted", members: 2 });
    expect(await toldTo(company.id)).toHaveLength(2);
  });
});

describe("who may", () => {
  test("R28 nobody but a job takes or settles a batch", async () => {
    const { company, bills } = await makeQueued(1);
    const customer = { db: clone.worker.db as unknown as Transaction, actor: bills[0]?.actor };
    const as = customer as unknown as Context<SystemActor>;
    expect(await takeBatch(as)).toBeNull();
    const batch = await taken();
    expect(await settleBatch(as, batch, { kind: "refused", reason: "x" })).toBe(false);
    expect(await batchesOf(company.id)).toMatchObject([{ state: "frozen" }]);
    await hurry(company.id);
    await drain();
    const rows = await clone.superuser.db
      .select({ id: documents.id })
      .from(documents)
      .where(eq(documents.companyId, company.id));
    expect(rows).toHaveLength(1);
  });
});
