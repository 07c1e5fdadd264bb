"use server";

import { getTranslations } from "next-intl/server";
import { formAction } from "@/lib/auth/action";
import { currentClient, rememberDevice, requireGate } from "@/lib/auth/client";
import { currentLanguage, requirePerson, visitor } from "@/lib/auth/current";
import { hashToken } from "@/lib/auth/token";
import { localizedPath } from "@/lib/i18n/languages";
import { changePassword, type PasswordRefusal } from "../commands/change-password";
import { requestLink } from "../commands/request-link";
import { resetPassword } from "../commands/reset-password";
import { changePasswordSchema, linkSchema, resetPasswordSchema } from "../schema";

/** Changes the password of whoever is signed in, after the present one. */
export const changePasswordAction = formAction({
  context: requirePerson,
  schema: changePasswordSchema,
  run: async (ctx, input) => {
    const result = await changePassword(ctx, input);
    return result.ok
      ? { done: (await getTranslations("access"))("passwordChanged") }
      : await refusedPassword(result.code);
  },
});

/** Asks for a link by e-mail; the answer is the same for every address (R3). */
export const requestLinkAction = formAction({
  context: visitor,
  schema: linkSchema,
  run: async (ctx, { kind, email }) => {
    const [language, { ip }] = [await currentLanguage(), await currentClient()];
    await requestLink(ctx, { kind, email, language, ip });
    return { done: (await getTranslations("access"))(`linkAsked.${kind}`, { email }) };
  },
});

/** Sets a new password by the link of a mail (R4); opening the link alone does nothing. */
export const resetPasswordAction = formAction({
  context: visitor,
  schema: resetPasswordSchema,
  run: async (_ctx, { token, newPassword }) => {
    await requireGate();
    const shown = visitor(hashToken(token).toString("hex"));
    const result = await resetPassword(shown, { newPassword });
    if (!result.ok) {
      return result.code === "link"
        ? { failed: (await getTranslations("access"))("linkDead") }
        : await refusedPassword(result.code);
    }
    await rememberDevice(result.value.email);
    const login = result.value.kind === "staff" ? "/staff/login" : "/login";
    return { redirectTo: `${localizedPath(await currentLanguage(), login)}?reset=done` };
  },
});

async function refusedPassword(code: PasswordRefusal) {
  if (code === "busy") {
    return { failed: (await getTranslations("login"))("busy") };
  }
  const sentence = (await getTranslations("errors"))(code);
  const own = code === "passwordWrong" || code === "passwordWait";
  return { invalid: { [own ? "password" : "newPassword"]: sentence } };
}
