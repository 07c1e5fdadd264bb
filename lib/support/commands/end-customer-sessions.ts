import { and, eq, isNull, sql } from "drizzle-orm";
import { accounts, sessions } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { NotFoundError } from "@/lib/errors";
import { assertMayHelpCustomers } from "../rules";

/**
 * Ends every session of a customer, who says that somebody else may be signed in; returns how many lived.
 * Audited on the account (R30).
 * @throws {ForbiddenError} for a role we do not know
 * @throws {NotFoundError} if there is no such account, or it was deleted (R7)
 */
export async function endCustomerSessions(
  ctx: Context<StaffActor>,
  { accountId }: { accountId: string },
): Promise<{ ended: number }> {
  return await inTransaction(ctx, async (tx) => {
    assertMayHelpCustomers(tx.actor, "end a customer's sessions");
    const [account] = await tx.db
      .select({ id: accounts.id })
      .from(accounts)
      .where(and(eq(accounts.id, accountId), isNull(accounts.deletedAt)));
    if (!account) {
      throw new NotFoundError("account");
    }
    const ended = await tx.db
      .update(sessions)
      .set({ endedAt: sql`clock_timestamp()` })
      .where(and(eq(sessions.accountId, accountId), isNull(sessions.endedAt)))
      .returning({ id: sessions.id });
    await recordAudit(tx, {
      action: "ended_customer_sessions",
      subjectKind: "account",
      subjectId: accountId,
      detail: { sessions: ended.length },
    });
    return { ended: ended.length };
  });
}
