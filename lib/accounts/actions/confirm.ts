"use server";

import { getTranslations } from "next-intl/server";
import { formAction } from "@/lib/auth/action";
import { currentLanguage, visitor } from "@/lib/auth/current";
import { hashToken } from "@/lib/auth/token";
import { localizedPath } from "@/lib/i18n/languages";
import { confirmAccount } from "../commands/confirm-account";
import { confirmSchema } from "../schema";

/** The button that confirms a registration (R4); opening the link alone does nothing. */
export const confirmAccountAction = formAction({
  context: visitor,
  schema: confirmSchema,
  run: async (_ctx, { token }) => {
    const result = await confirmAccount(visitor(hashToken(token).toString("hex")));
    if (!result.ok) {
      return { failed: (await getTranslations("confirm"))(`refused.${result.code}`) };
    }
    // The same page, which now shows the account: reloading it sends nothing again.
    const page = localizedPath(await currentLanguage(), "/confirm");
    return { redirectTo: `${page}?token=${encodeURIComponent(token)}` };
  },
});
