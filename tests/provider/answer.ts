import type { ServerResponse } from "node:http";
import type { State } from "./state";

export type Headers = Record<string, string>;

export function parse(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString("utf8"));
  } catch {
    return null;
  }
}

export function count({ counts }: State, status: number): void {
  counts.statuses[status] = (counts.statuses[status] ?? 0) + 1;
}

export function json(
  state: State,
  response: ServerResponse,
  status: number,
  body: object,
  headers: Headers = {},
): void {
  count(state, status);
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(status >= 400 ? { statusCode: status, ...body } : body));
}

/** There is no answer; the socket to end it with. */
export function none(state: State, response: ServerResponse) {
  count(state, 0);
  return response.socket ?? response;
}

/** Who is refused hears of a limit, also where a fault refuses and none is set. */
const NAMED_PER_SECOND = 100;

export function tooMany(state: State, response: ServerResponse) {
  json(
    state,
    response,
    429,
    { name: "rate_limit_exceeded", message: "Too many requests." },
    {
      "retry-after": "1",
      "ratelimit-limit": String(state.settings.perSecond ?? NAMED_PER_SECOND),
      "ratelimit-remaining": "0",
      "ratelimit-reset": "1",
    },
  );
}
