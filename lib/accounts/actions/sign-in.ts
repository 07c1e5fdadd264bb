"use server";

import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { codeSchema, loginSchema } from "@/lib/accounts/schema";
import { type ActionOutcome, formAction } from "@/lib/auth/action";
import type { CustomerActor, StaffActor } from "@/lib/auth/actor";
import { currentClient, rememberDevice, requireGate } from "@/lib/auth/client";
import {
  currentActor,
  currentAwaiting,
  currentLanguage,
  requireAwaiting,
  visitor,
} from "@/lib/auth/current";
import { finishSignIn } from "@/lib/auth/finish-sign-in";
import { setSessionCookie, signOut } from "@/lib/auth/next-auth";
import { endSession, sessionActor } from "@/lib/auth/sessions";
import { signInCustomer, signInStaff } from "@/lib/auth/sign-in";
import { webConnection } from "@/lib/connections";
import { DEFAULT_LANGUAGE, localizedPath } from "@/lib/i18n/languages";

/** Signs a customer in; the same sentence for a wrong e-mail and a wrong password. */
export const signInAction = formAction({
  context: visitor,
  schema: loginSchema,
  run: async (ctx, { email, password, next }) => {
    await requireGate();
    const client = await currentClient();
    return await entered(email, next, await signInCustomer(ctx, { email, password, client }));
  },
});

/** The same for staff. */
export const staffSignInAction = formAction({
  context: visitor,
  schema: loginSchema,
  run: async (ctx, { email, password }) => {
    await requireGate();
    const client = await currentClient();
    return await entered(email, undefined, await signInStaff(ctx, { email, password, client }));
  },
});

/** The second step, for customers and staff: a code of the app, or a recovery code. */
export const signInWithCodeAction = formAction({
  context: requireAwaiting,
  schema: codeSchema,
  run: async (ctx, { code, next }) => {
    await requireGate();
    const client = await currentClient();
    const finished = await finishSignIn(ctx, { code, client });
    if (!finished.ok) {
      const t = await getTranslations("login");
      return { failed: finished.code === "wait" ? t("codeWait") : t("codeWrong") };
    }
    await rememberDevice(ctx.actor.email);
    await setSessionCookie(finished.value.token);
    return { redirectTo: next ?? (await homeOf(ctx.actor)) };
  },
});

async function entered(
  email: string,
  next: string | undefined,
  result: Awaited<ReturnType<typeof signInCustomer>>,
): Promise<ActionOutcome> {
  if (!result.ok) {
    const t = await getTranslations("login");
    switch (result.code) {
      case "wrong":
        return { failed: t("wrong") };
      case "busy":
        return { failed: t("busy") };
      case "wait":
        return { failed: t("wait", { minutes: Math.ceil(result.seconds / 60) }) };
    }
  }
  // Whatever this browser was signed in to before ends.
  await endPresentSession();
  const { token, awaiting } = result.value;
  await setSessionCookie(token);
  const language = await currentLanguage();
  switch (awaiting) {
    case "code": {
      const query = next ? `?next=${encodeURIComponent(next)}` : "";
      return { redirectTo: `${localizedPath(language, "/login/code")}${query}` };
    }
    case "enrolment":
      return { redirectTo: localizedPath(language, "/staff/second-factor") };
    case null:
      await rememberDevice(email);
      return { redirectTo: next ?? (await homeOf(await sessionActor(webConnection().db, token))) };
  }
}

/** In the language of the page; where that is nobody's choice but the default, in the account's own. */
async function homeOf(actor: CustomerActor | StaffActor | null): Promise<string> {
  const language = await currentLanguage();
  if (actor?.kind === "staff") {
    return localizedPath(language, "/staff");
  }
  const own = language === DEFAULT_LANGUAGE && actor ? actor.language : language;
  return localizedPath(own, "/overview");
}

async function endPresentSession(): Promise<void> {
  const actor = (await currentActor()) ?? (await currentAwaiting())?.ctx.actor;
  if (actor) {
    await endSession({ db: webConnection().db, actor });
  }
}

/** Ends the session's row and its cookie. */
export async function signOutAction(): Promise<void> {
  const actor = await currentActor();
  await endPresentSession();
  await signOut({ redirect: false });
  const home = actor?.kind === "staff" ? "/staff/login" : "/login";
  redirect(localizedPath(await currentLanguage(), home));
}
