import { z } from "zod";
import { ATTEMPT_OUTCOMES, ATTEMPT_TRAITS } from "./rules";

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

/** Which attempts to register are shown; what is wrong is absent. */
export const attemptsSchema = z.object({
  company: z.string().max(40).optional().catch(undefined),
  outcome: z.enum(ATTEMPT_OUTCOMES).optional().catch(undefined),
  /** Only those that share a trait with this one: so no tax id and no e-mail stands in an address. */
  like: z.uuid().optional().catch(undefined),
  by: z.enum(ATTEMPT_TRAITS).optional().catch(undefined),
  /** Where the page begins: the row before it. */
  after: z.uuid().optional().catch(undefined),
});

export const attemptSchema = z.object({ attemptId: z.uuid("invalid") });
export const accountSchema = z.object({ accountId: z.uuid("invalid") });

/** Where the page of releases begins: the row before it. */
export const releasesSchema = z.object({ after: z.uuid().optional().catch(undefined) });
export const releaseSchema = z.object({ releaseId: z.uuid("invalid") });

export const startReleaseSchema = z.object({
  accountId: z.uuid("invalid"),
  contractId: z.uuid("invalid"),
  reason: z.string().trim().min(5, "runReasonMissing").max(500, "runReasonLong"),
});

export const finishReleaseSchema = z.object({
  releaseId: z.uuid("invalid"),
  code: z.string().trim().min(1, "releaseCodeMissing").max(40, "codeLong"),
});
