import { describe, expect, test } from "vitest";
import { routeGroup } from "@/lib/operations/metrics/route-group";

describe("the group of routes that a request is counted under", () => {
  test.each([
    ["/", "home"],
    ["/en", "home"],
    ["/bills?page=2", "bills"],
    ["/de/bills/0199a1b2-0000-7000-8000-000000000001", "bills"],
    ["/bills/0199a1b2-0000-7000-8000-000000000001/pdf", "pdf"],
    ["/en/confirm?token=abc", "entrance"],
    ["/staff/runs/valfiorita-energia/2026-12", "staff"],
    ["/api/v1/imports", "api"],
    ["/api/webhooks/resend", "webhooks"],
    ["/api/customer/v1/calendar/secret.ics", "customer-api"],
    ["/_next/static/chunks/a.js", "assets"],
    ["/readyz", "probes"],
  ])("%s is %s", (url, group) => {
    expect(routeGroup(url)).toBe(group);
  });

  test("what somebody invents never becomes a label", () => {
    for (const url of [
      "/mario@posta.example",
      "/api/RSSMRA85T10A562S",
      "//",
      "",
      undefined,
      "/%0a",
    ]) {
      expect(["other", "home"]).toContain(routeGroup(url));
    }
  });
});
