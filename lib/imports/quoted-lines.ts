import { CsvError, type Options, Parser } from "csv-parse";
import {
  CELLS_MAX,
  type CsvRecord,
  checkWidth,
  FAR_TOO_LONG,
  RECORD_MAX,
  type ReadPart,
} from "./csv-record";
import type { FaultList } from "./errors";

/** Lines with quotation marks, from some line on, by the library. */
export class QuotedLines {
  readonly parser: RecordParser;

  constructor(
    format: Options,
    from: number,
    private readonly faults: FaultList,
  ) {
    this.parser = new RecordParser(format, from, faults);
  }

  /** Gives the parser text, or its end; what it has read, and why it cannot read on. */
  async feed(text?: string): Promise<{ records: CsvRecord[]; error?: Error }> {
    const { parser } = this;
    const error = await new Promise<Error | undefined>((resolve) => {
      const settle = (failure?: Error | null) => resolve(failure ?? undefined);
      if (text === undefined) {
        parser.end(settle);
      } else {
        parser.write(text, settle);
      }
    });
    const records = parser.takeRecords();
    if (!error && parser.openCells > CELLS_MAX) {
      // Cells without text count for nothing in the library's limit, and would fill the memory.
      return { records, error: this.faults.refusal({ line: parser.line, reason: FAR_TOO_LONG }) };
    }
    return { records, error: error instanceof CsvError ? this.refusal(error) : error };
  }

  private refusal(error: CsvError) {
    const { line } = this.parser;
    switch (error.code) {
      case "CSV_QUOTE_NOT_CLOSED":
        return this.faults.refusal({
          line,
          reason: 'a quotation mark (") is opened and never closed',
        });
      case "CSV_MAX_RECORD_SIZE":
        return this.faults.refusal({ line, reason: FAR_TOO_LONG });
      default:
        return this.faults.refusal({
          line,
          reason:
            'a cell with quotation marks must be wrapped in " and have those inside it doubled',
        });
    }
  }
}

/** The library's parser, whose records do not pass one by one through a stream. */
class RecordParser extends Parser {
  declare private readonly state: { record: string[] };
  private records: CsvRecord[] = [];
  /** Where the next record would begin if there were no empty lines. */
  private next: number;

  constructor(
    format: Options,
    from: number,
    private readonly faults: FaultList,
  ) {
    super({
      ...format,
      record_delimiter: ["\r\n", "\n"],
      skip_empty_lines: true,
      // Counted by us, so that every short line is named and not only the first.
      relax_column_count: true,
      max_record_size: RECORD_MAX,
    });
    this.next = from;
    // Whoever feeds it is told.
    this.on("error", () => {});
  }

  /** The line that the next record begins: the library counts CRLF between quotation marks as two. */
  get line(): number {
    return this.next + this.info.empty_lines;
  }

  /** Cells of a record whose end is still to come. */
  get openCells(): number {
    return this.state.record.length;
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
      checkWidth(this.line, record.length, this.faults);
      this.records.push(new QuotedRecord(this.line, record.map(plainCell)));
      this.next += 1 + lineBreaks(record);
    }
    return true;
  }
}

/** A record whose cells the library has cut out. */
class QuotedRecord implements CsvRecord {
  constructor(
    readonly line: number,
    readonly cells: string[],
  ) {}

  get width(): number {
    return this.cells.length;
  }

  cell(at: number): string {
    return this.cells[at] ?? "";
  }

  readCell(at: number, read: ReadPart): number {
    const text = this.cell(at);
    return read(text, 0, text.length);
  }
}

/** A cell's text, trimmed; `="00123"`, by which spreadsheets are kept from taking a code for a number, is 00123. */
function plainCell(cell: string): string {
  const text = cell.trim();
  return text.startsWith('="') && text.endsWith('"') && text.length > 2 ? text.slice(2, -1) : text;
}

const lineBreaks = (record: string[]) =>
  record.reduce((sum, cell) => (cell.includes("\n") ? sum + cell.split("\n").length - 1 : sum), 0);
