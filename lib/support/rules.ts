import { normalizeTaxId, taxIdChecksumHolds, taxIdShape } from "@/lib/accounts/tax-id";
import type { Actor } from "@/lib/auth/actor";

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
