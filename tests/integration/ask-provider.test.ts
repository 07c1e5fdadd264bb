import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  dispatchBatches,
  dispatchEvents,
  dispatches,
  dispatchMails,
  providerContact,
} from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { askProvider } from "@/lib/dispatches/commands/ask-provider";
import { foldEvents } from "@/lib/dispatches/commands/fold-events";
import { askProviderJob } from "@/lib/dispatches/jobs";
import { drainMails } from "@/lib/jobs/sender";
import { makeDispatch } from "../factories/dispatches";
import { makeCompany, makeCustomer, must } from "../factories/people";
import { startProvider } from "../provider/server";
import type { ReadFault } from "../provider/settings";
import { type Clone, cloneDatabase } from "../setup/database";

let clone: Clone;
let provider: Awaited<ReturnType<typeof startProvider>>;
let ctx: Context<SystemActor>;

beforeAll(async () => {
  provider = await startProvider({ apiKey: String(process.env.RESEND_API_KEY) });
  process.env.RESEND_BASE_URL = provider.url;
  clone = await cloneDatabase();
  ctx = { db: clone.worker.db, actor: { kind: "system", name: "test" } };
});
afterAll(async () => {
  await provider.close();
  await clone.drop();
});
beforeEach(async () => {
  provider.settings.faults = [];
  provider.settings.fates = {};
  provider.settings.reads = [];
  provider.ledger.forget();
  takenDaysAgo(6);
  await clone.superuser.db.execute(
    sql`truncate dispatches, dispatch_mails, dispatch_batches, dispatch_events, provider_events`,
  );
});

/** A company with so many customers, each with one bill that the provider has taken. */
async function makeSent(count = 1) {
  const made = await makeQueued(count);
  await drainMails(ctx);
  return made;
}

async function makeQueued(count: number) {
  return await clone.superuser.db.transaction(async (db) => {
    const company = await makeCompany(db);
    const bills = [];
    for (let index = 0; index < count; index += 1) {
      const customer = await makeCustomer(db, { company });
      bills.push({ ...customer, ...(await makeDispatch(db, customer)) });
    }
    return { company, bills };
  });
}

/** A mail of nobody's from so long ago: the provider's list goes back to there. */
function takenDaysAgo(days: number): void {
  const [mail] = provider.ledger.take(
    [{ from: "a@b.example", to: ["old@posta.example"], subject: "Old", text: "Old" }],
    null,
  );
  must(mail).at -= days * 86_400_000;
}

/** Lets so many hours pass. */
async function later(hours: number): Promise<void> {
  const by = sql`make_interval(hours => ${hours})`;
  await clone.superuser.db.execute(sql`update dispatches set accepted_at = accepted_at - ${by}`);
  await clone.superuser.db.execute(
    sql`update dispatch_events set occurred_at = occurred_at - ${by} where type = 'asked_provider'`,
  );
  await clone.superuser.db.execute(sql`update dispatch_batches set
    first_attempt_at = first_attempt_at - ${by}, created_at = created_at - ${by},
    finished_at = finished_at - ${by}, lease_until = lease_until - ${by}`);
}

async function ask(options: Parameters<typeof askProvider>[1] = {}) {
  const asked = await askProvider(ctx, options);
  await foldEvents(ctx);
  return asked;
}

const statesOf = async (companyId: number) => {
  const rows = await clone.superuser.db
    .select({ state: dispatches.state })
    .from(dispatches)
    .where(eq(dispatches.companyId, companyId));
  return rows.map(({ state }) => state);
};

describe("R18 what the webhooks did not tell", () => {
  test("R18 is asked for after six hours, counts like any event, and is not asked for again", async () => {
    const { company, bills } = await makeSent(2);
    expect(await ask()).toMatchObject({ asked: 0 });
    await later(7);
    expect(await ask()).toMatchObject({ asked: 2, learnt: 2 });
    expect(await statesOf(company.id)).toEqual(["delivered", "delivered"]);
    const told = await clone.superuser.db
      .select({ type: dispatchEvents.type })
      .from(dispatchEvents)
      .where(eq(dispatchEvents.documentId, must(bills[0]).document.id));
    expect(told.map(({ type }) => type).sort()).toEqual(["asked_provider", "email.delivered"]);
    expect(await ask()).toMatchObject({ asked: 0 });
  });

  test("R18 where the provider knows no more either, it is asked again after as long", async () => {
    const { company } = await makeSent();
    for (const mail of provider.ledger.all()) {
      mail.lastEvent = "sent";
    }
    await later(7);
    expect(await ask()).toMatchObject({ asked: 1, learnt: 0 });
    expect(await ask()).toMatchObject({ asked: 0 });
    await later(7);
    expect(await ask()).toMatchObject({ asked: 1, learnt: 0 });
    expect(await statesOf(company.id)).toEqual(["accepted"]);
  });

  test("R18 a mail that the provider has forgotten stays as it is", async () => {
    const { company } = await makeSent();
    provider.ledger.forget();
    await later(7);
    expect(await ask()).toMatchObject({ asked: 1, learnt: 0 });
    expect(await statesOf(company.id)).toEqual(["accepted"]);
  });

  test("R18 a provider that does not answer, or not so that it can be read, changes nothing", async () => {
    const { company } = await makeSent();
    await later(7);
    provider.settings.apiKey = "re_another";
    expect(await ask()).toMatchObject({ asked: 1, learnt: 0 });
    provider.settings.apiKey = String(process.env.RESEND_API_KEY);
    expect(await statesOf(company.id)).toEqual(["accepted"]);
    // What was not answered was not asked: the next hour asks for it.
    expect(await ask()).toMatchObject({ asked: 1, learnt: 1 });
  });

  test("R18 R28 for one company asks for its bills only", async () => {
    const { company } = await makeSent();
    const other = await makeSent();
    await later(7);
    expect(await ask({ only: { companyId: company.id } })).toMatchObject({ asked: 1 });
    expect(await statesOf(other.company.id)).toEqual(["accepted"]);
  });

  test("R18 several machines ask once in an hour", async () => {
    await makeSent();
    await later(7);
    await clone.superuser.db.update(providerContact).set({ askedAt: null });
    const before = provider.counts.requests;
    const stop = new AbortController().signal;
    await Promise.all(Array.from({ length: 4 }, () => askProviderJob(ctx, {}, stop)));
    expect(provider.counts.requests).toBe(before + 1);
  });
});

