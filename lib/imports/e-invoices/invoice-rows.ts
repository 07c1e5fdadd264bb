import type { FaultList } from "../errors";
import type { StagedRow } from "../staging";
import { keptLinesOf } from "./bill-lines";
import { checkAgainstSchema } from "./check-schema";
import type { Share } from "./invoice-file";
import { invoiceFiles } from "./invoice-files";
import { type EInvoice, readEInvoices } from "./read-e-invoices";

/** An invoice as a staged bill without its contract, and what is not staged. */
export interface InvoiceRow {
  row: Omit<StagedRow, "line">;
  /** The line of its file where it opens. */
  at: number;
  number: string;
  /** The PDF that came with it. */
  pdf: Buffer | null;
}

/** Invoices of one file, in their order; the file's last piece says so, and may be empty. */
export interface InvoicePiece {
  name: string;
  invoices: InvoiceRow[];
  isLast: boolean;
}

export interface InvoiceSource {
  /** A file, a folder, or a ZIP file. */
  path: string;
  /** The path of the agency's schema (.xsd): then every file is checked against it first. */
  schema?: string;
}

/** Invoices that come in one piece, unless a PDF is among them. */
const PIECE = 100;

/**
 * The invoices of all files at a path, or of a share of them.
 * @throws {ImportRefusedError} with all faults so far if a file cannot be read
 * @throws {RefusalError} if the schema is not there or is none
 */
export async function* invoicePieces(
  { path, schema }: InvoiceSource,
  faults: FaultList,
  share?: Share,
): AsyncGenerator<InvoicePiece> {
  for await (const { name, content } of invoiceFiles(path, faults, share)) {
    const ofFile = faults.within(name);
    const bytes = schema ? await checkAgainstSchema(content, schema, ofFile) : content;
    let invoices: InvoiceRow[] = [];
    for await (const invoice of readEInvoices(bytes, ofFile)) {
      invoices.push(toRow(name, invoice));
      if (invoices.length >= PIECE || invoice.attachment) {
        yield { name, invoices, isLast: false };
        invoices = [];
      }
    }
    yield { name, invoices, isLast: true };
  }
}

function toRow(fileName: string, invoice: EInvoice): InvoiceRow {
  const { issueDate, dueDate, period, consumption, attachment, number, line } = invoice;
  const row = {
    bill_number: number,
    kind: invoice.kind,
    issue_date: issueDate,
    due_date: dueDate !== null && dueDate >= issueDate ? dueDate : issueDate,
    period_from: period?.from ?? issueDate,
    period_to: period?.to ?? issueDate,
    total_cents: invoice.totalCents,
    consumption: consumption?.quantity ?? null,
    consumption_unit: consumption?.unit ?? null,
    estimated: false,
    discount_cents: 0,
    payment_status: null,
    file_name: fileName,
    tax_id: invoice.buyerTaxId,
    vat_number: invoice.buyerVat,
    named: JSON.stringify({
      points: invoice.supplyPoints,
      codes: invoice.customerCodes,
      contracts: invoice.contractNumbers,
    }),
    lines: keptLinesOf(invoice),
  };
  return { row, at: line, number, pdf: attachment?.content ?? null };
}
