import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { deletions } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { writeToLedger } from "@/lib/storage/deletion-ledger";
import { anybodysAccounts } from "../scope";

/** Deletions read at once. */
const CHUNK = 200;

/**
 * Writes every deletion that is not recorded yet into the ledger outside the database (R7). Repeatable: an
 * entry is written first and marked afterwards, and writing it twice changes nothing.
 * @returns how many were recorded
 */
export async function recordDeletions(ctx: Context<SystemActor>): Promise<number> {
  let recorded = 0;
  for (;;) {
    const waiting = await inTransaction(
      ctx,
      async ({ db, actor }) =>
        await db
          .select({ accountId: deletions.accountId, deletedAt: deletions.deletedAt })
          .from(deletions)
          .where(and(isNull(deletions.recordedAt), anybodysAccounts(actor)))
          .orderBy(asc(deletions.deletedAt))
          .limit(CHUNK),
    );
    // Outside a transaction: the storage may be slow.
    for (const entry of waiting) {
      await writeToLedger(entry);
      await inTransaction(ctx, async ({ db, actor }) => {
        await db
          .update(deletions)
          .set({ recordedAt: sql`clock_timestamp()` })
          .where(and(eq(deletions.accountId, entry.accountId), anybodysAccounts(actor)));
      });
    }
    recorded += waiting.length;
    if (waiting.length < CHUNK) {
      return recorded;
    }
  }
}
