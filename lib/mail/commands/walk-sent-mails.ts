import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { env } from "@/lib/env";
import { listSentMails, ProviderSilentError, type SentMail } from "../sent-mails";
import { waitForPlace } from "./pace";

/** Pages of a hundred that are read of the provider's list. */
const MOST_PAGES = 20_000;
/** Before a question is asked again that was not answered for now, in milliseconds. */
const WAITS_MS = [500, 1_000, 2_000, 4_000];
const DAY_MS = 86_400_000;

/** What passes by itself; a wrong key does not. */
const PASSING = ["rate_limit_exceeded", "application_error", "internal_server_error"];

interface Walk {
  /** Back to then the list is read, in milliseconds. */
  since: number;
  /** Is given the mails of a page, those that are older than `since` left out. */
  each(mails: SentMail[]): Promise<void>;
  stop?: AbortSignal;
}

/**
 * Reads the provider's list of what it took, the newest first. That it ends does not say that nothing went out before:
 * the provider forgets mails after some days (RESEND_LIST_DAYS).
 * @returns from when on the list surely holds every mail, in milliseconds: nothing follows from what is not there before
 *   that. Infinite where it was not read to its end.
 * @throws {ProviderSilentError}
 */
export async function walkSentMails(
  ctx: Context<SystemActor>,
  { since, each, stop }: Walk,
): Promise<number> {
  const { RESEND_LIST_DAYS: days } = env();
  // By the clock that attempts are noted by, and before the first question: what it keeps grows older meanwhile.
  const [row] = await ctx.db.execute<{ ms: number }>(
    sql`select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`,
  );
  const kept = (row?.ms ?? 0) - days * DAY_MS;
  let after: string | null = null;
  let oldest = Number.POSITIVE_INFINITY;
  for (let page = 0; page < MOST_PAGES && !stop?.aborted; page += 1) {
    const { mails, more } = await askPatiently(ctx, () => listSentMails(after), stop);
    await each(mails.filter(({ createdAt }) => createdAt.getTime() >= since));
    const last = mails.at(-1);
    if (last && last.createdAt.getTime() < since) {
      return since;
    }
    oldest = Math.min(oldest, last?.createdAt.getTime() ?? oldest);
    if (!more) {
      return Math.min(oldest, kept);
    }
    if (!last) {
      throw new ProviderSilentError("empty_page");
    }
    after = last.id;
  }
  return Number.POSITIVE_INFINITY;
}

/**
 * Asks the provider in its turn, and some times again where it does not answer for now: a list has thousands of pages.
 * @throws {ProviderSilentError} where it still does not
 */
export async function askPatiently<T>(
  ctx: Context<SystemActor>,
  ask: () => Promise<T>,
  stop?: AbortSignal,
): Promise<T> {
  for (const waitMs of [...WAITS_MS, null]) {
    await waitForPlace(ctx);
    try {
      return await ask();
    } catch (error) {
      const passes = error instanceof ProviderSilentError && PASSING.includes(error.message);
      if (!passes || waitMs === null || stop?.aborted) {
        throw error;
      }
      await sleep(waitMs);
    }
  }
  throw new ProviderSilentError("unanswered");
}
