import { describe, expect, test } from "vitest";
import { type BillPdf, renderBillPdf } from "@/db/seed/bill-pdf";
import { textOf } from "../factories/pdf-text";

const BILL: BillPdf = {
  language: "it",
  company: {
    name: "Energia di Prova",
    accentColor: "#1f4e9c",
    supportPhone: "800 000 001",
    faultPhone: "800 000 002",
  },
  holder: { name: "Prova Persona", taxId: "PRVPSN80A01M999X", billingAddress: "Via Inventata 1" },
  kind: "bill",
  commodity: "electricity",
  billNumber: "E2026000123",
  customerCode: "710004215",
  contractNumber: "EL-100000",
  supplyPoint: "IT999E10000000",
  supplyAddress: "Via Inventata 1, 99010 Valfiorita (VF)",
  issueDate: "2026-11-18",
  dueDate: "2026-12-12",
  periodFrom: "2026-09-01",
  periodTo: "2026-10-31",
  totalCents: 123_456,
  consumption: 412,
  consumptionUnit: "kWh",
  estimated: false,
  mandateReference: "VF-EL-100000-01",
  lines: [
    {
      section: "energy",
      description: "Energia in fascia F1",
      quantity: 412,
      unit: "kWh",
      unitPriceEur: 0.1234,
      amountCents: 123_456,
    },
  ],
};

describe("renderBillPdf", () => {
  test("R27 shows number, total with decimal comma and euro sign, due date and mandate as text", async () => {
    const text = textOf(await renderBillPdf(BILL));
    for (const shown of [
      "Bolletta E2026000123",
      "1.234,56 €",
      "12 dicembre 2026",
      "VF-EL-100000-01",
      "412 kWh",
      "PRVPSN80A01M999X",
    ]) {
      expect(text).toContain(shown);
    }
  });

  test("speaks the customer's language and says so to screen readers", async () => {
    const file = Buffer.from(await renderBillPdf({ ...BILL, language: "de" }));
    expect(textOf(file)).toContain("Rechnung E2026000123");
    expect(file.toString("latin1")).toContain("/Lang (de)");
    expect(file.toString("latin1")).toContain("/Marked true");
  });

  test("the same bill gives the same bytes", async () => {
    const [one, other] = [await renderBillPdf(BILL), await renderBillPdf(BILL)];
    expect(Buffer.compare(one, other)).toBe(0);
  });

  test("a bill with very many lines goes on over further pages and loses none", async () => {
    const lines = Array.from({ length: 90 }, (_, at) => ({
      section: "network" as const,
      description: `Voce numero ${at + 1}.`,
      quantity: null,
      unit: null,
      unitPriceEur: null,
      amountCents: 1,
    }));
    const file = await renderBillPdf({ ...BILL, lines });
    const text = textOf(file);
    for (const { description } of lines) {
      expect(text).toContain(description);
    }
    expect(
      Buffer.from(file)
        .toString("latin1")
        .match(/\/Type \/Page\b/g)?.length,
    ).toBeGreaterThan(1);
  });
});
