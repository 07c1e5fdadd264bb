import { type Calendar, dayNumber } from "./calendar";

/** How a date alone may be written. */
export const DATE_FORMATS = [
  "dd/MM/yyyy",
  "dd-MM-yyyy",
  "dd.MM.yyyy",
  "yyyy-MM-dd",
  "yyyy/MM/dd",
  "yyyyMMdd",
] as const;
/** How a date with its time may be written in one cell; seconds may follow the minutes. */
export const TIME_FORMATS = [
  "dd/MM/yyyy HH:mm",
  "dd-MM-yyyy HH:mm",
  "dd.MM.yyyy HH:mm",
  "yyyy-MM-dd HH:mm",
  "yyyy/MM/dd HH:mm",
  "yyyy-MM-ddTHH:mm",
  "iso-offset",
  "iso-offset-optional",
  "epoch-seconds",
] as const;
export type DateFormat = (typeof DATE_FORMATS)[number];
export type LabelFormat = DateFormat | (typeof TIME_FORMATS)[number];

const EXAMPLES: Record<string, string> = {
  "dd/MM/yyyy": "01/09/2024",
  "dd-MM-yyyy": "01-09-2024",
  "dd.MM.yyyy": "01.09.2024",
  "yyyy-MM-dd": "2024-09-01",
  "yyyy/MM/dd": "2024/09/01",
  yyyyMMdd: "20240901",
  "iso-offset": "2024-09-01T00:15:00+02:00",
  "iso-offset-optional": "2024-09-01T00:15:00",
  "epoch-seconds": "1725142500",
};

/** A label as a message may show the right way to write it. */
export function exampleOf(format: LabelFormat): string {
  const [date = "", separator = ""] = [format.slice(0, 10), format.slice(10, 11)];
  return EXAMPLES[format] ?? `${EXAMPLES[date]}${separator}00:15`;
}

const two = (text: string, at: number): number => {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
};

/** Reads the date a text begins with to its day number (calendar.ts); -1 if there is none. */
export function dateReader(format: DateFormat): (text: string) => number {
  const day = format.indexOf("dd");
  const month = format.indexOf("MM");
  const year = format.indexOf("yyyy");
  const marks = [...format].flatMap((sign, at) =>
    /[dMy]/.test(sign) ? [] : [{ at, code: sign.charCodeAt(0) }],
  );
  return (text) => {
    for (const { at, code } of marks) {
      if (text.charCodeAt(at) !== code) {
        return -1;
      }
    }
    return dayNumber(two(text, year) * 100 + two(text, year + 2), two(text, month), two(text, day));
  };
}

/** Epoch seconds to minutes; a fraction is dropped. NaN if it is no number or not on the minute. */
export function epochMinute(text: string): number {
  if (!/^\d{1,11}(\.\d{1,12})?$/.test(text)) {
    return Number.NaN;
  }
  const seconds = Math.floor(Number(text));
  return seconds % 60 === 0 ? seconds / 60 : Number.NaN;
}

/** Reads labels of one format to instants, in minutes since 1970. */
export class LabelReader {
  /** NaN after a label the clock skips. */
  first = Number.NaN;
  /** The later instant of a label that stands for two (the autumn hour); else NaN. */
  second = Number.NaN;
  private readonly date: ((text: string) => number) | null;
  private readonly dateLength: number;
  private readonly offset: "none" | "optional" | "required";
  private at = 0;

  /** `role`: where the clock jumps, the end of an interval may be told before or after the jump. */
  constructor(
    readonly format: LabelFormat,
    private readonly role: "start" | "end",
    private readonly calendar: Calendar,
  ) {
    const iso = format === "iso-offset" || format === "iso-offset-optional";
    const dateFormat = DATE_FORMATS.find((known) => format.startsWith(known));
    this.date = iso ? dateReader("yyyy-MM-dd") : dateFormat ? dateReader(dateFormat) : null;
    this.dateLength = iso ? 10 : (dateFormat?.length ?? 0);
    this.offset = format === "iso-offset" ? "required" : iso ? "optional" : "none";
  }

  /** False if the text is not what the format says. `time` is the time where a column of its own has it. */
  read(text: string, time?: string): boolean {
    this.first = this.second = Number.NaN;
    if (this.date === null) {
      this.first = epochMinute(text);
      return !Number.isNaN(this.first);
    }
    const day = this.date(text);
    if (day < 0) {
      return false;
    }
    if (time !== undefined) {
      const minute = this.clock(time, 0);
      return text.length === this.dateLength && this.at === time.length && this.place(day, minute);
    }
    if (this.format.length === this.dateLength && this.offset === "none") {
      return text.length === this.dateLength && this.place(day, 0);
    }
    const separator = text[this.dateLength];
    const expected = this.offset === "none" ? this.format[this.dateLength] : "T";
    if (separator !== expected && !(this.offset !== "none" && separator === " ")) {
      return false;
    }
    const minute = this.clock(text, this.dateLength + 1);
    if (this.at === text.length) {
      return this.offset !== "required" && this.place(day, minute);
    }
    this.first = this.offset === "none" ? Number.NaN : day * 1440 + minute - this.east(text);
    return !Number.isNaN(this.first);
  }

  /** `HH:mm`, `HH:mm:00` or `24:00` to minutes; NaN otherwise. `at` is moved past it. */
  private clock(text: string, from: number): number {
    const minute = text[from + 2] === ":" ? two(text, from) * 60 + two(text, from + 3) : Number.NaN;
    this.at = from + 5;
    if (text[this.at] === ":") {
      if (two(text, this.at + 1) !== 0) {
        return Number.NaN;
      }
      this.at += 3;
      if (text[this.at] === "." || text[this.at] === ",") {
        do {
          this.at += 1;
        } while (text[this.at] === "0");
      }
    }
    return minute <= 1440 && two(text, from + 3) < 60 ? minute : Number.NaN;
  }

  /** Minutes east of Greenwich of the offset at `at`: `Z`, `+02:00`, `+0200`, `+02`. */
  private east(text: string): number {
    const offset = text.slice(this.at);
    if (offset === "Z" || offset === "z") {
      return 0;
    }
    const match = /^([+-])(\d{2})(?::?([0-5]\d))?$/.exec(offset);
    const minutes = match ? Number(match[2]) * 60 + Number(match[3] ?? 0) : Number.NaN;
    return minutes <= 14 * 60 ? (match?.[1] === "-" ? -minutes : minutes) : Number.NaN;
  }

  private place(number: number, wall: number): boolean {
    if (Number.isNaN(wall)) {
      return false;
    }
    const day = this.calendar.day(wall === 1440 ? number + 1 : number);
    const minute = wall === 1440 ? 0 : wall;
    if (!day.change) {
      this.first = day.start + minute;
      return true;
    }
    const { after, by } = day.change;
    const before = minute < after || (this.role === "end" && minute === after);
    const moved = minute - by >= after;
    this.first = before ? day.start + minute : moved ? day.start + minute - by : Number.NaN;
    this.second = before && moved ? day.start + minute - by : Number.NaN;
    return true;
  }
}
