import "server-only";
import { cookies, headers } from "next/headers";
import { env } from "@/lib/env";
import { clientIp } from "./client-ip";
import type { Client } from "./sign-in";
import { deviceCookie } from "./token";

const DEVICE_DAYS = 180;

const deviceCookieName = () =>
  env().APP_URL.startsWith("https:") ? "__Host-sportello.device" : "sportello.device";

/** From where the request at hand comes. */
export async function currentClient(): Promise<Client> {
  const [given, jar] = [await headers(), await cookies()];
  return {
    ip: clientIp(given.get("x-forwarded-for"), env().TRUSTED_PROXY_HOPS),
    device: jar.get(deviceCookieName())?.value ?? null,
    userAgent: given.get("user-agent"),
  };
}

/** The browser has shown that it is the owner's: later guesses of others do not hold it up. */
export async function rememberDevice(email: string): Promise<void> {
  (await cookies()).set(deviceCookieName(), deviceCookie(email), {
    httpOnly: true,
    sameSite: "lax",
    path: "/",
    secure: env().APP_URL.startsWith("https:"),
    maxAge: DEVICE_DAYS * 86_400,
  });
}
