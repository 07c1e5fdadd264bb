"use server";

import { getTranslations } from "next-intl/server";
import { formAction } from "@/lib/auth/action";
import { requireCustomer } from "@/lib/auth/current";
import { setAlert } from "./commands/set-alert";
import { alertSchema } from "./schema";

/** Turns mails about unusual consumption on, with their threshold, or off. */
export const setAlertAction = formAction({
  context: () => requireCustomer("/consumption/statistics"),
  schema: alertSchema,
  run: async (ctx, { contractId, tell, thresholdPercent }) => {
    const t = await getTranslations("statistics.alert");
    await setAlert(ctx, {
      contractId,
      thresholdPercent: tell === "yes" ? thresholdPercent : null,
    });
    return { done: t(tell === "yes" ? "on" : "off") };
  },
});
