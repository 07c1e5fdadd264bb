"use server";

import { getTranslations } from "next-intl/server";
import { type ActionOutcome, formAction } from "@/lib/auth/action";
import { requireStaff } from "@/lib/auth/current";
import { sendTestMail } from "./commands/send-test-mail";
import { testMailSchema } from "./schema";

const NOTHING = { language: null, company: null, bill: null, contract: null };

/** Sends a preview to the member of staff who looks at it. */
export const sendTestMailAction = formAction({
  context: requireStaff,
  schema: testMailSchema,
  run: async (ctx, asked): Promise<ActionOutcome> => {
    const t = await getTranslations("staff.emails.test");
    const result = await sendTestMail(ctx, { ...NOTHING, ...asked });
    return result.ok
      ? { done: t("done", { email: result.value.email }) }
      : { failed: t(`failed.${result.code}`) };
  },
});
