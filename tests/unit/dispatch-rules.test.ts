import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DISPATCH_STATES } from "@/db/schema";
import {
  type DispatchState,
  foldState,
  judgeBatch,
  mayPreviewMails,
  movesSoon,
  strongerReason,
  UNREACHABLE,
  unreachableBy,
} from "@/lib/dispatches/rules";
import { parseProviderEvent } from "@/lib/dispatches/schema";
import { answerOf, BY_NAME, kindByStatus, type SendOutcome } from "@/lib/mail/outcome";

const TYPES = [
  "email.sent",
  "email.delivery_delayed",
  "email.delivered",
  "email.failed",
  "email.suppressed",
  "email.bounced",
  "email.complained",
  "email.opened",
  "email.clicked",
];
const history = fc.array(fc.constantFrom(...TYPES), { maxLength: 12 });
const own = fc.constantFrom(...DISPATCH_STATES);

describe("R18 the state is a fold", () => {
  test("R18 whatever the order of the events", () => {
    const shuffled = history.chain((events) =>
      fc.tuple(
        fc.constant(events),
        fc.shuffledSubarray(events, { minLength: events.length, maxLength: events.length }),
      ),
    );
    fc.assert(
      fc.property(own, shuffled, (state, [events, others]) => {
        expect(foldState(state, others)).toBe(foldState(state, events));
      }),
    );
  });

  test("R18 whether an event is told once or often, all at once or one by one", () => {
    fc.assert(
      fc.property(own, history, (state, events) => {
        const folded = foldState(state, events);
        expect(foldState(state, [...events, ...events])).toBe(folded);
        expect(
          events.reduce<DispatchState>((before, event) => foldState(before, [event]), state),
        ).toBe(folded);
      }),
    );
  });

  test("R18 a delivery is not taken back by a late event, a bounce is not by a delivery", () => {
    expect(foldState("batched", ["email.delivered", "email.sent"])).toBe("delivered");
    expect(foldState("accepted", ["email.delivered", "email.delivery_delayed"])).toBe("delivered");
    expect(foldState("accepted", ["email.bounced", "email.delivered"])).toBe("bounced");
    expect(foldState("accepted", ["email.complained", "email.delivered"])).toBe("complained");
  });

  test("R19 what has become paper stays paper", () => {
    expect(foldState("paper", ["email.delivered"])).toBe("paper");
  });

  test("R21 what was withdrawn unsent stays so", () => {
    expect(foldState("withdrawn", ["email.sent"])).toBe("withdrawn");
  });

  test("opened and clicked change nothing: nobody counts them", () => {
    expect(foldState("accepted", ["email.opened", "email.clicked"])).toBe("accepted");
  });
});

describe("unreachableBy", () => {
  const permanent = { type: "email.bounced", detail: { bounceType: "Permanent" } };
  const transient = { type: "email.bounced", detail: { bounceType: "Transient" } };
  const complained = { type: "email.complained", detail: {} };
  const suppressed = { type: "email.suppressed", detail: {} };
  const delivered = { type: "email.delivered", detail: {} };

  test("R19 a permanent bounce, a complaint and a suppression count, nothing else does", () => {
    expect(unreachableBy([permanent])).toBe("hard_bounce");
    expect(unreachableBy([complained])).toBe("complaint");
    expect(unreachableBy([suppressed])).toBe("suppressed");
    expect(unreachableBy([transient, delivered])).toBeNull();
    expect(unreachableBy([{ type: "email.bounced", detail: {} }])).toBeNull();
  });

  test("R18 the strongest stands, whatever the order", () => {
    const some = fc.shuffledSubarray([permanent, transient, complained, suppressed, delivered]);
    fc.assert(
      fc.property(some, (events) => {
        const known = unreachableBy(events);
        expect(unreachableBy(events.toReversed())).toBe(known);
        expect(known).toBe(
          events.includes(complained)
            ? "complaint"
            : events.includes(permanent)
              ? "hard_bounce"
              : events.includes(suppressed)
                ? "suppressed"
                : null,
        );
      }),
    );
  });

  test("R18 of two reasons the same one is stronger, whichever comes first", () => {
    const reason = fc.constantFrom(...UNREACHABLE);
    fc.assert(
      fc.property(reason, reason, (one, other) => {
        expect(strongerReason(one, other)).toBe(strongerReason(other, one));
      }),
    );
  });
});

