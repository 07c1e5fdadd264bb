import fc from "fast-check";
import { expect, test } from "vitest";
import {
  parseAmount,
  parseCents,
  plainDecimal,
  plainNumber,
} from "@/lib/imports/e-invoices/amounts";

/** The same by the platform's big numbers alone, which is slower. */
function slowly(text: string): bigint | undefined {
  const match = /^(-?)(\d{1,15})(?:\.(\d{1,8}))?$/.exec(text);
  if (!match) {
    return undefined;
  }
  const value = BigInt(match[2] + (match[3] ?? "").padEnd(8, "0"));
  return match[1] ? -value : value;
}

function centsSlowly(amount: bigint): number | undefined {
  const cent = 1_000_000n;
  const cents = Number((amount + (amount < 0n ? -cent / 2n : cent / 2n)) / cent);
  return Math.abs(cents) > 2_000_000_000 ? undefined : cents;
}

test("R27 amounts are exact, however many digits they have", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^-?\d{0,17}\.?\d{0,9}$/), (text) => {
      const amount = slowly(text);
      expect(parseAmount(text)).toBe(amount);
      expect(plainDecimal(text)).toBe(amount === undefined ? undefined : plainNumber(amount));
      expect(parseCents(text)).toBe(amount === undefined ? undefined : centsSlowly(amount));
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
  expect([parseAmount(text), parseCents(text), plainDecimal(text)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("R27 cents are rounded half away from zero, and quantities have no needless zeros", () => {
  expect(
    ["0.005", "-0.005", "1.00499999", "19999999.99", "20000000.01", "-0.00"].map(parseCents),
  ).toEqual([1, -1, 100, 1_999_999_999, undefined, 0]);
  expect(["0210.50", "-0.10", "-0.0", "00", "100", "10.0"].map(plainDecimal)).toEqual([
    "210.5",
    "-0.1",
    "0",
    "0",
    "100",
    "10",
  ]);
});

test("R27 amounts near half a cent are rounded as they are written", () => {
  const amounts = fc
    .tuple(
      fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }).map((cents) => cents * 500_000n),
      fc.bigInt({ min: -2n, max: 2n }),
    )
    .map(([half, off]) => half + off);
  fc.assert(
    fc.property(amounts, (amount) => {
      expect(parseCents(plainNumber(amount))).toBe(centsSlowly(amount));
    }),
    { numRuns: 20_000 },
  );
});
