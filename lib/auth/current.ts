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
import { type Awaiting, awaitingActor, type SessionPerson, sessionPerson } from "./sessions";

/** Whoever holds the request's session cookie; read once per request. */
const currentPerson = cache(async (): Promise<SessionPerson | null> => {
  const token = (await cookies()).get(sessionCookieName())?.value;
  return token ? await sessionPerson(webConnection().db, token) : null;
});

/** Whoever is signed in; null for a visitor. */
export const currentActor = async (): Promise<CustomerActor | StaffActor | null> =>
  (await currentPerson())?.actor ?? null;

/** The company that the customer's contracts are with; null with several, with none, and for anybody else. */
export const currentOnlyCompany = async (): Promise<string | null> =>
  (await currentPerson())?.onlyCompany ?? null;

/** Who has shown the password and not yet what the session waits for; null for anybody else. */
export const currentAwaiting = cache(
  async (): Promise<{
    ctx: Context<CustomerActor | StaffActor>;
    awaiting: Awaiting;
  } | null> => {
    const token = (await cookies()).get(sessionCookieName())?.value;
    const found = token ? await awaitingActor(webConnection().db, token) : null;
    return found && { ctx: contextOf(found.actor), awaiting: found.awaiting };
  },
);

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

/** Whoever must still show a code, or set one up; else off to the login page. */
export async function requireAwaiting(): Promise<Context<CustomerActor | StaffActor>> {
  const found = await currentAwaiting();
  if (!found) {
    redirect(localizedPath(await currentLanguage(), "/login"));
  }
  return found.ctx;
}

/** Whoever is signed in, customer or staff; else off to the customers' login page. */
export async function requirePerson(): Promise<Context<CustomerActor | StaffActor>> {
  return contextOf((await currentActor()) ?? (await requireCustomer()).actor);
}

/** A context for what anybody may do; with a mailed token's hash, what that token allows. */
export function visitor(tokenHash?: string): Context<VisitorActor> {
  return contextOf({ kind: "visitor", tokenHash });
}
