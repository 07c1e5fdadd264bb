import { asc, eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Transaction } from "@/db/client";
import { auditLog, companies, dispatchBatches, dispatches, documents, mandates } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { freezeBatch } from "@/lib/dispatches/commands/freeze-batch";
import { settleBatch } from "@/lib/dispatches/commands/settle-batch";
import { takeBatch } from "@/lib/dispatches/commands/take-batch";
import { drainDispatches } from "@/lib/dispatches/drain";
import { drainDispatchesJob } from "@/lib/dispatches/jobs";
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
    await drainDispatchesJob(ctx, {});
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
    await drainDispatches(ctx);
    const [message] = await toldTo(company.id);
    expect(message?.html).not.toContain(bills[0]?.mandate?.reference);
    expect(message?.text).toContain("Come pagare");
  });

  test("R17 batches hold at most 100, of one company, in a frozen order", async () => {
    const { company } = await makeQueued(101);
    const other = await makeQueued(1);
    expect(await drainDispatches(ctx)).toBe(3);
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
    await drainDispatches(ctx);
  });

  test("R17 an address the provider rejects fails alone", async () => {
    const { company, bills } = await makeQueued(3);
    await clone.superuser.db
      .update(dispatches)
      .set({ email: "no address" })
      .where(eq(dispatches.id, String(bills[1]?.dispatch.id)));
    await drainDispatches(ctx);
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
    await freezeBatch(ctx);
    const first = await taken();
    const [frozen] = await batchesOf(company.id);
    expect(frozen?.bodyDigest).toMatch(/^[0-9a-f]{64}$/);
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
    expect(JSON.stringify(second.mails)).toBe(JSON.stringify(first.mails));
    expect(second.fence).toBe(first.fence + 1);
    await settleBatch(ctx, second, { kind: "unknown", reason: "application_error" });
    await hurry(company.id);
    await drainDispatches(ctx);
    expect((await batchesOf(company.id))[0]).toMatchObject({ state: "accepted", body: null });
  });

  test("R17 a drop after the mails were taken doubles none", async () => {
    const { company, bills } = await makeQueued(3);
    await mailbox.fault({ kind: "drop", count: 1 });
    expect(await drainDispatches(ctx)).toBe(1);
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
    await drainDispatches(ctx);
    expect(await toldTo(company.id)).toHaveLength(2);
  });

  test("R17 what is unknown for more than 23 hours is set aside, never sent again", async () => {
    const { company } = await makeQueued(1);
    await freezeBatch(ctx);
    await settleBatch(ctx, await taken(), { kind: "unknown", reason: "application_error" });
    await clone.superuser.db
      .update(dispatchBatches)
      .set({
        leaseUntil: null,
        firstAttemptAt: sql`clock_timestamp() - interval '23 hours 1 minute'`,
      })
      .where(eq(dispatchBatches.companyId, company.id));
    await drainDispatches(ctx);
    expect(await toldTo(company.id)).toHaveLength(0);
    expect(await batchesOf(company.id)).toMatchObject([
      { state: "quarantined", failure: "unknown_for_23_hours", body: null },
    ]);
    expect(await dispatchesOf(company.id)).toMatchObject([{ state: "batched" }]);
  });

  test("R17 a body that is not the one tried is never sent", async () => {
    const { company } = await makeQueued(1);
    await freezeBatch(ctx);
    await settleBatch(ctx, await taken(), { kind: "unknown", reason: "application_error" });
    await hurry(company.id);
    await clone.superuser.db
      .update(dispatchBatches)
      .set({ bodyDigest: "0".repeat(64) })
      .where(eq(dispatchBatches.companyId, company.id));
    await drainDispatches(ctx);
    expect(await toldTo(company.id)).toHaveLength(0);
    expect(await batchesOf(company.id)).toMatchObject([
      { state: "quarantined", failure: "body_changed" },
    ]);
  });

  test("R17 a clear no leaves the batch as if never tried", async () => {
    const { company } = await makeQueued(1);
    await freezeBatch(ctx);
    await settleBatch(ctx, await taken(), { kind: "retry", pauseMs: 1000 });
    expect(await batchesOf(company.id)).toMatchObject([
      { state: "frozen", firstAttemptAt: null, body: null },
    ]);
    await hurry(company.id);
    await drainDispatches(ctx);
    expect(await toldTo(company.id)).toHaveLength(1);
  });

  test("R17 whoever lost the lease writes nothing", async () => {
    const { company } = await makeQueued(1);
    await freezeBatch(ctx);
    const slow = await taken();
    await hurry(company.id);
    const quick = await taken();
    await settleBatch(ctx, slow, { kind: "refused", reason: "validation_error" });
    expect(await batchesOf(company.id)).toMatchObject([{ state: "frozen", fence: quick.fence }]);
    await hurry(company.id);
    await drainDispatches(ctx);
  });
});

