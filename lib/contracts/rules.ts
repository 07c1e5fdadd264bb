import type { COMMODITIES, MANDATE_STATUSES } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";

export type Commodity = (typeof COMMODITIES)[number];

/** The unit in which a commodity is billed and its yearly consumption told. */
export const BILLING_UNITS: Record<Commodity, "kWh" | "Smc" | "m³"> = {
  electricity: "kWh",
  gas: "Smc",
  district_heating: "kWh",
  water: "m³",
};

/** An IBAN by its country and last four characters, enough to know it again: `IT•• … 3456`. */
export function maskIban(iban: string): string {
  const plain = iban.replace(/\s/g, "");
  return `${plain.slice(0, 2)}•• … ${plain.slice(-4)}`;
}

/**
 * Where a mandate stands on a day. `starting`, `ending` and `ended` are what the billing system calls
 * active with dates that say more; a revoked or expired one works until the day it ends.
 */
export type MandateState =
  | "requested"
  | "starting"
  | "active"
  | "ending"
  | "rejected"
  | "revoked"
  | "expired"
  | "ended";

interface MandateDates {
  status: (typeof MANDATE_STATUSES)[number];
  /** First day, `YYYY-MM-DD`. */
  since: string | null;
  /** The day it ends: the first without it. */
  until: string | null;
  /** When the billing system told its status. */
  toldOn: string;
}

/** A mandate's state on a day, and the day that goes with it: at the least the one it was told on. */
export function mandateState(
  { status, since, until, toldOn }: MandateDates,
  today: string,
): { state: MandateState; on: string } {
  switch (status) {
    case "active":
    case "revoked":
    case "expired":
      if (since === null || (until !== null && (until <= today || until <= since))) {
        return { state: status === "active" ? "ended" : status, on: until ?? toldOn };
      }
      if (since > today) {
        return { state: "starting", on: since };
      }
      return until === null ? { state: "active", on: since } : { state: "ending", on: until };
    case "requested":
    case "none":
      return { state: "requested", on: since ?? toldOn };
    case "rejected":
      return { state: "rejected", on: until ?? toldOn };
  }
}

/** May a new mandate be asked for: not while one works on, is about to, or is asked for already. */
export function mayRequestMandate(contract: {
  ended: boolean;
  requestedOn: string | null;
  mandate: { state: MandateState } | null;
}): boolean {
  const underWay: (MandateState | undefined)[] = ["active", "starting", "requested"];
  return (
    !contract.ended && contract.requestedOn === null && !underWay.includes(contract.mandate?.state)
  );
}

/** May this actor see what customers asked for: the shell, and staff of every role we know. */
export function maySeeMandateRequests(actor: Actor): boolean {
  return (
    actor.kind === "system" ||
    (actor.kind === "staff" && ["support", "operator", "admin"].includes(actor.role))
  );
}

/** Days after which a request that nobody answered may be made again. */
export const REQUEST_STANDS_DAYS = 60;

/** Days for which an end that became known late is still told by e-mail (R14). */
export const END_IS_NEWS_DAYS = 31;
