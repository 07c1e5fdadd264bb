import type { FaultList } from "../errors";
import { checkAgainstSchema } from "./check-schema";
import { InvoiceCells } from "./invoice-cells";
import type { Share } from "./invoice-file";
import { invoiceFiles } from "./invoice-files";
import { readEInvoices } from "./read-e-invoices";

/** What is told of an invoice beside its cells. */
export interface ReadInvoice {
  /** The line of its file where it opens. */
  at: number;
  /** Where its cells end among those of its piece, in bytes. */
  end: number;
  /** The PDF that came with it, and the invoice's number. */
  pdf: { content: Buffer; number: string } | null;
}

/** Invoices of one file, in their order; the file's last piece says so, and may be empty. */
export interface InvoicePiece {
  name: string;
  invoices: ReadInvoice[];
  /** Of each the cells of `INVOICE_CELLS`, one invoice after the other. Good until the next piece is asked for. */
  cells: Buffer;
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
  const cells = new InvoiceCells();
  for await (const { name, content } of invoiceFiles(path, faults, share)) {
    const ofFile = faults.within(name);
    const bytes = schema ? await checkAgainstSchema(content, schema, ofFile) : content;
    let invoices: ReadInvoice[] = [];
    for await (const invoice of readEInvoices(bytes, ofFile)) {
      const { line: at, number, attachment } = invoice;
      cells.add(name, invoice);
      const pdf = attachment && { content: attachment.content, number };
      invoices.push({ at, end: cells.length, pdf });
      if (invoices.length >= PIECE || pdf) {
        yield { name, invoices, cells: cells.lend(), isLast: false };
        invoices = [];
      }
    }
    yield { name, invoices, cells: cells.lend(), isLast: true };
  }
}
