import { type CsvFormat, csvRecords } from "./csv-records";
import { apart, FaultList, type ImportFault, ImportRefusedError } from "./errors";
import { sameName } from "./layouts/header";
import { utf8Text } from "./text-file";

/** A cell or row as it is kept: enough to find it. */
const RAW_MAX = 4_000;

interface Rejected {
  /** The cell that is wrong, as it was read. */
  value?: string;
  /** The row as it stands in the file, quotation marks and `="…"` included. */
  raw: string;
}

/** The rows of a CSV file that faults name; what cannot be read as one has none. */
export async function rejectedRows(
  file: string,
  format: CsvFormat,
  all: ImportFault[],
): Promise<Map<ImportFault, Rejected>> {
  const byLine = new Map<number, ImportFault[]>();
  for (const fault of all) {
    if (fault.line !== undefined) {
      byLine.set(fault.line, [...(byLine.get(fault.line) ?? []), fault]);
    }
  }
  const values = new Map<ImportFault, string>();
  /** The lines that begin rows with faults, and those that begin the next ones. */
  const spans = new Map([...byLine.keys()].map((line) => [line, line + 1]));
  await asFarAsItCanBeRead(() => readCells(file, format, { byLine, values, spans }));
  const texts = new Map<number, string>();
  await asFarAsItCanBeRead(() => readTexts(file, spans, texts));
  const found = new Map<ImportFault, Rejected>();
  for (const [line, faults] of byLine) {
    const raw = texts.get(line);
    for (const fault of raw === undefined ? [] : faults) {
      found.set(fault, { raw: raw ?? "", value: values.get(fault) });
    }
  }
  return found;
}

async function readCells(
  file: string,
  format: CsvFormat,
  {
    byLine,
    values,
    spans,
  }: {
    byLine: Map<number, ImportFault[]>;
    values: Map<ImportFault, string>;
    spans: Map<number, number>;
  },
): Promise<void> {
  let header: string[] | undefined;
  let before = 0;
  let left = byLine.size;
  for await (const records of csvRecords(file, new FaultList(""), format)) {
    for (const record of records) {
      const { line } = record;
      if (spans.has(before)) {
        spans.set(before, line);
      }
      before = line;
      header ??= record.cells.map(sameName);
      for (const fault of byLine.get(line) ?? []) {
        const at = fault.column === undefined ? -1 : header.indexOf(sameName(fault.column));
        if (at >= 0) {
          values.set(fault, apart(record.cell(at).slice(0, RAW_MAX)));
        }
      }
      left -= byLine.has(line) ? 1 : 0;
    }
    // The row after the last one tells where that ends.
    if (left === 0 && !byLine.has(before)) {
      return;
    }
  }
  if (spans.has(before)) {
    spans.set(before, Number.POSITIVE_INFINITY);
  }
}

/** The text of rows by their first lines. */
async function readTexts(
  file: string,
  spans: Map<number, number>,
  texts: Map<number, string>,
): Promise<void> {
  const last = [...spans.values()].reduce((most, to) => Math.max(most, to), 0);
  let line = 1;
  let row: { from: number; to: number; text: string } | undefined;
  const keep = () => {
    if (row) {
      texts.set(row.from, apart(row.text.trimEnd()));
    }
  };
  for await (const piece of utf8Text(file, new FaultList(""))) {
    let at = 0;
    while (at < piece.length) {
      const end = piece.indexOf("\n", at);
      const next = end < 0 ? piece.length : end + 1;
      const to = spans.get(line);
      if (row && line >= row.to) {
        keep();
        row = undefined;
      }
      if (!row && to !== undefined) {
        row = { from: line, to, text: "" };
      }
      if (row && row.text.length < RAW_MAX) {
        row.text += piece.slice(at, Math.min(next, at + RAW_MAX - row.text.length));
      }
      line += end < 0 ? 0 : 1;
      at = next;
    }
    if (line > last) {
      break;
    }
  }
  keep();
}

/** It is not read any further than it was before. */
async function asFarAsItCanBeRead(read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (!(error instanceof ImportRefusedError)) {
      throw error;
    }
  }
}
