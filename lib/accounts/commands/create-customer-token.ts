import { and, count, isNull } from "drizzle-orm";
import { accounts, customerTokens } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { CustomerActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { CUSTOMER_TOKEN_PREFIX, type TokenPurpose } from "@/lib/auth/customer-token";
import { hashToken, newToken } from "@/lib/auth/token";
import { fail, NotFoundError, ok, type Result } from "@/lib/errors";
import { tellOfCredentials } from "@/lib/mail/tell-of-credentials";
import { MOST_TOKENS } from "../rules";
import { ownAccount, ownCustomerTokens } from "../scope";
import { type ConfirmRefusal, confirmPassword } from "./change-password";

/**
 * Makes a secret for a program of the actor's, after their password; it is answered this once and kept as a hash.
 * The account is told by mail.
 * @throws {NotFoundError} for an account that lives no more
 */
export async function createCustomerToken(
  ctx: Context<CustomerActor>,
  { password, purpose, name }: { password: string; purpose: TokenPurpose; name: string },
): Promise<Result<{ secret: string }, ConfirmRefusal | "tooMany">> {
  const confirmed = await confirmPassword(ctx, password);
  if (!confirmed.ok) {
    return confirmed;
  }
  return await inTransaction(ctx, async (tx) => {
    // Two at once: the second waits here, and counts the first.
    const [account] = await tx.db
      .select({ id: accounts.id })
      .from(accounts)
      .where(ownAccount(tx.actor))
      .for("update");
    if (!account) {
      throw new NotFoundError("account");
    }
    const [live] = await tx.db
      .select({ count: count() })
      .from(customerTokens)
      .where(and(ownCustomerTokens(tx.actor), isNull(customerTokens.revokedAt)));
    if ((live?.count ?? 0) >= MOST_TOKENS) {
      return fail("tooMany");
    }
    const secret = `${CUSTOMER_TOKEN_PREFIX}${newToken()}`;
    await tx.db.insert(customerTokens).values({
      ...{ accountId: tx.actor.accountId, purpose, name },
      secretHash: hashToken(secret),
    });
    await recordAudit(tx, {
      action: "created_token",
      subjectKind: "account",
      subjectId: tx.actor.accountId,
      detail: { purpose },
    });
    // Never with the secret, nor with its name: what somebody calls a thing may be anything.
    await tellOfCredentials(tx, "token-changed", { change: "created", purpose });
    return ok({ secret });
  });
}
