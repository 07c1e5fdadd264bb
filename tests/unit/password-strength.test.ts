import { describe, expect, test } from "vitest";
import { CUSTOMER_PASSWORD, STAFF_PASSWORD } from "@/db/seed/logins";
import { isGuessable } from "@/lib/auth/password-strength";

const EMAIL = "giulia.ferrante@posta.example";

describe("isGuessable", () => {
  test.each([
    "quattro gatti sul tetto",
    "una frase lunga per provare",
    "correct horse battery staple",
    "gX7#qLw2!vRt",
    CUSTOMER_PASSWORD,
    STAFF_PASSWORD,
  ])("%s will do", async (password) => {
    expect(await isGuessable(password, EMAIL)).toBe(false);
  });

  test.each([
    "password1234!",
    "qwertyuiop12",
    "1234567890123",
    "aaaaaaaaaaaaaa",
    "abcabcabcabcabc",
    "giuliaferrante",
    "Bolletta2026",
    "juventus1897",
    "01/01/199001/01/1990",
  ])("%s is guessed too soon", async (password) => {
    expect(await isGuessable(password, EMAIL)).toBe(true);
  });

  test("128 characters are judged in little time", async () => {
    const began = performance.now();
    await isGuessable("a1b2c3d4".repeat(16), EMAIL);
    // Seconds would be a way to keep the server busy; this is generous for a slow machine.
    expect(performance.now() - began).toBeLessThan(3_000);
  });
});
