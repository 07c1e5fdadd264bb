import { sql } from "drizzle-orm";
import { type EndedAccess, endAllAccess } from "@/lib/accounts/commands/end-all-access";
import { replayDeletions } from "@/lib/accounts/commands/replay-deletions";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { quarantineFrozenBatches } from "@/lib/dispatches/commands/quarantine-frozen";
import { reconcileBatches } from "@/lib/dispatches/commands/reconcile-batches";
import { setDoubtfulAside } from "@/lib/dispatches/commands/set-doubtful-aside";
import { leasesEnded } from "@/lib/dispatches/commands/wait-for-leases";
import { wakeSenders } from "@/lib/jobs/queue";
import { findLostMails, type LostMails } from "@/lib/mail/commands/find-lost-mails";
import { holdSending, releaseSending } from "@/lib/mail/commands/hold";
import { restartMark } from "@/lib/mail/commands/keep-mark";
import { ProviderSilentError } from "@/lib/mail/sent-mails";

export interface ReconciledRestore {
  /** Accounts that had been deleted since, erased again (R7). */
  deletions: number;
  ended: EndedAccess;
  /** From when on the database may know nothing of what was sent; null: from the beginning. */
  since: Date | null;
  /** Of batches that were under way: what the provider had taken, and what it never saw. */
  batches: { taken: number; requeued: number };
  mails: LostMails;
  /** Set aside for staff, where the provider was not to be asked. */
  setAside: number;
  /** Mail goes out again. */
  released: boolean;
  /** Why the provider did not answer; null when it did. */
  unanswered: string | null;
}

/** Holds the mail of a database that was restored, for an operator who knows before we notice. */
export async function beginRestore(ctx: Context<SystemActor>): Promise<void> {
  await inTransaction(ctx, (tx) => holdSending(tx, { why: "told" }));
}

/**
 * Makes a restored database safe to go on with, in this order, each step repeatable: holds its mail; erases again
 * whoever was deleted since (R7); ends everybody's sessions; waits for what workers have in hand; asks the provider
 * what it has taken since (R17), so that nothing goes out twice; lets mail go. Where the provider does not answer, or
 * its list does not go back as far, mail stays held: ask again, or have what is doubtful set aside for staff.
 * @param told asks from then on, where an operator knows better than the database's last mark
 */
export async function reconcileRestore(
  ctx: Context<SystemActor>,
  { since: told, aside = false }: { since?: Date; aside?: boolean } = {},
): Promise<ReconciledRestore> {
  await beginRestore(ctx);
  const since = told ?? (await lastMark(ctx));
  const result: ReconciledRestore = {
    deletions: await replayDeletions(ctx),
    ended: await endAllAccess(ctx),
    since,
    batches: { taken: 0, requeued: 0 },
    mails: { asked: 0, sent: 0, lost: 0, complete: false, wholeFrom: null },
    setAside: 0,
    released: false,
    unanswered: null,
  };
  await leasesEnded(ctx);
  if (aside) {
    result.setAside = await setDoubtfulAside(ctx);
  } else if (!(await askWhatWasSent(ctx, result))) {
    return result;
  }
  await restartMark(ctx);
  await inTransaction(ctx, async (tx) => {
    await releaseSending(tx);
    await wakeSenders(tx);
  });
  return { ...result, released: true };
}

/** False where the provider did not tell all, and mail must wait. */
async function askWhatWasSent(
  ctx: Context<SystemActor>,
  result: ReconciledRestore,
): Promise<boolean> {
  try {
    await quarantineFrozenBatches(ctx);
    const { taken, requeued } = await reconcileBatches(ctx);
    result.batches = { taken, requeued };
    result.mails = await findLostMails(ctx, { since: result.since });
    return result.mails.complete;
  } catch (error) {
    if (!(error instanceof ProviderSilentError)) {
      throw error;
    }
    result.unanswered = error.message;
    return false;
  }
}

async function lastMark({ db }: Context<SystemActor>): Promise<Date | null> {
  const [mark] = await db.execute<{ ms: number }>(sql`
    select (extract(epoch from marked_at) * 1000)::float8 as ms from sending_mark where number > 0`);
  return mark ? new Date(mark.ms) : null;
}
