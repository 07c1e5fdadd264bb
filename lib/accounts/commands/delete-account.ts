import { recordAudit } from "@/lib/audit/commands";
import type { CustomerActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { ok, type Result } from "@/lib/errors";
import { enqueue } from "@/lib/jobs/queue";
import { type ConfirmRefusal, confirmPassword } from "./change-password";
import { eraseAccount } from "./erase-account";

/**
 * Deletes the actor's account (R7), after the password, in one transaction; a last mail tells the old
 * address, and the ledger of deletions hears of it at once.
 * @throws {NotFoundError} for an account that lives no more
 */
export async function deleteAccount(
  ctx: Context<CustomerActor>,
  { password }: { password: string },
): Promise<Result<null, ConfirmRefusal>> {
  const confirmed = await confirmPassword(ctx, password);
  if (!confirmed.ok) {
    return confirmed;
  }
  await inTransaction(ctx, async (tx) => {
    const erased = await eraseAccount(tx, { farewell: true });
    await recordAudit(tx, {
      action: "deleted_account",
      subjectKind: "account",
      subjectId: tx.actor.accountId,
      detail: { ...erased },
    });
    await enqueue(tx, "record_deletions", {}, "record-deletions");
  });
  return ok(null);
}
