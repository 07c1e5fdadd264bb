import { electronicFormatIBAN, isSEPACountry, isValidIBAN } from "ibantools";
import { z } from "zod";

/** An IBAN of the SEPA area as people type it: spaces, dashes and small letters are no matter. */
export const ibanSchema = z
  .string()
  .max(60, "iban")
  .transform((typed) => electronicFormatIBAN(typed.normalize("NFKC")) ?? "")
  .pipe(
    z
      .string()
      .refine((iban) => isValidIBAN(iban), { error: "iban", abort: true })
      .refine((iban) => isSEPACountry(iban.slice(0, 2)), "ibanNotSepa"),
  );

/** The form that asks for a direct debit. SEPA takes names of up to 70 characters. */
export const mandateRequestSchema = z
  .object({
    company: z.string().max(40, "invalid"),
    /** The ids of the contracts that were marked. */
    contracts: z.array(z.uuid("invalid")).min(1, "mandateContracts").max(1_000, "invalid"),
    iban: ibanSchema,
    debtor: z
      .string()
      .transform((typed) => typed.normalize("NFKC").replace(/\s+/g, " ").trim())
      .pipe(
        z
          .string()
          .min(2, "debtor")
          .max(70, "debtor")
          .regex(/^\P{C}*$/u, "debtor"),
      ),
    consent: z.literal("yes", "mandateConsent"),
  })
  .transform(({ company, contracts: contractIds, iban, debtor }) => ({
    ...{ company, contractIds, iban, debtor },
  }));

export type MandateRequestInput = z.output<typeof mandateRequestSchema>;
