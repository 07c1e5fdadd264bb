import { z } from "zod";
import { PASSWORD_MAX, PASSWORD_MIN } from "@/lib/auth/password";
import { THEME_CHOICES } from "@/lib/companies/palette";
import { LANGUAGES } from "@/lib/i18n/languages";
import { emailSchema } from "./email";
import { billNumberSlip, CODE_MAX, isOwnPath, passwordSlip, podSlip, taxIdSlip } from "./rules";
import { normalizeTaxId } from "./tax-id";

/** A password that is being chosen: NFKC, 12 to 128 characters, of any kind. */
const newPasswordSchema = z
  .string()
  .max(1000, "passwordLong")
  .transform((typed) => typed.normalize("NFKC"))
  .pipe(z.string().min(PASSWORD_MIN, "passwordShort").max(PASSWORD_MAX, "passwordLong"));

/** Refuses with the key that `slip` finds, if any. */
const without = (slip: (typed: string) => string | null) =>
  z.string().superRefine((typed, ctx) => {
    const message = slip(typed);
    if (message) {
      ctx.addIssue({ code: "custom", message });
    }
  });

/** E-mail and password, at sign-in. */
export const loginSchema = z.object({
  email: emailSchema,
  password: z.string().min(1, "passwordMissing").max(PASSWORD_MAX, "passwordLong"),
  /** Where a deep link wanted to go: a path of ours, never another site. */
  next: z.string().refine(isOwnPath).optional().catch(undefined),
});

/** A code of an authenticator app, or a recovery code. */
export const codeSchema = z.object({
  code: z.string().trim().min(1, "codeMissing").max(CODE_MAX, "codeMissing"),
  next: z.string().refine(isOwnPath).optional().catch(undefined),
});

/** One's own password, asked once more. */
export const ownPasswordSchema = z.object({
  password: z.string().min(1, "passwordMissing").max(PASSWORD_MAX, "passwordLong"),
});

/** A secret for a program or a calendar of one's own. */
export const createTokenSchema = ownPasswordSchema.extend({
  purpose: z.enum(["consumption", "calendar"]),
  name: z.string().trim().min(1, "tokenNameMissing").max(60, "tokenNameLong"),
});
export const revokeTokenSchema = z.object({ tokenId: z.string().max(64) });

export const changePasswordSchema = ownPasswordSchema.extend({ newPassword: newPasswordSchema });

/** The page that a mailed link opens to set a password (R4). */
export const resetPasswordSchema = z.object({
  token: z.string().max(100).default(""),
  newPassword: newPasswordSchema,
});

/** A request for a link by e-mail. */
export const linkSchema = z.object({
  kind: z.enum(["reset_password", "confirm_account", "staff_password"], "invalid"),
  email: emailSchema,
});

/** Every session but the one that asks. */
export const OTHERS = "others";

export const sessionSchema = z.object({
  sessionId: z.union([z.literal(OTHERS), z.uuid()], "invalid"),
});

/** What is printed on a bill and proves a contract (R1). */
const proofFields = {
  company: z.string().regex(/^[a-z][a-z0-9-]{1,38}$/, "companyMissing"),
  taxId: z
    .string()
    .trim()
    .min(1, "taxIdMissing")
    .max(CODE_MAX, "taxIdShape")
    .pipe(without(taxIdSlip))
    .transform((typed) => normalizeTaxId(typed)),
  customerCode: z
    .string()
    .trim()
    .min(1, "customerCodeMissing")
    .max(CODE_MAX, "codeLong")
    .regex(/^\P{Cc}*$/u, "invalid")
    .pipe(without(podSlip)),
  billNumber: z
    .string()
    .trim()
    .min(1, "billNumberMissing")
    .max(CODE_MAX, "codeLong")
    .regex(/^\P{Cc}*$/u, "invalid")
    .pipe(without(billNumberSlip)),
};

/** A further contract of the same holder, by its bill (R5). */
export const proofSchema = z.object(proofFields);
export type ProofInput = z.output<typeof proofSchema>;

/** One of the actor's own contracts, or of their holder's. */
export const ownContractSchema = z.object({ contractId: z.uuid("invalid") });

/** The registration form (R1). The customer code is read by the chosen company's pattern later. */
export const signupSchema = z
  .object({
    ...proofFields,
    email: emailSchema,
    password: newPasswordSchema,
  })
  .superRefine(({ password, email }, ctx) => {
    const message = passwordSlip(password, email);
    if (message) {
      ctx.addIssue({ code: "custom", path: ["password"], message });
    }
  });

export type SignupInput = z.output<typeof signupSchema>;

/** The button of the page that the confirmation mail opens (R4). */
export const confirmSchema = z.object({ token: z.string().max(100).default("") });

export const themeSchema = z.object({ theme: z.enum(THEME_CHOICES, "invalid") });

export const languageSchema = z.object({ language: z.enum(LANGUAGES, "invalid") });

/** Deletion of one's own account (R7). */
export const deletionSchema = ownPasswordSchema.extend({
  confirm: z.literal("yes", "deletionUnconfirmed"),
});

export const answerLinkRequestPayload = z.object({ requestId: z.uuid() });
export const matchSignupPayload = z.object({ attemptId: z.uuid() });
