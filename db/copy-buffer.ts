/** A value of a column; of a date, an instant, a number with decimals and JSON its text. */
export type CopyValue = string | number | boolean | null | readonly number[];

/** The column types that can be written. */
export type CopyType =
  | "text"
  | "int"
  | "smallint"
  | "boolean"
  | "date"
  | "timestamptz"
  | "numeric"
  | "jsonb"
  | "int[]";

/** Bytes that go to the driver in one piece; a row that comes when there are fewer is finished first. */
const PIECE = 2 ** 16;
/** The format's name, no flags, no extension. */
const HEAD = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");
const INT_OID = 23;
/** PostgreSQL counts from 2000-01-01. */
const EPOCH_MS = Date.UTC(2000, 0, 1);
const DAY_MS = 86_400_000;
/** Shorter texts are written faster here than by a call into the platform. */
const SHORT = 32;

/** Rows in PostgreSQL's binary form of COPY, as the types' `recv` functions read them; a stream of them has a head and an end. */
export class CopyBuffer {
  private bytes = Buffer.allocUnsafe(2 * PIECE);
  private view = viewOf(this.bytes);
  private at = 0;

  get isFull(): boolean {
    return this.at >= PIECE;
  }

  /** Bytes that were written since they were last lent. */
  get length(): number {
    return this.at;
  }

  /** What was written since it was last asked, in memory that what is written next will have: good until then. */
  lend(): Buffer {
    const lent = this.bytes.subarray(0, this.at);
    this.at = 0;
    return lent;
  }

  head(): void {
    this.cells(HEAD);
  }

  /** Cells that another buffer wrote. */
  cells(written: Uint8Array): void {
    this.room(written.length);
    this.bytes.set(written, this.at);
    this.at += written.length;
  }

  row(cells: number): void {
    this.room(2);
    this.int16(cells);
  }

  end(): void {
    this.row(-1);
  }

  /** @throws {TypeError} for a value that is none of its type */
  cell(type: CopyType, value: CopyValue): void {
    this.room(24);
    if (value === null) {
      this.int32(-1);
    } else if (typeof value === "number") {
      this.number(type, value);
    } else if (typeof value === "string") {
      this.string(type, value);
    } else if (typeof value === "boolean" && type === "boolean") {
      this.int32(1);
      this.bytes[this.at++] = value ? 1 : 0;
    } else if (typeof value === "object" && type === "int[]") {
      this.ints(value);
    } else {
      throw unfit(type, value);
    }
  }

  private number(type: CopyType, value: number): void {
    if (type === "int" && (value | 0) === value) {
      this.int32(4);
      this.int32(value);
    } else if (type === "smallint" && (value << 16) >> 16 === value) {
      this.int32(2);
      this.int16(value);
    } else {
      throw unfit(type, value);
    }
  }

  private string(type: CopyType, value: string): void {
    if (type === "text") {
      this.text(value, 0);
    } else if (type === "date") {
      this.int32(4);
      this.int32((timeOf(type, value) - EPOCH_MS) / DAY_MS);
    } else if (type === "jsonb") {
      this.text(value, 1);
    } else if (type === "timestamptz") {
      this.int32(8);
      this.view.setBigInt64(this.at, microseconds(value));
      this.at += 8;
    } else if (type === "numeric") {
      this.numeric(value);
    } else {
      throw unfit(type, value);
    }
  }

  /** A text after its length, and after a format's version where it has one. */
  private text(text: string, version: number): void {
    const { length } = text;
    this.room(8 + 3 * length);
    const start = this.at;
    this.at += 4;
    if (version > 0) {
      this.bytes[this.at++] = version;
    }
    if (length >= SHORT || !this.ascii(text)) {
      this.at += this.bytes.write(text, this.at);
    }
    this.view.setInt32(start, this.at - start - 4);
  }

  /** Whether the text was plain enough to be written. */
  private ascii(text: string): boolean {
    const { bytes, at } = this;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > 127) {
        return false;
      }
      bytes[at + index] = code;
    }
    this.at += text.length;
    return true;
  }

  /** One dimension, counted from 1; none at all where it is empty. */
  private ints(values: readonly number[]): void {
    const { length } = values;
    this.room(24 + 8 * length);
    this.int32(length === 0 ? 12 : 20 + 8 * length);
    this.int32(length === 0 ? 0 : 1);
    this.int32(0);
    this.int32(INT_OID);
    if (length === 0) {
      return;
    }
    this.int32(length);
    this.int32(1);
    const { view } = this;
    let { at } = this;
    for (let index = 0; index < length; index += 1) {
      const value = values[index] as number;
      if ((value | 0) !== value) {
        throw unfit("int[]", value);
      }
      view.setInt32(at, 4);
      view.setInt32(at + 4, value);
      at += 8;
    }
    this.at = at;
  }

  /** Groups of four decimal digits, of which `weight` + 1 stand before the point, a sign, and the digits after it. */
  private numeric(text: string): void {
    const found = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
    if (!found) {
      throw unfit("numeric", text);
    }
    const [, sign, whole = "", part = ""] = found;
    const before = whole.padStart(Math.ceil(whole.length / 4) * 4, "0");
    const digits = before + part.padEnd(Math.ceil(part.length / 4) * 4, "0");
    const groups = digits.length / 4;
    this.room(12 + 2 * groups);
    this.int32(8 + 2 * groups);
    this.int16(groups);
    this.int16(before.length / 4 - 1);
    this.int16(sign ? 0x4000 : 0);
    this.int16(part.length);
    for (let group = 0; group < groups; group += 1) {
      this.int16(Number(digits.slice(group * 4, group * 4 + 4)));
    }
  }

  private int16(value: number): void {
    this.view.setInt16(this.at, value);
    this.at += 2;
  }

  private int32(value: number): void {
    this.view.setInt32(this.at, value);
    this.at += 4;
  }

  private room(bytes: number): void {
    if (this.at + bytes > this.bytes.length) {
      const written = this.bytes.subarray(0, this.at);
      this.renew(2 * (this.at + bytes));
      written.copy(this.bytes);
    }
  }

  private renew(bytes: number): void {
    this.bytes = Buffer.allocUnsafe(bytes);
    this.view = viewOf(this.bytes);
  }
}

const viewOf = ({ buffer, byteOffset, length }: Buffer) => new DataView(buffer, byteOffset, length);

const unfit = (type: CopyType, value: CopyValue) =>
  new TypeError(`a value of type ${typeof value} cannot be written into a column of type ${type}`);

function timeOf(type: CopyType, text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) {
    throw unfit(type, text);
  }
  return time;
}

/** Of an instant such as 2026-03-01T09:30:00.123456Z, since 2000-01-01. */
function microseconds(text: string): bigint {
  const [, fraction = ""] = /\.(\d{1,6})/.exec(text) ?? [];
  const seconds = timeOf("timestamptz", text.replace(/\.\d+/, "")) - EPOCH_MS;
  return BigInt(seconds) * 1_000n + BigInt(fraction.padEnd(6, "0"));
}
