import { normalizeTaxId, taxIdChecksumHolds, taxIdShape } from "@/lib/accounts/tax-id";
import type { Actor } from "@/lib/auth/actor";
import { ForbiddenError } from "@/lib/errors";
import { addDays, romeDay } from "@/lib/time";

/** What is looked for, by its shape alone. */
export type SearchKind = "email" | "tax_id" | "code" | "name";

/**
 * An address, a tax id, a number of a contract, bill or customer, or part of a name. Eleven digits are a tax
 * id where their check digit is right: many numbers of contracts have eleven, too.
 */
export function searchKind(typed: string): SearchKind {
  if (typed.includes("@")) {
    return "email";
  }
  const taxId = normalizeTaxId(typed);
  const shape = taxIdShape(taxId);
  if (shape === "person" || (shape === "company" && taxIdChecksumHolds(taxId))) {
    return "tax_id";
  }
  return /\d/.test(typed) ? "code" : "name";
}

/** Letters that are needed to look for a name: an index knows three at a time. */
const SHORTEST_NAME = 3;

/** Why what was typed is not looked for; null when it is. */
export function searchHindrance(typed: string): "tax_id" | "too_short" | null {
  const kind = searchKind(typed);
  if (kind === "tax_id") {
    return "tax_id";
  }
  const letters = typed.match(/\p{L}/gu)?.length ?? 0;
  return kind === "name" && letters < SHORTEST_NAME ? "too_short" : null;
}

/** Who may look for customers: staff of every role we know. */
export function maySearchCustomers(actor: Actor): boolean {
  return actor.kind === "staff" && ["support", "operator", "admin"].includes(actor.role);
}

/**
 * Helping customers with their access (attempts, sessions, releases) is for whoever may look for them.
 * @throws {ForbiddenError} for anybody else
 */
export function assertMayHelpCustomers(actor: Actor, what: string): void {
  if (!maySearchCustomers(actor)) {
    throw new ForbiddenError(what);
  }
}

/** How an attempt to register can stand, in the order of the filter. */
export const ATTEMPT_OUTCOMES = [
  "pending",
  "confirm",
  "confirmed",
  "no_match",
  "mandate_missing",
  "account_exists",
  "contract_taken",
  "throttled",
] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

/** What attempts can have in common. */
export const ATTEMPT_TRAITS = ["email", "tax_id", "customer_code"] as const;
export type AttemptTrait = (typeof ATTEMPT_TRAITS)[number];

/** Days for which the code of a release's letter is good (R6). */
export const RELEASE_DAYS = 30;
/** Wrong codes that make a letter void (R6); `release_contracts()` counts them. */
export const MOST_WRONG_CODES = 5;
/** Days within which a registration that waits for its confirmation can be sent its link again: its password is kept no longer. */
export const ASK_AGAIN_DAYS = 1;

export type ReleaseState = "open" | "expired" | "void" | "released" | "cancelled";

/** Where a release stands at an instant (R6). */
export function releaseState(
  release: { outcome: "released" | "cancelled" | null; wrongCodes: number; expiresAt: Date },
  now: Date,
): ReleaseState {
  if (release.outcome) {
    return release.outcome;
  }
  if (release.wrongCodes >= MOST_WRONG_CODES) {
    return "void";
  }
  return release.expiresAt <= now ? "expired" : "open";
}

/** A code as it stands in the letter: `XXXXX-XXXXX`. */
export const shownReleaseCode = (code: string) => `${code.slice(0, 5)}-${code.slice(5)}`;

/** A code as people copy it from a letter: any case, spaces and dashes, O for zero, I and L for one. */
export const readReleaseCode = (typed: string) =>
  typed
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[\s-]/g, "")
    .replace(/O/g, "0")
    .replace(/[IL]/g, "1");

/** Calendar days within which a complaint is answered, from the day it was received. */
export const ANSWER_DAYS = 30;

/** The last day on which a complaint is answered in time, Europe/Rome. */
export const answerDueOn = (receivedAt: Date) => addDays(romeDay(receivedAt), ANSWER_DAYS);

/** Whole days until that day; 0 on the day itself, negative when it has passed. */
export const daysToAnswer = (receivedAt: Date, now: Date) =>
  (Date.parse(answerDueOn(receivedAt)) - Date.parse(romeDay(now))) / 86_400_000;

/** Days left from which on a complaint is pressing. */
export const PRESSING_DAYS = 7;

/** How a complaint stands, for whoever has to answer it. */
export function urgencyOf(daysLeft: number): "overdue" | "pressing" | "calm" {
  if (daysLeft < 0) {
    return "overdue";
  }
  return daysLeft <= PRESSING_DAYS ? "pressing" : "calm";
}

/**
 * A text as it may be mailed to an address that nobody has confirmed: without links, so that nobody can send
 * advertisements in our name.
 */
export const withoutLinks = (text: string) =>
  text.replace(/\b(?:https?:\/\/|www\.)\S+|\b[\w-]+\.(?:[\w-]+\.)*[a-z]{2,}\/\S*/giu, "[…]");
