import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { addDays, romeDay } from "@/lib/time";
import { renderBillPdf } from "./bill-pdf";
import type { BillPdf } from "./bill-pdf-page";
import { codiceFiscale } from "./identifiers";

type CsvRow = Record<string, string>;

const EXAMPLE_TAX_ID = codiceFiscale({
  family: "PROVA",
  given: "GIORNATA",
  sex: "f",
  born: "1980-01-01",
});

/** A contract as the billing system would tell it; `serial`, seven digits, makes its codes its own. */
export function contractRow({ serial, taxId }: { serial: string; taxId: string }): CsvRow {
  return {
    contract_number: `VE-J${serial}`,
    customer_code: `90${serial}`,
    tax_id: taxId,
    vat_number: "",
    holder_name: "Prova Giornata",
    commodity: "electricity",
    supply_point: `IT001E9${serial}`,
    supply_address: "Via dell'Esempio 7, 99010 Valfiorita (VF)",
    billing_address: "Via dell'Esempio 7, 99010 Valfiorita (VF)",
    product: "Luce di Prova",
    product_ends_on: "",
    contracted_power_kw: "3,0",
    available_power_kw: "3,3",
    meter_serial: "M1234567",
    annual_consumption: "2700",
    gas_coefficient_c: "",
    starts_on: "2023-01-01",
    ends_on: "",
    language: "it",
    mandate_reference: `UMR-J${serial}`,
    mandate_iban: "IT60X0542811101000000123456",
    mandate_debtor: "Prova Giornata",
    mandate_status: "active",
    mandate_since: "2023-01-01",
    mandate_until: "",
    creditor_id: "IT60ZZZ0000001234567897",
  };
}

/** A bill over 123,45 € on that contract, issued on a day; with the name of its PDF, if it has one. */
export function billRow(of: {
  number: string;
  contractNumber: string;
  issued: string;
  document?: string;
}): CsvRow {
  return {
    bill_number: of.number,
    contract_number: of.contractNumber,
    kind: "bill",
    issue_date: of.issued,
    due_date: addDays(of.issued, 25),
    period_from: addDays(of.issued, -80),
    period_to: addDays(of.issued, -20),
    total_eur: "123,45",
    consumption: "412",
    consumption_unit: "kWh",
    estimated: "no",
    discount_eur: "0",
    payment_status: "open",
    document: of.document ?? "",
  };
}

/** The same bill as a PDF. */
export async function billPdf(bill: CsvRow, contract: CsvRow): Promise<Uint8Array> {
  const text = (row: CsvRow, column: string) => row[column] ?? "";
  const totalCents = 12_345;
  const content: BillPdf = {
    language: "it",
    company: {
      name: "Valfiorita Energia",
      accentColor: "#1f4e9c",
      supportPhone: "800 000 101",
      faultPhone: "800 000 102",
    },
    holder: {
      name: text(contract, "holder_name"),
      taxId: text(contract, "tax_id"),
      billingAddress: text(contract, "billing_address"),
    },
    kind: "bill",
    commodity: "electricity",
    billNumber: text(bill, "bill_number"),
    customerCode: text(contract, "customer_code"),
    contractNumber: text(contract, "contract_number"),
    supplyPoint: text(contract, "supply_point"),
    supplyAddress: text(contract, "supply_address"),
    issueDate: text(bill, "issue_date"),
    dueDate: text(bill, "due_date"),
    periodFrom: text(bill, "period_from"),
    periodTo: text(bill, "period_to"),
    totalCents,
    consumption: 412,
    consumptionUnit: "kWh",
    estimated: false,
    mandateReference: text(contract, "mandate_reference"),
    lines: [
      {
        section: "energy",
        description: "Vendita di energia elettrica",
        quantity: 412,
        unit: "kWh",
        unitPriceEur: null,
        amountCents: totalCents,
      },
    ],
  };
  return await renderBillPdf(content);
}

/** A CSV file's text in our format. */
export function csvText(rows: CsvRow[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ""))];
  return lines.map((line) => `${line.join(";")}\n`).join("");
}

/** Writes the files with which README's walk-through plays the billing system. */
export async function writeExamplePapers(folder: string, now: Date): Promise<void> {
  const today = romeDay(now);
  const contract = contractRow({ serial: "1234567", taxId: EXAMPLE_TAX_ID });
  const contractNumber = contract.contract_number ?? "";
  const past = billRow({ number: "PROVA-1", contractNumber, issued: addDays(today, -40) });
  const document = "PROVA-2.pdf";
  const bill = billRow({ number: "PROVA-2", contractNumber, issued: today, document });
  await mkdir(folder, { recursive: true });
  const files: [string, string | Uint8Array][] = [
    ["contracts.csv", csvText([contract])],
    ["past-bills.csv", csvText([past])],
    ["bills.csv", csvText([bill])],
    [document, await billPdf(bill, contract)],
  ];
  await Promise.all(files.map(([name, content]) => writeFile(path.join(folder, name), content)));
}
