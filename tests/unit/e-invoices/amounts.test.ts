import fc from "fast-check";
import { expect, test } from "vitest";
import { parseAmount, plainNumber, toCents } from "@/lib/imports/e-invoices/amounts";

/** The same by the platform's big numbers alone, which is slower. */
function slowly(text: string): bigint | undefined {
  const match = /^(-?)(\d{1,15})(?:\.(\d{1,8}))?$/.exec(text);
  if (!match) {
    return undefined;
  }
  const value = BigInt(match[2] + (match[3] ?? "").padEnd(8, "0"));
  return match[1] ? -value : value;
}

test("R27 amounts are exact, however many digits they have", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^-?\d{0,17}\.?\d{0,9}$/), (text) => {
      expect(parseAmount(text)).toBe(slowly(text));
    }),
    { numRuns: 20_000 },
  );
});

test.each([
  "",
  "-",
  ".",
  "1.",
  ".5",
  "1,5",
  "+1",
  "1e3",
  " 1",
  "1 ",
  "--1",
  "1.2.3",
  "1-",
  "٣",
  "1/2",
  "1:2",
])("%j is no amount", (text) => {
  expect(parseAmount(text)).toBeUndefined();
});

test("R27 cents are rounded half away from zero, and quantities have no needless zeros", () => {
  const cents = (text: string) => toCents(parseAmount(text) ?? 0n);
  expect([cents("0.005"), cents("-0.005"), cents("1.00499999"), cents("19999999.99")]).toEqual([
    1, -1, 100, 1_999_999_999,
  ]);
  expect(plainNumber(parseAmount("0210.50") ?? 0n)).toBe("210.5");
});
