"use server";

import { getTranslations } from "next-intl/server";
import { type ActionOutcome, formAction } from "@/lib/auth/action";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { localizedPath } from "@/lib/i18n/languages";
import { cancelRelease } from "../commands/cancel-release";
import { endCustomerSessions } from "../commands/end-customer-sessions";
import { finishRelease } from "../commands/finish-release";
import { startRelease } from "../commands/start-release";
import { accountSchema, finishReleaseSchema, releaseSchema, startReleaseSchema } from "../schema";

const leadTo = async (page: string): Promise<ActionOutcome> => ({
  redirectTo: localizedPath(await currentLanguage(), page),
});

export const endCustomerSessionsAction = formAction({
  context: requireStaff,
  schema: accountSchema,
  run: async (ctx, input): Promise<ActionOutcome> => {
    await endCustomerSessions(ctx, input);
    return await leadTo(`/staff/accounts/${input.accountId}?did=sessions`);
  },
});

export const startReleaseAction = formAction({
  context: requireStaff,
  schema: startReleaseSchema,
  run: async (ctx, input): Promise<ActionOutcome> => {
    const started = await startRelease(ctx, input);
    if (!started.ok) {
      const t = await getTranslations("staffAccess.account");
      return { failed: t("alreadyOpen") };
    }
    return await leadTo(`/staff/releases/${started.value.releaseId}`);
  },
});

export const finishReleaseAction = formAction({
  context: requireStaff,
  schema: finishReleaseSchema,
  run: async (ctx, input): Promise<ActionOutcome> => {
    const done = await finishRelease(ctx, input);
    if (!done.ok) {
      const t = await getTranslations("staffAccess.release");
      return done.code === "wrong_code"
        ? { invalid: { code: t("refused.wrong_code") } }
        : { failed: t(`refused.${done.code}`) };
    }
    return await leadTo(`/staff/releases/${input.releaseId}`);
  },
});

export const cancelReleaseAction = formAction({
  context: requireStaff,
  schema: releaseSchema,
  run: async (ctx, input): Promise<ActionOutcome> => {
    const done = await cancelRelease(ctx, input);
    if (!done.ok) {
      const t = await getTranslations("staffAccess.release");
      return { failed: t("refused.finished") };
    }
    return await leadTo(`/staff/releases/${input.releaseId}`);
  },
});
