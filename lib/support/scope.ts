import { eq, type SQL, sql } from "drizzle-orm";
import { supportCases } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { maySearchCustomers } from "./rules";

const none = sql`false`;

/**
 * The complaints and questions an actor may see (R28): a customer those of their account, a visitor those that
 * this browser sent, by the secret it holds; staff of every role we know and jobs all.
 */
export function visibleCases(actor: Actor): SQL | undefined {
  switch (actor.kind) {
    case "customer":
      return eq(supportCases.accountId, actor.accountId);
    case "visitor":
      return actor.tokenHash
        ? sql`${supportCases.receiptHash} = decode(${actor.tokenHash}, 'hex')`
        : none;
    case "staff":
      return maySearchCustomers(actor) ? undefined : none;
    case "system":
      return undefined;
  }
}
