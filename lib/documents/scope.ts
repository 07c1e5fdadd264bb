import { and, eq, inArray, isNotNull, isNull, or, type SQL, sql } from "drizzle-orm";
import { QueryBuilder } from "drizzle-orm/pg-core";
import { contractLinks, documents } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";

const query = new QueryBuilder({ casing: "snake_case" });

/**
 * The documents an actor may see (R28): a customer the published ones of their holder, on contracts
 * that are in the account or left it because they changed hands (R5); staff and jobs all.
 */
export function visibleDocuments(actor: Actor): SQL | undefined {
  switch (actor.kind) {
    case "customer":
      return and(
        isNotNull(documents.publishedAt),
        eq(documents.holderId, actor.holderId),
        // A row comparison, so that the account's few contracts lead into the documents' key.
        inArray(
          sql`(${documents.companyId}, ${documents.contractId})`,
          query
            .select({ companyId: contractLinks.companyId, contractId: contractLinks.contractId })
            .from(contractLinks)
            .where(
              and(
                eq(contractLinks.accountId, actor.accountId),
                or(isNull(contractLinks.endedAt), eq(contractLinks.endedBecause, "holder_changed")),
              ),
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