describe("answerOf", () => {
  const error = (statusCode: number | null, name: string, headers = {}) =>
    answerOf({ data: null, error: { statusCode, name, message: "" }, headers }, 2).outcome;
  const answered = (data: unknown, headers = {}) =>
    answerOf({ data, error: null, headers }, 2).outcome;

  test("R17 a lost answer, a broken one and a 5xx are unknown, never refused", () => {
    expect(error(null, "application_error").kind).toBe("unknown");
    expect(error(500, "internal_server_error").kind).toBe("unknown");
    expect(error(409, "concurrent_idempotent_requests").kind).toBe("unknown");
    expect(answered("<html>").kind).toBe("unknown");
    expect(answered({ data: [{ id: "1" }] }).kind).toBe("unknown");
  });

  test("R17 every name of an error that the SDK knows, and every status, has its class", () => {
    const kinds = ["retry", "stopped", "sender_refused", "refused", "unknown"];
    for (const name of [...Object.keys(BY_NAME), "validation_error", "something_new"]) {
      for (const status of [null, 200, ...Array.from({ length: 200 }, (_, at) => 400 + at)]) {
        expect(kinds).toContain(error(status, name).kind);
      }
    }
    // Where nobody knows whether it was taken, it is never called a clear no.
    for (const status of [null, 200, 302, 408, 409, 425, 500, 502, 503, 504, 529]) {
      expect(kindByStatus(status)).toBe("unknown");
    }
    expect([401, 403, 404, 405, 413, 422, 429, 451].map(kindByStatus)).toEqual([
      "stopped",
      "sender_refused",
      "stopped",
      "stopped",
      "refused",
      "refused",
      "retry",
      "refused",
    ]);
  });

  test("a rate limit waits as long as its header says", () => {
    expect(error(429, "rate_limit_exceeded", { "retry-after": "3" })).toEqual({
      kind: "retry",
      pauseMs: 3000,
    });
    expect(error(429, "rate_limit_exceeded", { "ratelimit-reset": "2" })).toMatchObject({
      pauseMs: 2000,
    });
    expect(error(429, "rate_limit_exceeded")).toEqual({ kind: "retry", pauseMs: 1000 });
    expect(error(429, "rate_limit_exceeded", { "retry-after": "86400" })).toMatchObject({
      pauseMs: 60_000,
    });
  });

  test("a quota or a wrong key stops the sending", () => {
    expect(error(429, "monthly_quota_exceeded").kind).toBe("stopped");
    expect(error(401, "invalid_api_key").kind).toBe("stopped");
    expect(error(403, "invalid_api_key").kind).toBe("stopped");
  });

  test("R17 a sender that is not verified stops its own mails only", () => {
    expect(error(403, "validation_error").kind).toBe("sender_refused");
    expect(error(422, "invalid_from_address").kind).toBe("sender_refused");
    expect(error(422, "validation_error").kind).toBe("refused");
  });

  test("ids stand at the place of their mail, rejected ones named without their address", () => {
    const outcome = answered({
      data: [{ id: "b" }],
      errors: [{ index: 0, message: "Invalid `to`: persona@posta.example is wrong." }],
    });
    expect(outcome).toMatchObject({ kind: "accepted", ids: [null, "b"] });
    expect(outcome.kind === "accepted" && outcome.rejected.get(0)).toBe(
      "Invalid `to`: … is wrong.",
    );
  });

  test("R17 the pace is what the headers name, whatever the answer", () => {
    const pace = (headers: Record<string, string> | null) => [
      answerOf({ data: { data: [{ id: "a" }, { id: "b" }] }, error: null, headers }, 2).perSecond,
      answerOf({ data: null, error: { name: "x", statusCode: 429 }, headers }, 2).perSecond,
    ];
    expect(pace({ "ratelimit-limit": "10" })).toEqual([10, 10]);
    expect(pace({ "ratelimit-limit": "2;w=4" })).toEqual([0.5, 0.5]);
    expect(pace({ "ratelimit-limit": "0" })).toEqual([null, null]);
    expect(pace({ "ratelimit-limit": "many" })).toEqual([null, null]);
    expect(pace({})).toEqual([null, null]);
    expect(pace(null)).toEqual([null, null]);
  });
});

