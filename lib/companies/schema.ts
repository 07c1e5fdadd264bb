import { z } from "zod";
import { COMMODITIES } from "@/db/schema";
import { emailSchema } from "@/lib/accounts/email";
import { isIsoDate } from "@/lib/iso-date";
import { accentContrast, TEXT_CONTRAST, type Theme } from "./palette";

const line = (max: number) => z.string().trim().min(1, "must not be empty").max(max);
const day = z.string().refine(isIsoDate, "must be a date such as 2027-01-01");

/** What an electronic bill earns from a day on (R13): integer cents per year or per bill. */
const discountSchema = z.object({
  commodity: z.enum(COMMODITIES, `must name one of ${COMMODITIES.join(", ")}`),
  amountCents: z.int().positive("must be more than 0"),
  basis: z.enum(["per_year", "per_bill"]),
  validFrom: day,
});

/** Cut, not rounded: what is refused must not be said to be enough. */
const measured = (theme: Theme, colour: string) =>
  (Math.floor(accentContrast(theme, colour) * 10) / 10).toFixed(1);

/** A company's one colour: text in it, and on it, is read in both themes. */
const accentSchema = z
  .string()
  .regex(/^#[0-9a-f]{6}$/, { error: "must be a colour such as #0b5a68", abort: true })
  .superRefine((colour, check) => {
    if (accentContrast("light", colour) < TEXT_CONTRAST) {
      check.addIssue(
        `must be darker: in the light theme its contrast is ${measured("light", colour)} : 1, and text needs 4.5 : 1`,
      );
    } else if (accentContrast("dark", colour) < TEXT_CONTRAST) {
      check.addIssue(
        `must be lighter: in the dark theme, which mixes it with white, its contrast is ${measured("dark", colour)} : 1, and text needs 4.5 : 1`,
      );
    }
  });

/** A company as the operator describes it; its messages are for the command line. */
export const companySchema = z.object({
  slug: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,38}$/, "must be lower-case letters, digits and dashes, 2 to 39"),
  name: line(80),
  accentColor: accentSchema,
  vatNumber: z.string().regex(/^\d{11}$/, "must have 11 digits"),
  creditorId: z.string().regex(/^[A-Z]{2}\d{2}[A-Z0-9]{19}$/, "must have 23 characters"),
  senderEmail: emailSchema,
  /** Where answers to its e-mails go; without one, to the sender. */
  replyToEmail: emailSchema.nullish(),
  /** Its own statement of accessibility, shown beside ours. */
  accessibilityUrl: z
    .url({ protocol: /^https$/, error: "must be an address that begins with https://" })
    .max(300)
    .nullish(),
  supportPhone: line(40),
  faultPhone: line(40),
  customerCodePattern: line(120).refine(isPattern, "must be a regular expression"),
  customerCodeExample: line(40),
  billNumberExample: line(40),
  cutOffDay: z.int().min(1, "must be a day from 1 to 28").max(28, "must be a day from 1 to 28"),
  cutOffHour: z
    .int()
    .min(4, "must be an hour from 4 to 23")
    .max(23, "must be an hour from 4 to 23"),
  noticeDays: z.int().min(0).max(60),
  printLeadDays: z.int().min(0).max(60),
  discounts: z.array(discountSchema),
});
export type NewCompany = z.infer<typeof companySchema>;

const size = z.int().min(0).max(100_000_000);

/** When self-readings of a commodity are taken: days of each month, both included. */
export const readingWindowSchema = z
  .object({
    commodity: z.enum(COMMODITIES, `must name one of ${COMMODITIES.join(", ")}`),
    opensOnDay: z.int().min(1).max(28),
    closesOnDay: z.int().min(1).max(31),
    validFrom: day,
  })
  .refine(({ opensOnDay, closesOnDay }) => opensOnDay <= closesOnDay, {
    path: ["closesOnDay"],
    message: "must not be before the day on which it opens",
  });
export type NewReadingWindow = z.infer<typeof readingWindowSchema>;

/** What a unit of a company's own mix or plant sets free, from a day on (R25). */
export const emissionFactorSchema = z.object({
  commodity: z.enum(COMMODITIES, `must name one of ${COMMODITIES.join(", ")}`),
  gramsPerUnit: z.int().min(0).max(10_000, "must be at most 10000 grams of a kWh, Smc or m³"),
  source: line(160),
  validFrom: day,
});
export type NewEmissionFactor = z.infer<typeof emissionFactorSchema>;

/** What may be changed of a company that is there. */
export const companySettingsSchema = companySchema
  .pick({
    accentColor: true,
    cutOffDay: true,
    cutOffHour: true,
    noticeDays: true,
    printLeadDays: true,
    replyToEmail: true,
    accessibilityUrl: true,
  })
  .extend({
    /** A run with more documents is published only after a second person's approval. */
    approvalAbove: size,
    /** More wrong documents than this are withdrawn only after a second person's approval (R21). */
    withdrawAbove: size,
  })
  .partial();
export type CompanySettings = z.infer<typeof companySettingsSchema>;

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
