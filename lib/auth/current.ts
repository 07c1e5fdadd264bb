import "server-only";
import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { getLocale } from "next-intl/server";
import { cache } from "react";
import { webConnection } from "@/lib/connections";
import { DEFAULT_LANGUAGE, isLanguage, type Language, localizedPath } from "@/lib/i18n/languages";
import type { Actor, CustomerActor, StaffActor, VisitorActor } from "./actor";
import type { Context } from "./context";
import { sessionCookieName } from "./next-auth";
import { sessionActor } from "./sessions";

/** Whoever holds the request's session cookie; read once per request. */
export const currentActor = cache(async (): Promise<CustomerActor | StaffActor | null> => {
  const token = (await cookies()).get(sessionCookieName())?.value;
  return token ? await sessionActor(webConnection().db, token) : null;
});

/** The language of the page that is being rendered or whose form was posted. */
export async function currentLanguage(): Promise<Language> {
  const locale = await getLocale();
  return isLanguage(locale) ? locale : DEFAULT_LANGUAGE;
}

function contextOf<A extends Actor>(actor: A): Context<A> {
  return { db: webConnection().db, actor };
}

/**
 * The signed-in customer's context, or off to the login page, which leads back to `from` (without
 * a prefix) in the page's language.
 */
export async function requireCustomer(from?: string): Promise<Context<CustomerActor>> {
  const actor = await currentActor();
  if (actor?.kind !== "customer") {
    const language = await currentLanguage();
    const query = from ? `?next=${encodeURIComponent(localizedPath(language, from))}` : "";
    redirect(`${localizedPath(language, "/login")}${query}`);
  }
  return contextOf(actor);
}

/** The signed-in staff member's context, or off to the staff's login page. */
export async function requireStaff(): Promise<Context<StaffActor>> {
  const actor = await currentActor();
  if (actor?.kind !== "staff") {
    redirect(localizedPath(await currentLanguage(), "/staff/login"));
  }
  return contextOf(actor);
}

/** A context for what anybody may do; with a mailed token's hash, what that token allows. */
export function visitor(tokenHash?: string): Context<VisitorActor> {
  return contextOf({ kind: "visitor", tokenHash });
}
