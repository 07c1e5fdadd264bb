import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { env } from "./env";

/** What a proxy of one's own calls a request, and what our answer bears. */
export const REQUEST_ID_HEADER = "x-request-id";
/** A UUID or 32 hexadecimal digits: what proxies make, and nothing that names anybody. */
const MADE = /^[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i;

/** A request's id: its proxy's, where there is one of our own before us (TRUSTED_PROXY_HOPS); else a new one. */
export function requestId({ headers }: Pick<IncomingMessage, "headers">): string {
  const given = headers[REQUEST_ID_HEADER];
  return env().TRUSTED_PROXY_HOPS > 0 && typeof given === "string" && MADE.test(given)
    ? given.toLowerCase()
    : randomUUID();
}
