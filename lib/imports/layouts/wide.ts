import { MISSING } from "@/lib/consumption/rules";
import type { CsvRecord } from "../csv-record";
import { type FaultList, shown } from "../errors";
import { Calendar, type ZoneDay } from "./calendar";
import { DayRuns } from "./day-runs";
import type { Header } from "./header";
import { dateReader, exampleOf } from "./labels";
import { LineReader } from "./line-reader";
import type { WideProfile } from "./profile";
import { largestOf, type QuantityReader, roundDay } from "./quantity";
import type { ReadingDay } from "./reading-day";
import { RecentSupplies } from "./recent-supplies";
import { skippedColumns } from "./skipped-columns";
import { type ColumnSet, checkOrder, columnSets } from "./wide-columns";

const IN_WORDS: Record<number, string> = {
  15: "quarter-hours",
  30: "half-hours",
  60: "hours",
  1440: "days",
};

/** Reads layouts of one day per line; each line gives its days at once. */
export class WideReader {
  private readonly lines: LineReader;
  private readonly sets: ColumnSet[];
  private readonly bands: { name: string; at: number }[];
  private readonly dayAt: number;
  private readonly date: (text: string) => number;
  private readonly days: Calendar;
  private readonly told = new RecentSupplies<DayRuns>();

  /** @throws {ImportRefusedError} with what is wrong with the header. */
  constructor(
    private readonly profile: WideProfile,
    header: Header,
    cells: string[],
    private readonly faults: FaultList,
  ) {
    if (profile.order === "fixed") {
      checkOrder(cells, profile, faults);
    }
    this.lines = new LineReader(profile, header, faults);
    this.dayAt = header.at(profile.day.column);
    this.sets = columnSets(profile, header);
    const { f1, f2, f3 } = profile.bands ?? {};
    this.bands = [f1, f2, f3].flatMap((names) =>
      names ? [{ name: names[0] ?? "", at: header.at(names) }] : [],
    );
    header.check();
    this.date = dateReader(profile.day.format);
    this.days = new Calendar(profile.days);
  }

  /** The day of a line, one per direction. */
  read(line: CsvRecord): ReadingDay[] {
    if (!this.lines.isWhole(line)) {
      return [];
    }
    const register = this.lines.register(line);
    if (!register) {
      return [];
    }
    const day = this.day(line);
    const of = this.lines.of(line);
    const quantities = this.lines.quantities(line);
    const quality = this.lines.quality(line);
    if (!day || of === undefined || !quantities || !quality || !this.hasPlace(line, day)) {
      return [];
    }
    const found: ReadingDay[] = [];
    for (const set of this.sets) {
      const values = this.values(line, set, day, quantities, quality);
      const direction = register.direction ?? set.direction;
      if (values && this.isFirst(line, `${direction} ${of?.value ?? ""}`, day)) {
        const measuredBands =
          direction === "consumption" ? this.measuredBands(line, quantities) : undefined;
        found.push({
          line: line.line,
          of,
          commodity: this.lines.commodity(quantities),
          direction,
          localDay: day.text,
          intervalMinutes: this.profile.intervalMinutes,
          values,
          quality: lettersOf(values, quality === "e" ? "e" : "a"),
          volume: quantities.unit.volume,
          ...(measuredBands && { measuredBands }),
          source: this.profile.name,
        });
      }
    }
    return found;
  }

  private day(line: CsvRecord): ZoneDay | null {
    const { column, format } = this.profile.day;
    const text = line.cell(this.dayAt);
    const number = text.length === format.length ? this.date(text) : -1;
    if (number < 0) {
      this.fault(line, column[0], `${shown(text)} is not a day such as ${exampleOf(format)}`);
      return null;
    }
    return this.days.day(number);
  }

  /** Whether the columns can hold the day at all. */
  private hasPlace(line: CsvRecord, day: ZoneDay): boolean {
    const expected = this.count(day);
    const columns = this.sets[0]?.names.length ?? 0;
    if (expected <= columns) {
      return true;
    }
    const words = IN_WORDS[this.profile.intervalMinutes];
    this.fault(
      line,
      this.profile.day.column[0],
      `${line.cell(this.dayAt)} has ${day.minutes / 60} hours, and ${columns} columns cannot hold its ${expected} ${words}; take the line out and load that day from a layout that can`,
    );
    return false;
  }

