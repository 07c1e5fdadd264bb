import type { Actor } from "@/lib/auth/actor";

/** What is looked for, by its shape alone. */
export type SearchKind = "email" | "tax_id" | "code" | "name";

/**
 * An address, a tax id (not looked for: it would stay in the page's address), a number of a contract, bill or
 * customer, or part of a name.
 */
export function searchKind(typed: string): SearchKind {
  if (typed.includes("@")) {
    return "email";
  }
  if (
    /^(IT)?[A-Z]{6}[0-9L-NP-V]{2}[A-Z][0-9L-NP-V]{2}[A-Z][0-9L-NP-V]{3}[A-Z]$/i.test(
      typed.replace(/\s/g, ""),
    )
  ) {
    return "tax_id";
  }
  return /\d/.test(typed) ? "code" : "name";
}

/** Letters of a name that are needed to look for it. */
export const SHORTEST_NAME = 3;

/** Who may look for customers: staff of every role we know. */
export function maySearchCustomers(actor: Actor): boolean {
  return actor.kind === "staff" && ["support", "operator", "admin"].includes(actor.role);
}
