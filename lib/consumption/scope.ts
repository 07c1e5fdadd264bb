import { and, eq, lte, type SQL, sql } from "drizzle-orm";
import { contracts, dailyConsumption, selfReadings } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { visibleContracts } from "@/lib/contracts/scope";

/** The self-readings an actor may see (R28): a customer those they told themselves (R5); staff and jobs all. */
export function visibleSelfReadings(actor: Actor): SQL | undefined {
  switch (actor.kind) {
    case "customer":
      return eq(selfReadings.accountId, actor.accountId);
    case "staff":
    case "system":
      return undefined;
    case "visitor":
      return sql`false`;
  }
}

/**
 * The days of consumption an actor may see, in a query that joins their contract (R28): a customer those
 * of the contracts in their account, from the day their holder took the contract over (R5); staff and jobs
 * all. Asked of the contract once, and not of each of its days.
 */
export function visibleDays(actor: Actor): SQL | undefined {
  return and(
    visibleContracts(actor),
    actor.kind === "customer" ? lte(contracts.heldSince, dailyConsumption.localDay) : undefined,
  );
}
