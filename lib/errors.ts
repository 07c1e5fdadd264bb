/** The thing does not exist, or not for this actor: the two must look alike (R28). */
export class NotFoundError extends Error {
  override name = "NotFoundError";
  constructor(readonly what: string) {
    super(`${what} not found`);
  }
}

/** The actor's role may not do this. Staff only: customers get NotFoundError. */
export class ForbiddenError extends Error {
  override name = "ForbiddenError";
}

/** Input or circumstances a person can mend; the message is shown to them as it is. */
export class RefusalError extends Error {
  override name = "RefusalError";
}

/** The outcome of a command: expected failures are returned with a code of a closed set. */
export type Result<Value, Code extends string> =
  | { ok: true; value: Value }
  | { ok: false; code: Code };

export const ok = <Value>(value: Value): { ok: true; value: Value } => ({ ok: true, value });
export const fail = <Code extends string>(code: Code): { ok: false; code: Code } => ({
  ok: false,
  code,
});

/** The name of the constraint that a database error says was violated; empty for any other error. */
export function violatedConstraint(error: unknown): string {
  for (let cause = error, depth = 0; cause && depth < 5; depth += 1) {
    const { constraint_name: name, cause: next } = cause as {
      constraint_name?: unknown;
      cause?: unknown;
    };
    if (typeof name === "string") {
      return name;
    }
    cause = next;
  }
  return "";
}

/**
 * The same error without what a failed statement was asked with: whoever logs it, Next.js included,
 * logs no address, tax id or hash. Kinds, codes and constraints stay.
 */
export function withoutParameters(error: unknown): unknown {
  let at = error;
  for (let depth = 0; at instanceof Error && depth < 5; depth += 1) {
    if (at.message.startsWith("Failed query")) {
      at.message = "Failed query";
      at.stack = at.stack?.replace(/Failed query[\s\S]*?(?=\n {4}at )/, "Failed query");
    }
    // The driver's own `parameters` cannot be changed, and are not enumerable: no logger sees them.
    for (const secret of ["query", "params", "detail", "where"]) {
      if (Object.getOwnPropertyDescriptor(at, secret)?.configurable) {
        Object.defineProperty(at, secret, { value: undefined });
      }
    }
    at = at.cause;
  }
  return error;
}

/** What the driver and Node.js call a database that cannot be reached, or was lost. */
const UNREACHABLE =
  /^(CONNECT_TIMEOUT|CONNECTION_(CLOSED|ENDED|DESTROYED|SILENT)|ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;
/**
 * And PostgreSQL by its codes: no connection (08), nothing left (53), ended by a limit or an operator (57014, 57P,
 * 25P03, 25P04), a lock not got (55P03), its disk (58).
 */
const REFUSED = /^(08...|53...|57014|57P..|25P0[34]|55P03|58...)$/;

/** Whether it is for now only: a database that is away, slow or full. The same asked again may succeed. */
export const isUnavailable = (error: unknown): boolean =>
  someCause(
    error,
    ({ name, code }) =>
      name === "DatabaseBusyError" ||
      (typeof code === "string" && (UNREACHABLE.test(code) || REFUSED.test(code))),
  );

/** Whether there was no room on a disk: the storage's, or the database's. */
export const isDiskFull = (error: unknown): boolean =>
  someCause(error, ({ code }) => code === "ENOSPC" || code === "EDQUOT" || code === "53100");

function someCause(error: unknown, holds: (one: Error & { code?: unknown }) => boolean): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; depth += 1) {
    if (holds(cause)) {
      return true;
    }
    cause = cause.cause;
  }
  return false;
}
