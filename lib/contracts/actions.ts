"use server";

import { refresh } from "next/cache";
import { getTranslations } from "next-intl/server";
import { type ActionOutcome, formAction } from "@/lib/auth/action";
import { requireCustomer } from "@/lib/auth/current";
import { requestMandate } from "./commands/request-mandate";
import { mandateRequestSchema } from "./schema";

/** Asks for a direct debit on the customer's contracts of one company. */
export const requestMandateAction = formAction({
  context: () => requireCustomer("/contracts"),
  schema: mandateRequestSchema,
  lists: ["contracts"],
  run: async (ctx, input): Promise<ActionOutcome> => {
    const t = await getTranslations("directDebit");
    const result = await requestMandate(ctx, input);
    if (!result.ok) {
      return { failed: t(`request.failed.${result.code}`) };
    }
    refresh();
    return {
      done: t(result.value.requested > 0 ? "request.done" : "request.stood", {
        email: ctx.actor.email,
      }),
    };
  },
});
