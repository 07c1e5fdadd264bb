import { randomBytes } from "node:crypto";
import pino from "pino";
import { currentIds } from "./log-context";
import { withoutPersons } from "./log-scrub";

/** Error lines that a process remembers. */
const REMEMBERED = 50;

// On globalThis: what Next.js bundles apart writes to the same log.
const held = globalThis as { sportelloErrorLines?: string[] };

/**
 * JSON lines on stdout, each with the ids of its request or job. What could identify a person is cut out of
 * whatever is logged, by its name and by its shape; write ids, not addresses.
 */
export const log = pino({
  level: process.env.LOG_LEVEL ?? "info",
  base: null,
  mixin: currentIds,
  hooks: {
    streamWrite: (line) => {
      const clean = withoutPersons(line);
      rememberError(clean);
      return clean;
    },
  },
  redact: {
    paths: [
      "*.email",
      "*.to",
      "*.taxId",
      "*.password",
      "*.token",
      "*.iban",
      "err.parameters",
      "err.cause.parameters",
      "err.params",
      "err.query",
    ],
    remove: true,
  },
  serializers: { err: withoutWhatItQuotes },
});

type AnyError = Error & { code?: unknown; digest?: unknown; constraint_name?: unknown };

/** What an error is and where it happened, without what the database or a library quotes in its words. */
function withoutWhatItQuotes(error: AnyError) {
  return {
    type: error.name,
    code: error.code,
    digest: error.digest,
    message: messageOf(error),
    stack: error.stack
      ?.split("\n")
      .filter((line) => line.startsWith("    at "))
      .slice(0, 12)
      .join("\n"),
    cause:
      error.cause instanceof Error
        ? `${error.cause.name}: ${(error.cause as AnyError).code ?? error.cause.message}`
        : undefined,
  };
}

function messageOf(error: AnyError): string {
  // Drizzle puts the statement and its parameters into the message of what it throws.
  if (error.message.startsWith("Failed query")) {
    return "query failed";
  }
  // PostgreSQL quotes the value that it did not like.
  if (error.name === "PostgresError") {
    return `SQLSTATE ${error.code}${error.constraint_name ? ` of ${error.constraint_name}` : ""}`;
  }
  return error.message;
}

/** A short code for whoever met an error, which the log's line bears as `reference`. */
export const newReference = (): string => randomBytes(4).toString("hex");

/** Pino's number of an error; a fatal one is 60. */
const ERROR_LINE = /^\{"level":[56]0,/;

function rememberError(line: string): void {
  if (ERROR_LINE.test(line)) {
    held.sportelloErrorLines ??= [];
    held.sportelloErrorLines.unshift(line);
    held.sportelloErrorLines.length = Math.min(held.sportelloErrorLines.length, REMEMBERED);
  }
}

/** The last error lines of this process's log, newest first. */
export const lastErrorLines = (): readonly string[] => held.sportelloErrorLines ?? [];
