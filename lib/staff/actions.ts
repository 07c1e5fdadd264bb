"use server";

import { getTranslations } from "next-intl/server";
import { type ActionOutcome, formAction } from "@/lib/auth/action";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import type { Result } from "@/lib/errors";
import { localizedPath } from "@/lib/i18n/languages";
import { changeRole } from "./commands/change-role";
import { disableStaff, enableStaff } from "./commands/disable-staff";
import { forgetSecondFactor } from "./commands/forget-second-factor";
import { inviteStaff } from "./commands/invite-staff";
import { sendStaffLink } from "./commands/send-staff-link";
import { invitationSchema, roleSchema, type STAFF_DEEDS, staffMemberSchema } from "./schema";

/** Back to the list, which says what was done; or why it was not. */
async function answer(
  did: (typeof STAFF_DEEDS)[number],
  result: Result<unknown, "email_taken" | "no_company" | "own" | "disabled" | "none">,
): Promise<ActionOutcome> {
  if (!result.ok) {
    const t = await getTranslations("staffAccess.people");
    return result.code === "email_taken"
      ? { invalid: { email: t("failed.email_taken") } }
      : { failed: t(`failed.${result.code}`) };
  }
  return { redirectTo: localizedPath(await currentLanguage(), `/staff/people?did=${did}`) };
}

export const inviteStaffAction = formAction({
  context: requireStaff,
  schema: invitationSchema,
  run: async (ctx, input) =>
    answer("invited", await inviteStaff(ctx, { ...input, language: await currentLanguage() })),
});

export const changeRoleAction = formAction({
  context: requireStaff,
  schema: roleSchema,
  run: async (ctx, input) => answer("role", await changeRole(ctx, input)),
});

export const disableStaffAction = formAction({
  context: requireStaff,
  schema: staffMemberSchema,
  run: async (ctx, input) => answer("disabled", await disableStaff(ctx, input)),
});

export const enableStaffAction = formAction({
  context: requireStaff,
  schema: staffMemberSchema,
  run: async (ctx, input) => answer("enabled", await enableStaff(ctx, input)),
});

export const sendStaffLinkAction = formAction({
  context: requireStaff,
  schema: staffMemberSchema,
  run: async (ctx, input) =>
    answer("link", await sendStaffLink(ctx, { ...input, language: await currentLanguage() })),
});

export const forgetSecondFactorAction = formAction({
  context: requireStaff,
  schema: staffMemberSchema,
  run: async (ctx, input) => answer("factor", await forgetSecondFactor(ctx, input)),
});
