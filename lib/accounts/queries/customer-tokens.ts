import { and, desc, isNull } from "drizzle-orm";
import { customerTokens } from "@/db/schema";
import type { CustomerActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import type { TokenPurpose } from "@/lib/auth/customer-token";
import { ownCustomerTokens } from "../scope";

/** A secret that a program of the customer's has; the secret itself is nowhere any more. */
export interface CustomerToken {
  id: string;
  purpose: TokenPurpose;
  name: string;
  createdAt: Date;
  /** To the minute; null before the first use. */
  lastUsedAt: Date | null;
}

/** The actor's own tokens that live, newest first. */
export async function listCustomerTokens(ctx: Context<CustomerActor>): Promise<CustomerToken[]> {
  return await inTransaction(
    ctx,
    async ({ db, actor }) =>
      await db
        .select({
          id: customerTokens.id,
          purpose: customerTokens.purpose,
          name: customerTokens.name,
          createdAt: customerTokens.createdAt,
          lastUsedAt: customerTokens.lastUsedAt,
        })
        .from(customerTokens)
        .where(and(ownCustomerTokens(actor), isNull(customerTokens.revokedAt)))
        .orderBy(desc(customerTokens.createdAt)),
  );
}
