import { CopyBuffer, type CopyType, type CopyValue } from "@/db/copy-buffer";
import { BILL_COLUMNS } from "../bill-columns";
import { keptLinesOf } from "./bill-lines";
import type { EInvoice } from "./read-e-invoices";

/** What is staged of an invoice, in this order: a bill's columns without its contract and its PDF, and what matches it. */
export const INVOICE_CELLS = {
  ...BILL_COLUMNS,
  file_name: "text",
  file_line: "int",
  tax_id: "text",
  vat_number: "text",
  named: "jsonb",
  // As JSON, which is taken apart once it is kept: until then it is half as long.
  lines: "text",
} satisfies Record<string, CopyType>;

const CELLS = Object.entries(INVOICE_CELLS) as [keyof typeof INVOICE_CELLS, CopyType][];

/**
 * Invoices as cells for COPY, written where they are read: a process that reads hands on bytes and no objects, which
 * would cost both sides as much as a quarter of the reading.
 */
export class InvoiceCells {
  private readonly buffer = new CopyBuffer();

  /** Bytes that are written and not yet lent. */
  get length(): number {
    return this.buffer.length;
  }

  add(fileName: string, invoice: EInvoice): void {
    const row = toRow(fileName, invoice);
    for (const [column, type] of CELLS) {
      this.buffer.cell(type, row[column]);
    }
  }

  /** The cells since it was last asked; good until others are added. */
  lend(): Buffer {
    return this.buffer.lend();
  }
}

function toRow(fileName: string, invoice: EInvoice): Record<keyof typeof INVOICE_CELLS, CopyValue> {
  const { issueDate, dueDate, period, consumption } = invoice;
  return {
    bill_number: invoice.number,
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
    file_line: invoice.line,
    tax_id: invoice.buyerTaxId,
    vat_number: invoice.buyerVat,
    named: JSON.stringify({
      points: invoice.supplyPoints,
      codes: invoice.customerCodes,
      contracts: invoice.contractNumbers,
    }),
    lines: keptLinesOf(invoice),
  };
}
