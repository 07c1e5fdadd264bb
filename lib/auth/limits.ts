import { RateLimiterRes } from "rate-limiter-flexible";
import type { DbOrTx } from "@/db/client";
import { isLoopback } from "./client-ip";
import { LimitCounter } from "./limit-counter";
import { limitKey } from "./token";

const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;

/** What may be asked how often: `points` in `seconds`. */
const LIMITS = {
  /** R3: guesses at a person's contracts, from wherever they come. */
  signup_tax_id: { points: 20, seconds: DAY_S },
  /** Nobody's mailbox is filled with our answers. */
  signup_email: { points: 10, seconds: DAY_S },
  signup_ip: { points: 100, seconds: HOUR_S },
  /** All registrations together: a bound for guesses from many addresses. */
  signup_all: { points: 2000, seconds: HOUR_S },
  link_email: { points: 5, seconds: HOUR_S },
  link_ip: { points: 50, seconds: HOUR_S },
  link_all: { points: 2000, seconds: HOUR_S },
  /** Calls of one program of a customer's. */
  customer_token: { points: 600, seconds: HOUR_S },
  /** Files of readings of one account: each is made anew. */
  consumption_export: { points: 300, seconds: HOUR_S },
  /** Lists and archives of one account's bills. */
  bill_files: { points: 120, seconds: HOUR_S },
  /** Photos of meters from one account: each is stored. */
  meter_photo: { points: 30, seconds: HOUR_S },
  /** Complaints and questions: of one account, for one address that gets a copy, from one place, and in all. */
  case_account: { points: 20, seconds: DAY_S },
  case_email: { points: 5, seconds: DAY_S },
  case_ip: { points: 20, seconds: HOUR_S },
  case_all: { points: 1000, seconds: HOUR_S },
  /** R5: tries of one account to add a contract by what is printed on a bill. */
  add_contract: { points: 20, seconds: DAY_S },
} as const;

/** Wrong passwords and codes: so many at once, then one after a delay that doubles up to `longest` seconds. */
const ATTEMPTS = {
  /** From one browser that was signed in to this account before, or from one address on the net. */
  login_pair: { free: 5, longest: 900 },
  /** One account, from wherever: browsers it knows are not held up by it. */
  login_account: { free: 20, longest: 900 },
  login_ip: { free: 50, longest: 60 },
  code: { free: 5, longest: 900 },
  /** One's own password asked once more, in one session. */
  confirm: { free: 5, longest: 900 },
} as const;

export type Limit = keyof typeof LIMITS;
export type Attempt = keyof typeof ATTEMPTS;

/** Far above what is counted in a day: the counter itself refuses nothing. */
const UNBOUNDED = 1_000_000_000;

const limiter = (db: DbOrTx, keyPrefix: string, points: number, duration: number) =>
  new LimitCounter(db, { keyPrefix, points, duration });

/**
 * Counts one more of each and tells whether all are within their limits; give the narrowest first. After one
 * that is exhausted the wider ones are counted apart: the work is the same for everybody (R3), and whoever
 * hammers at one tax id does not use up what all may ask together.
 */
export async function withinLimits(db: DbOrTx, asked: [Limit, string][]): Promise<boolean> {
  let within = true;
  for (const [name, value] of asked.filter(isCounted)) {
    const { points, seconds } = LIMITS[name];
    try {
      const key = limitKey(name, within ? value : `refused ${value}`);
      await limiter(db, name, points, seconds).consume(key);
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) {
        throw refused;
      }
      within = false;
    }
  }
  return within;
}

/** Counts one more, and tells after how many seconds it may be asked again: 0 while the limit is kept. */
export async function secondsToWait(db: DbOrTx, name: Limit, value: string): Promise<number> {
  const { points, seconds } = LIMITS[name];
  try {
    await limiter(db, name, points, seconds).consume(limitKey(name, value));
    return 0;
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) {
      throw refused;
    }
    return Math.max(1, Math.ceil(refused.msBeforeNext / 1000));
  }
}

/** Of this machine itself no address is counted. */
const isCounted = ([name, value]: [Limit | Attempt, string]) =>
  !(name.endsWith("_ip") && isLoopback(value));

/** An attempt that was counted; `waited` where its delay began with it. */
interface Taken {
  name: Attempt;
  value: string;
  waited: boolean;
}

/** Whether an attempt may be made now; `waitSeconds` until the next one may. */
export type Verdict = { allowed: true; taken: Taken[] } | { allowed: false; waitSeconds: number };

/**
 * Takes one attempt of each before it is made, so that many at once cannot slip through together. One that
 * must wait does not count, or hammering would make the owner's delay longer.
 */
export async function takeAttempt(db: DbOrTx, asked: [Attempt, string][]): Promise<Verdict> {
  const taken: Taken[] = [];
  for (const [name, value] of asked.filter(isCounted)) {
    const { waitMs, waited } = await takeOne(db, name, value);
    if (waitMs > 0) {
      await undoAttempt(db, taken);
      return { allowed: false, waitSeconds: Math.ceil(waitMs / 1000) };
    }
    taken.push({ name, value, waited });
  }
  return { allowed: true, taken };
}

async function takeOne(
  db: DbOrTx,
  name: Attempt,
  value: string,
): Promise<{ waitMs: number; waited: boolean }> {
  const { free, longest } = ATTEMPTS[name];
  const counter = limiter(db, name, UNBOUNDED, DAY_S);
  const key = limitKey(name, value);
  const { consumedPoints } = await counter.consume(key);
  if (consumedPoints <= free) {
    return { waitMs: 0, waited: false };
  }
  // One attempt for each delay: its row is there until the delay is over.
  const delay = Math.min(2 ** (consumedPoints - free - 1), longest);
  try {
    await limiter(db, `${name}_wait`, 1, delay).consume(key, 1, { customDuration: delay });
    return { waitMs: 0, waited: true };
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) {
      throw refused;
    }
    await counter.reward(key, 1);
    return { waitMs: Math.max(refused.msBeforeNext, 1), waited: false };
  }
}

/** An attempt that was not made after all: as if it had not been taken. */
export async function undoAttempt(db: DbOrTx, taken: Taken[]): Promise<void> {
  for (const { name, value, waited } of taken) {
    const key = limitKey(name, value);
    await limiter(db, name, UNBOUNDED, DAY_S).reward(key, 1);
    if (waited) {
      await limiter(db, `${name}_wait`, 1, 1).delete(key);
    }
  }
}

/**
 * An attempt that was right counts for nothing; its delay stays, or whoever has an account of their own could
 * clear an address's delay again and again.
 */
export async function giveBack(db: DbOrTx, taken: [Attempt, string][]): Promise<void> {
  for (const [name, value] of taken.filter(isCounted)) {
    await limiter(db, name, UNBOUNDED, DAY_S).reward(limitKey(name, value), 1);
  }
}

/** Forgets the attempts of whoever has shown to be the owner. */
export async function forgetAttempts(db: DbOrTx, taken: [Attempt, string][]): Promise<void> {
  for (const [name, value] of taken) {
    const key = limitKey(name, value);
    await limiter(db, name, UNBOUNDED, DAY_S).delete(key);
    await limiter(db, `${name}_wait`, 1, 1).delete(key);
  }
}
