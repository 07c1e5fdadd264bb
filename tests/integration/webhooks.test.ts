import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  accountMails,
  addressSuspensions,
  dispatchEvents,
  dispatches,
  providerEvents,
} from "@/db/schema";
import { signedHeaders } from "@/lib/mail/mailbox/webhooks";
import { makeAccountMail, makeDispatch } from "../factories/dispatches";
import { makeCustomer } from "../factories/people";
import { type Clone, cloneDatabase } from "../setup/database";

const OLD_SECRET = "whsec_b2xkIHNlY3JldCBvbGQgc2VjcmV0IG9sZCBzZWNyZXQ=";
const NEW_SECRET = "whsec_bmV3IHNlY3JldCBuZXcgc2VjcmV0IG5ldyBzZWNyZXQ=";

/** What the route leaves for after its answer. */
let later: Promise<unknown>[] = [];
vi.mock("next/server", () => ({
  after: (work: () => Promise<unknown>) => {
    later.push(work());
  },
}));

let clone: Clone;
let POST: (request: Request) => Promise<Response>;

beforeAll(async () => {
  clone = await cloneDatabase();
  process.env.DATABASE_WORKER_URL = clone.workerUrl;
  process.env.RESEND_WEBHOOK_SECRET = `${NEW_SECRET},${OLD_SECRET}`;
  ({ POST } = await import("@/app/api/webhooks/resend/route"));
});
afterAll(async () => {
  const { mailConnection } = await import("@/lib/connections");
  await mailConnection().close();
  await clone.drop();
});

async function made(state: "batched" | "accepted" | "paper" = "accepted") {
  return await clone.superuser.db.transaction(async (db) => {
    const customer = await makeCustomer(db);
    return await makeDispatch(db, customer, { state });
  });
}

type Made = Awaited<ReturnType<typeof made>>;
let serial = 0;
const nextId = () => {
  serial += 1;
  return `msg_${serial}`;
};

function event({ dispatch }: Made, type: string, over: Record<string, string> = {}) {
  return {
    type,
    created_at: new Date().toISOString(),
    data: {
      email_id: "e1",
      to: [dispatch.email],
      tags: { dispatch: dispatch.id, company: String(dispatch.companyId), kind: "bill", ...over },
      bounce: { type: "Permanent", subType: "General", message: `${dispatch.email} is unknown` },
    },
  };
}

async function tell(
  payload: unknown,
  {
    secret = NEW_SECRET,
    id = nextId(),
    at = Math.floor(Date.now() / 1000),
    signed = JSON.stringify(payload),
  } = {},
) {
  const body = JSON.stringify(payload);
  const answer = await POST(
    new Request("http://localhost/api/webhooks/resend", {
      method: "POST",
      headers: signedHeaders(secret, id, signed, at),
      body,
    }),
  );
  await Promise.all(later);
  later = [];
  return answer;
}

async function known({ dispatch }: Made) {
  const [row] = await clone.superuser.db
    .select()
    .from(dispatches)
    .where(eq(dispatches.id, dispatch.id));
  const events = await clone.superuser.db
    .select()
    .from(dispatchEvents)
    .where(eq(dispatchEvents.documentId, dispatch.documentId));
  return { state: row?.state, events };
}

