import { isDiskFull, isUnavailable, NotFoundError, RefusalError } from "@/lib/errors";
import { log, newReference } from "@/lib/log";

/** What can be wrong with a call, with its status and a title that stays the same. */
export const PROBLEMS = {
  invalid_request: { status: 400, title: "A parameter, a header or the body is wrong" },
  unauthorized: { status: 401, title: "There is no valid key or token" },
  insufficient_scope: { status: 403, title: "The API key may not do this" },
  not_found: { status: 404, title: "There is no such thing" },
  not_possible: { status: 409, title: "The state of things does not allow it" },
  in_flight: { status: 409, title: "A call with this Idempotency-Key is still being answered" },
  too_large: { status: 413, title: "The body is too large" },
  unsupported_media_type: { status: 415, title: "The body is of no kind that is taken here" },
  idempotency_key_reused: { status: 422, title: "The Idempotency-Key was used for another call" },
  refused: { status: 422, title: "What was sent cannot be carried out" },
  too_many_failures: { status: 429, title: "Too many calls without a valid key or token" },
  too_many_calls: { status: 429, title: "Too many calls with this token" },
  internal_error: { status: 500, title: "Something is broken on our side" },
  busy: { status: 503, title: "There is no room for the body at the moment" },
  unavailable: { status: 503, title: "The server cannot answer for now" },
  storage_full: { status: 507, title: "There is no room left on the server" },
  not_configured: { status: 503, title: "The API is not set up on this server" },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

interface ProblemExtras {
  /** The closed code of the command that refused, such as `before_cut_off`. */
  reason?: string;
  /** Of an internal error: what the log's line bears. */
  reference?: string;
  headers?: Record<string, string>;
}

/** Ends a call with a refusal in words; `detail` is one sentence for whoever wrote the caller. */
export class ProblemError extends Error {
  override name = "ProblemError";
  constructor(
    readonly code: ProblemCode,
    detail: string,
    readonly extras: ProblemExtras = {},
  ) {
    super(detail);
  }
}

export const PROBLEM_TYPE = "application/problem+json";

/**
 * The answer that a problem is told with (RFC 9457); `code` says which, for programs.
 * @param base the page that describes it
 */
export function problemResponse(
  { code, message: detail, extras }: ProblemError,
  base = "/api/v1",
): Response {
  const { status, title } = PROBLEMS[code];
  const { reason, reference, headers } = extras;
  return Response.json(
    {
      type: `${base}#problem-${code}`,
      title,
      status,
      detail,
      code,
      ...(reason === undefined ? {} : { reason }),
      ...(reference === undefined ? {} : { reference }),
    },
    { status, headers: { ...headers, "Content-Type": PROBLEM_TYPE, "Cache-Control": "no-store" } },
  );
}

/** What a call is answered when something was thrown; what is broken on our side goes to the log, and its reference to the caller. */
export function problemOf(error: unknown, operationId: string): ProblemError {
  if (error instanceof ProblemError) {
    return error;
  }
  if (error instanceof NotFoundError) {
    return new ProblemError("not_found", `There is no ${error.what}.`);
  }
  if (error instanceof RefusalError) {
    return new ProblemError("refused", error.message);
  }
  const reference = newReference();
  log.error({ err: error, reference, operation: operationId }, "api call failed");
  if (isDiskFull(error)) {
    return new ProblemError(
      "storage_full",
      `Nothing was kept of what was sent; send it again once there is room. It is in our log as ${reference}.`,
      { reference, headers: { "Retry-After": "600" } },
    );
  }
  if (isUnavailable(error)) {
    return new ProblemError(
      "unavailable",
      `The database did not answer in time; send the same call again after Retry-After, under its Idempotency-Key where there is one. It is in our log as ${reference}.`,
      { reference, headers: { "Retry-After": "10" } },
    );
  }
  return new ProblemError(
    "internal_error",
    `It is in our log as ${reference}; ask again later, under the same Idempotency-Key where there is one.`,
    { reference },
  );
}
