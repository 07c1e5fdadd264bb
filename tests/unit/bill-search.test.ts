import { describe, expect, test } from "vitest";
import { readSearch } from "@/lib/documents/bill-search";
import { PAYMENT_WORDS, pdfNames } from "@/lib/documents/rules";
import { archiveAddress, billFilterSchema, billPageSchema } from "@/lib/documents/schema";

describe("readSearch", () => {
  test.each([
    ["84,20", 8420, 8420],
    ["84.2 €", 8420, 8429],
    ["EUR 84", 8400, 8499],
    ["1.234,50", 123_450, 123_450],
    ["1,234.50", 123_450, 123_450],
    ["1.234", 123_400, 123_499],
    ["-12,00", 1200, 1200],
  ])("R27 reads the amount of %s", (typed, from, to) => {
    expect(readSearch(typed).cents).toEqual({ from, to });
  });

  test.each(["12,345,6", "B-84", "euro", "123456789", ""])("finds no amount in %j", (typed) => {
    expect(readSearch(typed).cents).toBeNull();
  });

  test.each([
    ["2026", "2026-01-01", "2026-12-31"],
    ["03/2026", "2026-03-01", "2026-03-31"],
    ["2026-02", "2026-02-01", "2026-02-28"],
    ["12.2025", "2025-12-01", "2025-12-31"],
    ["Marzo 2026", "2026-03-01", "2026-03-31"],
    ["märz 2026", "2026-03-01", "2026-03-31"],
    ["sept. 2026", "2026-09-01", "2026-09-30"],
    ["15/03/2026", "2026-03-15", "2026-03-15"],
    ["2026-3-15", "2026-03-15", "2026-03-15"],
  ])("reads the time of %s", (typed, from, to) => {
    expect(readSearch(typed)).toMatchObject({ days: { from, to }, month: null });
  });

  test("a month without a year is that month of any, what is no time is none", () => {
    expect(readSearch("dicembre")).toMatchObject({ days: null, month: 12 });
    for (const typed of ["31/02/2026", "13/2026", "00/2026", "prova", "B2026", "ma"]) {
      expect(readSearch(typed)).toMatchObject({ text: typed, days: null, month: null });
    }
  });
});

describe("the archive's address", () => {
  const id = "019a0000-0000-7000-8000-000000000001";

  test("holds the filter and the place, and reads back the same", () => {
    const filter = {
      year: 2026,
      contract: id,
      kind: "bill",
      state: "overdue",
      q: "84,20 €",
    } as const;
    const after = { issueDate: "2026-03-20", id };
    const { searchParams } = new URL(archiveAddress(filter, { after }), "http://a.example");
    const read = Object.fromEntries(searchParams);
    expect(billFilterSchema.parse(read)).toEqual(filter);
    expect(billPageSchema.parse(read)).toEqual({ after });
    expect(archiveAddress({})).toBe("/bills");
  });

  test("leaves out what is empty or wrong", () => {
    const wrong = {
      ...{ year: "1899", contract: "1", kind: "letter", state: "", way: ["paper", "paper"] },
      ...{ q: " \u0000 ", after: `2026-02-31_${id}`, before: "x" },
    };
    expect(billFilterSchema.parse(wrong)).toEqual({});
    expect(billPageSchema.parse(wrong)).toEqual({});
    expect(PAYMENT_WORDS).toContain("overdue");
  });
});

test("a PDF's name in an archive is one of its own, whatever the number is", () => {
  const of = (billNumber: string) => ({ issueDate: "2026-03-20", billNumber });
  expect(pdfNames([of("../B 1"), of(".._b_1"), of("B2")])).toEqual([
    "2026-03-20_.._B_1.pdf",
    "2026-03-20_.._b_1_2.pdf",
    "2026-03-20_B2.pdf",
  ]);
});
