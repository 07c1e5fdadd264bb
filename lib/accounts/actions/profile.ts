"use server";

import { getTranslations } from "next-intl/server";
import { formAction } from "@/lib/auth/action";
import { currentLanguage, requireCustomer } from "@/lib/auth/current";
import { signOut } from "@/lib/auth/next-auth";
import { localizedPath } from "@/lib/i18n/languages";
import { changeLanguage } from "../commands/change-language";
import { deleteAccount } from "../commands/delete-account";
import { deletionSchema, languageSchema } from "../schema";

/** Saves the language of the customer's e-mails. */
export const changeLanguageAction = formAction({
  context: () => requireCustomer("/profile"),
  schema: languageSchema,
  run: async (ctx, input) => {
    await changeLanguage(ctx, input);
    return { done: (await getTranslations("profile"))("languageSaved") };
  },
});

/** Deletes the customer's account after their password (R7), then leads out of the portal. */
export const deleteAccountAction = formAction({
  context: () => requireCustomer("/profile"),
  schema: deletionSchema,
  run: async (ctx, { password }) => {
    const result = await deleteAccount(ctx, { password });
    if (!result.ok) {
      switch (result.code) {
        case "passwordWrong":
        case "passwordWait":
          return { invalid: { password: (await getTranslations("errors"))(result.code) } };
        case "busy":
          return { failed: (await getTranslations("profile"))("deletion.busy") };
      }
    }
    await signOut({ redirect: false });
    return { redirectTo: localizedPath(await currentLanguage(), "/account-deleted") };
  },
});
