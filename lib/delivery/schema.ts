import { z } from "zod";
import { emailSchema } from "@/lib/accounts/email";

const blankIsAbsent = (value: unknown) =>
  typeof value === "string" && value.trim() === "" ? undefined : value;

const contractId = z.uuid("invalid");

const email = z.preprocess(blankIsAbsent, emailSchema.optional()).optional();
const acceptNotice = z.string().max(20).optional();

const saving = z.literal("save");
const saved = z.discriminatedUnion(
  "mode",
  [
    z.object({ intent: saving, mode: z.literal("electronic"), contractId, email, acceptNotice }),
    z.object({ intent: saving, mode: z.literal("paper"), contractId }),
  ],
  "deliveryMode",
);

/**
 * The form of "Modalità invio bollette", one per contract. `acceptNotice` carries the version of
 * the notice that was on the page; a blank e-mail stands for the account's own. Two other buttons of
 * the form take the last choice back and ask a dedicated address again.
 */
export const deliveryFormSchema = z.preprocess(
  (typed) => ({ intent: "save", ...(typed as object) }),
  z.discriminatedUnion("intent", [
    saved,
    z.object({ intent: z.literal("undo"), contractId }),
    z.object({ intent: z.literal("ask_again"), contractId }),
  ]),
);

const contractIds = z.array(contractId).min(1, "contractsMissing").max(10_000, "invalid");

/** The form that chooses for several contracts at once: `contractIds` comes once for each. */
export const severalFormSchema = z.discriminatedUnion(
  "mode",
  [
    z.object({ mode: z.literal("electronic"), contractIds, email, acceptNotice }),
    z.object({ mode: z.literal("paper"), contractIds }),
  ],
  "deliveryMode",
);

/** The button of the page that a mailed link opens (R8). */
export const confirmAddressSchema = z.object({ token: z.string().max(100).default("") });

/** The button that asks a suspended address to confirm that it takes mail again (R19). */
export const repairAddressSchema = z.object({ address: emailSchema });

/** Which contract's delivery staff look up, and at which time on Rome's clock; what is wrong is absent. */
export const lookUpSchema = z.object({
  company: z.string().max(40).optional().catch(undefined),
  contract: z
    .string()
    .trim()
    .max(60)
    .regex(/^\P{Cc}*$/u)
    .transform((text) => text || undefined)
    .optional()
    .catch(undefined),
  at: z.string().trim().max(40).optional().catch(undefined),
});
