import { z } from "zod";

/** A company by its slug. */
export const slugParameter = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,38}$/, "must be a company's slug, such as luce-chiara");

export const companyParameter = slugParameter
  .optional()
  .describe("The company's slug; may be left out when the key is of one company");

export const idParameter = z.uuid("must be an id, as the API gave it");

/** How many things of a list come at once. */
export const limitParameter = z.coerce
  .number("must be a whole number")
  .int("must be a whole number")
  .min(1, "must be 1 or more")
  .max(200, "must be 200 or less")
  .default(50)
  .describe("How many at once");
