import { and, inArray, isNull, sql } from "drizzle-orm";
import { accounts, deletions } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { ledgerAccounts } from "@/lib/storage/deletion-ledger";
import { anybodysAccounts } from "../scope";

/** Ids of the ledger that are looked up in one statement. */
const CHUNK = 1_000;

/**
 * R7: the accounts that the ledger has as deleted and that are alive in the database, which must then have
 * been restored from a time before. An account that the database does not know is nobody's any more.
 */
export async function* aliveInLedger(ctx: Context<SystemActor>): AsyncGenerator<string> {
  let ids: string[] = [];
  for await (const id of ledgerAccounts()) {
    ids.push(id);
    if (ids.length === CHUNK) {
      yield* await aliveOf(ctx, ids);
      ids = [];
    }
  }
  if (ids.length > 0) {
    yield* await aliveOf(ctx, ids);
  }
}

async function aliveOf(ctx: Context<SystemActor>, ids: string[]): Promise<string[]> {
  const rows = await inTransaction(
    ctx,
    async ({ db, actor }) =>
      await db
        .select({ id: accounts.id })
        .from(accounts)
        .where(and(inArray(accounts.id, ids), isNull(accounts.deletedAt), anybodysAccounts(actor))),
  );
  return rows.map(({ id }) => id);
}

/** How many deletions the ledger has not got for so many minutes. */
export async function countUnrecorded(
  ctx: Context<SystemActor>,
  { minutes }: { minutes: number },
): Promise<number> {
  return await inTransaction(
    ctx,
    async ({ db, actor }) =>
      await db.$count(
        deletions,
        and(
          isNull(deletions.recordedAt),
          sql`${deletions.deletedAt} < clock_timestamp() - make_interval(mins => ${minutes})`,
          anybodysAccounts(actor),
        ),
      ),
  );
}
