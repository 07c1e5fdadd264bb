import { z } from "zod";
import { LANGUAGES } from "@/lib/i18n/languages";
import { ACCOUNT_MAIL_TEMPLATES } from "./account-mails";

/** Every e-mail there is. */
export const MAIL_TEMPLATES = ["new-bill", ...ACCOUNT_MAIL_TEMPLATES] as const;
export type MailTemplate = (typeof MAIL_TEMPLATES)[number];

/** Which e-mail staff want to see; what is missing or unknown is null. */
export const previewRequestSchema = z.object({
  template: z.enum(MAIL_TEMPLATES).nullable().catch(null),
  language: z.enum(LANGUAGES).nullable().catch(null),
  /** What stands in the company's addresses. */
  company: z.string().max(40).nullable().catch(null),
  /** Number or id of a bill, to see its mail as it would be sent. */
  bill: z
    .string()
    .trim()
    .max(60)
    .regex(/^\P{Cc}*$/u)
    .transform((text) => text || null)
    .nullable()
    .catch(null),
  width: z.enum(["narrow", "wide"]).catch("wide"),
});