/** Bills of a batch that was set aside, after the provider took them and nobody heard of it. */
async function setAside(count: number, fault: "reset-after" | "reset-before") {
  const made = await makeQueued(count);
  provider.settings.faults = [{ kind: fault }];
  await drainMails(ctx, { longestMs: 500 });
  provider.settings.faults = [];
  await later(24);
  await drainMails(ctx);
  await later(1);
  return made;
}

describe("R17 batches that were set aside", () => {
  test("R17 what the provider's list shows was taken, and is not sent again", async () => {
    const { company, bills } = await setAside(3, "reset-after");
    expect(await statesOf(company.id)).toEqual(["batched", "batched", "batched"]);
    expect(await ask()).toMatchObject({ batches: 1, taken: 3, requeued: 0 });
    await drainMails(ctx);
    expect(await statesOf(company.id)).toEqual(["accepted", "accepted", "accepted"]);
    for (const { dispatch } of bills) {
      expect(provider.ledger.times.get(dispatch.id)).toBe(1);
    }
  });

  test("R17 what it never saw goes out in a new batch, once", async () => {
    const { company, bills } = await setAside(3, "reset-before");
    expect(await ask()).toMatchObject({ batches: 1, taken: 0, requeued: 3 });
    expect(await clone.superuser.db.select().from(dispatchMails)).toEqual([]);
    await drainMails(ctx);
    expect(await statesOf(company.id)).toEqual(["accepted", "accepted", "accepted"]);
    for (const { dispatch } of bills) {
      expect(provider.ledger.times.get(dispatch.id)).toBe(1);
    }
  });

  test("R17 nothing is concluded from a list that was not read to its end", async () => {
    const { company } = await setAside(2, "reset-before");
    const stopped = AbortSignal.abort();
    expect(await ask({ stop: stopped })).toMatchObject({ taken: 0, requeued: 0 });
    expect(await statesOf(company.id)).toEqual(["batched", "batched"]);
  });

  test("R17 nor within ten minutes: the last request may be on its way", async () => {
    const { company } = await setAside(2, "reset-before");
    await clone.superuser.db.update(dispatchBatches).set({ finishedAt: new Date() });
    expect(await ask()).toMatchObject({ batches: 0 });
    expect(await statesOf(company.id)).toEqual(["batched", "batched"]);
  });

  test("R17 nothing follows from a list that no longer goes back to the attempt", async () => {
    const { company } = await setAside(2, "reset-after");
    provider.ledger.forget();
    expect(await ask()).toMatchObject({ batches: 1, taken: 0, requeued: 0 });
    await drainMails(ctx);
    expect(await statesOf(company.id)).toEqual(["batched", "batched"]);
    // Where the attempt was only hours ago it does: each plan keeps a day.
    await clone.superuser.db.execute(
      sql`update dispatch_batches set first_attempt_at = clock_timestamp() - interval '20 hours'`,
    );
    expect(await ask()).toMatchObject({ requeued: 2 });
    expect(await statesOf(company.id)).toEqual(["queued", "queued"]);
  });

  test("R17 of an attempt that no list goes back to nobody is asked each hour", async () => {
    const { company } = await setAside(1, "reset-after");
    await later(24);
    const before = provider.counts.requests;
    expect(await ask()).toMatchObject({ batches: 0, requeued: 0 });
    expect(provider.counts.requests).toBe(before);
    expect(await statesOf(company.id)).toEqual(["batched"]);
  });

  test.each([
    ["an empty page that says there are more", ["empty page"]],
    ["a page whose times cannot be read", ["bad date"]],
  ] as [string, ReadFault[]][])("R17 nor from %s", async (_, reads) => {
    const { company } = await setAside(1, "reset-before");
    takenDaysAgo(0);
    provider.settings.reads = reads;
    expect(await ask()).toMatchObject({ requeued: 0, unanswered: expect.any(String) });
    expect(await statesOf(company.id)).toEqual(["batched"]);
  });

  test("R17 a page that is refused for now is asked for again", async () => {
    const { company } = await setAside(1, "reset-before");
    provider.settings.reads = ["429", "500"];
    expect(await ask()).toMatchObject({ requeued: 1, unanswered: null });
    expect(await statesOf(company.id)).toEqual(["queued"]);
  });

  test("R17 another mail to the same address proves nothing", async () => {
    const { company, bills } = await setAside(1, "reset-before");
    const { dispatch } = must(bills[0]);
    provider.ledger.take(
      [
        {
          from: "a@b.example",
          to: [must(dispatch.email)],
          subject: "Another",
          text: "Another",
          tags: [
            { name: "dispatch", value: dispatch.id },
            { name: "batch", value: "01a217cc-c983-726f-a527-22b7bd580d0b" },
          ],
        },
      ],
      null,
    );
    expect(await ask()).toMatchObject({ taken: 0, requeued: 1 });
    expect(await statesOf(company.id)).toEqual(["queued"]);
  });
});
