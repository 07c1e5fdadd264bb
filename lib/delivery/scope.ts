import { and, eq, exists, isNull, ne, notExists, or, type SQL, sql } from "drizzle-orm";
import { alias, QueryBuilder } from "drizzle-orm/pg-core";
import { contractLinks, deliveryChoices } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";

const query = new QueryBuilder({ casing: "snake_case" });
const later = alias(deliveryChoices, "later");

/**
 * The choices an actor may see (R28): a customer those of their own account, and for a contract in it
 * those of no account (taken over, or an end) since its last change of hands (R5); staff and jobs all.
 */
export function visibleChoices(actor: Actor): SQL | undefined {
  switch (actor.kind) {
    case "customer":
      return or(
        eq(deliveryChoices.accountId, actor.accountId),
        and(
          isNull(deliveryChoices.accountId),
          ne(deliveryChoices.origin, "holder_changed"),
          exists(
            query
              .select({ one: sql`1` })
              .from(contractLinks)
              .where(
                and(
                  eq(contractLinks.companyId, deliveryChoices.companyId),
                  eq(contractLinks.contractId, deliveryChoices.contractId),
                  eq(contractLinks.accountId, actor.accountId),
                  isNull(contractLinks.endedAt),
                ),
              ),
          ),
          notExists(
            query
              .select({ one: sql`1` })
              .from(later)
              .where(
                and(
                  eq(later.companyId, deliveryChoices.companyId),
                  eq(later.contractId, deliveryChoices.contractId),
                  eq(later.origin, "holder_changed"),
                  sql`(${later.chosenAt}, ${later.id}) > (${deliveryChoices.chosenAt}, ${deliveryChoices.id})`,
                ),
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
