import { describe, expect, test } from "vitest";
import { busyAnswer } from "@/lib/busy-page";

const ID = "50c1ee78-ec4c-4ddd-af02-94fe5000e984";

describe("the page that says that it is for now only", () => {
  test.each([
    ["/bills?secret=1", "it", "Riprova tra qualche secondo"],
    ["/en/bills", "en", "Please try again in a few seconds"],
    ["/de", "de", "Versuchen Sie es in einigen Sekunden"],
  ])(
    "%s is told in the language of its address, with a code and when to come back",
    (url, language, words) => {
      const { status, headers, body } = busyAnswer({ url, method: "GET" }, "late", ID);
      expect(status).toBe(503);
      expect(headers["Retry-After"]).toBe("10");
      expect(body).toContain(`<html lang="${language}">`);
      expect(body).toContain(words);
      expect(body).toContain("50c1ee78");
      expect(body).not.toMatch(/<script|secret/);
    },
  );

  test("whoever sent a form is told whether anything was done", () => {
    const crowded = busyAnswer({ url: "/contact", method: "POST" }, "crowded", ID).body;
    const late = busyAnswer({ url: "/contact", method: "POST" }, "late", ID).body;
    expect(crowded).toContain("non è stato elaborato");
    expect(late).toContain("Non sappiamo ancora se");
  });

  test("the API is answered with a problem", () => {
    const { headers, body } = busyAnswer({ url: "/api/v1/runs", method: "GET" }, "crowded", ID);
    expect(headers["Content-Type"]).toBe("application/problem+json");
    expect(JSON.parse(body)).toMatchObject({
      status: 503,
      code: "unavailable",
      reference: "50c1ee78",
    });
  });
});
