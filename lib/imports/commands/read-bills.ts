import { DOCUMENT_KINDS, PAYMENT_STATUSES } from "@/db/schema";
import { decimal, euroCents, flag, isoDate, oneOf, optional, rowReader, words } from "../cells";
import { type CsvRow, readCsv } from "../csv";
import type { DocumentSource } from "../documents/document-source";
import { CellError, type FaultList } from "../errors";
import type { StagedRow } from "../staging";

const CELLS = {
  bill_number: words(40),
  contract_number: words(40),
  kind: oneOf(DOCUMENT_KINDS),
  issue_date: isoDate,
  due_date: isoDate,
  period_from: isoDate,
  period_to: isoDate,
  total_eur: euroCents,
  consumption: optional(decimal(6, "any")),
  consumption_unit: optional(oneOf(["kWh", "Smc", "m3"])),
  estimated: flag,
  discount_eur: optional(euroCents),
  payment_status: optional(oneOf(PAYMENT_STATUSES)),
  document: optional(words(200)),
};

const readRow = rowReader(CELLS);

export const BILL_COLUMNS = Object.keys(CELLS) as (keyof typeof CELLS)[];

type Cells = { [Column in keyof typeof CELLS]: ReturnType<(typeof CELLS)[Column]> };

/** The bills of a file, some at a time; faults of single rows go to `faults`, and the row is left out. */
export async function* readBills(
  file: string,
  documents: DocumentSource | undefined,
  faults: FaultList,
): AsyncGenerator<StagedRow[]> {
  for await (const rows of readCsv(file, BILL_COLUMNS, faults)) {
    yield await toBills(rows, documents, faults);
  }
}

async function toBills(
  rows: CsvRow<keyof Cells>[],
  documents: DocumentSource | undefined,
  faults: FaultList,
): Promise<StagedRow[]> {
  const bills: StagedRow[] = [];
  const looked: Promise<void>[] = [];
  for (const row of rows) {
    const cells = readRow(row, faults);
    if (!cells || !rowHolds(row.line, cells, faults)) {
      continue;
    }
    const bill: StagedRow = {
      line: row.line,
      ...cells,
      total_cents: cells.total_eur,
      discount_cents: cells.discount_eur ?? 0,
      pdf_bytes: null,
    };
    bills.push(bill);
    // Most files name no PDF, and a promise per row is dear.
    if (cells.document !== null) {
      looked.push(
        pdfOf(row.line, cells.document, documents, faults).then((bytes) => {
          bill.pdf_bytes = bytes;
        }),
      );
    }
  }
  await Promise.all(looked);
  return bills;
}

/** What binds several cells of a row. */
function rowHolds(line: number, row: Cells, faults: FaultList): boolean {
  let holds = true;
  const fault = (column: keyof Cells, reason: string) => {
    faults.add({ line, column, reason });
    holds = false;
  };
  if (row.kind === "credit_note" ? row.total_eur > 0 : row.total_eur < 0) {
    fault(
      "total_eur",
      row.kind === "credit_note"
        ? "is positive, and a credit_note's total must be 0 or negative"
        : "is negative, and only a credit_note's total may be",
    );
  }
  if (row.period_to < row.period_from) {
    fault("period_to", `${row.period_to} is before period_from, ${row.period_from}`);
  }
  if (row.due_date < row.issue_date) {
    fault("due_date", `${row.due_date} is before issue_date, ${row.issue_date}`);
  }
  if (row.consumption !== null && row.consumption_unit === null) {
    fault("consumption_unit", "is empty, and a consumption needs its unit");
  }
  if (row.consumption?.startsWith("-") && row.kind !== "credit_note") {
    fault("consumption", "is negative, and only a credit_note's consumption may be");
  }
  return holds;
}

async function pdfOf(
  line: number,
  name: string,
  documents: DocumentSource | undefined,
  faults: FaultList,
): Promise<number | null> {
  if (documents === undefined) {
    faults.add({
      line,
      column: "document",
      reason: "names a PDF; say --documents with its folder or ZIP file",
    });
    return null;
  }
  try {
    return await documents.inspect(name);
  } catch (error) {
    if (!(error instanceof CellError)) {
      throw error;
    }
    faults.add({ line, column: "document", reason: error.message });
    return null;
  }
}