describe("when the provider refuses a sender", () => {
  test("R17 the other companies' bills go out in the same drain, its own wait", async () => {
    const first = await makeQueued(101);
    for (const { account } of first.bills) {
      await mailbox.fault({ kind: 403, to: account.email });
    }
    await freezeBatch(ctx);
    const second = await makeQueued(2);
    expect(await drainDispatches(ctx)).toBe(1);
    expect(await toldTo(second.company.id)).toHaveLength(2);
    expect(await toldTo(first.company.id)).toHaveLength(0);
    const [postponed] = await batchesOf(first.company.id);
    expect(postponed).toMatchObject({ state: "frozen", firstAttemptAt: null, attempts: 1 });
    expect(postponed?.leaseUntil?.getTime()).toBeGreaterThan(Date.now() + 20_000);
    // One request told enough: the rest was not even tried.
    const states = (await dispatchesOf(first.company.id)).map(({ state }) => state);
    expect(states.filter((state) => state === "queued")).toHaveLength(1);
    await mailbox.fault({ kind: "none" });
    await hurry(first.company.id);
    await drainDispatches(ctx);
    expect(await toldTo(first.company.id)).toHaveLength(101);
  });

  test("R17 a postponed batch does not go before one that has waited longer", async () => {
    const early = await makeQueued(1);
    await freezeBatch(ctx);
    const late = await makeQueued(1);
    await freezeBatch(ctx);
    await clone.superuser.db
      .update(dispatchBatches)
      .set({ leaseUntil: sql`clock_timestamp()` })
      .where(eq(dispatchBatches.companyId, early.company.id));
    expect((await taken()).companyId).toBe(late.company.id);
    await hurry(late.company.id);
    await drainDispatches(ctx);
  });
});

describe("several at once", () => {
  test("R17 two drains share the work, and no dispatch is sent twice", async () => {
    const { company } = await makeQueued(120);
    await Promise.all([drainDispatches(ctx), drainDispatches(ctx), drainDispatches(ctx)]);
    const messages = await toldTo(company.id);
    expect(messages).toHaveLength(120);
    expect(new Set(messages.map(({ tags }) => tags.dispatch)).size).toBe(120);
  });

  test("R17 a batch somebody holds is not taken", async () => {
    const { company } = await makeQueued(1);
    await freezeBatch(ctx);
    await taken();
    expect(await takeBatch(ctx)).toBeNull();
    await hurry(company.id);
    await drainDispatches(ctx);
  });

  test("R7 a member that turned to paper before the first attempt leaves; the rest get a new batch", async () => {
    const { company, bills } = await makeQueued(3);
    await freezeBatch(ctx);
    const [before] = await batchesOf(company.id);
    await clone.superuser.db
      .update(dispatches)
      .set({ channel: "paper", state: "paper", email: null })
      .where(eq(dispatches.id, String(bills[0]?.dispatch.id)));
    await drainDispatches(ctx);
    const [old, fresh] = await batchesOf(company.id);
    expect(old).toMatchObject({ id: before?.id, state: "failed", failure: "rebuilt" });
    expect(fresh).toMatchObject({ state: "accepted", members: 2 });
    expect(await toldTo(company.id)).toHaveLength(2);
  });
});

describe("who may", () => {
  test("R28 nobody but a job freezes or takes a batch", async () => {
    const { company, bills } = await makeQueued(1);
    const customer = { db: clone.worker.db as unknown as Transaction, actor: bills[0]?.actor };
    const as = customer as unknown as Context<SystemActor>;
    expect(await freezeBatch(as)).toBe(0);
    await freezeBatch(ctx);
    expect(await takeBatch(as)).toBeNull();
    const batch = await taken();
    await settleBatch(as, batch, { kind: "refused", reason: "x" });
    expect(await batchesOf(company.id)).toMatchObject([{ state: "frozen" }]);
    await hurry(company.id);
    await drainDispatches(ctx);
    const rows = await clone.superuser.db
      .select({ id: documents.id })
      .from(documents)
      .where(eq(documents.companyId, company.id));
    expect(rows).toHaveLength(1);
  });
});
