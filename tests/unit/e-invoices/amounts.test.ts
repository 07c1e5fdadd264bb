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

test("R27 what fits a number of the language is rounded and written as what does not", () => {
  const cent = 1_000_000n;
  const centsSlowly = (amount: bigint) => {
    const cents = Number((amount + (amount < 0n ? -cent / 2n : cent / 2n)) / cent);
    return Math.abs(cents) > 2_000_000_000 ? undefined : cents;
  };
  const plainSlowly = (amount: bigint) => {
    const digits = (amount < 0n ? -amount : amount).toString().padStart(9, "0");
    const text = `${digits.slice(0, -8)}.${digits.slice(-8)}`.replace(/\.?0+$/, "");
    return amount < 0n ? `-${text}` : text;
  };
  const edge = 2n ** 53n;
  const amounts = fc.oneof(
    fc.bigInt({ min: -(10n ** 23n), max: 10n ** 23n }),
    fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }),
    fc.bigInt({ min: edge - 1_000_000n, max: edge + 1_000_000n }),
    fc.bigInt({ min: -2_000n, max: 2_000n }).map((cents) => cents * 500_000n),
  );
  fc.assert(
    fc.property(amounts, (amount) => {
      expect([toCents(amount), plainNumber(amount)]).toEqual([
        centsSlowly(amount),
        plainSlowly(amount),
      ]);
    }),
    { numRuns: 20_000 },
  );
});
