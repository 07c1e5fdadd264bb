"use server";

import { getTranslations } from "next-intl/server";
import { formAction } from "@/lib/auth/action";
import { requireCustomer } from "@/lib/auth/current";
import { prepareDataExport } from "../commands/prepare-data-export";
import { ownPasswordSchema } from "../schema";

/** Makes the customer's data ready to be downloaded, after their password. */
export const prepareDataExportAction = formAction({
  context: () => requireCustomer("/profile/data"),
  schema: ownPasswordSchema,
  run: async (ctx, input) => {
    const result = await prepareDataExport(ctx, input);
    if (!result.ok) {
      switch (result.code) {
        case "passwordWrong":
        case "passwordWait":
          return { invalid: { password: (await getTranslations("errors"))(result.code) } };
        case "busy":
          return { failed: (await getTranslations("ownData"))("busy") };
      }
    }
    return { done: (await getTranslations("ownData"))("done") };
  },
});