describe("judgeBatch", () => {
  const judged = (outcome: SendOutcome, attempts = 1, mails = 100) =>
    judgeBatch(outcome, { attempts, mails });

  test("R17 an unknown outcome is repeated later and later, and leaves its trace", () => {
    const unknown = (attempts: number) => judged({ kind: "unknown", reason: "x" }, attempts);
    expect(unknown(1)).toEqual({ kind: "again", afterSeconds: 2, perhapsTaken: true });
    expect(unknown(20)).toEqual({ kind: "again", afterSeconds: 300, perhapsTaken: true });
  });

  test("R17 a clear no is repeated as if never tried", () => {
    expect(judged({ kind: "retry", pauseMs: 1500 })).toEqual({
      kind: "again",
      afterSeconds: 1.5,
      perhapsTaken: false,
    });
  });

  test("R17 a quota lets everybody wait, a refused sender its company", () => {
    expect(judged({ kind: "stopped", reason: "daily_quota_exceeded" })).toMatchObject({
      kind: "again",
      perhapsTaken: false,
      pause: { of: "all", reason: "daily_quota_exceeded" },
    });
    expect(judged({ kind: "sender_refused", reason: "x" })).toMatchObject({
      kind: "again",
      perhapsTaken: false,
      pause: { of: "company", reason: "x" },
    });
  });

  test("R17 a key known with another body is for reconciliation", () => {
    const other = { kind: "refused", reason: "invalid_idempotent_request" } as const;
    expect(judged(other).kind).toBe("quarantined");
    expect(judged(other, 1, 1).kind).toBe("quarantined");
  });

  test("R17 of a refused batch only the one mail that is wrong fails", () => {
    expect(judged({ kind: "refused", reason: "validation_error" }, 1, 2).kind).toBe("split");
    expect(judged({ kind: "refused", reason: "validation_error" }, 1, 1).kind).toBe("failed");
  });
});

describe("mayPreviewMails", () => {
  test("R28 staff of known roles only", () => {
    const staff = { kind: "staff", staffId: "", sessionId: "", name: "", email: "" } as const;
    expect(mayPreviewMails({ ...staff, role: "support" })).toBe(true);
    expect(mayPreviewMails({ ...staff, role: "intern" as "support" })).toBe(false);
    expect(mayPreviewMails({ kind: "visitor" })).toBe(false);
    expect(mayPreviewMails({ kind: "system", name: "x" })).toBe(false);
  });
});

describe("parseProviderEvent", () => {
  const dispatch = "019ae3b0-0000-7000-8000-000000000000";
  const batch = "019ae3b0-0000-7000-8000-000000000001";
  const data = { email_id: "e1", tags: { dispatch, batch, company: "1" } };
  const event = (over: object) =>
    parseProviderEvent("msg_1", {
      type: "email.bounced",
      created_at: "2026-11-22T10:00:00.000Z",
      data: { ...data, ...over },
    });

  test("keeps codes of a bounce and what the mailbox server calls it, never its sentence", () => {
    const message = "smtp; 550 5.1.1 <persona@posta.example>: no such user";
    expect(event({ bounce: { type: "Permanent", subType: "General", message } })?.detail).toEqual({
      emailId: "e1",
      bounceType: "Permanent",
      bounceSubType: "General",
      status: "5.1.1",
    });
  });

  test("keeps why a mail was suppressed or failed, where that is a code", () => {
    expect(event({ suppressed: { type: "OnAccountSuppressionList" } })?.detail).toEqual({
      emailId: "e1",
      suppressedType: "OnAccountSuppressionList",
    });
    expect(event({ failed: { reason: "persona@posta.example: no" } })?.detail).toEqual({
      emailId: "e1",
    });
  });

  test("R18 tells which sending of a dispatch, or which mail, it is about", () => {
    expect(event({})).toMatchObject({ dispatchId: dispatch, batchId: batch, mailId: null });
    expect(event({ tags: { mail: batch, company: "1" } })).toMatchObject({
      dispatchId: null,
      mailId: batch,
    });
  });

  test("is null for mails without our tags, unknown types and unreadable times", () => {
    expect(event({ tags: { mail: "x", company: "1" } })).toBeNull();
    expect(event({ tags: { company: "1" } })).toBeNull();
    expect(event({ tags: { company: "1", mail: batch, dispatch } })).toBeNull();
    expect(parseProviderEvent("m", { type: "contact.created", created_at: "x", data })).toBeNull();
    expect(
      parseProviderEvent("m", { type: "email.sent", created_at: "yesterday", data }),
    ).toBeNull();
  });
});

test("R29 a page waits for the next step of a sending that is under way, for an hour", () => {
  const since = new Date("2026-11-28T10:00:00Z");
  const soon = new Date("2026-11-28T10:59:59Z");
  const moving = DISPATCH_STATES.filter((state) => movesSoon(state, since, soon));
  expect(moving).toEqual(["queued", "batched", "accepted"]);
  expect(movesSoon("accepted", since, new Date("2026-11-28T11:00:00Z"))).toBe(false);
});
