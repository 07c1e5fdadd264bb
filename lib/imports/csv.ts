import { CsvError, type Info, type Options, Parser } from "csv-parse";
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
    for (const { line, cells } of records) {
      if (!header) {
        header = headerOf(cells, columns, faults);
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

/** A record of a CSV file, cells trimmed. */
export interface CsvRecord {
  line: number;
  cells: string[];
}

/**
 * The records of a CSV file as they stand there, header included, those of a piece of the file at a time:
 * a promise for each would be dearer than its parsing.
 * @throws {ImportRefusedError} if the file cannot be read on: no such file, not UTF-8, a quote left
 *   open.
 */
export async function* csvRecords(
  path: string,
  faults: FaultList,
  // Spreadsheets write ="00123", a quote in the middle of a cell.
  { delimiter = ";", excelText = false }: { delimiter?: string; excelText?: boolean } = {},
): AsyncGenerator<CsvRecord[]> {
  const parser = new RecordParser({ ...CSV_FORMAT, delimiter, relax_quotes: excelText }, faults);
  const fed = async (bytes?: Buffer) => {
    const error = await feed(parser, bytes);
    const read = parser.takeRecords();
    return { read, error: error instanceof CsvError ? refusal(error, faults) : error };
  };
  try {
    for await (const chunk of utf8Chunks(path, faults)) {
      yield* recordsOf(await fed(chunk));
    }
    yield* recordsOf(await fed());
  } finally {
    parser.destroy();
  }
}

/** The library's parser, whose records do not pass one by one through a stream. */
class RecordParser extends Parser {
  private records: CsvRecord[] = [];

  constructor(
    options: Options,
    private readonly faults: FaultList,
  ) {
    super(options);
    // Whoever feeds it is told.
    this.on("error", () => {});
  }

  /** What was read since the last time. */
  takeRecords(): CsvRecord[] {
    const taken = this.records;
    this.records = [];
    return taken;
  }

  /** Takes what would be handed on to the stream's reader; null is its end. */
  override push(record: string[] | null): boolean {
    if (record !== null) {
      const { lines } = this.info;
      if (record.length > CELLS_MAX) {
        this.faults.refuse({
          line: lines,
          reason: `the line has ${record.length} cells, and ${CELLS_MAX} are the most of any file`,
        });
      }
      this.records.push({ line: lines - lineBreaks(record), cells: record.map(plainCell) });
    }
    return true;
  }
}

/** What was read before an error comes before it. */
function* recordsOf({ read, error }: { read: CsvRecord[]; error?: Error }): Generator<CsvRecord[]> {
  yield read;
  if (error) {
    throw error;
  }
}

/** Gives the parser bytes, or their end; settles once it has looked at them, with what it cannot read. */
const feed = (parser: Parser, bytes?: Buffer) =>
  new Promise<Error | undefined>((resolve) => {
    const settle = (error?: Error | null) => resolve(error ?? undefined);
    if (bytes) {
      parser.write(bytes, settle);
    } else {
      parser.end(settle);
    }
  });

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
