import { setTimeout as sleep } from "node:timers/promises";
import { and, eq, gt, sql } from "drizzle-orm";
import { dispatchBatches } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { log } from "@/lib/log";
import type { SendOutcome } from "@/lib/mail/outcome";
import { sendMails } from "@/lib/mail/resend";
import { freezeBatch } from "./commands/freeze-batch";
import { settleBatch } from "./commands/settle-batch";
import { type TakenBatch, takeBatch } from "./commands/take-batch";
import { sendableExcept } from "./scope";

/** Past this a drain ends; the next minute's goes on. */
const LONGEST_MS = 3 * 60_000;
/** A batch that may be tried again so soon is waited for. */
const PATIENCE_SECONDS = 10;

interface DrainOptions {
  /** Ends the drain after the batch in hand. */
  stop?: AbortSignal;
  longestMs?: number;
}

/**
 * Sends whatever is queued, batch after batch, until nothing is left, the provider will not take
 * more, or the time is up. A company whose sender the provider refuses waits for the next drain, the
 * others' mails go out. Several at once share the work (R17).
 * @returns how many batches were sent.
 */
export async function drainDispatches(
  ctx: Context<SystemActor>,
  { stop, longestMs = LONGEST_MS }: DrainOptions = {},
): Promise<number> {
  const end = AbortSignal.any([AbortSignal.timeout(longestMs), ...(stop ? [stop] : [])]);
  const refused = new Set<number>();
  let sent = 0;
  while (!end.aborted) {
    const taken = await takeBatch(ctx, refused);
    if (taken === "passed") {
      continue;
    }
    if (taken) {
      const outcome = await sendBatch(ctx, taken.batch);
      sent += outcome.kind === "accepted" ? 1 : 0;
      if (outcome.kind === "stopped") {
        return sent;
      }
      if (outcome.kind === "sender_refused") {
        refused.add(taken.batch.companyId);
      }
      await pause("pauseMs" in outcome ? outcome.pauseMs : 0, end);
    } else if ((await freezeBatch(ctx, refused)) === 0) {
      const seconds = await secondsUntilNext(ctx, refused);
      if (seconds === null) {
        return sent;
      }
      await pause(seconds * 1000, end);
    }
  }
  return sent;
}

async function sendBatch(ctx: Context<SystemActor>, batch: TakenBatch): Promise<SendOutcome> {
  const outcome = await sendMails(batch.id, batch.mails);
  await settleBatch(ctx, batch, outcome);
  const fields = { batch: batch.id, mails: batch.mails.length, attempt: batch.attempts };
  if (outcome.kind === "accepted") {
    log.info({ ...fields, rejected: outcome.rejected.size }, "batch sent");
  } else {
    const reason = "reason" in outcome ? outcome.reason : "rate_limit";
    log.warn({ ...fields, outcome: outcome.kind, reason }, "batch not sent");
  }
  return outcome;
}

/** When the next waiting batch may be tried, if that is soon. */
async function secondsUntilNext(
  ctx: Context<SystemActor>,
  except: Iterable<number>,
): Promise<number | null> {
  return await inTransaction(ctx, async ({ db, actor }) => {
    const [next] = await db
      .select({
        seconds: sql<
          number | null
        >`extract(epoch from min(${dispatchBatches.leaseUntil}) - clock_timestamp())::float8`,
      })
      .from(dispatchBatches)
      .where(
        and(
          sendableExcept(actor, dispatchBatches, except),
          eq(dispatchBatches.state, "frozen"),
          gt(dispatchBatches.leaseUntil, sql`clock_timestamp()`),
        ),
      );
    const seconds = next?.seconds ?? null;
    return seconds !== null && seconds <= PATIENCE_SECONDS ? Math.max(seconds, 0.05) : null;
  });
}

async function pause(ms: number, end: AbortSignal): Promise<void> {
  if (ms > 0) {
    await sleep(ms, undefined, { signal: end }).catch(() => {});
  }
}
