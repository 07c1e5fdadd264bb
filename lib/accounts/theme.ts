import "server-only";
import { cookies } from "next/headers";
import { THEMES, type Theme, type ThemeChoice } from "@/lib/companies/palette";
import { env } from "@/lib/env";

const DAYS = 365;
const secure = () => env().APP_URL.startsWith("https:");
const cookieName = () => (secure() ? "__Host-sportello.theme" : "sportello.theme");

/** What this browser chose. */
export async function chosenTheme(): Promise<ThemeChoice> {
  const value = (await cookies()).get(cookieName())?.value;
  return THEMES.find((theme): theme is Theme => theme === value) ?? "system";
}

/** Keeps the choice in this browser for a year; "system" forgets it. */
export async function chooseTheme(theme: ThemeChoice): Promise<void> {
  const jar = await cookies();
  const facts = {
    ...{ httpOnly: true, path: "/", secure: secure() },
    sameSite: "lax",
  } as const;
  if (theme === "system") {
    // With its attributes: browsers refuse to change a `__Host-` cookie without them.
    jar.set(cookieName(), "", { ...facts, maxAge: 0 });
  } else {
    jar.set(cookieName(), theme, { ...facts, maxAge: DAYS * 86_400 });
  }
}
