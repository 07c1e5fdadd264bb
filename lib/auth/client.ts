import "server-only";
import { cookies, headers } from "next/headers";
import { env } from "@/lib/env";
import { NotFoundError } from "@/lib/errors";
import { clientIp } from "./client-ip";
import { GATE_HEADER, gatePass } from "./guard-requests";
import type { Client } from "./sign-in";
import { DEVICE_DAYS, deviceCookie } from "./token";

const deviceCookieName = () =>
  env().APP_URL.startsWith("https:") ? "__Host-sportello.device" : "sportello.device";

/**
 * For what a flood of is turned away (guard-requests.ts): whoever posts such an action past the gate, at a page
 * of another kind, is refused before any work.
 * @throws {NotFoundError} when the request did not come through the gate
 */
export async function requireGate(): Promise<void> {
  const pass = gatePass();
  if (pass && (await headers()).get(GATE_HEADER) !== pass) {
    throw new NotFoundError("form");
  }
}

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