  private count(day: ZoneDay): number {
    const { intervalMinutes } = this.profile;
    return intervalMinutes === 1440 ? 1 : day.minutes / intervalMinutes;
  }

  /** The day's values; null after a fault, or where the line is to be left out. */
  private values(
    line: CsvRecord,
    set: ColumnSet,
    day: ZoneDay,
    quantities: QuantityReader,
    quality: "a" | "e" | "m",
  ): number[] | null {
    const { intervalMinutes } = this.profile;
    const expected = this.count(day);
    const all: number[] = [];
    const largest = largestOf(intervalMinutes) * quantities.grain;
    let whole = true;
    let empty = true;
    for (let index = 0; index < set.at.length; index += 1) {
      const at = set.at[index] ?? -1;
      const value = this.lines.value(line, at, quantities);
      all.push(value);
      empty &&= value === MISSING;
      if (value < MISSING || value > largest) {
        const text = this.lines.valueText(line, at);
        const reason = quantities.fault(text, value, intervalMinutes) ?? "";
        this.fault(line, set.names[index], reason);
        whole = false;
      }
    }
    if (!whole || (empty && this.profile.skipEmptyLines)) {
      return null;
    }
    if (quality === "m" && !empty) {
      this.fault(line, undefined, "the line holds values, but says that they are missing");
      return null;
    }
    const skipped = all.length > expected ? skippedColumns(all, day, this.profile) : null;
    if (skipped === "unclear") {
      const reason = `on ${line.cell(this.dayAt)} the clocks skip an hour, and the line does not show whether its columns are times of the clock: the hour from 2 to 3 and the last one are both empty`;
      this.fault(line, this.profile.day.column[0], reason);
      return null;
    }
    for (let index = skipped?.from ?? 0; index < (skipped?.to ?? 0); index += 1) {
      if ((all[index] ?? MISSING) > 0) {
        const shownDay = line.cell(this.dayAt);
        this.fault(
          line,
          set.names[index],
          skipped?.byClock
            ? `the clocks skip this time on ${shownDay}, so the cell must be empty`
            : `${shownDay} has only ${expected} ${IN_WORDS[intervalMinutes]}, so the cell must be empty`,
        );
        whole = false;
      }
    }
    if (skipped) {
      all.splice(skipped.from, skipped.to - skipped.from);
    }
    roundDay(all, quantities.grain);
    return whole ? all : null;
  }

  /** Whether the day was not told before; a second time is a fault that names both lines. */
  private isFirst(line: CsvRecord, id: string, day: ZoneDay): boolean {
    let runs = this.told.get(id);
    if (!runs) {
      runs = new DayRuns(1);
      this.told.set(id, runs);
    }
    const before = runs.lineOf(day.number);
    if (before !== undefined) {
      const reason = `${day.text} stands there twice, already on line ${before}`;
      this.faults.add({ line: line.line, reason });
      return false;
    }
    runs.add(day.number, line.line);
    return true;
  }

  private measuredBands(line: CsvRecord, quantities: QuantityReader): ReadingDay["measuredBands"] {
    const totals = this.bands.map(({ name, at }) => {
      const text = this.lines.valueText(line, at);
      const value = quantities.read(text);
      const fault = quantities.fault(text, value, 1440);
      if (fault) {
        this.fault(line, name, fault);
      }
      return value === MISSING ? MISSING : Math.floor(value / quantities.grain + 0.5);
    });
    const [f1 = MISSING, f2 = MISSING, f3 = MISSING] = totals;
    return Math.min(f1, f2, f3) < 0 ? undefined : { f1, f2, f3 };
  }

  private fault({ line }: CsvRecord, column: string | undefined, reason: string): void {
    this.faults.add({ line, column, reason });
  }
}

/** One letter per value: m where it is missing. */
/** Almost every day is whole, and has as many letters as the one before. */
let whole = "";

function lettersOf(values: number[], letter: "a" | "e"): string {
  if (values.includes(MISSING)) {
    return values.map((value) => (value === MISSING ? "m" : letter)).join("");
  }
  if (whole.length !== values.length || !whole.startsWith(letter)) {
    whole = Buffer.alloc(values.length, letter).toString("latin1");
  }
  return whole;
}
