import { isValidIBAN } from "ibantools";
import { describe, expect, test } from "vitest";
import { seedBills } from "@/db/seed/bills";
import { GROUP } from "@/db/seed/group";
import { electricDays } from "@/db/seed/quarter-hours";
import { readMeters } from "@/db/seed/readings";
import { suppliedContracts } from "@/db/seed/supplied";
import { daysBetween } from "@/db/seed/weather";
import { taxIdChecksumHolds } from "@/lib/accounts/tax-id";
import { profileFault } from "@/lib/consumption/rules";

const TODAY = "2026-11-22";
const contracts = suppliedContracts(TODAY);
const readings = readMeters(contracts, TODAY);
const bills = seedBills(contracts, readings.meter, TODAY, "2025-08-22");

describe("the demo's world", () => {
  test("R1 every tax id is valid by its check character", () => {
    const ids = [
      ...contracts.map(({ taxId }) => taxId),
      ...contracts.flatMap(({ vatNumber }) => vatNumber ?? []),
      ...GROUP.map(({ vatNumber }) => vatNumber),
    ];
    expect(ids.filter((id) => !taxIdChecksumHolds(id))).toEqual([]);
  });

  test("a tax id belongs to one holder, a supply point and a contract number to one contract", () => {
    const holders = new Map(contracts.map(({ taxId, holderName }) => [taxId, holderName]));
    expect(holders.size).toBe(new Set(contracts.map(({ customer }) => customer)).size);
    for (const key of ["contractNumber", "supplyPoint"] as const) {
      expect(new Set(contracts.map((contract) => contract[key])).size).toBe(contracts.length);
    }
  });

  test("customer codes fit their company's pattern, IBANs and creditor ids their check digits", () => {
    for (const { company, customerCode, mandate } of contracts) {
      const pattern = GROUP.find(({ slug }) => slug === company)?.customerCodePattern;
      expect(customerCode).toMatch(new RegExp(pattern ?? "no company"));
      expect(mandate === null || isValidIBAN(mandate.iban)).toBe(true);
    }
    for (const { creditorId } of GROUP) {
      expect(creditorId).toHaveLength(23);
      const account = `${creditorId.slice(7)}${creditorId.slice(0, 4)}`;
      const digits = [...account].map((one) => Number.parseInt(one, 36)).join("");
      expect(BigInt(digits) % 97n).toBe(1n);
    }
  });

  test("R2 mandates are there in every state", () => {
    const states = new Set(contracts.map(({ mandate }) => mandate?.status ?? "none"));
    expect([...states].sort()).toEqual(
      ["active", "expired", "none", "rejected", "requested", "revoked"].sort(),
    );
  });

  test("every company's colour can be read on white", () => {
    for (const { accentColor } of GROUP) {
      expect(contrastWithWhite(accentColor)).toBeGreaterThanOrEqual(4.5);
    }
  });

  test("R27 the lines of a bill add up to its total, and bands to its consumption", () => {
    expect(bills.length).toBeGreaterThan(800);
    for (const bill of bills) {
      const sum = bill.lines.reduce((cents, line) => cents + line.amountCents, 0);
      expect(sum).toBe(bill.totalCents);
      expect(bill.totalCents > 0).toBe(bill.kind !== "credit_note");
      const bands = bill.lines.filter(({ description }) => /\bF[123]$/.test(description));
      if (bands.length > 0) {
        expect(bands.reduce((used, { quantity }) => used + (quantity ?? 0), 0)).toBe(
          bill.consumption,
        );
      }
    }
  });

  test("bills are issued by today, due 20 days later at least, and numbered once", () => {
    for (const { issueDate, dueDate, periodTo } of bills) {
      expect(issueDate <= TODAY && periodTo < issueDate).toBe(true);
      expect(Date.parse(dueDate) - Date.parse(issueDate)).toBeGreaterThanOrEqual(20 * 86_400_000);
    }
    const numbers = bills.map(({ billNumber, contract }) => `${contract.company} ${billNumber}`);
    expect(new Set(numbers).size).toBe(bills.length);
  });

  test("a bill's consumption is what was read in its period", () => {
    const bill = bills.find(({ contract }) => contract.commodity === "electricity");
    if (!bill) {
      throw new Error("no electricity bill");
    }
    let wattHours = 0;
    for (const { localDay, values, direction } of readings.of(bill.contract)) {
      if (direction === "consumption" && localDay >= bill.periodFrom && localDay <= bill.periodTo) {
        wattHours += values.reduce((sum, value) => sum + Math.max(0, value), 0);
      }
    }
    expect(bill.consumption).toBe(Math.round(wattHours / 1000));
  });

  test("R22 every day has its quarters: 92 and 100 when the clock changes, gaps as gaps", () => {
    const days = daysBetween("2025-10-20", "2026-11-21");
    const supply = { commodity: "electricity", mandate: "active", usage: "family" } as const;
    const byDay = new Map<string, number>();
    for (const { consumption } of electricDays(
      "EL-1",
      { ...supply, event: "gap" },
      days,
      "2026-11-21",
    )) {
      byDay.set(consumption.localDay, consumption.values.length);
      expect(profileFault(consumption)).toBeNull();
      if (consumption.localDay === "2026-10-10") {
        expect(consumption.quality).toMatch(/^m{96}$/);
      }
    }
    expect(byDay.get("2025-10-26")).toBe(100);
    expect(byDay.get("2026-03-29")).toBe(92);
    expect(byDay.get("2026-10-25")).toBe(100);
    expect(byDay.get("2026-11-01")).toBe(96);
  });

  test("can be made on any day of any year", () => {
    const more = process.env.FULL ? ["2026-12-31", "2027-03-28"] : [];
    for (const day of ["2027-01-01", "2028-02-29", ...more]) {
      const supplied = suppliedContracts(day);
      const made = seedBills(supplied, readMeters(supplied, day).meter, day, "2026-01-01");
      expect(made.length).toBeGreaterThan(800);
      expect(
        made.every(({ issueDate, totalCents, kind }) => {
          return issueDate <= day && (kind === "credit_note" || totalCents > 0);
        }),
      ).toBe(true);
    }
  });

  test("the world is the same every time", () => {
    const again = readMeters(contracts, TODAY);
    expect(seedBills(contracts, again.meter, TODAY, "2025-08-22")).toEqual(bills);
  });
});

function contrastWithWhite(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05);
}
