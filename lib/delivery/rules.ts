import type { DELIVERY_MODES, DELIVERY_REASONS } from "@/db/schema";

export type DeliveryMode = (typeof DELIVERY_MODES)[number];
export type DeliveryReason = (typeof DELIVERY_REASONS)[number];

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
