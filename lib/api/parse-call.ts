import type { z } from "zod";
import { ProblemError } from "./v1/problem";

export type Parameters = z.ZodObject<z.core.$ZodLooseShape>;

/**
 * What stands in a call's query.
 * @throws {ProblemError} for a name that stands there twice
 */
export function queryOf({ url }: Request): Record<string, string> {
  const given: Record<string, string> = {};
  for (const [name, value] of new URL(url).searchParams) {
    if (name in given) {
      throw new ProblemError("invalid_request", `${name} stands in the query twice; give it once.`);
    }
    given[name] = value;
  }
  return given;
}

/**
 * What a call gives, as a schema has it.
 * @param where `the query`, for the sentence that says what is wrong
 * @throws {ProblemError} with everything that is wrong, in one sentence
 */
export function parseCall<Schema extends Parameters>(
  schema: Schema,
  given: Record<string, string>,
  where: string,
): z.output<Schema> {
  const parsed = schema.safeParse(given);
  if (parsed.success) {
    return parsed.data;
  }
  const known = Object.keys(schema.shape).join(", ") || "none";
  const sentences = parsed.error.issues.map((issue) =>
    issue.code === "unrecognized_keys"
      ? `${where} has no parameter ${issue.keys.map((key) => JSON.stringify(key.slice(0, 40))).join(", ")}, known are: ${known}`
      : `${issue.path.join(".")} in ${where}: ${issue.message}`,
  );
  throw new ProblemError("invalid_request", `${[...new Set(sentences)].join("; ")}.`);
}
