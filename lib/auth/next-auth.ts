import "server-only";
import NextAuth, { type NextAuthConfig } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import { z } from "zod";
import { webConnection } from "@/lib/connections";
import { env } from "@/lib/env";
import { CUSTOMER_HOURS, sessionActor } from "./sessions";
import { signInCustomer, signInStaff } from "./sign-in";

const credentialsSchema = z.object({
  email: z.string().max(254),
  password: z.string().max(128),
});

/** The session cookie's name: with `__Host-` wherever cookies can be secure. */
export function sessionCookieName(): string {
  return env().APP_URL.startsWith("https:") ? "__Host-sportello.session" : "sportello.session";
}

function provider(id: "customer" | "staff", signInAs: typeof signInCustomer) {
  return Credentials({
    id,
    credentials: { email: {}, password: {} },
    async authorize(given, request) {
      const credentials = credentialsSchema.safeParse(given);
      if (!credentials.success) {
        return null;
      }
      const ctx = { db: webConnection().db, actor: { kind: "visitor" as const } };
      return await signInAs(ctx, {
        ...credentials.data,
        userAgent: request.headers.get("user-agent"),
      });
    },
  });
}

/**
 * next-auth runs sign-in and sign-out and owns the cookie. The cookie is not a JWT: `encode` puts
 * the token of our session row into it, so that a session ends the moment its row does, and pages
 * read it with one statement (lib/auth/current.ts).
 */
function config(): NextAuthConfig {
  const secure = env().APP_URL.startsWith("https:");
  return {
    secret: env().AUTH_SECRET,
    trustHost: true,
    useSecureCookies: secure,
    session: { strategy: "jwt", maxAge: CUSTOMER_HOURS * 3600 },
    cookies: {
      sessionToken: {
        name: sessionCookieName(),
        options: { httpOnly: true, sameSite: "lax", path: "/", secure },
      },
    },
    pages: { signIn: "/login" },
    providers: [provider("customer", signInCustomer), provider("staff", signInStaff)],
    jwt: {
      encode: async ({ token }) => String(token?.sessionToken ?? ""),
      decode: async ({ token }) => (token ? { sessionToken: token } : null),
    },
    callbacks: {
      async jwt({ token, user }) {
        if (user) {
          return { sessionToken: (user as { token?: string }).token };
        }
        const actor = await sessionActor(webConnection().db, String(token.sessionToken));
        return actor ? token : null;
      },
    },
    logger: { error: () => {} },
  };
}

export const { signIn, signOut } = NextAuth(config);
