"use server";

import { getTranslations } from "next-intl/server";
import { type ActionOutcome, formAction } from "@/lib/auth/action";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { localizedPath } from "@/lib/i18n/languages";
import { orderRunStep } from "./commands/order-step";
import { stepOrderSchema } from "./schema";

/** Orders a step of a run; its page then tells how far it is. */
export const orderStepAction = formAction({
  context: requireStaff,
  schema: stepOrderSchema,
  run: async (ctx, order): Promise<ActionOutcome> => {
    const result = await orderRunStep(ctx, order);
    if (!result.ok) {
      const t = await getTranslations("staff.runs");
      return { failed: t("anotherOpen") };
    }
    const { company, run } = order;
    const page = `/staff/runs/${encodeURIComponent(company)}/${encodeURIComponent(run)}`;
    // Without a hash: to the browser the same page would be no new one, and stay as it was.
    return { redirectTo: localizedPath(await currentLanguage(), page) };
  },
});
