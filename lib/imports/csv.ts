import type { CsvRecord } from "./csv-record";
import { csvRecords } from "./csv-records";
import { type FaultList, shown } from "./errors";

/** Characters of one cell; what a column allows is narrower (cells.ts). */
const CELL_MAX = 2_000;

export interface CsvRow<Column extends string> {
  /** From 1, the line of the file. A record over several lines counts by its first. */
  line: number;
  /** Trimmed; an empty cell is "". */
  values: Record<Column, string>;
}

/**
 * Reads a CSV file with exactly these columns, in any order, some rows at a time. Faults of single lines go
 * to `faults` and the line is left out.
 * @throws {ImportRefusedError} if the file cannot be read on: no such file, not UTF-8, a column
 *   missing, unknown or twice, a quote left open.
 */
export async function* readCsv<Column extends string>(
  path: string,
  columns: readonly Column[],
  faults: FaultList,
): AsyncGenerator<CsvRow<Column>[]> {
  let header: Column[] | undefined;
  for await (const records of csvRecords(path, faults)) {
    const rows: CsvRow<Column>[] = [];
    for (const record of records) {
      const { line, cells } = record;
      if (!header) {
        header = headerOf(record, columns, faults);
      } else if (isWellFormed(cells, header, line, faults)) {
        const values = {} as Record<Column, string>;
        for (const [at, column] of header.entries()) {
          values[column] = cells[at] ?? "";
        }
        rows.push({ line, values });
      }
    }
    yield rows;
  }
  if (!header) {
    faults.refuse({
      reason: `the file is empty; its first line must name the columns, ${span(columns)}`,
    });
  }
}

/** Columns in few words: there may be thirty. */
const span = (columns: readonly string[]) =>
  columns.length > 6
    ? `from ${columns[0]} to ${columns.at(-1)}, as the README lists them`
    : columns.join(";");

function headerOf<Column extends string>(
  { line, cells }: CsvRecord,
  columns: readonly Column[],
  faults: FaultList,
): Column[] {
  if (cells.length === 1 && columns.length > 1 && /[,\t]/.test(cells[0] ?? "")) {
    faults.refuse({ line, reason: "the columns must be separated by ; (semicolon)" });
  }
  const known: readonly string[] = columns;
  if (!cells.some((name) => known.includes(name))) {
    faults.refuse({
      line,
      reason: `the header names none of the columns; it must name them all, ${span(columns)}`,
    });
  }
  for (const [at, name] of cells.entries()) {
    if (!known.includes(name)) {
      const column = name ? shown(name) : `number ${at + 1}`;
      faults.add({
        line,
        column,
        reason: "this column is unknown; take it out of the file",
      });
    } else if (cells.indexOf(name) < at) {
      faults.add({ line, column: name, reason: "this column stands there twice" });
    }
  }
  for (const name of columns.filter((column) => !cells.includes(column))) {
    faults.add({ line, column: name, reason: "this column is missing" });
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
