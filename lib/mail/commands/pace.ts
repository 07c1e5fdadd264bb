import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import type { ProviderAnswer } from "../outcome";

/** A little slower than allowed: requests that bunch up on their way would meet a 429 each. */
const MARGIN = 1.02;

/** What a provider that answers 429 without naming its limit surely takes. */
const CAUTIOUS_PER_SECOND = 1;

/** The limit that this process has written down last; it changes with the account's plan only. */
let known: number | null = null;

/**
 * Takes the next free place in line for a request to the provider, in the caller's transaction and on
 * the database's clock: all workers together keep its pace.
 * @returns how long to wait for it, in milliseconds; 0 where no limit is known.
 */
export async function takePlace({ db }: TxContext<SystemActor>): Promise<number> {
  const [place] = await db.execute<{ waitMs: number }>(sql`
    update sending_pace
    set next_at = greatest(next_at, clock_timestamp()) + make_interval(secs => ${MARGIN} / per_second)
    returning (extract(epoch from old.next_at - clock_timestamp()) * 1000)::float8 as "waitMs"`);
  if (!place) {
    // Never learnt, or lost in a crash of the database.
    known = null;
    return 0;
  }
  return Math.max(0, place.waitMs);
}

/** Waits for a place in line: for what is asked of the provider beside mail. */
export async function waitForPlace(ctx: Context<SystemActor>): Promise<void> {
  const waitMs = await inTransaction(ctx, takePlace);
  if (waitMs > 0) {
    await sleep(waitMs);
  }
}

/** Learns from an answer how fast the provider may be asked, and when again after a refusal. */
export async function learnPace(
  { db }: Context<SystemActor>,
  { outcome, perSecond }: ProviderAnswer,
): Promise<void> {
  const pauseMs = outcome.kind === "retry" ? outcome.pauseMs : 0;
  if (pauseMs === 0 && (perSecond === null || perSecond === known)) {
    return;
  }
  await db.execute(sql`
    insert into sending_pace (id, per_second, next_at)
    values (1, ${perSecond ?? CAUTIOUS_PER_SECOND}, clock_timestamp() + make_interval(secs => ${pauseMs / 1000}))
    on conflict (id) do update set
      per_second = coalesce(${perSecond}::float8, sending_pace.per_second),
      next_at = greatest(sending_pace.next_at, excluded.next_at)`);
  known = perSecond;
}
