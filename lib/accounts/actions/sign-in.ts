"use server";

import { redirect } from "next/navigation";
import { AuthError } from "next-auth";
import { getTranslations } from "next-intl/server";
import { z } from "zod";
import { emailSchema } from "@/lib/accounts/email";
import { isOwnPath } from "@/lib/accounts/rules";
import { formAction } from "@/lib/auth/action";
import { currentActor, currentLanguage, visitor } from "@/lib/auth/current";
import { signIn, signOut } from "@/lib/auth/next-auth";
import { endSession } from "@/lib/auth/sessions";
import { webConnection } from "@/lib/connections";
import { localizedPath } from "@/lib/i18n/languages";

const loginSchema = z.object({
  email: emailSchema,
  password: z.string().min(1, "passwordMissing").max(128, "passwordLong"),
  /** Where a deep link wanted to go: a path of ours, never another site. */
  next: z.string().refine(isOwnPath).optional().catch(undefined),
});

/** Signs a customer in; the same sentence for a wrong e-mail and a wrong password. */
export const signInAction = formAction({
  context: visitor,
  schema: loginSchema,
  run: async (_ctx, { email, password, next }) => {
    if (!(await credentialsHold("customer", email, password))) {
      return { failed: (await getTranslations("login"))("wrong") };
    }
    return { redirectTo: next ?? localizedPath(await currentLanguage(), "/overview") };
  },
});

/** The same for staff. */
export const staffSignInAction = formAction({
  context: visitor,
  schema: loginSchema,
  run: async (_ctx, { email, password }) => {
    if (!(await credentialsHold("staff", email, password))) {
      return { failed: (await getTranslations("login"))("wrong") };
    }
    return { redirectTo: localizedPath(await currentLanguage(), "/staff") };
  },
});

async function credentialsHold(provider: "customer" | "staff", email: string, password: string) {
  try {
    await signIn(provider, { email, password, redirect: false });
    return true;
  } catch (error) {
    if (error instanceof AuthError && error.type === "CredentialsSignin") {
      return false;
    }
    throw error;
  }
}

/** Ends the session's row and its cookie. */
export async function signOutAction(): Promise<void> {
  const actor = await currentActor();
  if (actor) {
    await endSession({ db: webConnection().db, actor });
  }
  await signOut({ redirect: false });
  const home = actor?.kind === "staff" ? "/staff/login" : "/login";
  redirect(localizedPath(await currentLanguage(), home));
}
