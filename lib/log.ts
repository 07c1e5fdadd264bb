import pino from "pino";

/**
 * JSON lines on stdout. What could identify a person is cut out of whatever is logged; write ids,
 * not addresses.
 */
export const log = pino({
  level: process.env.LOG_LEVEL ?? "info",
  base: null,
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
  serializers: {
    err: (error: Error & { code?: string }) => ({
      type: error.name,
      code: error.code,
      // Drizzle puts the statement and its parameters into the message of what it throws.
      message: error.message.startsWith("Failed query") ? "query failed" : error.message,
      stack: error.stack
        ?.split("\n")
        .filter((line) => line.startsWith("    at "))
        .slice(0, 12)
        .join("\n"),
      cause:
        error.cause instanceof Error
          ? `${error.cause.name}: ${(error.cause as { code?: string }).code ?? error.cause.message}`
          : undefined,
    }),
  },
});
