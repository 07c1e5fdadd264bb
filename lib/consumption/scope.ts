import { and, eq, exists, isNull, lte, type SQL, sql } from "drizzle-orm";
import { QueryBuilder } from "drizzle-orm/pg-core";
import { contractLinks, contracts, dailyConsumption } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";

const query = new QueryBuilder({ casing: "snake_case" });

/**
 * The days of consumption an actor may see (R28): a customer those of the contracts in their
 * account, from the day their holder took the contract over (R5); staff and jobs all.
 */
export function visibleDays(actor: Actor): SQL | undefined {
  switch (actor.kind) {
    case "customer":
      return exists(
        query
          .select({ one: sql`1` })
          .from(contractLinks)
          .innerJoin(
            contracts,
            and(
              eq(contracts.companyId, contractLinks.companyId),
              eq(contracts.id, contractLinks.contractId),
            ),
          )
          .where(
            and(
              eq(contractLinks.companyId, dailyConsumption.companyId),
              eq(contractLinks.contractId, dailyConsumption.contractId),
              eq(contractLinks.accountId, actor.accountId),
              isNull(contractLinks.endedAt),
              lte(contracts.heldSince, dailyConsumption.localDay),
            ),
          ),
      );
    case "staff":
    case "system":
      return undefined;
    case "visitor":
      return sql`false`;
  }
}
