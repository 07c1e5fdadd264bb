import { and, eq, isNull, sql } from "drizzle-orm";
import { validate as isUuid } from "uuid";
import { customerTokens } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { CustomerActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { NotFoundError } from "@/lib/errors";
import { tellOfCredentials } from "@/lib/mail/tell-of-credentials";
import { ownCustomerTokens } from "../scope";

/**
 * Ends a token of the actor's at once, and tells the account by mail; one that is ended already stays so.
 * @throws {NotFoundError} for another's, and for one that never was (R28)
 */
export async function revokeCustomerToken(
  ctx: Context<CustomerActor>,
  tokenId: string,
): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const own = and(ownCustomerTokens(tx.actor), eq(customerTokens.id, tokenId));
    const [revoked] = isUuid(tokenId)
      ? await tx.db
          .update(customerTokens)
          .set({ revokedAt: sql`clock_timestamp()` })
          .where(and(own, isNull(customerTokens.revokedAt)))
          .returning({ id: customerTokens.id, purpose: customerTokens.purpose })
      : [];
    if (revoked) {
      await recordAudit(tx, {
        action: "revoked_token",
        subjectKind: "account",
        subjectId: tx.actor.accountId,
        detail: { purpose: revoked.purpose },
      });
      const { purpose } = revoked;
      await tellOfCredentials(tx, "token-changed", { change: "revoked", purpose });
      return;
    }
    const [known] = isUuid(tokenId)
      ? await tx.db.select({ id: customerTokens.id }).from(customerTokens).where(own)
      : [];
    if (!known) {
      throw new NotFoundError("token");
    }
  });
}
