import { z } from "zod";

/** Bill numbers that one withdrawal may name. */
const BILLS_MAX = 10_000;

const company = z.string().max(40);
const run = z.string().max(60);
const checked = z.literal("yes", "runUnchecked");
const reason = z.string().trim().min(5, "runReasonMissing").max(500, "runReasonLong");

/** Numbers as people paste them: one a line, or with spaces, commas or semicolons between. */
const billNumbers = z
  .string()
  .max(BILLS_MAX * 40, "billNumbersMany")
  .transform((text) => [...new Set(text.split(/[\s,;\p{Cc}]+/u).filter(Boolean))])
  .refine((numbers) => numbers.length > 0, "billNumbersMissing")
  .refine((numbers) => numbers.length <= BILLS_MAX, "billNumbersMany")
  .refine((numbers) => numbers.every((number) => number.length <= 60), "billNumberLong");

/** The buttons of a run's pages; what cannot be taken back asks for a tick. */
export const stepOrderSchema = z.discriminatedUnion("step", [
  z.object({ step: z.literal("freeze"), company, run }),
  z.object({ step: z.literal("publish"), company, run, checked }),
  z.object({ step: z.literal("close"), company, run, checked }),
  z.object({ step: z.literal("cancel"), company, run, reason, checked }),
  z.object({ step: z.literal("withdraw"), company, run, billNumbers, reason, checked }),
  z.object({
    step: z.literal("approve"),
    company,
    run,
    /** Absent: the approval is of the publication. */
    withdrawalId: z.uuid().optional(),
    checked,
  }),
]);

export type StepOrder = z.output<typeof stepOrderSchema>;

const asked = z
  .string()
  .trim()
  .max(60)
  .regex(/^\P{Cc}*$/u)
  .transform((text) => text || undefined)
  .optional()
  .catch(undefined);

/** What a list of a run is searched for, and after which of its rows the page begins. */
export const searchSchema = z.object({ search: asked, after: asked });
