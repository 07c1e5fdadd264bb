import type { ActorName } from "./actors";
import {
  FORWARDED,
  FULL,
  GAINS_PAST_PROXY,
  PAST_PROXY,
  POST_WAYS,
  type PostWay,
  WAYS,
  type Way,
} from "./ways";

/**
 * Whom `npm test` asks in every way: strangers by a cookie of the past are told from strangers by what they bring
 * alone, and what a payload holds beyond its page nobody could see who sees that page anyway.
 */
const SHORT: Partial<Record<ActorName, readonly string[]>> = {
  owner: ["HTML", "RSC", FORWARDED],
  support: ["HTML", "RSC"],
  operator: ["HTML", "RSC", FORWARDED],
  admin: ["HTML", "RSC"],
  deleted: ["HTML"],
  "signed out": ["HTML"],
  garbage: ["HTML"],
};

/** How a route is asked for by somebody; `npm run test:full` has everybody ask in every way. */
export function waysOf(actor: ActorName): Way[] {
  const ways = [...WAYS, ...(GAINS_PAST_PROXY.includes(actor) ? PAST_PROXY : [])];
  const short = FULL ? undefined : SHORT[actor];
  return short ? ways.filter(({ name }) => short.includes(name)) : ways;
}

/** The same of an action: whom a cookie of the past makes a stranger posts it as browsers do. */
export const postWaysOf = (actor: ActorName): PostWay[] =>
  FULL || !["deleted", "signed out", "garbage"].includes(actor)
    ? POST_WAYS
    : POST_WAYS.filter(({ always }) => always === undefined);
