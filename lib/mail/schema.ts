import { z } from "zod";
import { LANGUAGES } from "@/lib/i18n/languages";
import { ACCOUNT_MAIL_TEMPLATES } from "./account-mails";
import { BILL_MAIL_TEMPLATES } from "./bill-mail";
import { MAIL_THEMES } from "./theme";

/** Every e-mail there is. */
export const MAIL_TEMPLATES = [...BILL_MAIL_TEMPLATES, ...ACCOUNT_MAIL_TEMPLATES] as const;
export type MailTemplate = (typeof MAIL_TEMPLATES)[number];

const asked = z
  .string()
  .trim()
  .max(60)
  .regex(/^\P{Cc}*$/u)
  .transform((text) => text || null)
  .nullable()
  .catch(null);

/** Which e-mail staff want to see; what is missing or unknown is null. */
export const previewRequestSchema = z.object({
  template: z.enum(MAIL_TEMPLATES).nullable().catch(null),
  language: z.enum(LANGUAGES).nullable().catch(null),
  /** What stands in the company's addresses. */
  company: z.string().max(40).nullable().catch(null),
  /** Number or id of a bill, to see its mail as it would be sent. */
  bill: asked,
  /** Number of a contract, to see a mail as its customer would get it. */
  contract: asked,
  width: z.enum(["narrow", "wide"]).catch("wide"),
  theme: z.enum(MAIL_THEMES).catch("light"),
});

/** The button that sends a preview to whoever looks at it. */
export const testMailSchema = previewRequestSchema
  .pick({ language: true, company: true, bill: true, contract: true })
  .extend({ template: z.enum(MAIL_TEMPLATES, "invalid") });
