import { describe, expect, test } from "vitest";
import { showsBillNumber } from "@/lib/imports/documents/bill-number-in-text";

describe("a bill's number stands in a text", () => {
  test.each([
    ["E2026000123", "Bolletta E2026000123"],
    ["E2026000123", "Bolletta e2026000123 del 18 novembre 2026"],
    ["E2026000123", "E2026000123 18.11.2026"],
    ["E2026000123", "n.E2026000123, scade"],
    ["E2026000123", "E 2 0 2 6 0 0 0 1 2 3 TOTALE"],
    ["E2026000123", "E2026\n000123\nTotale"],
    ["E2026000123", "E2026\u00ad000\u200b123"],
    ["E2026000123", "Ｅ２０２６０００１２３"],
    ["1234", "Fattura n. 1234 5 pagine"],
    ["1234", "Fattura Nº1234."],
    ["1234", "(1234)"],
    ["1234", "Bolletta\n1234\n5,00 €"],
    ["FT-1234", "FT 1234"],
    ["FT-1234", "FT–1234 del 2026"],
    ["FT-1234", "FT‑1234"],
    ["FT 1234", "FT1234"],
    ["2026/1234", "Fattura 2026/1234 del"],
    ["A.B*C(1)", "nr A.B*C(1) del"],
  ])("%j in %j", (number, text) => {
    expect(showsBillNumber(text, number)).toBe(true);
  });

  test.each([
    ["1234", "12345"],
    ["1234", "01234"],
    ["1234", "A1234"],
    ["1234", "1234A"],
    ["1234", "12 34"],
    ["1234", "1 2 3 4 5"],
    ["234", "1.234,56 €"],
    ["1234", "1234,56"],
    ["2026", "18/11/2026"],
    ["1234", "1234-5"],
    ["1234", "1234–5"],
    ["1234", "FT-1234"],
    ["1234", "1234/2026"],
    ["E202600012", "E2026000123"],
    ["E202600012", "E 2 0 2 6 0 0 0 1 2 3"],
    ["E202600012", "E202600012\u00ad3"],
    ["2026000123", "12026000123"],
    ["2026000123", "1 2026 000123"],
    ["2026000123", "2026 000123 4"],
    ["E2026000123", ""],
    ["-", "- 1"],
    ["A.B", "AxB"],
  ])("%j not in %j", (number, text) => {
    expect(showsBillNumber(text, number)).toBe(false);
  });

  test("a text of a million spaces and figures takes no time", () => {
    const started = performance.now();
    expect(showsBillNumber(`${" ".repeat(500_000)}${"1 ".repeat(250_000)}`, "1".repeat(40))).toBe(
      false,
    );
    expect(showsBillNumber(`${"1-".repeat(250_000)}`, "1111112")).toBe(false);
    expect(performance.now() - started).toBeLessThan(4_000);
  });
});
