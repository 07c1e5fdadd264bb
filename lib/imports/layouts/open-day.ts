import { MISSING } from "@/lib/consumption/rules";
import type { ZoneDay } from "./calendar";
import { roundDay } from "./quantity";
import type { ReadingDay } from "./reading-day";

/** Nothing told of an interval so far; when the day is closed it is missing. */
const ABSENT = -2;

type Quality = "a" | "e" | "m";

interface Register {
  values: number[];
  lines: number[];
  quality: Quality[];
  /** Of the labels that stand for two instants, the last one seen, by its earlier instant. */
  lastRepeated: number;
  /** The labels began anew, so the second pass through the repeated hour is on. */
  secondPass: boolean;
}

/** What a day is told to be, but for its intervals. */
export type DayHead = Omit<ReadingDay, "localDay" | "values" | "quality" | "measuredBands">;

/** A local day whose intervals are still coming in. */
export class OpenDay {
  readonly intervals: number;
  private readonly registers = new Map<number, Register>();

  constructor(
    readonly day: ZoneDay,
    readonly head: DayHead,
  ) {
    this.intervals = head.intervalMinutes === 1440 ? 1 : day.minutes / head.intervalMinutes;
  }

  /** Numbers it keeps. */
  get size(): number {
    return this.intervals * this.registers.size;
  }

  /**
   * Which of two intervals a repeated label means (the autumn hour): they are taken in the order of
   * appearance, label by label (02:00 02:00 02:15 02:15 …) or hour by hour (02:00 … 02:45 02:00 …).
   * In a file that goes back in time, the later one comes first.
   */
  choose(
    register: number,
    {
      early,
      late,
      value,
      backwards,
    }: {
      early: number;
      late: number;
      value: number;
      backwards: boolean;
    },
  ): number {
    const slots = this.register(register);
    const beganAnew = backwards ? early > slots.lastRepeated : early < slots.lastRepeated;
    slots.secondPass ||= slots.lastRepeated >= 0 && beganAnew;
    slots.lastRepeated = early;
    const [first, second] = backwards ? [late, early] : [early, late];
    const [wanted, other] = slots.secondPass ? [second, first] : [first, second];
    if (slots.values[wanted] === ABSENT) {
      return wanted;
    }
    return slots.values[other] === ABSENT || slots.values[other] === value ? other : wanted;
  }

  /** Puts a value in its place; the line that already put another one there, or null. */
  put(
    register: number,
    index: number,
    { value, quality, line }: { value: number; quality: Quality; line: number },
  ): number | null {
    const slots = this.register(register);
    const before = slots.values[index];
    if (before === ABSENT) {
      slots.values[index] = value;
      slots.quality[index] = quality;
      slots.lines[index] = line;
      return null;
    }
    return before === value ? null : (slots.lines[index] ?? null);
  }

  /**
   * The day as it is now. Registers are added up; an interval one of them calls missing is missing,
   * and so is one that none of them has told.
   */
  toReading(grain: number): ReadingDay {
    const values: number[] = [];
    let quality = "";
    const registers = [...this.registers.values()];
    for (let index = 0; index < this.intervals; index += 1) {
      let sum = ABSENT;
      let worst: Quality = "a";
      for (const slots of registers) {
        const value = slots.values[index] ?? ABSENT;
        if (value === MISSING || sum === MISSING) {
          sum = MISSING;
        } else if (value !== ABSENT) {
          sum = sum === ABSENT ? value : sum + value;
          worst = slots.quality[index] === "e" ? "e" : worst;
        }
      }
      values.push(sum < 0 ? MISSING : sum);
      quality += sum < 0 ? "m" : worst;
    }
    roundDay(values, grain);
    return { ...this.head, localDay: this.day.text, values, quality };
  }

  private register(number: number): Register {
    let slots = this.registers.get(number);
    if (!slots) {
      slots = {
        values: new Array<number>(this.intervals).fill(ABSENT),
        lines: new Array<number>(this.intervals).fill(0),
        quality: new Array<Quality>(this.intervals).fill("m"),
        lastRepeated: -1,
        secondPass: false,
      };
      this.registers.set(number, slots);
    }
    return slots;
  }
}
