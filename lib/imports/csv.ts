import { pipeline, Readable } from "node:stream";
import { CsvError, type Info, parse } from "csv-parse";
import { type FaultList, shown } from "./errors";
import { utf8Chunks } from "./text-file";

/** Characters of one cell; what a column allows is narrower (cells.ts). */
const CELL_MAX = 2_000;
/** Bytes of one record: a lost closing quote must not swallow the file. */
const RECORD_MAX = 64 * 1024;

/** Cells of one record: a day of quarter-hours, two directions, and what belongs to it. */
const CELLS_MAX = 1_000;

/** How our files are written: `;`, quotes where needed, any usual line end. */
const CSV_FORMAT = {
  record_delimiter: ["\r\n", "\n"],
  bom: true,
  skip_empty_lines: true,
  // Counted by us, so that every short line is named and not only the first.
  relax_column_count: true,
  max_record_size: RECORD_MAX,
};

export interface CsvRow<Column extends string> {
  /** From 1; the header is line 1. A record over several lines counts by its first. */
  line: number;
  /** Trimmed; an empty cell is "". */
  values: Record<Column, string>;
}

/**
 * Reads a CSV file with exactly these columns, in any order. Faults of single lines go to `faults`
 * and the line is left out.
 * @throws {ImportRefusedError} if the file cannot be read on: no such file, not UTF-8, a column
 *   missing, unknown or twice, a quote left open.
 */
export async function* readCsv<Column extends string>(
  path: string,
  columns: readonly Column[],
  faults: FaultList,
): AsyncGenerator<CsvRow<Column>> {
  let header: Column[] | undefined;
  for await (const { line, cells } of csvRecords(path, faults)) {
    if (!header) {
      header = headerOf(cells, columns, faults);
    } else if (isWellFormed(cells, header, line, faults)) {
      const values = {} as Record<Column, string>;
      header.forEach((column, at) => {
        values[column] = cells[at] ?? "";
      });
      yield { line, values };
    }
  }
  if (!header) {
    faults.refuse({
      reason: `the file is empty; its first line must name the columns, ${span(columns)}`,
    });
  }
}

/**
 * The records of a CSV file as they stand there, header included, cells trimmed.
 * @throws {ImportRefusedError} if the file cannot be read on: no such file, not UTF-8, a quote left
 *   open.
 */
export async function* csvRecords(
  path: string,
  faults: FaultList,
  // Spreadsheets write ="00123", a quote in the middle of a cell.
  { delimiter = ";", excelText = false }: { delimiter?: string; excelText?: boolean } = {},
): AsyncGenerator<{ line: number; cells: string[] }> {
  const parser = parse({ ...CSV_FORMAT, delimiter, relax_quotes: excelText, info: true });
  pipeline(Readable.from(utf8Chunks(path, faults)), parser, () => {});
  const records = parser as AsyncIterable<{ record: string[]; info: Info }>;
  try {
    for await (const { record, info } of records) {
      if (record.length > CELLS_MAX) {
        faults.refuse({
          line: info.lines,
          reason: `the line has ${record.length} cells, and ${CELLS_MAX} are the most of any file`,
        });
      }
      yield { line: info.lines - lineBreaks(record), cells: record.map(plainCell) };
    }
  } catch (error) {
    throw error instanceof CsvError ? refusal(error, faults) : error;
  }
}

/** A cell's text, trimmed; `="00123"`, by which spreadsheets are kept from taking a code for a number, is 00123. */
function plainCell(cell: string): string {
  const text = cell.trim();
  return text.startsWith('="') && text.endsWith('"') && text.length > 2 ? text.slice(2, -1) : text;
}

const lineBreaks = (record: string[]) =>
  record.reduce((sum, cell) => (cell.includes("\n") ? sum + cell.split("\n").length - 1 : sum), 0);

/** Columns in few words: there may be thirty. */
const span = (columns: readonly string[]) =>
  columns.length > 6
    ? `from ${columns[0]} to ${columns.at(-1)}, as the README lists them`
    : columns.join(";");

function headerOf<Column extends string>(
  cells: string[],
  columns: readonly Column[],
  faults: FaultList,
): Column[] {
  if (cells.length === 1 && columns.length > 1 && /[,\t]/.test(cells[0] ?? "")) {
    faults.refuse({ line: 1, reason: "the columns must be separated by ; (semicolon)" });
  }
  const known: readonly string[] = columns;
  if (!cells.some((name) => known.includes(name))) {
    faults.refuse({
      line: 1,
      reason: `the first line names none of the columns; it must name them all, ${span(columns)}`,
    });
  }
  for (const [at, name] of cells.entries()) {
    if (!known.includes(name)) {
      const column = name ? shown(name) : `number ${at + 1}`;
      faults.add({
        line: 1,
        column,
        reason: "this column is unknown; take it out of the file",
      });
    } else if (cells.indexOf(name) < at) {
      faults.add({ line: 1, column: name, reason: "this column stands there twice" });
    }
  }
  for (const name of columns.filter((column) => !cells.includes(column))) {
    faults.add({ line: 1, column: name, reason: "this column is missing" });
  }
  faults.throwIfAny();
  return cells as Column[];
}

function isWellFormed(
  cells: string[],
  header: readonly string[],
  line: number,
  faults: FaultList,
): boolean {
  if (cells.length !== header.length) {
    faults.add({
      line,
      reason: `the line has ${cells.length} cells where the header names ${header.length} columns`,
    });
    return false;
  }
  const long = cells.findIndex((cell) => cell.length > CELL_MAX);
  if (long >= 0) {
    faults.add({
      line,
      column: header[long],
      reason: `the cell is longer than ${CELL_MAX} characters`,
    });
    return false;
  }
  return true;
}

function refusal(error: CsvError, faults: FaultList) {
  const { lines, records, empty_lines } = error as unknown as Info;
  switch (error.code) {
    case "CSV_QUOTE_NOT_CLOSED":
      return faults.refusal({
        // The parser has come to the end of the file; the record began after the last whole one.
        line: records + empty_lines + 1,
        reason: 'a quotation mark (") is opened and never closed',
      });
    case "CSV_MAX_RECORD_SIZE":
      return faults.refusal({
        line: lines,
        reason: 'the line is far too long; look for a quotation mark (") left open before it',
      });
    default:
      return faults.refusal({
        line: lines,
        reason: 'a cell with quotation marks must be wrapped in " and have those inside it doubled',
      });
  }
}
