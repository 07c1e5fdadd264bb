"use server";

import { getTranslations } from "next-intl/server";
import { formAction } from "@/lib/auth/action";
import { visitor } from "@/lib/auth/current";
import { themeSchema } from "../schema";
import { chooseTheme } from "../theme";

/** Light, dark, or as the device is: for this browser, signed in or not. */
export const chooseThemeAction = formAction({
  context: visitor,
  schema: themeSchema,
  run: async (_ctx, { theme }) => {
    await chooseTheme(theme);
    return { done: (await getTranslations("theme"))(`chosen.${theme}`) };
  },
});
