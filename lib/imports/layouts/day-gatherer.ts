import { MISSING } from "@/lib/consumption/rules";
import type { FaultList } from "../errors";
import { isRepeated, type LocalDay, minuteOfLabel } from "./local-clock";
import type { Commodity, Direction, ReadingDay, Whose } from "./reading-day";

/** One interval of a long file. */
export interface Interval {
  line: number;
  of: Whose | null;
  direction: Direction;
  /** Registers of a day and direction are summed; within one an interval comes once. */
  register: string;
  commodity: Commodity | null;
  volume?: "m3";
  day: LocalDay;
  /** Minutes since the day began, or the label of its clock where that is all that is known. */
  minute: number;
  isLabel: boolean;
  intervalMinutes: number;
  /** Base units; MISSING where nothing was measured. */
  value: number;
  quality: "a" | "e" | "m";
}

interface Open {
  day: ReadingDay;
  quality: string[];
  /** Lines of each register's intervals, 0 where there is none yet. */
  registers: Map<string, { lines: Int32Array; values: Int32Array }>;
}

/** Days that are open at once: a year of a contract, several registers, with some to spare. */
const OPEN_MAX = 2_000;

/** Puts intervals together to days; a day is given out once others have come in its place. */
export class DayGatherer {
  private readonly open = new Map<string, Open>();
  /** Days that were given out: what comes later of them came too late. */
  private readonly closed = new Set<string>();

  constructor(
    private readonly source: string,
    private readonly faults: FaultList,
  ) {}

  /** Adds an interval; returns days that are complete by now. */
  add(interval: Interval): ReadingDay[] {
    const { line, of, direction, day, intervalMinutes } = interval;
    const key = `${of?.by ?? ""} ${of?.value ?? ""} ${direction} ${day.day}`;
    if (this.closed.has(key)) {
      this.faults.add({
        line,
        reason: `${day.day} stands too far apart in the file; sort it by contract and time`,
      });
      return [];
    }
    let open = this.open.get(key);
    if (!open) {
      open = this.begin(interval);
      this.open.set(key, open);
    }
    if (open.day.intervalMinutes !== intervalMinutes) {
      this.faults.add({
        line,
        reason: `the interval has ${intervalMinutes} minutes, and others of ${day.day} have ${open.day.intervalMinutes}`,
      });
      return [];
    }
    this.place(open, interval);
    return this.open.size > OPEN_MAX ? this.close(OPEN_MAX / 2) : [];
  }

  /** What is still open, at the file's end. */
  end(): ReadingDay[] {
    return this.close(this.open.size);
  }

  private begin({ line, of, direction, commodity, volume, day, intervalMinutes }: Interval): Open {
    const count = intervalMinutes === 1440 ? 1 : day.minutes / intervalMinutes;
    return {
      day: {
        line,
        of,
        commodity,
        ...(volume ? { volume } : {}),
        direction,
        localDay: day.day,
        intervalMinutes,
        values: new Array<number>(count).fill(MISSING),
        quality: "",
        source: this.source,
      },
      quality: new Array<string>(count).fill("m"),
      registers: new Map(),
    };
  }

  private place(open: Open, interval: Interval): void {
    const { line, day, register, value, intervalMinutes } = interval;
    const count = open.day.values.length;
    const known = open.registers.get(register) ?? {
      lines: new Int32Array(count),
      values: new Int32Array(count),
    };
    const at = this.slotOf(interval, known.lines);
    if (at === null) {
      if (value > 0) {
        this.faults.add({ line, reason: `the clocks skip this time on ${day.day}; leave it out` });
      }
      return;
    }
    if (!Number.isInteger(at) || at < 0 || at >= count) {
      this.faults.add({
        line,
        reason: `the interval does not begin on a multiple of ${intervalMinutes} minutes of ${day.day}`,
      });
      return;
    }
    if (known.lines[at]) {
      if (known.values[at] !== value) {
        this.faults.add({
          line,
          reason: `this interval stands on line ${known.lines[at]} already, with another value`,
        });
      }
      return;
    }
    open.registers.set(register, known);
    known.lines[at] = line;
    known.values[at] = value;
    if (value !== MISSING) {
      open.day.values[at] = Math.max(open.day.values[at] ?? MISSING, 0) + value;
      open.quality[at] = interval.quality === "e" || open.quality[at] === "e" ? "e" : "a";
    }
  }

  /** Where an interval stands in its day; null for a time that there is not. */
  private slotOf(
    { day, minute, isLabel, intervalMinutes }: Interval,
    lines: Int32Array,
  ): number | null {
    if (intervalMinutes === 1440) {
      return 0;
    }
    if (!isLabel) {
      return minute / intervalMinutes;
    }
    const first = minuteOfLabel(day, minute, false);
    if (first === null) {
      return null;
    }
    const again = isRepeated(day, minute) && lines[first / intervalMinutes] !== 0;
    return (again ? first + 60 : first) / intervalMinutes;
  }

  private close(howMany: number): ReadingDay[] {
    let count = howMany;
    const done: ReadingDay[] = [];
    for (const [key, { day, quality, registers }] of this.open) {
      if (count <= 0) {
        break;
      }
      count -= 1;
      this.open.delete(key);
      this.closed.add(key);
      if (registers.size > 0) {
        done.push({ ...day, quality: quality.join("") });
      }
    }
    return done;
  }
}
