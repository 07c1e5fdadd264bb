import { type CsvRecord, checkWidth, FAR_TOO_LONG, RECORD_MAX, type ReadPart } from "./csv-record";
import type { FaultList } from "./errors";

const LF = 10;
const CR = 13;

/** The records of lines without quotation marks. */
export class PlainLines {
  /** The line that `rest` begins. */
  line = 1;
  /** What came of a line whose end is still to come. */
  rest = "";
  private readonly delimiter: number;
  private marks = new Int32Array(2 ** 15);

  constructor(
    delimiter: string,
    private readonly faults: FaultList,
  ) {
    this.delimiter = delimiter.charCodeAt(0);
  }

  feed(piece: string): CsvRecord[] {
    const text = this.rest + piece;
    const end = text.lastIndexOf("\n") + 1;
    this.rest = text.slice(end);
    // `;` and a line's end want three marks, and no two characters want more.
    if (this.marks.length < end * 2 + 2) {
      this.marks = new Int32Array(end * 4 + 2);
    }
    const { marks, delimiter } = this;
    const records: CsvRecord[] = [];
    let first = 0;
    let next = 1;
    marks[0] = -1;
    for (let at = 0; at < end; at += 1) {
      const code = text.charCodeAt(at);
      if (code === delimiter) {
        marks[next] = at;
        next += 1;
      } else if (code === LF) {
        const start = marks[first] ?? 0;
        this.checkLength(at - start - 1);
        const to = at > start + 1 && text.charCodeAt(at - 1) === CR ? at - 1 : at;
        marks[next] = to;
        if (to > start + 1) {
          records.push(this.record(text, first, next - first));
          first = next + 1;
        }
        next = first + 1;
        marks[first] = at;
        this.line += 1;
      } else if (code === CR && text.charCodeAt(at + 1) !== LF) {
        this.faults.refuse({
          line: this.line,
          reason: "the line holds a carriage return (CR); end lines with LF or CR LF",
        });
      }
    }
    this.checkLength(this.rest.length);
    return records;
  }

  private record(text: string, first: number, width: number): CsvRecord {
    checkWidth(this.line, width, this.faults);
    return new PlainRecord(this.line, width, text, this.marks, first);
  }

  private checkLength(length: number): void {
    if (length > RECORD_MAX) {
      this.faults.refuse({ line: this.line, reason: FAR_TOO_LONG });
    }
  }
}

/** A line's cells stay where they are until they are asked for: most are numbers, which need no text of their own. */
class PlainRecord implements CsvRecord {
  constructor(
    readonly line: number,
    readonly width: number,
    private readonly text: string,
    /** What stands before each cell and behind the last, from `first` on. */
    private readonly marks: Int32Array,
    private readonly first: number,
  ) {}

  cell(at: number): string {
    return at >= 0 && at < this.width ? this.text.slice(this.from(at), this.to(at)).trim() : "";
  }

  get cells(): string[] {
    return Array.from({ length: this.width }, (_, at) => this.cell(at));
  }

  readCell(at: number, read: ReadPart): number {
    return at >= 0 && at < this.width
      ? read(this.text, this.from(at), this.to(at))
      : read("", 0, 0);
  }

  private from(at: number): number {
    return (this.marks[this.first + at] ?? 0) + 1;
  }

  private to(at: number): number {
    return this.marks[this.first + at + 1] ?? 0;
  }
}
