import { v7 as uuidv7 } from "uuid";
import { DOCUMENT_KINDS, PAYMENT_STATUSES } from "@/db/schema";
import type { TxContext } from "@/lib/auth/context";
import {
  CellError,
  decimal,
  euroCents,
  flag,
  isoDate,
  oneOf,
  optional,
  readCells,
  words,
} from "../cells";
import { type CsvRow, readCsv } from "../csv";
import type { FaultList } from "../errors";
import { inspectPdf } from "../pdf-folder";
import { Staging } from "../staging";
import type { BillImportInput } from "./import-bills";
import type { Source } from "./take-over";

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

export const BILL_COLUMNS = Object.keys(CELLS) as (keyof typeof CELLS)[];

const TABLE = `line int, bill_number text, contract_number text, kind text, issue_date date,
  due_date date, period_from date, period_to date, total_cents int, consumption numeric,
  consumption_unit text, estimated boolean, discount_cents int, payment_status text, document text,
  pdf_bytes int, document_id uuid, contract_id uuid, exists_already boolean not null,
  taken_over boolean not null,   pdf_changed boolean not null, pdf_key text, old_key text, fate text`;

type Cells = { [Column in keyof typeof CELLS]: ReturnType<(typeof CELLS)[Column]> };

interface BillRow {
  line: number;
  [column: string]: string | number | boolean | null;
}

/** PDFs that are looked at together. */
const AT_ONCE = 64;

/** Reads the file into a staging table and returns it; faults of single rows go to the source's. */
export async function stageBills(
  { db }: TxContext,
  { faults, digest }: Source,
  input: BillImportInput,
): Promise<Staging<BillRow>> {
  const staging = await Staging.create<BillRow>(db, "import_bills", TABLE);
  let rows = 0;
  let waiting: CsvRow<keyof Cells>[] = [];
  const settle = async () => {
    const read = await Promise.all(waiting.map((row) => toBill(row, input.documents, faults)));
    waiting = [];
    for (const bill of read) {
      if (bill) {
        await staging.add(bill);
      }
    }
    input.onProgress?.("reading", { done: rows, of: 0 });
  };
  for await (const row of readCsv(input.file, BILL_COLUMNS, faults, digest)) {
    rows += 1;
    waiting.push(row);
    if (waiting.length >= AT_ONCE) {
      await settle();
    }
  }
  await settle();
  await staging.finish();
  return staging;
}

async function toBill(
  row: CsvRow<keyof Cells>,
  documents: string | undefined,
  faults: FaultList,
): Promise<BillRow | null> {
  const cells = readCells(row, CELLS, faults);
  if (!cells || !rowHolds(row.line, cells, faults)) {
    return null;
  }
  const pdfBytes = await pdfOf(row.line, cells.document, documents, faults);
  const { total_eur, discount_eur, payment_status, ...rest } = cells;
  return {
    line: row.line,
    ...rest,
    total_cents: total_eur,
    discount_cents: discount_eur ?? 0,
    payment_status: payment_status ?? "open",
    pdf_bytes: pdfBytes,
    document_id: uuidv7(),
    exists_already: false,
    taken_over: false,
    pdf_changed: false,
  };
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
  name: string | null,
  folder: string | undefined,
  faults: FaultList,
): Promise<number | null> {
  if (name === null) {
    return null;
  }
  if (folder === undefined) {
    faults.add({
      line,
      column: "document",
      reason: "names a PDF; say --documents with its folder",
    });
    return null;
  }
  try {
    return await inspectPdf(folder, name);
  } catch (error) {
    if (!(error instanceof CellError)) {
      throw error;
    }
    faults.add({ line, column: "document", reason: error.message });
    return null;
  }
}