describe("webhooks of the mail provider", () => {
  test("R18 a signed event is kept and changes the state", async () => {
    const bill = await made();
    expect((await tell(event(bill, "email.delivered"))).status).toBe(200);
    const { state, events } = await known(bill);
    expect(state).toBe("delivered");
    expect(events).toMatchObject([{ type: "email.delivered", detail: { emailId: "e1" } }]);
  });

  test("R18 forged, altered, old and unsigned ones are refused, and nothing is stored", async () => {
    const bill = await made();
    const payload = event(bill, "email.bounced");
    const now = Math.floor(Date.now() / 1000);
    const foreign = "whsec_Zm9yZWlnbiBmb3JlaWduIGZvcmVpZ24gZm9yZWlnbg==";
    expect((await tell(payload, { secret: foreign })).status).toBe(401);
    expect((await tell(payload, { signed: "{}" })).status).toBe(401);
    expect((await tell(payload, { at: now - 301 })).status).toBe(401);
    expect((await tell(payload, { at: now + 330 })).status).toBe(401);
    const bare = new Request("http://localhost/", { method: "POST", body: "{}" });
    expect((await POST(bare)).status).toBe(401);
    expect(await known(bill)).toMatchObject({ state: "accepted", events: [] });
  });

  test("R18 during a rotation either secret is taken", async () => {
    const bill = await made();
    expect((await tell(event(bill, "email.sent"), { secret: OLD_SECRET })).status).toBe(200);
    expect((await tell(event(bill, "email.delivered"), { secret: NEW_SECRET })).status).toBe(200);
    expect((await known(bill)).events).toHaveLength(2);
  });

  test("R18 an event told again and again is kept once, also when told at the same time", async () => {
    const bill = await made();
    const payload = event(bill, "email.delivered");
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => tell(payload, { id: "msg_same" })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect((await known(bill)).events).toHaveLength(1);
  });

  test("R18 in whatever order they come, the state is the same", async () => {
    const types = ["email.sent", "email.delivery_delayed", "email.delivered", "email.bounced"];
    for (const order of [types, types.toReversed(), [...types.slice(2), ...types.slice(0, 2)]]) {
      const bill = await made("batched");
      for (const type of order) {
        await tell(event(bill, type));
      }
      expect((await known(bill)).state).toBe("paper");
    }
  });

  test("R19 what became paper stays paper; the event is kept all the same", async () => {
    const bill = await made("paper");
    await tell(event(bill, "email.delivered"));
    expect(await known(bill)).toMatchObject({
      state: "paper",
      events: [{ type: "email.delivered" }],
    });
  });

  test("R18 an unknown dispatch, another's company and other mails are acknowledged only", async () => {
    const bill = await made();
    const other = await made();
    const unknown = { dispatch: "019ae3b0-0000-7000-8000-000000000000" };
    expect((await tell(event(bill, "email.bounced", unknown))).status).toBe(200);
    const mixed = { company: String(other.dispatch.companyId) };
    expect((await tell(event(bill, "email.bounced", mixed))).status).toBe(200);
    expect((await tell({ type: "domain.updated", data: {} })).status).toBe(200);
    expect(await known(bill)).toMatchObject({ state: "accepted", events: [] });
  });

  test("R18 a body larger than any of theirs is not read to its end, whatever its headers say", async () => {
    let read = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        read += 64 * 1024;
        controller.enqueue(new Uint8Array(64 * 1024));
      },
    });
    const endless = new Request("http://localhost/", {
      method: "POST",
      body,
      ...{ duplex: "half" },
    });
    expect((await POST(endless)).status).toBe(413);
    expect(read).toBeLessThan(512 * 1024);
  });

  test("R18 an event told again after it was folded changes nothing and leaves nothing", async () => {
    const bill = await made();
    const payload = event(bill, "email.delivered");
    await tell(payload, { id: "msg_again" });
    await tell(payload, { id: "msg_again" });
    expect((await known(bill)).events).toHaveLength(1);
    expect(await clone.superuser.db.select().from(providerEvents)).toEqual([]);
  });

  test("R18 what an earlier sending met says nothing of the present one", async () => {
    const bill = await made();
    const batch = "019ae3b0-0000-7000-8000-00000000000a";
    await clone.superuser.db
      .update(dispatches)
      .set({ batchId: "019ae3b0-0000-7000-8000-00000000000b" })
      .where(eq(dispatches.id, bill.dispatch.id));
    await tell(event(bill, "email.bounced", { batch }));
    expect(await known(bill)).toMatchObject({
      state: "accepted",
      events: [{ type: "email.bounced", batchId: batch }],
    });
  });

  test("R18 one event that cannot be folded delays no other", async () => {
    const broken = await made();
    const bill = await made();
    await clone.superuser.sql`create function refuse_one() returns trigger language plpgsql as
      $$ begin if new.provider_event_id = 'msg_broken' then raise exception 'no'; end if; return new; end $$`;
    await clone.superuser.sql`create trigger refuse_one before insert on dispatch_events
      for each row execute function refuse_one()`;
    await tell(event(broken, "email.delivered"), { id: "msg_broken" });
    await tell(event(bill, "email.delivered"));
    expect(await known(bill)).toMatchObject({ state: "delivered" });
    expect(await clone.superuser.db.select().from(providerEvents)).toMatchObject([
      { id: "msg_broken", failedAt: expect.any(Date) },
    ]);
    await clone.superuser.sql`drop trigger refuse_one on dispatch_events`;
    await clone.superuser.db.update(providerEvents).set({ failedAt: new Date(0) });
    await tell(event(bill, "email.sent"));
    expect(await known(broken)).toMatchObject({ state: "delivered" });
    expect(await clone.superuser.db.select().from(providerEvents)).toEqual([]);
  });

  test("R18 R19 a mail about an account has its outcome; one that bounces suspends its address", async () => {
    const mail = await clone.superuser.db.transaction(async (db) =>
      makeAccountMail(db, await makeCustomer(db), { state: "sent" }),
    );
    const about = (type: string) => ({
      type,
      created_at: new Date().toISOString(),
      data: {
        email_id: "e2",
        tags: { mail: mail.id, company: String(mail.companyId), kind: mail.template },
        bounce: { type: "Permanent", subType: "General" },
      },
    });
    const outcome = async () => {
      const [row] = await clone.superuser.db
        .select({ outcome: accountMails.outcome })
        .from(accountMails)
        .where(eq(accountMails.id, mail.id));
      return row?.outcome;
    };
    await tell(about("email.sent"));
    expect(await outcome()).toBeNull();
    await tell(about("email.delivered"));
    expect(await outcome()).toBe("delivered");
    await tell(about("email.bounced"));
    await tell(about("email.delivered"));
    expect(await outcome()).toBe("bounced");
    const suspended = await clone.superuser.db
      .select({ reason: addressSuspensions.reason })
      .from(addressSuspensions)
      .where(eq(addressSuspensions.email, mail.toEmail));
    expect(suspended).toEqual([{ reason: "hard_bounce" }]);
  });

  test("keeps no address of anybody", async () => {
    const bill = await made();
    await tell(event(bill, "email.bounced"));
    const { events } = await known(bill);
    expect(JSON.stringify(events)).not.toContain("@");
    expect(events[0]?.detail).toMatchObject({ bounceType: "Permanent" });
  });
});
