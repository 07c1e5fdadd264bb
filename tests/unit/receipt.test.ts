import { describe, expect, test } from "vitest";
import { maskIban } from "@/lib/contracts/rules";
import { type LineSection, receiptOf } from "@/lib/documents/receipt";

const line = (section: LineSection, amountCents: number) => ({ section, amountCents });

describe("receiptOf", () => {
  test("R27 sums whole cents per section, in the regulated order whatever the lines' order", () => {
    const { sections } = receiptOf({
      lines: [
        line("taxes", 3),
        line("energy", 10),
        line("other", -50),
        line("energy", 20),
        line("network", 7),
        line("system", 1),
      ],
      totalCents: -9,
      consumption: 100,
    });
    expect(sections.map(({ section, amountCents }) => [section, amountCents])).toEqual([
      ["energy", 30],
      ["network", 7],
      ["system", 1],
      ["taxes", 3],
      ["other", -50],
    ]);
  });

  test("multiplies the bill's own quantity with an average price, for energy, network and system only", () => {
    const { sections } = receiptOf({
      lines: [line("energy", 3000), line("energy", 1000), line("taxes", 400)],
      totalCents: 4400,
      consumption: 200,
    });
    expect(sections).toMatchObject([
      { quantity: 200, averageEur: 0.2 },
      { quantity: null, averageEur: null },
    ]);
  });

  test("names no price per unit where nothing was consumed or nothing is known of it", () => {
    for (const consumption of [0, null]) {
      const { sections } = receiptOf({ lines: [line("energy", 1)], totalCents: 1, consumption });
      expect(sections[0]).toMatchObject({ quantity: null, averageEur: null });
    }
  });

  test("sets time-barred amounts apart, and still counts them", () => {
    const receipt = receiptOf({
      lines: [line("energy", 100), line("time-barred", 40)],
      totalCents: 140,
      consumption: null,
    });
    expect(receipt.sections.map(({ section }) => section)).toEqual(["energy"]);
    expect(receipt.timeBarred?.amountCents).toBe(40);
    expect(receipt.notItemisedCents).toBe(0);
  });

  test("says what the lines do not explain instead of hiding it", () => {
    expect(
      receiptOf({ lines: [line("energy", 99)], totalCents: 100, consumption: null })
        .notItemisedCents,
    ).toBe(1);
    expect(receiptOf({ lines: [], totalCents: 100, consumption: null }).notItemisedCents).toBe(100);
  });
});

describe("maskIban", () => {
  test("keeps the country and the last four characters, with or without spaces", () => {
    expect(maskIban("IT60X0542811101000000123456")).toBe("IT•• … 3456");
    expect(maskIban("IT60 X054 2811 1010 0000 0123 456")).toBe("IT•• … 3456");
  });
});
