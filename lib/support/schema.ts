import { z } from "zod";

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
