import type { DISPATCH_STATES } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import type { SendOutcome } from "@/lib/mail/outcome";

export type DispatchState = (typeof DISPATCH_STATES)[number];

/** Resend takes at most so many mails in one request. */
export const BATCH_LIMIT = 100;

/** The provider forgets an idempotency key after 24 h: past this, only reconciliation helps (R17). */
export const QUARANTINE_HOURS = 23;

/** The longest a batch waits for its next attempt, however many it has had. */
const LONGEST_PAUSE_SECONDS = 300;

/** How long a worker may hold a batch; far longer than a request may take. */
export const LEASE_SECONDS = 120;

/** What the provider's events say about a dispatch; others (opened, clicked) say nothing (R18). */
const EVENT_STATES: Record<string, DispatchState> = {
  "email.sent": "accepted",
  "email.delivery_delayed": "delayed",
  "email.delivered": "delivered",
  "email.failed": "failed",
  "email.suppressed": "suppressed",
  "email.bounced": "bounced",
  "email.complained": "complained",
};

/** From what may still change to what nothing undoes: a bounce can follow a delivery. */
const STRENGTH: readonly DispatchState[] = [
  "queued",
  "batched",
  "accepted",
  "delayed",
  "delivered",
  "failed",
  "suppressed",
  "bounced",
  "complained",
];

export const isProviderEvent = (type: string): boolean => Object.hasOwn(EVENT_STATES, type);

/**
 * The state of a dispatch from what is known of it: the strongest of its own state and of all its
 * events, so that neither their order nor repetitions matter (R18). Paper stays paper (R19), and what
 * was withdrawn unsent stays so (R21).
 */
export function foldState(own: DispatchState, eventTypes: readonly string[]): DispatchState {
  if (own === "paper" || own === "withdrawn") {
    return own;
  }
  return eventTypes
    .map((type) => EVENT_STATES[type])
    .filter((state) => state !== undefined)
    .reduce(
      (best, state) => (STRENGTH.indexOf(state) > STRENGTH.indexOf(best) ? state : best),
      own,
    );
}

/** Why an address is not written to any more (R19), from the weakest to the strongest reason. */
export const UNREACHABLE = ["silence", "suppressed", "hard_bounce", "complaint"] as const;
export type Unreachable = (typeof UNREACHABLE)[number];

/** Whether a dispatch went on paper because its address was not to be reached (R19). */
export const isFallback = (failure: string | null): boolean =>
  failure === "address_suspended" || UNREACHABLE.some((reason) => reason === failure);

interface KnownEvent {
  type: string;
  detail: Record<string, string>;
}

/**
 * R19: the strongest of what a dispatch's events say against its address, in whatever order they
 * came; null while they say nothing. A bounce counts where the provider calls it permanent: after a
 * transient one the mailbox may take the next mail.
 */
export function unreachableBy(events: readonly KnownEvent[]): Unreachable | null {
  const found = events.map(({ type, detail }): Unreachable | null => {
    switch (type) {
      case "email.complained":
        return "complaint";
      case "email.bounced":
        return detail.bounceType === "Permanent" ? "hard_bounce" : null;
      case "email.suppressed":
        return "suppressed";
      default:
        return null;
    }
  });
  return UNREACHABLE.findLast((reason) => found.includes(reason)) ?? null;
}

/** The stronger of two reasons, whichever was known first. */
export function strongerReason(one: Unreachable, other: Unreachable): Unreachable {
  return UNREACHABLE.indexOf(one) > UNREACHABLE.indexOf(other) ? one : other;
}

/** What to do with a batch after an attempt. */
export type BatchVerdict =
  | { kind: "accepted" }
  /** Never taken: the dispatches failed, staff decide. */
  | { kind: "failed"; reason: string }
  /** Perhaps taken, and no repetition can tell: reconciliation (R17). */
  | { kind: "quarantined"; reason: string }
  /** The same request again, not before so many seconds. */
  | { kind: "again"; afterSeconds: number; attemptCounts: boolean };

/** R17: an unknown outcome is repeated under the same key, a clear "no" leaves no trace. */
export function judgeBatch(outcome: SendOutcome, attempts: number): BatchVerdict {
  switch (outcome.kind) {
    case "accepted":
      return { kind: "accepted" };
    case "refused":
      return outcome.reason === "invalid_idempotent_request"
        ? { kind: "quarantined", reason: outcome.reason }
        : { kind: "failed", reason: outcome.reason };
    case "unknown":
      return {
        kind: "again",
        afterSeconds: Math.min(2 ** attempts, LONGEST_PAUSE_SECONDS),
        attemptCounts: true,
      };
    case "retry":
      return {
        kind: "again",
        afterSeconds: Math.ceil(outcome.pauseMs / 1000),
        attemptCounts: false,
      };
    case "stopped":
      return { kind: "again", afterSeconds: 30, attemptCounts: false };
    case "sender_refused":
      return {
        kind: "again",
        afterSeconds: Math.min(30 * 2 ** (attempts - 1), LONGEST_PAUSE_SECONDS),
        attemptCounts: false,
      };
  }
}

/** Who may see e-mails as customers get them: staff of every role we know. */
export function mayPreviewMails(actor: Actor): boolean {
  return actor.kind === "staff" && ["support", "operator", "admin"].includes(actor.role);
}
