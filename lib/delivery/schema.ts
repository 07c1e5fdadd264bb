import { z } from "zod";
import { emailSchema } from "@/lib/accounts/email";

const blankIsAbsent = (value: unknown) =>
  typeof value === "string" && value.trim() === "" ? undefined : value;

const contractId = z.uuid("invalid");

/**
 * The form of "Modalità invio bollette", one per contract. `acceptNotice` carries the version of
 * the notice that was on the page; a blank e-mail stands for the account's own.
 */
export const deliveryFormSchema = z.discriminatedUnion(
  "mode",
  [
    z.object({
      mode: z.literal("electronic"),
      contractId,
      email: z.preprocess(blankIsAbsent, emailSchema.optional()).optional(),
      acceptNotice: z.string().max(20).optional(),
    }),
    z.object({ mode: z.literal("paper"), contractId }),
  ],
  "deliveryMode",
);

/** The button of the page that a mailed link opens (R8). */
export const confirmAddressSchema = z.object({ token: z.string().max(100).default("") });
