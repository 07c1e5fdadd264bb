import { and, eq, exists, isNull, type SQL, sql } from "drizzle-orm";
import { QueryBuilder } from "drizzle-orm/pg-core";
import { contractLinks, contracts, mandateRequests } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";

const none = sql`false`;
const query = new QueryBuilder({ casing: "snake_case" });

/** The contracts an actor may see: a customer those in their account; staff and jobs all (R28). */
export function visibleContracts(actor: Actor): SQL | undefined {
  switch (actor.kind) {
    case "customer":
      return exists(
        query
          .select({ one: sql`1` })
          .from(contractLinks)
          .where(
            and(
              eq(contractLinks.companyId, contracts.companyId),
              eq(contractLinks.contractId, contracts.id),
              eq(contractLinks.accountId, actor.accountId),
              isNull(contractLinks.endedAt),
            ),
          ),
      );
    case "staff":
    case "system":
      return undefined;
    case "visitor":
      return none;
  }
}

/** The requests for a mandate an actor may see: a customer those of their account; staff and jobs all. */
export function visibleRequests(actor: Actor): SQL | undefined {
  switch (actor.kind) {
    case "customer":
      return and(
        eq(mandateRequests.accountId, actor.accountId),
        eq(mandateRequests.holderId, actor.holderId),
      );
    case "staff":
    case "system":
      return undefined;
    case "visitor":
      return none;
  }
}
