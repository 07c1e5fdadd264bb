import "server-only";
import NextAuth, { type NextAuthConfig } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import { webConnection } from "@/lib/connections";
import { env } from "@/lib/env";
import { authSecrets } from "./auth-secrets";
import { awaitingActor, CUSTOMER_HOURS, sessionActor } from "./sessions";

/** The session cookie's name: with `__Host-` wherever cookies can be secure. */
export function sessionCookieName(): string {
  return env().APP_URL.startsWith("https:") ? "__Host-sportello.session" : "sportello.session";
}

/**
 * Puts the token of a session that a command has opened (lib/auth/sign-in.ts) into the cookie; one that
 * stands for no session is refused.
 */
const fromSession = Credentials({
  id: "session",
  credentials: { token: {} },
  async authorize(given) {
    const token = typeof given.token === "string" ? given.token : "";
    const { db } = webConnection();
    const found = (await sessionActor(db, token)) ?? (await awaitingActor(db, token))?.actor;
    return found ? { id: found.sessionId, token } : null;
  },
});

/**
 * next-auth owns the session cookie: sets it at sign-in, clears it at sign-out. The cookie is not a JWT: `encode` puts
 * the token of our session row into it, so that a session ends the moment its row does, and pages
 * read it with one statement (lib/auth/current.ts).
 */
function config(): NextAuthConfig {
  const secure = env().APP_URL.startsWith("https:");
  return {
    secret: authSecrets(),
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
    providers: [fromSession],
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

const { signIn, signOut } = NextAuth(config);

export { signOut };

/** Gives the browser the cookie of an opened session, in the place of whatever it had. */
export async function setSessionCookie(token: string): Promise<void> {
  await signIn("session", { token, redirect: false });
}
