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

/** SQLSTATE of a database error, wrapped by Drizzle or bare; undefined for any other error. */
export function sqlState(error: unknown): string | undefined {
  for (let cause = error, depth = 0; cause && depth < 5; depth += 1) {
    const { code, cause: next } = cause as { code?: unknown; cause?: unknown };
    if (typeof code === "string" && /^[0-9A-Z]{5}$/.test(code)) {
      return code;
    }
    cause = next;
  }
  return undefined;
}
