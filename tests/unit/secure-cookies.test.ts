import { NextRequest, NextResponse } from "next/server";
import type { NextAuthConfig } from "next-auth";
import { afterEach, describe, expect, test, vi } from "vitest";

const given = vi.hoisted(() => ({ config: undefined as (() => NextAuthConfig) | undefined }));

// What next-auth makes of its configuration is its own; here it is looked at, and what the proxy adds.
vi.mock("next-auth", () => ({
  default: (config: () => NextAuthConfig) => {
    given.config = config;
    return { signIn: vi.fn(), signOut: vi.fn() };
  },
}));
// Its build cannot be loaded outside Next.js.
vi.mock("next-intl/middleware", () => ({ default: () => () => NextResponse.next() }));
vi.mock("next-auth/providers/credentials", () => ({ default: (provider: unknown) => provider }));

afterEach(() => {
  vi.unstubAllEnvs();
});

/** The modules as they are in a process with that address: the environment is read once. */
async function at(appUrl: string) {
  vi.resetModules();
  vi.stubEnv("APP_URL", appUrl);
  const { sessionCookieName } = await import("@/lib/auth/next-auth");
  const { default: proxy } = await import("@/proxy");
  const config = given.config?.();
  return {
    name: sessionCookieName(),
    secure: config?.useSecureCookies,
    cookie: config?.cookies?.sessionToken,
    headers: proxy(new NextRequest(new URL("/bills", appUrl))).headers,
  };
}

describe("R28 cookies and transport", () => {
  test("on https the session's cookie is the host's alone and secure, and browsers keep to https", async () => {
    const { name, secure, cookie, headers } = await at("https://sportello.example");
    expect(name).toBe("__Host-sportello.session");
    expect(secure).toBe(true);
    expect(cookie).toEqual({
      name,
      // With `__Host-` a browser insists on these, and on no Domain.
      options: { httpOnly: true, sameSite: "lax", path: "/", secure: true },
    });
    expect(headers.get("strict-transport-security")).toMatch(/^max-age=\d{8}; includeSubDomains$/);
  });

  test("on http, as in the demo, it has a plain name, and nothing is said of https", async () => {
    const { name, secure, cookie, headers } = await at("http://localhost:3000");
    expect([name, secure, cookie?.options?.secure]).toEqual(["sportello.session", false, false]);
    expect(headers.has("strict-transport-security")).toBe(false);
  });
});

describe("R28 what the proxy adds", () => {
  test.each([
    ["/bills", true],
    ["/en/staff/runs", true],
    ["/bills/1/pdf", false],
    ["/de/staff/emails/new-bill", false],
    ["/notifications/html/1/2", false],
  ])("%s: a policy of its own is not overwritten, and nothing is kept", async (path, policy) => {
    const { default: proxy } = await import("@/proxy");
    const { headers } = proxy(new NextRequest(new URL(path, "http://localhost:3000")));
    expect(headers.has("content-security-policy")).toBe(policy);
    expect(headers.get("cache-control")).toBe("private, no-store");
  });
});
