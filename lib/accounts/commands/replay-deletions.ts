import { and, eq, isNull, sql } from "drizzle-orm";
import { accounts, deletions } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { CustomerActor, SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { deletedAtOf } from "@/lib/storage/deletion-ledger";
import { aliveInLedger } from "../queries/deletions";
import { anybodysAccounts } from "../scope";
import { eraseAccount } from "./erase-account";

/**
 * Erases again, after a restore of an older database, every account that the ledger has as deleted (R7):
 * by the same steps, on the account's behalf, each in a transaction of its own. No farewell goes out: it did
 * when the account was deleted. Repeatable.
 * @returns how many were erased
 */
export async function replayDeletions(ctx: Context<SystemActor>): Promise<number> {
  let replayed = 0;
  for await (const accountId of aliveInLedger(ctx)) {
    const deletedAt = await deletedAtOf(accountId);
    replayed += (await inTransaction(ctx, (tx) => replay(tx, { accountId, deletedAt }))) ? 1 : 0;
  }
  return replayed;
}

async function replay(
  tx: TxContext<SystemActor>,
  { accountId, deletedAt }: { accountId: string; deletedAt: Date },
): Promise<boolean> {
  const owner = await ownerOf(tx, accountId);
  if (!owner) {
    return false;
  }
  // The functions that forget addresses do so for the account that the transaction's settings name.
  const erased = await inTransaction({ db: tx.db, actor: owner }, (own) =>
    eraseAccount(own, { farewell: false }),
  );
  await tx.db
    .update(deletions)
    .set({ deletedAt, recordedAt: sql`clock_timestamp()` })
    .where(eq(deletions.accountId, accountId));
  await recordAudit(tx, {
    action: "replayed_deletion",
    subjectKind: "account",
    subjectId: accountId,
    detail: { ...erased },
  });
  return true;
}

/** Locked, so that its owner's own deletion at the same instant comes before or finds it done. */
async function ownerOf(
  { db, actor }: TxContext<SystemActor>,
  accountId: string,
): Promise<CustomerActor | null> {
  const [account] = await db
    .select({
      holderId: accounts.holderId,
      email: accounts.email,
      language: accounts.language,
    })
    .from(accounts)
    .where(and(eq(accounts.id, accountId), isNull(accounts.deletedAt), anybodysAccounts(actor)))
    .for("update");
  // Of no session: nobody has signed in.
  return account ? { kind: "customer", accountId, sessionId: accountId, ...account } : null;
}
