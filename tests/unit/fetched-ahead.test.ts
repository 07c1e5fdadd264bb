import { NextRequest, NextResponse } from "next/server";
import { describe, expect, test, vi } from "vitest";
import proxy from "@/proxy";

// Its build cannot be loaded outside Next.js.
vi.mock("next-intl/middleware", () => ({ default: () => () => NextResponse.next() }));

const ask = (headers: Record<string, string>) =>
  proxy(new NextRequest("http://localhost:3000/staff/accounts/1", { headers })).status;

describe("R30 what a browser fetches ahead by itself", () => {
  test.each([
    ["sportello.session=a", 503],
    ["theme=dark; __Host-sportello.session=a", 503],
    ["theme=dark", 200],
  ])("with %s: %i", (cookie, status) => {
    expect(ask({ cookie, "sec-purpose": "prefetch" })).toBe(status);
    expect(ask({ cookie, "sec-purpose": "prefetch;prerender" })).toBe(status);
    expect(ask({ cookie, purpose: "prefetch" })).toBe(status);
  });

  test("is all that is refused", () => {
    const cookie = "sportello.session=a";
    expect(ask({ cookie })).toBe(200);
    expect(ask({ cookie, "next-router-prefetch": "1" })).toBe(200);
  });
});
