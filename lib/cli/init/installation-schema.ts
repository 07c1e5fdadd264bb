import { z } from "zod";
import { companySchema } from "@/lib/companies/schema";
import { RefusalError } from "@/lib/errors";
import type { Installation } from "@/lib/staff/commands/set-up";
import { newStaffSchema } from "@/lib/staff/schema";
import { readDiscount } from "../discount-option";

/** What nobody has to say; the questions propose the same. */
export const PROPOSED = {
  accentColor: "#0b5a68",
  customerCodePattern: "^[0-9]{9}$",
  customerCodeExample: "123456789",
  billNumberExample: "E2026000123",
  cutOffDay: 15,
  cutOffHour: 18,
  noticeDays: 14,
  printLeadDays: 3,
};

const PROPOSABLE = {
  accentColor: true,
  customerCodePattern: true,
  customerCodeExample: true,
  billNumberExample: true,
  cutOffDay: true,
  cutOffHour: true,
  noticeDays: true,
  printLeadDays: true,
} as const;

/** The file of `init`: a company and the first admin. */
const installationSchema = z.strictObject({
  company: z.strictObject({
    ...companySchema.shape,
    ...companySchema.pick(PROPOSABLE).partial().shape,
    // As `company add` takes them, so that nobody reckons in cents.
    discounts: z
      .array(z.string().transform((text, ctx) => readDiscount(text) ?? notOne(ctx)))
      .default([])
      .pipe(companySchema.shape.discounts),
  }),
  admin: z.strictObject(newStaffSchema.omit({ role: true }).shape),
  showLink: z.boolean().default(false),
});

function notOne(ctx: { addIssue(text: string): void }) {
  ctx.addIssue("must look like electricity=12,00/per_year@2027-01-01");
  return z.NEVER;
}

/**
 * Reads what a file says is to be set up.
 * @throws {RefusalError} naming each wrong value by its path: `company.vatNumber must have 11 digits`
 */
export function readInstallation(text: string): Installation {
  let given: unknown;
  try {
    given = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    throw new RefusalError("The file is no JSON; an example: sportello init --example");
  }
  const parsed = installationSchema.safeParse(given);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(
      ({ path, message }) => `${path.join(".") || "it"} ${asSentence(message)}`,
    );
    throw new RefusalError(`${[...new Set(faults)].join("; ")}.`);
  }
  const { company, ...rest } = parsed.data;
  const installation = { ...rest, company: { ...PROPOSED, ...company } };
  const { customerCodePattern: pattern, customerCodeExample: example } = installation.company;
  if (!new RegExp(pattern).test(example)) {
    throw new RefusalError(`company.customerCodeExample "${example}" does not match ${pattern}.`);
  }
  return installation;
}

/** What is wrong with one answer of the company's; null when it is right. */
export function faultOf(name: keyof typeof companySchema.shape, value: unknown): string | null {
  const parsed = companySchema.shape[name].safeParse(value);
  return parsed.success ? null : asSentence(parsed.error.issues[0]?.message ?? "is wrong");
}

// The e-mail schema's messages are keys of the pages' texts, zod's own are sentences.
const asSentence = (message: string) =>
  message === "email"
    ? "must be an e-mail address"
    : /received undefined$/.test(message)
      ? "is missing"
      : /^(must|looks|is|has)\b/.test(message)
        ? message
        : `is wrong: ${message}`;

/** A file to begin with; its values are of a company that is not there. */
export const EXAMPLE = {
  company: {
    slug: "luce-chiara",
    name: "Luce Chiara",
    vatNumber: "01234567890",
    creditorId: "IT60ZZZ0000001234567897",
    senderEmail: "bollette@posta.lucechiara.example",
    replyToEmail: "clienti@lucechiara.example",
    supportPhone: "800 000 000",
    faultPhone: "800 000 001",
    ...PROPOSED,
    discounts: ["electricity=12,00/per_year", "gas=6,00/per_year"],
  },
  admin: { name: "Ada Neri", email: "ada.neri@lucechiara.example" },
  showLink: true,
};
