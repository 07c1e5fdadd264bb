import { z } from "zod";

/** The form of the search. */
export const searchFormSchema = z.object({
  q: z
    .string()
    .trim()
    .min(1, "searchMissing")
    .max(120, "searchLong")
    .regex(/^\P{Cc}*$/u, "invalid"),
});

/** What staff look for; a code, a name or an e-mail. Blank is absent, and so is what is wrong. */
export const customerSearchSchema = z.object({
  q: z
    .string()
    .trim()
    .max(120)
    .regex(/^\P{Cc}*$/u)
    .transform((text) => text || undefined)
    .optional()
    .catch(undefined),
});
