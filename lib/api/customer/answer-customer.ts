import type { CustomerActor } from "@/lib/auth/actor";
import { clientIp } from "@/lib/auth/client-ip";
import type { Context } from "@/lib/auth/context";
import { customerOfToken, readingOnly, type TokenPurpose } from "@/lib/auth/customer-token";
import { secondsToWait } from "@/lib/auth/limits";
import { webConnection } from "@/lib/connections";
import { env } from "@/lib/env";
import { withoutParameters } from "@/lib/errors";
import { countFailure } from "../v1/failure-limit";
import { ProblemError, problemOf, problemResponse } from "../v1/problem";

/** Where the customer's API begins. */
export const CUSTOMER_API = "/api/customer/v1";

/** The token of a call's header; empty without one. */
export const bearerOf = ({ headers }: Request): string =>
  /^Bearer +(\S+)$/i.exec(headers.get("authorization") ?? "")?.[1] ?? "";

/**
 * Answers a call of a customer's own program: reads, for the account whose token it shows and nobody else
 * (R28). Without a valid one the answer is the same whatever is wrong with it. Never throws.
 * @param shown.id of the operation, for the log
 */
export async function answerCustomer(
  request: Request,
  { id, ...shown }: { id: string; secret: string; purpose: TokenPurpose },
  work: (ctx: Context<CustomerActor>) => Promise<Response>,
): Promise<Response> {
  const { db } = webConnection();
  try {
    const actor = await customerOfToken(db, shown);
    if (actor) {
      const wait = await secondsToWait(db, "customer_token", actor.sessionId);
      if (wait > 0) {
        throw new ProblemError(
          "too_many_calls",
          `Try again in ${wait} seconds: a token may ask 600 times an hour.`,
          { headers: { "Retry-After": String(wait) } },
        );
      }
      return await readingOnly(db, actor, work);
    }
    const ip = clientIp(request.headers.get("x-forwarded-for"), env().TRUSTED_PROXY_HOPS);
    const wait = await countFailure(db, ip);
    throw wait > 0
      ? new ProblemError("too_many_failures", `Try again in ${wait} seconds, with a valid token.`, {
          headers: { "Retry-After": String(wait) },
        })
      : new ProblemError(
          "unauthorized",
          "Send the header Authorization: Bearer with a token that is not revoked; the page /profile/tokens makes one.",
          { headers: { "WWW-Authenticate": 'Bearer realm="Sportello"' } },
        );
  } catch (error) {
    return problemResponse(problemOf(withoutParameters(error), id), CUSTOMER_API);
  }
}

/** A refusal of a calendar: nothing that a calendar program would ask a password for, or send on. */
export function refusedCalendar({ status, headers }: Response): Response {
  const wait = headers.get("Retry-After");
  return new Response(null, {
    status: status === 401 ? 404 : status,
    headers: {
      "Cache-Control": "private, no-store",
      "Referrer-Policy": "no-referrer",
      ...(wait === null ? {} : { "Retry-After": wait }),
    },
  });
}

/** JSON that is one person's own. */
export const ownJson = (body: unknown): Response =>
  Response.json(body, {
    headers: { "Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff" },
  });
