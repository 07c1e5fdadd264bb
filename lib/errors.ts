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
