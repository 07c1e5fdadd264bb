import { InvalidArgumentError } from "commander";
import type { z } from "zod";
import { RefusalError } from "@/lib/errors";

/** Reads an option as a whole number; commander says which option is wrong. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,6}$/.test(text)) {
    throw new InvalidArgumentError("It must be a whole number.");
  }
  return Number(text);
}

/**
 * Checks options against a schema.
 * @throws {RefusalError} naming each wrong option as it is typed: `--vat-number must have 11 digits`
 */
export function parseOptions<S extends z.ZodType>(schema: S, options: unknown): z.output<S> {
  const parsed = schema.safeParse(options);
  if (parsed.success) {
    return parsed.data;
  }
  const faults = parsed.error.issues.map(({ path, message }) => {
    const name = String(path[0] ?? "").replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    // The e-mail schema's messages are keys of the pages' texts.
    return `--${name} ${message === "email" ? "must be an e-mail address" : message}`;
  });
  throw new RefusalError(`${[...new Set(faults)].join("; ")}.`);
}
