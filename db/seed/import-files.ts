import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { BILL_LINE_COLUMNS } from "@/lib/imports/commands/import-bill-lines";
import { CONTRACT_COLUMNS } from "@/lib/imports/commands/import-contracts";
import { BILL_COLUMNS } from "@/lib/imports/commands/read-bills";
import { renderBillPdf } from "./bill-pdf";
import type { SeedBill } from "./bills";
import { type CompanySlug, GROUP } from "./group";
import type { SuppliedContract } from "./supplied";
import { BILLING } from "./tariffs";

/** The files a billing system would hand over, written where the imports read them. */
export interface ImportFiles {
  contracts: string;
  bills: string;
  billLines: string;
  documents: string;
}

type Row<Column extends string> = Record<Column, string | number | boolean | null>;

/** PDFs that are made before others get a turn: so that Ctrl-C is heard meanwhile. */
const PDFS_AT_ONCE = 20;

/** Writes a company's contracts, bills and bill lines as CSV and the bills as PDF. */
export async function writeImportFiles(
  folder: string,
  slug: CompanySlug,
  contracts: SuppliedContract[],
  annualUse: (contract: SuppliedContract) => number,
  bills: SeedBill[],
): Promise<ImportFiles> {
  const place = path.join(folder, slug);
  const files = {
    contracts: path.join(place, "contracts.csv"),
    bills: path.join(place, "bills.csv"),
    billLines: path.join(place, "bill-lines.csv"),
    documents: path.join(place, "documents"),
  };
  await rm(place, { recursive: true, force: true });
  await mkdir(files.documents, { recursive: true });
  await writeFile(
    files.contracts,
    csv(
      CONTRACT_COLUMNS,
      contracts.map((contract) => contractRow(contract, annualUse(contract))),
    ),
  );
  await writeFile(files.bills, csv(BILL_COLUMNS, bills.map(billRow)));
  await writeFile(files.billLines, csv(BILL_LINE_COLUMNS, bills.flatMap(lineRows)));
  for (let at = 0; at < bills.length; at += PDFS_AT_ONCE) {
    await Promise.all(
      bills.slice(at, at + PDFS_AT_ONCE).map(async (bill) => {
        await writeFile(
          path.join(files.documents, pdfName(bill)),
          await renderBillPdf(pdfOf(bill)),
        );
      }),
    );
  }
  return files;
}

function csv<Column extends string>(columns: readonly Column[], rows: Row<Column>[]): string {
  const cell = (value: string | number | boolean | null) => {
    const text = typeof value === "number" ? String(value).replace(".", ",") : String(value ?? "");
    return /[";\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = rows.map((row) => columns.map((column) => cell(row[column])).join(";"));
  return `${[columns.join(";"), ...lines].join("\n")}\n`;
}

const euro = (cents: number) =>
  `${cents < 0 ? "-" : ""}${Math.floor(Math.abs(cents) / 100)},${String(Math.abs(cents) % 100).padStart(2, "0")}`;

function contractRow(
  contract: SuppliedContract,
  annualUse: number,
): Row<(typeof CONTRACT_COLUMNS)[number]> {
  const { mandate, powerKw } = contract;
  const creditorId = GROUP.find(({ slug }) => slug === contract.company)?.creditorId ?? "";
  return {
    contract_number: contract.contractNumber,
    customer_code: contract.customerCode,
    tax_id: contract.taxId,
    vat_number: contract.vatNumber,
    holder_name: contract.holderName,
    commodity: contract.commodity,
    supply_point: contract.supplyPoint,
    supply_address: contract.customer.home,
    billing_address: contract.customer.home,
    product: contract.product,
    product_ends_on: contract.productEndsOn,
    contracted_power_kw: powerKw,
    available_power_kw: powerKw === null ? null : Math.round(powerKw * 110) / 100,
    meter_serial: contract.meterSerial,
    annual_consumption: annualUse,
    gas_coefficient_c: contract.commodity === "gas" ? 1.021764 : null,
    starts_on: contract.startsOn,
    ends_on: contract.endsOn,
    language: contract.language,
    mandate_reference: mandate?.reference ?? null,
    mandate_iban: mandate?.iban ?? null,
    mandate_debtor: mandate ? contract.holderName : null,
    mandate_status: mandate?.status ?? "none",
    mandate_since: mandate?.since ?? null,
    mandate_until: mandate?.until ?? null,
    creditor_id: mandate ? creditorId : null,
  };
}

const pdfName = ({ billNumber }: SeedBill) => `${billNumber}.pdf`;

const billRow = (bill: SeedBill): Row<(typeof BILL_COLUMNS)[number]> => ({
  bill_number: bill.billNumber,
  contract_number: bill.contract.contractNumber,
  kind: bill.kind,
  issue_date: bill.issueDate,
  due_date: bill.dueDate,
  period_from: bill.periodFrom,
  period_to: bill.periodTo,
  total_eur: euro(bill.totalCents),
  consumption: bill.consumption,
  consumption_unit: bill.consumption === null ? null : BILLING[bill.contract.commodity].unit,
  estimated: bill.estimated,
  discount_eur: euro(bill.discountCents),
  payment_status: bill.paymentStatus,
  document: pdfName(bill),
});

const lineRows = (bill: SeedBill): Row<(typeof BILL_LINE_COLUMNS)[number]>[] =>
  bill.lines.map((line, at) => ({
    bill_number: bill.billNumber,
    line_number: at + 1,
    section: line.section,
    description: line.description,
    quantity: line.quantity,
    unit: line.unit,
    unit_price_eur: line.unitPriceEur,
    amount_eur: euro(line.amountCents),
  }));

function pdfOf({ contract, ...bill }: SeedBill) {
  const company = GROUP.find(({ slug }) => slug === contract.company);
  if (!company) {
    throw new Error(`no company ${contract.company}`);
  }
  const { mandate } = contract;
  // From issue to due, as the portal judges it (R16).
  const pays =
    mandate?.since && mandate.since <= bill.issueDate && (mandate.until ?? "9999") > bill.dueDate;
  return {
    ...bill,
    language: contract.language,
    company,
    holder: {
      name: contract.holderName,
      taxId: contract.taxId,
      billingAddress: contract.customer.home,
    },
    commodity: contract.commodity,
    customerCode: contract.customerCode,
    contractNumber: contract.contractNumber,
    supplyPoint: contract.supplyPoint,
    supplyAddress: contract.customer.home,
    consumptionUnit: bill.consumption === null ? null : BILLING[contract.commodity].unit,
    mandateReference: pays ? mandate.reference : null,
  };
}
