"use server";

import { getTranslations } from "next-intl/server";
import { type ActionOutcome, formAction } from "@/lib/auth/action";
import { currentClient } from "@/lib/auth/client";
import { currentLanguage, requireCustomer, requireStaff, visitor } from "@/lib/auth/current";
import { receiptSender } from "@/lib/auth/receipt";
import { localizedPath } from "@/lib/i18n/languages";
import { answerCase } from "../commands/answer-case";
import { sendCase, sendOwnCase } from "../commands/send-case";
import { answerCaseSchema, caseSchema, ownCaseSchema } from "../schema";

/** Takes a complaint or question of anybody's, and shows the receipt; what it says is the same for all (R3). */
export const sendCaseAction = formAction({
  context: visitor,
  schema: caseSchema,
  run: async (_ctx, input): Promise<ActionOutcome> => {
    const sender = await receiptSender(input.formKey);
    const language = await currentLanguage();
    const { ip } = await currentClient();
    const sent = await sendCase(sender.ctx, { ...input, language, ip });
    if (!sent.ok) {
      return sent.code === "busy"
        ? { failed: (await getTranslations("cases"))("busy") }
        : { invalid: { company: (await getTranslations("errors"))("companyMissing") } };
    }
    await sender.keep();
    return { redirectTo: localizedPath(language, `/receipt/${sent.value.caseId}`) };
  },
});

/** The same of a customer, about one of their supplies. */
export const sendOwnCaseAction = formAction({
  context: () => requireCustomer(),
  schema: ownCaseSchema,
  run: async (ctx, input): Promise<ActionOutcome> => {
    const sent = await sendOwnCase(ctx, input);
    if (!sent.ok) {
      return { failed: (await getTranslations("cases"))("busy") };
    }
    const language = await currentLanguage();
    return { redirectTo: localizedPath(language, `/receipt/${sent.value.caseId}`) };
  },
});

export const answerCaseAction = formAction({
  context: requireStaff,
  schema: answerCaseSchema,
  run: async (ctx, input): Promise<ActionOutcome> => {
    const answered = await answerCase(ctx, input);
    if (!answered.ok) {
      return { failed: (await getTranslations("cases.desk"))("alreadyAnswered") };
    }
    const language = await currentLanguage();
    return { redirectTo: localizedPath(language, `/staff/complaints/${input.caseId}`) };
  },
});
