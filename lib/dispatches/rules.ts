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

/** How long a worker may hold a batch: longer than a request may take, and the wait after a killed one. */
export const LEASE_SECONDS = 20;

/** Hours after which the provider is asked for a mail of which it told nothing, and asked again. */
export const ASK_AFTER_HOURS = 6;

/** Days that a bill's e-mail has to arrive in any case, also where it was published late (R19). */
export const GRACE_DAYS = 2;

/** Mails went out, and for so long no event of the provider came: it is not heard any more (R18). */
export const LONGEST_SILENCE_OF_EVENTS_MINUTES = 15;

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

/** Why an electronic bill went on paper and keeps its discount (R13, R19); the last is staff's own decision. */
export const FALLBACKS = [...UNREACHABLE, "address_suspended", "staff"] as const;

/** Whether a dispatch went on paper because its address was not to be reached, or staff said so (R19). */
export const isFallback = (failure: string | null): boolean =>
  FALLBACKS.some((reason) => reason === failure);

export interface KnownEvent {
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

/** What the provider's events say of a mail about an account, folded like a dispatch's state (R18). */
export function foldOutcome(known: string | null, eventTypes: readonly string[]): string | null {
  const own = STRENGTH.find((state) => state === known) ?? "accepted";
  const state = foldState(own, eventTypes);
  return state === "accepted" ? null : state;
}

/**
 * R19: why a dispatch goes, or went, on paper by what its events say; null while it does not. What was
 * withdrawn is read by nobody (R21), and what is on paper for another reason stays so.
 */
export function toPaperBy(
  {
    state,
    failure,
    withdrawn,
  }: { state: DispatchState; failure: string | null; withdrawn: boolean },
  events: readonly KnownEvent[],
): Unreachable | null {
  const returned = UNREACHABLE.some((reason) => reason === failure);
  if (withdrawn || state === "withdrawn" || (state === "paper" && !returned)) {
    return null;
  }
  return unreachableBy(events);
}

/** The stronger of two reasons, whichever was known first. */
export function strongerReason(one: Unreachable, other: Unreachable): Unreachable {
  return UNREACHABLE.indexOf(one) > UNREACHABLE.indexOf(other) ? one : other;
}

/** What to do with a batch after an attempt. */
export type BatchVerdict =
  | Extract<SendOutcome, { kind: "accepted" }>
  /** Never taken: the one dispatch failed, staff decide. */
  | { kind: "failed"; reason: string }
  /** Never taken as a whole: its halves go on, so that only the one that is wrong fails. */
  | { kind: "split"; reason: string }
  /** Perhaps taken, and no repetition can tell: reconciliation (R17). */
  | { kind: "quarantined"; reason: string }
  /** The same request again, not before so many seconds, and not before somebody acts where it pauses. */
  | {
      kind: "again";
      afterSeconds: number;
      perhapsTaken: boolean;
      pause?: { of: "company" | "all"; reason: string };
    };

/** R17: an unknown outcome is repeated under the same key, a clear "no" leaves no trace. */
export function judgeBatch(
  outcome: SendOutcome,
  { attempts, mails }: { attempts: number; mails: number },
): BatchVerdict {
  switch (outcome.kind) {
    case "accepted":
      return outcome;
    case "refused":
      if (outcome.reason === "invalid_idempotent_request") {
        return { kind: "quarantined", reason: outcome.reason };
      }
      return { kind: mails > 1 ? "split" : "failed", reason: outcome.reason };
    case "unknown":
      return {
        kind: "again",
        afterSeconds: Math.min(2 ** attempts, LONGEST_PAUSE_SECONDS),
        perhapsTaken: true,
      };
    case "retry":
      return { kind: "again", afterSeconds: outcome.pauseMs / 1000, perhapsTaken: false };
    case "stopped":
      return {
        kind: "again",
        afterSeconds: 0,
        perhapsTaken: false,
        pause: { of: "all", reason: outcome.reason },
      };
    case "sender_refused":
      return {
        kind: "again",
        afterSeconds: 0,
        perhapsTaken: false,
        pause: { of: "company", reason: outcome.reason },
      };
  }
}

/** States that end by themselves, most of them within seconds. */
const MOVING: readonly DispatchState[] = ["queued", "batched", "accepted"];
const MOVING_MS = 3_600_000;

/** Whether a page that shows a sending may wait for its next step: an hour after the last one no more. */
export function movesSoon(state: DispatchState, since: Date, now: Date): boolean {
  return MOVING.includes(state) && now.getTime() - since.getTime() < MOVING_MS;
}

const isKnownStaff = (actor: Actor): boolean =>
  actor.kind === "staff" && ["support", "operator", "admin"].includes(actor.role);

/** Who may see e-mails as customers get them: staff of every role we know. */
export function mayPreviewMails(actor: Actor): boolean {
  return isKnownStaff(actor);
}

/** Who may work what could not be delivered (send again, let go on paper, note a call): the same. */
export function mayWorkDispatches(actor: Actor): boolean {
  return isKnownStaff(actor);
}

/** What staff have to look at: not sent, refused for now, set aside, on paper instead. */
export const WORKLIST_KINDS = ["failed", "bounced", "set_aside", "on_paper"] as const;
export type WorklistKind = (typeof WORKLIST_KINDS)[number];
