import { CsvError, type Options, Parser } from "csv-parse";
import type { FaultList } from "./errors";
import { utf8Text } from "./text-file";

/** Characters of one record: a lost closing quote must not swallow the file. */
const RECORD_MAX = 64 * 1024;
/** Cells of one record: a day of quarter-hours, two directions, and what belongs to it. */
const CELLS_MAX = 1_000;

/** A record of a CSV file, cells trimmed. */
export interface CsvRecord {
  /** From 1. A record over several lines counts by its first. */
  line: number;
  cells: string[];
}

interface CsvFormat {
  delimiter?: string;
  /** Spreadsheets write ="00123", a quote in the middle of a cell. */
  excelText?: boolean;
}

/**
 * The records of a CSV file as they stand there, header included, those of a piece of the file at a time:
 * a promise for each would be dearer than its parsing. Up to the first quotation mark lines and cells are
 * what stands between their marks, five times as fast as the library, which reads the rest.
 * @throws {ImportRefusedError} if the file cannot be read on: no such file, not UTF-8, a quote left
 *   open.
 */
export async function* csvRecords(
  path: string,
  faults: FaultList,
  { delimiter = ";", excelText = false }: CsvFormat = {},
): AsyncGenerator<CsvRecord[]> {
  const plain = new PlainLines(delimiter, faults);
  let quoted: QuotedLines | undefined;
  try {
    for await (const text of utf8Text(path, faults)) {
      if (quoted) {
        yield* read(await quoted.feed(text));
      } else if (text.includes('"')) {
        const { line, rest } = plain;
        quoted = new QuotedLines({ delimiter, relax_quotes: excelText }, line, faults);
        yield* read(await quoted.feed(rest + text));
      } else {
        yield plain.feed(text);
      }
    }
    if (quoted) {
      yield* read(await quoted.feed());
    } else {
      yield plain.feed("\n");
    }
  } finally {
    quoted?.parser.destroy();
  }
}

/** What was read before an error comes before it. */
function* read({ records, error }: { records: CsvRecord[]; error?: Error }) {
  yield records;
  if (error) {
    throw error;
  }
}

/** Lines without quotation marks. */
class PlainLines {
  /** The line that `rest` begins. */
  line = 1;
  /** What came of a line whose end is still to come. */
  rest = "";

  constructor(
    private readonly delimiter: string,
    private readonly faults: FaultList,
  ) {}

  feed(text: string): CsvRecord[] {
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop() ?? "";
    const records: CsvRecord[] = [];
    for (const ended of lines) {
      this.checkLength(ended);
      const line = ended.endsWith("\r") ? ended.slice(0, -1) : ended;
      if (line.includes("\r")) {
        this.faults.refuse({
          line: this.line,
          reason: "the line holds a carriage return (CR); end lines with LF or CR LF",
        });
      }
      if (line !== "") {
        records.push(recordOf(this.line, line.split(this.delimiter), this.faults));
      }
      this.line += 1;
    }
    this.checkLength(this.rest);
    return records;
  }

  private checkLength(text: string): void {
    if (text.length > RECORD_MAX) {
      this.faults.refuse({ line: this.line, reason: FAR_TOO_LONG });
    }
  }
}

/** Lines with quotation marks, from some line on, by the library. */
class QuotedLines {
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
      this.records.push(recordOf(this.line, record, this.faults));
      this.next += 1 + lineBreaks(record);
    }
    return true;
  }
}

const FAR_TOO_LONG = 'the line is far too long; look for a quotation mark (") left open in it';

function recordOf(line: number, cells: string[], faults: FaultList): CsvRecord {
  if (cells.length > CELLS_MAX) {
    faults.refuse({
      line,
      reason: `the line has ${cells.length} cells, and ${CELLS_MAX} are the most of any file`,
    });
  }
  return { line, cells: cells.map(plainCell) };
}

/** A cell's text, trimmed; `="00123"`, by which spreadsheets are kept from taking a code for a number, is 00123. */
function plainCell(cell: string): string {
  const text = cell.trim();
  return text.startsWith('="') && text.endsWith('"') && text.length > 2 ? text.slice(2, -1) : text;
}

const lineBreaks = (record: string[]) =>
  record.reduce((sum, cell) => (cell.includes("\n") ? sum + cell.split("\n").length - 1 : sum), 0);
