import { RateLimiterRes } from "rate-limiter-flexible";
import type { DbOrTx } from "@/db/client";
import { isLoopback } from "@/lib/auth/client-ip";
import { LimitCounter } from "@/lib/auth/limit-counter";
import { limitKey } from "@/lib/auth/token";

/** Calls without a valid key from one address in a minute; a key of 256 bits is not guessed by more either. */
const FAILURES_A_MINUTE = 30;
const NAME = "api_key_ip";

/**
 * Counts a call without a valid key. A valid one is never held up, so whoever shares the address of somebody who
 * guesses goes on. Of this machine itself nothing is counted, as in lib/auth/limits.ts.
 * @returns after how many seconds it may be tried again; 0 while the limit is not reached
 */
export async function countFailure(db: DbOrTx, ip: string): Promise<number> {
  if (isLoopback(ip)) {
    return 0;
  }
  const limiter = new LimitCounter(db, {
    keyPrefix: NAME,
    points: FAILURES_A_MINUTE,
    duration: 60,
  });
  try {
    await limiter.consume(limitKey(NAME, ip));
    return 0;
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) {
      throw refused;
    }
    return Math.max(1, Math.ceil(refused.msBeforeNext / 1000));
  }
}
