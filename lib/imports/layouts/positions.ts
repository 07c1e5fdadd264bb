import { MISSING } from "@/lib/consumption/rules";
import type { CsvRecord } from "../csv-record";
import { type FaultList, shown } from "../errors";
import { Calendar, type ZoneDay } from "./calendar";
import type { Header } from "./header";
import { dateReader, exampleOf } from "./labels";
import { LineReader } from "./line-reader";
import type { PositionsProfile } from "./profile";
import { largestOf, type QuantityReader, roundDay } from "./quantity";
import type { ReadingDay, ReadingsOf } from "./reading-day";

/** Where a meter's counter stood. */
interface Position {
  day: ZoneDay;
  line: number;
  value: number;
  quality: "a" | "e";
  /** Where the file goes in time from reading to reading, once two have shown it. */
  step: 1 | -1 | 0;
}

/**
 * Reads layouts of meter positions. Two readings a day apart give that day's consumption. What was
 * used over a longer span cannot be put on days: nothing is spread or made up, the span is left out
 * and counted.
 */
export class PositionsReader {
  /** Spans of more than a day, which no day can hold. */
  spansLeftOut = 0;
  private readonly lines: LineReader;
  private readonly dayAt: number;
  private readonly valueAt: number;
  private readonly date: (text: string) => number;
  private readonly days: Calendar;
  private readonly last = new Map<string, Position>();

  /** @throws {ImportRefusedError} with what is wrong with the header. */
  constructor(
    private readonly profile: PositionsProfile,
    header: Header,
    private readonly faults: FaultList,
  ) {
    this.lines = new LineReader(profile, header, faults);
    this.dayAt = header.at(profile.day.column);
    this.valueAt = header.at(profile.value);
    header.check();
    this.date = dateReader(profile.day.format);
    this.days = new Calendar(profile.days);
  }

  /** The day between a line's reading and the one before, if they are a day apart. */
  read(line: CsvRecord): ReadingDay[] {
    if (!this.lines.isWhole(line)) {
      return [];
    }
    const register = this.lines.register(line);
    if (!register) {
      return [];
    }
    const of = this.lines.of(line);
    const quantities = this.lines.quantities(line);
    const quality = this.lines.quality(line);
    const day = this.day(line);
    if (of === undefined || !quantities || !quality || !day) {
      return [];
    }
    const value = this.position(line, quantities);
    if (value === null || quality === "m") {
      return [];
    }
    const direction = register.direction ?? "consumption";
    const id = `${direction} ${register.number} ${of?.value ?? ""}`;
    const before = this.last.get(id);
    const here: Position = { day, line: line.line, value, quality, step: before?.step ?? 0 };
    const step = before ? day.number - before.day.number : 0;
    if (before && !this.follows(before, here, step)) {
      return [];
    }
    this.last.set(id, here);
    if (!before || step === 0) {
      return [];
    }
    here.step = step > 0 ? 1 : -1;
    const [from, to] = step > 0 ? [before, here] : [here, before];
    return this.between(from, to, { line: line.line, of, direction, quantities });
  }

  private between(
    from: Position,
    to: Position,
    {
      line,
      of,
      direction,
      quantities,
    }: {
      line: number;
      of: ReadingsOf | null;
      direction: ReadingDay["direction"];
      quantities: QuantityReader;
    },
  ): ReadingDay[] {
    if (to.value < from.value) {
      const reason = `on ${to.day.text} the counter stands lower than on ${from.day.text} (lines ${from.line} and ${to.line}); where the meter was changed, load its readings from a file of their own`;
      this.faults.add({ line, reason });
      return [];
    }
    if (to.day.number - from.day.number > 1) {
      this.spansLeftOut += 1;
      return [];
    }
    const values = [to.value - from.value];
    roundDay(values, quantities.grain);
    const day = this.profile.read === "at-start" ? from.day : to.day;
    if ((values[0] ?? 0) > largestOf(1440)) {
      this.faults.add({ line, reason: `${day.text} has more than any supply uses in a day` });
      return [];
    }
    return [
      {
        line,
        of,
        commodity: this.lines.commodity(quantities),
        direction,
        localDay: day.text,
        intervalMinutes: 1440,
        values,
        quality: from.quality === "e" || to.quality === "e" ? "e" : "a",
        volume: quantities.unit.volume,
        source: this.profile.name,
      },
    ];
  }

  /** Whether a reading goes on from the one before: in one direction of time, and one a day. */
  private follows(before: Position, here: Position, step: number): boolean {
    const reason =
      step === 0 && before.value !== here.value
        ? `${here.day.text} stands there twice with different positions, already on line ${before.line}`
        : step * before.step < 0
          ? `${here.day.text} is out of order; sort the file by supply and day`
          : null;
    if (reason) {
      this.faults.add({ line: here.line, reason });
    }
    return reason === null;
  }

  private day(line: CsvRecord): ZoneDay | null {
    const { column, format } = this.profile.day;
    const text = line.cell(this.dayAt);
    const number = text.length === format.length ? this.date(text) : -1;
    if (number < 0) {
      const reason = `${shown(text)} is not a day such as ${exampleOf(format)}`;
      this.faults.add({ line: line.line, column: column[0], reason });
      return null;
    }
    return this.days.day(number);
  }

  /** Where the counter stood, in grains; null for an empty cell, and after a fault. */
  private position(line: CsvRecord, quantities: QuantityReader): number | null {
    const text = this.lines.valueText(line, this.valueAt);
    const value = quantities.read(text);
    // A counter may stand at any number; only what a day adds is judged.
    const fault = value < MISSING ? quantities.fault(text, value, 1440) : null;
    const column = this.profile.value[0];
    if (fault) {
      this.faults.add({ line: line.line, column, reason: fault });
    } else if (value > Number.MAX_SAFE_INTEGER) {
      this.faults.add({
        line: line.line,
        column,
        reason: `${shown(text)} is more than any counter shows`,
      });
    }
    return value >= 0 && value <= Number.MAX_SAFE_INTEGER ? value : null;
  }
}
