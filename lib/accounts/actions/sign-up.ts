"use server";

import { getTranslations } from "next-intl/server";
import { formAction } from "@/lib/auth/action";
import { currentClient, requireGate } from "@/lib/auth/client";
import { currentLanguage, visitor } from "@/lib/auth/current";
import { findCompany } from "@/lib/companies/queries";
import { localizedPath } from "@/lib/i18n/languages";
import { requestSignup, type SignupRefusal } from "../commands/request-signup";
import { signupSchema } from "../schema";

/** The field that a refusal is about, where it is not the customer code. */
const FIELDS: Partial<Record<SignupRefusal, string>> = {
  companyMissing: "company",
  passwordGuessable: "password",
};

/** Takes down a registration; whatever becomes of it, the page that follows is the same (R3). */
export const signupAction = formAction({
  context: visitor,
  schema: signupSchema,
  run: async (ctx, input) => {
    await requireGate();
    const language = await currentLanguage();
    const { ip } = await currentClient();
    const result = await requestSignup(ctx, { ...input, language, ip });
    if (result.ok) {
      return { redirectTo: localizedPath(language, "/signup/sent") };
    }
    if (result.code === "busy") {
      return { failed: (await getTranslations("signup"))("busy") };
    }
    const company = await findCompany(ctx.db, input.company);
    const sentence = (await getTranslations("errors"))(result.code, {
      company: company?.name ?? "",
      example: company?.customerCodeExample ?? "",
    });
    return { invalid: { [FIELDS[result.code] ?? "customerCode"]: sentence } };
  },
});
