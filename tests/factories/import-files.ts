import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { BILL_LINE_COLUMNS } from "@/lib/imports/commands/import-bill-lines";
import { CHOICE_COLUMNS } from "@/lib/imports/commands/import-choices";
import { CONTRACT_COLUMNS } from "@/lib/imports/commands/import-contracts";
import { BILL_COLUMNS } from "@/lib/imports/commands/read-bills";

type Row<Column extends string> = Partial<Record<Column, string>>;

/** A new empty folder outside the repository. */
export const newFolder = () => mkdtemp(path.join(tmpdir(), "sportello-test-"));

/** Writes text as a file in a folder of its own; returns its path. */
export async function writeText(name: string, content: string | Uint8Array): Promise<string> {
  const file = path.join(await newFolder(), name);
  await writeFile(file, content);
  return file;
}

function csv(columns: readonly string[], rows: Row<string>[]): string {
  const lines = rows.map((row) => columns.map((column) => row[column] ?? "").join(";"));
  return `${[columns.join(";"), ...lines].join("\n")}\n`;
}

const CONTRACT: Row<(typeof CONTRACT_COLUMNS)[number]> = {
  contract_number: "C-1",
  customer_code: "100200300",
  tax_id: "RSSMRA80A01H501U",
  holder_name: "Rossi Mario",
  commodity: "electricity",
  supply_point: "IT001E12345678",
  supply_address: "Via Inventata 1, 00100 Roma",
  billing_address: "Via Inventata 1, 00100 Roma",
  product: "Luce Chiara",
  contracted_power_kw: "3",
  available_power_kw: "3,3",
  annual_consumption: "2700",
  starts_on: "2020-01-01",
  language: "it",
  mandate_reference: "UMR-1",
  mandate_iban: "IT60X0542811101000000123456",
  mandate_debtor: "Rossi Mario",
  mandate_status: "active",
  mandate_since: "2020-01-01",
  creditor_id: "IT60ZZZ0000001234567897",
};

/** A contracts file; each row is a whole contract with these cells changed. */
export const contractsFile = (...rows: Row<(typeof CONTRACT_COLUMNS)[number]>[]) =>
  writeText(
    "contracts.csv",
    csv(
      CONTRACT_COLUMNS,
      rows.map((row) => ({ ...CONTRACT, ...row })),
    ),
  );

/** A choices file; each row is a whole electronic choice with these cells changed. */
export const choicesFile = (...rows: Row<(typeof CHOICE_COLUMNS)[number]>[]) =>
  writeText(
    "choices.csv",
    csv(
      CHOICE_COLUMNS,
      rows.map((row) => ({
        contract_number: "C-1",
        mode: "electronic",
        email: "old-portal@posta.example",
        chosen_at: "2026-03-01",
        ...row,
      })),
    ),
  );

const BILL: Row<(typeof BILL_COLUMNS)[number]> = {
  bill_number: "B-1",
  contract_number: "C-1",
  kind: "bill",
  issue_date: "2026-10-20",
  due_date: "2026-11-12",
  period_from: "2026-09-01",
  period_to: "2026-09-30",
  total_eur: "83,40",
  consumption: "269,281",
  consumption_unit: "kWh",
  estimated: "no",
  discount_eur: "1",
  payment_status: "open",
};

/** A bills file; each row is a whole bill with these cells changed. */
export const billsFile = (...rows: Row<(typeof BILL_COLUMNS)[number]>[]) =>
  writeText(
    "bills.csv",
    csv(
      BILL_COLUMNS,
      rows.map((row) => ({ ...BILL, ...row })),
    ),
  );

const LINE: Row<(typeof BILL_LINE_COLUMNS)[number]> = {
  bill_number: "B-1",
  line_number: "1",
  section: "energy",
  description: "Quota energia",
  quantity: "269,281",
  unit: "kWh",
  unit_price_eur: "0,31",
  amount_eur: "83,40",
};

/** A bill-lines file; each row is a whole line with these cells changed. */
export const billLinesFile = (...rows: Row<(typeof BILL_LINE_COLUMNS)[number]>[]) =>
  writeText(
    "bill-lines.csv",
    csv(
      BILL_LINE_COLUMNS,
      rows.map((row) => ({ ...LINE, ...row })),
    ),
  );

/** A folder of PDFs by name; nothing more of a PDF than the import looks at. */
export async function pdfFolder(pdfs: Record<string, string>): Promise<string> {
  const folder = await newFolder();
  for (const [name, content] of Object.entries(pdfs)) {
    await writeFile(path.join(folder, name), content);
  }
  return folder;
}

export const PDF = pdfOf("not much of a bill, B-1");

/** A PDF of one page with a text, as short as readers take it. */
export function pdfOf(text: string): string {
  const drawing = `BT /F1 12 Tf 72 700 Td (${text}) Tj ET`;
  return `%PDF-1.7
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R
  /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >> endobj
4 0 obj << /Length ${drawing.length} >>
stream
${drawing}
endstream
endobj
trailer << /Root 1 0 R >>
%%EOF
`;
}
