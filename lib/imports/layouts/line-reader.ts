import { MISSING } from "@/lib/consumption/rules";
import type { CsvRecord } from "../csv-record";
import { apart, type FaultList, shown } from "../errors";
import type { Header } from "./header";
import type { CsvProfile } from "./profile";
import { QuantityReader } from "./quantity";
import type { Commodity, Direction, ReadingsOf } from "./reading-day";
import { UNITS } from "./units";

/** Text that is longer is no contract number and no supply point. */
const LONGEST_CODE = 64;

/** A column whose texts stand for one of a few things. */
class Words<Value> {
  private readonly values = new Map<string, { value: Value; number: number }>();

  constructor(
    readonly column: string,
    readonly at: number,
    values: Record<string, Value>,
  ) {
    for (const [number, [text, value]] of Object.entries(values).entries()) {
      this.values.set(text.toLowerCase(), { value, number });
      this.values.set(text, { value, number });
    }
  }

  /** `number` tells texts of one meaning apart. */
  read(line: CsvRecord): { value: Value; number: number } | undefined {
    const text = line.cell(this.at);
    return this.values.get(text) ?? this.values.get(text.toLowerCase());
  }

  fault(line: CsvRecord): string {
    return `the layout does not know what ${shown(line.cell(this.at))} means here`;
  }
}

type ByCell<Value> = { column: string[]; optional: boolean; values: Record<string, Value> };

function wordsOf<Value>(given: ByCell<Value> | undefined, header: Header): Words<Value> | null {
  const at = given ? header.at(given.column, given.optional) : -1;
  return given && at >= 0 ? new Words(given.column[0] ?? "", at, given.values) : null;
}

/** What a line says beside its instants and values; each part is null once its fault was told. */
export class LineReader {
  private readonly ofAt: number;
  private readonly units: Words<QuantityReader> | null = null;
  private readonly unit: QuantityReader | null = null;
  private readonly qualities: Words<"actual" | "estimated" | "missing"> | null;
  private readonly registers: Words<Direction | "ignore"> | null;
  private readonly missing: Set<string>;
  private cellsPerLine: number | undefined;
  private lastOf: { text: string; of: ReadingsOf } | undefined;

  constructor(
    private readonly profile: CsvProfile,
    private readonly header: Header,
    private readonly faults: FaultList,
  ) {
    this.ofAt = profile.of ? header.at(profile.of.column) : -1;
    const reader = (name: keyof typeof UNITS) =>
      new QuantityReader(UNITS[name], profile.decimal, profile.rounding);
    if (typeof profile.unit === "string") {
      this.unit = reader(profile.unit);
    } else {
      const readers = Object.entries(profile.unit.values).map(([text, name]) => [
        text,
        reader(name),
      ]);
      this.units = wordsOf({ ...profile.unit, values: Object.fromEntries(readers) }, header);
    }
    this.qualities = wordsOf(profile.quality, header);
    this.registers = wordsOf(profile.register, header);
    this.missing = new Set(profile.missing);
  }

  /** Whether the line has as many cells as the header. */
  isWhole(line: CsvRecord): boolean {
    const { width } = this.header;
    // Either every line ends with the stray delimiter or none does: else a short line would pass.
    const stray = this.profile.trailingDelimiter && line.width === width + 1;
    this.cellsPerLine ??= stray ? width + 1 : width;
    if (line.width === this.cellsPerLine && line.cell(width) === "") {
      return true;
    }
    const empty = this.cellsPerLine > width && line.cell(line.width - 1) === "";
    const had = line.width - (empty ? 1 : 0);
    this.faults.add({ line: line.line, reason: this.widthFault(had) });
    return false;
  }

  /** undefined after a fault; null where the file does not say. */
  of(line: CsvRecord): ReadingsOf | null | undefined {
    const { profile } = this;
    if (!profile.of) {
      return null;
    }
    const text = line.cell(this.ofAt);
    if (this.lastOf?.text === text) {
      return this.lastOf.of;
    }
    if (text === "" || text.length > LONGEST_CODE) {
      const reason =
        text === ""
          ? "is empty, so nobody knows whose readings these are"
          : `has ${text.length} characters, and ${LONGEST_CODE} are the most`;
      this.faults.add({ line: line.line, column: profile.of.column[0], reason });
      return undefined;
    }
    const { by } = profile.of;
    const code = apart(text);
    const value = by === "supply_point" ? code.replace(/\s/g, "").toUpperCase() : code;
    this.lastOf = { text: code, of: { by, value } };
    return this.lastOf.of;
  }

  quantities(line: CsvRecord): QuantityReader | null {
    if (this.unit) {
      return this.unit;
    }
    const found = this.units?.read(line)?.value;
    if (this.units && !found) {
      this.faults.add({
        line: line.line,
        column: this.units.column,
        reason: this.units.fault(line),
      });
    }
    return found ?? null;
  }

  /** What the layout or the unit tells. */
  commodity(quantities: QuantityReader): Commodity | null {
    return this.profile.commodity ?? quantities.unit.commodity;
  }

  /** The letter of a value that is there; m where the line says there is none. */
  quality(line: CsvRecord): "a" | "e" | "m" | null {
    if (!this.qualities) {
      return "a";
    }
    const found = this.qualities.read(line)?.value;
    if (!found) {
      this.faults.add({
        line: line.line,
        column: this.qualities.column,
        reason: this.qualities.fault(line),
      });
      return null;
    }
    return found === "actual" ? "a" : found === "estimated" ? "e" : "m";
  }

  /** null: this line is not to be read, or its fault was told. `direction` is null if not said. */
  register(line: CsvRecord): { direction: Direction | null; number: number } | null {
    if (!this.registers) {
      return { direction: null, number: 0 };
    }
    const found = this.registers.read(line);
    if (!found) {
      this.faults.add({
        line: line.line,
        column: this.registers.column,
        reason: this.registers.fault(line),
      });
      return null;
    }
    const { value, number } = found;
    return value === "ignore" ? null : { direction: value, number };
  }

  /** A value's text; empty for every text that stands for a missing one. */
  valueText(line: CsvRecord, at: number): string {
    const text = line.cell(at);
    return this.missing.size > 0 && this.missing.has(text) ? "" : text;
  }

  /** A value as `quantities` reads it. */
  value(line: CsvRecord, at: number, quantities: QuantityReader): number {
    if (this.missing.size === 0) {
      const value = line.readCell(at, quantities.readPart);
      if (value >= MISSING) {
        return value;
      }
    }
    // What is no number at once may be one between blanks, or stand for a missing one.
    return quantities.read(this.valueText(line, at));
  }

  private widthFault(had: number): string {
    const { profile, header } = this;
    return profile.shape === "wide" && profile.order === "fixed"
      ? `the line has ${had - 1} values, and a day has ${header.width - 1} columns`
      : `the line has ${had} cells where the header names ${header.width} columns`;
  }
}
