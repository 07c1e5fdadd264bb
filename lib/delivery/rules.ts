import type { CHOICE_ORIGINS, DELIVERY_MODES, DELIVERY_REASONS } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";

export type DeliveryMode = (typeof DELIVERY_MODES)[number];
export type DeliveryReason = (typeof DELIVERY_REASONS)[number];
export type ChoiceOrigin = (typeof CHOICE_ORIGINS)[number];

/**
 * The notice in force: its text stands in the messages under `delivery.notice.<version>`, and the
 * version accepted is kept with each choice (R9). A new text is a new version; old ones stay.
 */
export const NOTICE_VERSION = "2026-11";

/** About which part of its month a bill with this cut-off comes (R11): words choose by it. */
export function partOfMonth(isoDate: string): "early" | "middle" | "late" {
  const day = Number(isoDate.slice(8, 10));
  if (day <= 10) {
    return "early";
  }
  return day <= 20 ? "middle" : "late";
}

/** What hinders a choice of electronic delivery; null when nothing does (R9). */
export function electronicHindrance(given: {
  mandateActive: boolean;
  acceptedNotice: string | null;
}): "no_mandate" | "notice_not_accepted" | null {
  if (!given.mandateActive) {
    return "no_mandate";
  }
  return given.acceptedNotice === NOTICE_VERSION ? null : "notice_not_accepted";
}

/** Mails that ask to confirm an address, per account and day: nobody's mailbox is flooded by us. */
export const CONFIRMATIONS_PER_DAY = 8;
/** Minutes within which the same address is not asked again. */
export const CONFIRMATION_PAUSE_MINUTES = 10;

/** Days after a cut-off within which the panel tells what its run, not yet published, will do (R11). */
export const DAYS_TO_TELL_OF_PASSED_CUT_OFF = 15;

/** How many contracts have their panel on one page of "Modalità invio bollette". */
export const PANELS_PER_PAGE = 10;

/** How many contracts a sentence or mail names before it only counts the rest. */
export const CONTRACTS_NAMED = 10;

/** An origin that says how bills were wished; the others end a choice and leave none. */
export const isWish = (origin: ChoiceOrigin) =>
  origin === "customer" || origin === "import" || origin === "paper_form";

/**
 * The names of contracts as parameters of a mail: one by its number, of many the first ten and how
 * many more there are.
 */
export function namedContracts(contractNumbers: string[]): Record<string, string> {
  const [only, ...others] = contractNumbers;
  if (only !== undefined && others.length === 0) {
    return { contractNumber: only };
  }
  const named = contractNumbers.slice(0, CONTRACTS_NAMED);
  return {
    contractNumbers: named.join(", "),
    more: String(contractNumbers.length - named.length),
  };
}

/** Who may look up how any contract's bills arrive: staff of every role we know. */
export function mayLookUpDeliveries(actor: Actor): boolean {
  return actor.kind === "staff" && ["support", "operator", "admin"].includes(actor.role);
}

/** The contracts whose number or supply address contains what was typed; all when nothing was. */
export function matchingDeliveries<D extends { contractNumber: string; supplyAddress: string }>(
  deliveries: D[],
  typed: string,
): D[] {
  const wanted = typed.toLocaleLowerCase("it");
  return deliveries.filter(({ contractNumber, supplyAddress }) =>
    `${contractNumber} ${supplyAddress}`.toLocaleLowerCase("it").includes(wanted),
  );
}
