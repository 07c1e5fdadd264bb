import { eq, type SQL, sql } from "drizzle-orm";
import { deliveryChoices } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";

/** The choices an actor may see: a customer those of their own account; staff and jobs all (R28). */
export function visibleChoices(actor: Actor): SQL | undefined {
  switch (actor.kind) {
    case "customer":
      return eq(deliveryChoices.accountId, actor.accountId);
    case "staff":
    case "system":
      return undefined;
    case "visitor":
      return sql`false`;
  }
}
