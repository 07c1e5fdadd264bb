"use server";

import { getTranslations } from "next-intl/server";
import { formAction } from "@/lib/auth/action";
import { currentClient, rememberDevice } from "@/lib/auth/client";
import {
  currentLanguage,
  requireAwaiting,
  requireCustomer,
  requirePerson,
} from "@/lib/auth/current";
import { finishEnrolment } from "@/lib/auth/finish-sign-in";
import { setSessionCookie } from "@/lib/auth/next-auth";
import {
  confirmSecondFactor,
  removeSecondFactor,
  renewRecoveryCodes,
} from "@/lib/auth/second-factor";
import { localizedPath } from "@/lib/i18n/languages";
import { confirmPassword } from "../commands/change-password";
import { codeSchema, ownPasswordSchema } from "../schema";

/** Turns it on with the password and the app's first code, and shows the recovery codes this once. */
export const confirmSecondFactorAction = formAction({
  context: () => requireCustomer("/profile/access/second-factor"),
  schema: ownPasswordSchema.extend(codeSchema.shape),
  run: async (ctx, { password, code }) => {
    const confirmed = await confirmPassword(ctx, password);
    if (!confirmed.ok) {
      return await refused(confirmed.code);
    }
    const result = await confirmSecondFactor(ctx, { code });
    return result.ok ? await codesShown(result.value.recoveryCodes) : await wrongCode();
  },
});

/** The same for staff at their first sign-in, which it ends. */
export const enrolSecondFactorAction = formAction({
  context: requireAwaiting,
  schema: codeSchema,
  run: async (ctx, { code }) => {
    const result = await confirmSecondFactor(ctx, { code });
    if (!result.ok) {
      return await wrongCode();
    }
    const { userAgent } = await currentClient();
    await rememberDevice(ctx.actor.email);
    await setSessionCookie(await finishEnrolment(ctx, userAgent));
    return await codesShown(result.value.recoveryCodes);
  },
});

/** New recovery codes, after the password. */
export const renewRecoveryCodesAction = formAction({
  context: requirePerson,
  schema: ownPasswordSchema,
  run: async (ctx, { password }) => {
    const confirmed = await confirmPassword(ctx, password);
    if (!confirmed.ok) {
      return await refused(confirmed.code);
    }
    const result = await renewRecoveryCodes(ctx);
    return result.ok
      ? await codesShown(result.value.recoveryCodes)
      : { failed: (await getTranslations("access"))("secondFactor.off") };
  },
});

/** Turns a customer's second factor off, after the password. */
export const removeSecondFactorAction = formAction({
  context: () => requireCustomer("/profile"),
  schema: ownPasswordSchema,
  run: async (ctx, { password }) => {
    const confirmed = await confirmPassword(ctx, password);
    if (!confirmed.ok) {
      return await refused(confirmed.code);
    }
    await removeSecondFactor(ctx);
    // The form is gone then: the page says it.
    const page = localizedPath(await currentLanguage(), "/profile/access");
    return { redirectTo: `${page}?factor=off` };
  },
});

async function codesShown(codes: string[]) {
  return { done: (await getTranslations("access"))("secondFactor.codesShown"), codes };
}

async function wrongCode() {
  return { invalid: { code: (await getTranslations("login"))("codeWrong") } };
}

async function refused(code: "passwordWrong" | "passwordWait" | "busy") {
  return code === "busy"
    ? { failed: (await getTranslations("login"))("busy") }
    : { invalid: { password: (await getTranslations("errors"))(code) } };
}
