import { and, eq, gte, sql } from "drizzle-orm";
import { consumptionSpans, contracts } from "@/db/schema";
import type { TxContext } from "@/lib/auth/context";

/**
 * From which to which day a contract has data, in either direction, and from which to which of injected energy,
 * as the actor may see them: to be joined laterally with the contract. Null without any.
 */
export function spansOfContract({ db, actor }: TxContext) {
  // Of a former holder's days the present one is told nothing (R5).
  const firstDay =
    actor.kind === "customer"
      ? sql`greatest(${consumptionSpans.firstDay}, ${contracts.heldSince})`
      : sql`${consumptionSpans.firstDay}`;
  const injected = sql`filter (where ${consumptionSpans.direction} = 'injection')`;
  return db
    .select({
      firstDay: sql<string | null>`min(${firstDay})`.as("known_from"),
      lastDay: sql<string | null>`max(${consumptionSpans.lastDay})`.as("known_to"),
      injectedFrom: sql<string | null>`min(${firstDay}) ${injected}`.as("injected_from"),
      injectedTo: sql<string | null>`max(${consumptionSpans.lastDay}) ${injected}`.as(
        "injected_to",
      ),
    })
    .from(consumptionSpans)
    .where(
      and(
        eq(consumptionSpans.companyId, contracts.companyId),
        eq(consumptionSpans.contractId, contracts.id),
        gte(consumptionSpans.lastDay, firstDay),
      ),
    )
    .as("spans");
}
