"use server";

import { getTranslations } from "next-intl/server";
import { type ActionOutcome, formAction } from "@/lib/auth/action";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { localizedPath } from "@/lib/i18n/languages";
import { searchHindrance } from "../rules";
import { searchFormSchema } from "../schema";

/** Leads to the page that finds it, where what was typed may stand in an address. */
export const searchCustomersAction = formAction({
  context: requireStaff,
  schema: searchFormSchema,
  run: async (_ctx, { q }): Promise<ActionOutcome> => {
    const hindrance = searchHindrance(q);
    if (hindrance) {
      const t = await getTranslations("desk.search");
      return { invalid: { q: t(`failed.${hindrance}`) } };
    }
    const page = `/staff/search?${new URLSearchParams({ q })}`;
    return { redirectTo: localizedPath(await currentLanguage(), page) };
  },
});
