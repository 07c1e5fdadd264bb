import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Cell,
  creditorId,
  decimal,
  euroCents,
  flag,
  iban,
  isoDate,
  mandateReference,
  oneOf,
  optional,
  positiveInteger,
  supplyPoint,
  taxId,
  words,
} from "@/lib/imports/cells";
import { CellError } from "@/lib/imports/errors";
import { euroCell } from "@/lib/runs/rules";

const reason = (cell: Cell<unknown>, text: string) => {
  try {
    cell(text);
  } catch (error) {
    expect(error).toBeInstanceOf(CellError);
    return (error as CellError).message;
  }
  return "accepted";
};

describe("cells of import files", () => {
  test("R27 euro come with decimal comma or point and become integer cents", () => {
    expect(["83,40", "83.40", "83,4", "83", "-12,05", "0"].map(euroCents)).toEqual([
      8340, 8340, 8340, 8300, -1205, 0,
    ]);
    for (const text of ["", "1.234,50", "1,234", "12,345", "€ 5", "1e3", "٣", "83,40 "]) {
      expect(text === "83,40 " ? "trimmed before" : reason(euroCents, text)).not.toBe("accepted");
    }
    expect(reason(euroCents, "20000001")).toMatch("more than 20 million");
  });

  test("R27 every amount of cents is written and read as itself", () => {
    fc.assert(
      fc.property(fc.integer({ min: -2_000_000_000, max: 2_000_000_000 }), (cents) => {
        expect(euroCents(euroCell(cents))).toBe(cents);
        expect(euroCents(euroCell(cents).replace(",", "."))).toBe(cents);
      }),
    );
  });

  test("decimals keep their digits for the database", () => {
    expect([decimal(3)("269,281"), decimal(3)("3"), decimal(10, "any")("-0,0312345678")]).toEqual([
      "269.281",
      "3",
      "-0.0312345678",
    ]);
    expect(reason(decimal(3), "1,2345")).toMatch("is not a number");
    expect(reason(decimal(3), "-1")).toMatch("is negative");
    expect(reason(decimal(3), "-0,1")).toMatch("is negative");
    expect(reason(decimal(3), "NaN")).toMatch("is not a number");
  });

  test("a date must exist", () => {
    expect(isoDate("2028-02-29")).toBe("2028-02-29");
    for (const text of [
      "0000-01-01",
      "2026-02-29",
      "2026-13-01",
      "29/02/2028",
      "2026-2-1",
      "2026-02-30",
    ]) {
      expect(reason(isoDate, text)).toMatch("is not a date such as 2026-12-15");
    }
  });

  test("words, closed sets, flags and whole numbers", () => {
    expect(reason(words(5), "")).toMatch("is empty");
    expect(reason(words(5), "123456")).toMatch("has 6 characters, and 5 are the most");
    expect(reason(words(50), "a\nb")).toMatch("line break");
    expect(reason(oneOf(["gas", "water"]), "Gas")).toBe('"Gas" is none of gas, water');
    expect(["true", "YES", "1", "false", "No", "0", ""].map(flag)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(reason(flag, "si")).toMatch("neither true nor false");
    expect(positiveInteger("12")).toBe(12);
    expect(reason(positiveInteger, "0")).toMatch("whole number from 1");
    expect(optional(isoDate)("")).toBeNull();
  });

  test("R1 a tax id's shape binds, its checksum never stops an import, and it is not repeated", () => {
    expect(taxId(" rssmra80a01h501x ")).toBe("RSSMRA80A01H501X");
    expect(taxId("IT 0123 4567 890")).toBe("01234567890");
    const told = reason(taxId, "RSSMRA80A41H50");
    expect(told).toMatch("neither a codice fiscale");
    expect(told).not.toMatch("RSSMRA");
  });

  test("IBANs are checked and not repeated; creditor id and mandate reference by shape", () => {
    expect(iban("it60 x054 2811 1010 0000 0123 456")).toBe("IT60X0542811101000000123456");
    const told = reason(iban, "IT61X0542811101000000123456");
    expect(told).toMatch("is not a valid IBAN");
    expect(told).not.toMatch("0542811101");
    expect(creditorId("IT60ZZZ0000001234567897")).toHaveLength(23);
    expect(reason(creditorId, "IT60ZZZ123")).toMatch("creditor id of 23 characters");
    expect(mandateReference("A".repeat(35))).toHaveLength(35);
    expect(reason(mandateReference, "A".repeat(36))).toMatch("1 to 35");
  });

  test("a supply point is a POD, a PDR, or the company's own code", () => {
    expect(supplyPoint("it001e12345678", "electricity")).toBe("IT001E12345678");
    expect(supplyPoint("IT001E123456789", "electricity")).toBe("IT001E123456789");
    expect(supplyPoint("00594201234567", "gas")).toBe("00594201234567");
    expect(supplyPoint("Cabina 7/b", "district_heating")).toBe("Cabina 7/b");
    expect(() => supplyPoint("00594201234567", "electricity")).toThrow("is not a POD");
    expect(() => supplyPoint("IT001E12345678", "gas")).toThrow("is not a PDR of 14 digits");
  });
});
