import "server-only";
import { cookies } from "next/headers";
import { env } from "@/lib/env";
import type { VisitorActor } from "./actor";
import type { Context } from "./context";
import { visitor } from "./current";
import { hashToken, newToken, receiptSecret } from "./token";

const HOUR_S = 3600;

const cookieName = () =>
  env().APP_URL.startsWith("https:") ? "__Host-sportello.receipt" : "sportello.receipt";

/** The secret by which this browser reads what it sent without signing in; null where it has none. */
async function heldSecret(): Promise<string | null> {
  const held = (await cookies()).get(cookieName())?.value;
  return held && /^[\w-]{43}$/.test(held) ? held : null;
}

const holderOf = (secret: string) => visitor(hashToken(secret).toString("hex"));

/** Whoever reads the receipts that this browser holds; null where it holds none. */
export async function receiptReader(): Promise<Context<VisitorActor> | null> {
  const secret = await heldSecret();
  return secret === null ? null : holderOf(secret);
}

/**
 * Whoever sends something without signing in, and `keep`, to be called once it was taken: for an hour, and for no
 * other browser, its receipt can be read here. A browser that holds no secret yet and sends its form twice at once
 * is the same sender both times, by the form's key.
 */
export async function receiptSender(formKey?: string): Promise<{
  ctx: Context<VisitorActor>;
  keep: () => Promise<void>;
}> {
  const secret = (await heldSecret()) ?? (formKey ? receiptSecret(formKey) : newToken());
  return {
    ctx: holderOf(secret),
    keep: async () => {
      (await cookies()).set(cookieName(), secret, {
        httpOnly: true,
        sameSite: "lax",
        path: "/",
        secure: env().APP_URL.startsWith("https:"),
        maxAge: HOUR_S,
      });
    },
  };
}
