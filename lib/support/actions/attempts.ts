"use server";

import { getTranslations } from "next-intl/server";
import { type ActionOutcome, formAction } from "@/lib/auth/action";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { localizedPath } from "@/lib/i18n/languages";
import { askForConfirmation } from "../commands/ask-for-confirmation";
import { findAttempts } from "../commands/find-attempts";
import { attemptSchema, searchFormSchema } from "../schema";

/** Leads to the attempts that have in common what was typed; it stands in no address itself. */
export const findAttemptsAction = formAction({
  context: requireStaff,
  schema: searchFormSchema,
  run: async (ctx, { q }): Promise<ActionOutcome> => {
    const found = await findAttempts(ctx, { typed: q });
    if (!found.ok) {
      const t = await getTranslations("staffAccess.attempts");
      return { invalid: { q: t("searchNone") } };
    }
    const page = `/staff/attempts?${new URLSearchParams(found.value)}`;
    return { redirectTo: localizedPath(await currentLanguage(), page) };
  },
});

export const askForConfirmationAction = formAction({
  context: requireStaff,
  schema: attemptSchema,
  run: async (ctx, input): Promise<ActionOutcome> => {
    const asked = await askForConfirmation(ctx, input);
    const t = await getTranslations("staffAccess.attempts");
    return asked.ok ? { done: t("asked") } : { failed: t("notWaiting") };
  },
});
