import { MISSING } from "@/lib/consumption/rules";
import type { CsvRecord } from "../csv-record";
import { type FaultList, shown } from "../errors";
import { Calendar } from "./calendar";
import { DayGatherer } from "./day-gatherer";
import type { Header } from "./header";
import { exampleOf, LabelReader } from "./labels";
import { LineReader } from "./line-reader";
import type { LongProfile } from "./profile";
import { grainOf } from "./quantity";
import type { ReadingDay } from "./reading-day";

/** A column or two with an interval's start or end. */
interface Side {
  reader: LabelReader;
  column: string;
  at: number;
  timeAt: number;
}

/** The instants of one line. Where the label stands for two, `later` is not NaN. */
interface Span {
  start: number;
  later: number;
  minutes: number;
}

/** Reads layouts of one interval per line. */
export class LongReader {
  private readonly lines: LineReader;
  private readonly days: Calendar;
  private readonly gatherer: DayGatherer;
  private readonly start: Side | null;
  private readonly end: Side | null;
  private readonly valueAt: number;

  /** @throws {ImportRefusedError} with what is wrong with the header. */
  constructor(
    private readonly profile: LongProfile,
    header: Header,
    private readonly faults: FaultList,
  ) {
    this.lines = new LineReader(profile, header, faults);
    this.days = new Calendar(profile.days);
    const labels = new Calendar(profile.zone);
    const side = (role: "start" | "end"): Side | null => {
      const label = profile[role];
      return (
        (label && {
          reader: new LabelReader(label.format, role, labels),
          column: label.column[0] ?? role,
          at: header.at(label.column),
          timeAt: label.timeColumn ? header.at(label.timeColumn) : -1,
        }) ??
        null
      );
    };
    this.start = side("start");
    this.end = side("end");
    this.valueAt = header.at(profile.value);
    header.check();
    this.gatherer = new DayGatherer(profile.name, this.days, grainOf(profile.rounding), faults);
  }

  /** The days that a line completes or crowds out. */
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
    const told = this.lines.quality(line);
    const span = this.span(line);
    if (of === undefined || !quantities || !told || !span) {
      return [];
    }
    const text = this.lines.valueText(line, this.valueAt);
    const value = quantities.read(text);
    const fault =
      quantities.fault(text, value, span.minutes) ??
      (told === "m" && value !== MISSING
        ? `${shown(text)} stands there, but the line says that the value is missing`
        : null);
    if (fault) {
      this.fault(line, this.profile.value[0], fault);
      return [];
    }
    if (Number.isNaN(span.start)) {
      // The hour that spring skips: nothing can have been measured.
      if (value > 0) {
        const reason = "the clocks skip this time, so the value must be empty";
        this.fault(line, (this.start ?? this.end)?.column, reason);
      }
      return [];
    }
    this.gatherer.add({
      line: line.line,
      of,
      direction: register.direction ?? "consumption",
      commodity: this.lines.commodity(quantities),
      volume: quantities.unit.volume,
      register: register.number,
      start: span.start,
      laterStart: span.later,
      minutes: span.minutes,
      value,
      quality: value === MISSING ? "m" : told,
    });
    return this.gatherer.take();
  }

  /** The days still open at the end of the file. */
  finish(): ReadingDay[] {
    return this.gatherer.finish();
  }

  private span(line: CsvRecord): Span | null {
    const { start, end } = this;
    if ((start && !this.label(line, start)) || (end && !this.label(line, end))) {
      return null;
    }
    if (start && end) {
      return this.between(line, start.reader, end.reader);
    }
    const { intervalMinutes = 0 } = this.profile;
    const { first, second } = (start ?? end)?.reader ?? { first: Number.NaN, second: Number.NaN };
    if (intervalMinutes === 1440) {
      const day = this.days.at(start ? first : first - 1);
      return {
        start: start ? first : (day?.start ?? first),
        later: Number.NaN,
        minutes: day?.minutes ?? 1440,
      };
    }
    const back = start ? 0 : intervalMinutes;
    return { start: first - back, later: second - back, minutes: intervalMinutes };
  }

  /** Where labels stand for two instants, only pairs of a known length can be meant. */
  private between(line: CsvRecord, start: LabelReader, end: LabelReader): Span | null {
    if (Number.isNaN(start.first) || Number.isNaN(end.first)) {
      return { start: Number.NaN, later: Number.NaN, minutes: 15 };
    }
    const found: Span = { start: Number.NaN, later: Number.NaN, minutes: 0 };
    for (const from of [start.first, start.second]) {
      for (const to of [end.first, end.second]) {
        const minutes = to - from;
        if (!this.isLength(minutes)) {
          continue;
        }
        if (Number.isNaN(found.start)) {
          found.start = from;
          found.minutes = minutes;
        } else if (minutes === found.minutes) {
          found.later = from;
        }
      }
    }
    if (!Number.isNaN(found.start)) {
      return found;
    }
    this.fault(line, this.end?.column, this.lengthFault(end.first - start.first));
    return null;
  }

  private isLength(minutes: number): boolean {
    const { intervalMinutes } = this.profile;
    if (minutes >= 1380 && minutes <= 1500) {
      return intervalMinutes === undefined || intervalMinutes === 1440;
    }
    return intervalMinutes === undefined
      ? minutes === 15 || minutes === 30 || minutes === 60
      : minutes === intervalMinutes;
  }

  private lengthFault(minutes: number): string {
    if (minutes <= 0) {
      return "the interval ends before it has begun";
    }
    if (minutes < 15) {
      return `the interval has ${minutes} minutes, and a quarter of an hour is the shortest that is kept`;
    }
    const { intervalMinutes } = this.profile;
    return intervalMinutes
      ? `the interval has ${minutes} minutes, and the layout says ${intervalMinutes}`
      : `the interval has ${minutes} minutes; 15, 30, 60 and a whole day are known`;
  }

  private label(line: CsvRecord, { reader, at, timeAt, column }: Side): boolean {
    const text = line.cell(at);
    const time = timeAt < 0 ? undefined : line.cell(timeAt);
    if (reader.read(text, time)) {
      return true;
    }
    const written = time === undefined ? text : `${text} ${time}`;
    const example =
      time === undefined ? exampleOf(reader.format) : `${exampleOf(reader.format)} 00:15`;
    this.fault(line, column, `${shown(written)} is not a time on the minute such as ${example}`);
    return false;
  }

  private fault({ line }: CsvRecord, column: string | undefined, reason: string): void {
    this.faults.add({ line, column, reason });
  }
}
