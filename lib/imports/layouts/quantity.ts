import { MISSING } from "@/lib/consumption/rules";
import { shown } from "../errors";
import type { Unit } from "./units";

/** Which sign parts the decimals. `either` takes one of both, and never a thousands separator. */
export type DecimalSign = "," | "." | "either";

/** 80 MW, or 80,000 m³ an hour: whoever writes more has another unit in mind. */
const LARGEST_PER_HOUR = 80_000_000;
/** Where a layout rounds, sums are kept in millionths of the base unit until a day is whole. */
const GRAIN_DIGITS = 6;

/** What to do with values finer than the base unit. */
export type Rounding = "refuse" | "half-up-with-carry";

/** How many grains make a base unit. */
export function grainOf(rounding: Rounding): number {
  return rounding === "refuse" ? 1 : 10 ** GRAIN_DIGITS;
}

const NOT_A_NUMBER = -2;
const NEGATIVE = -3;
const TOO_FINE = -4;

const SPANS: Record<number, string> = {
  15: "a quarter of an hour",
  30: "half an hour",
  60: "an hour",
  1440: "a day",
};

/**
 * Reads quantities of one unit, digit by digit: no binary fractions come in. The results are whole
 * grains: base units, or their millionths where the layout rounds (`roundDay` makes them base units).
 */
export class QuantityReader {
  readonly grain: number;
  private readonly digits: number;

  /** `multiplier` is a further power of ten, as Green Button's powerOfTenMultiplier. */
  constructor(
    readonly unit: Unit,
    private readonly sign: DecimalSign,
    private readonly rounding: Rounding,
    multiplier = 0,
  ) {
    this.grain = grainOf(rounding);
    this.digits = unit.shift + multiplier + (rounding === "refuse" ? 0 : GRAIN_DIGITS);
  }

  /** Grains; MISSING for an empty text; below that a fault, which `fault` puts in words. */
  read(text: string): number {
    return this.readPart(text, 0, text.length);
  }

  /** The same of a part of a text, which needs not be cut out for it. */
  readonly readPart = (text: string, from: number, to: number): number => {
    if (from === to) {
      return MISSING;
    }
    const kept = Math.max(this.digits, 0);
    let at = text.charCodeAt(from) === 45 ? from + 1 : from;
    const first = at;
    let value = 0;
    let whole = -1;
    let decimals = 0;
    let lost = false;
    for (; at < to; at += 1) {
      const code = text.charCodeAt(at);
      const digit = code - 48;
      if (digit >= 0 && digit <= 9) {
        if (whole < 0) {
          value = value * 10 + digit;
        } else if (decimals < kept) {
          value = value * 10 + digit;
          decimals += 1;
        } else {
          lost ||= digit > 0;
        }
      } else if (whole < 0 && at > first && at + 1 < to && this.partsDecimals(code)) {
        whole = at - first;
      } else {
        return NOT_A_NUMBER;
      }
    }
    if (at === first || (whole < 0 ? at - first : whole) > 15) {
      return NOT_A_NUMBER;
    }
    if (first > from) {
      return NEGATIVE;
    }
    const missing = this.digits - decimals;
    if (missing >= 0) {
      value *= 10 ** missing;
    } else {
      const divisor = 10 ** -missing;
      lost ||= value % divisor > 0;
      value = Math.floor(value / divisor);
    }
    return lost && this.rounding === "refuse" ? TOO_FINE : value;
  };

  /** What is wrong with a cell that was read as `value`, or null. */
  fault(text: string, value: number, minutes: number): string | null {
    switch (value) {
      case MISSING:
        return null;
      case NOT_A_NUMBER:
        return `${shown(text)} is not a number of ${this.unit.name} such as ${this.sign === "." ? "0.139" : "0,139"}`;
      case NEGATIVE:
        return `${shown(text)} is negative`;
      case TOO_FINE:
        return `${shown(text)} is finer than ${this.unit.finest}`;
      default:
        return value > largestOf(minutes) * this.grain
          ? `${shown(text)} ${this.unit.name} in ${SPANS[minutes] ?? `${minutes} minutes`} is more than any supply`
          : null;
    }
  }

  private partsDecimals(code: number): boolean {
    return (code === 44 && this.sign !== ".") || (code === 46 && this.sign !== ",");
  }
}

/** The most base units that an interval of so many minutes may hold. */
export function largestOf(minutes: number): number {
  return (LARGEST_PER_HOUR / 60) * minutes;
}

/**
 * Grains to base units, in place. Halves go up, and what an interval's rounding left over or took
 * ahead is carried to the next one, so that the day's total is off by half a base unit at most.
 */
export function roundDay(values: number[], grain: number): void {
  if (grain === 1) {
    return;
  }
  let carried = 0;
  for (const [at, value] of values.entries()) {
    if (value !== MISSING) {
      const due = value + carried;
      const rounded = Math.floor(due / grain + 0.5);
      carried = due - rounded * grain;
      values[at] = rounded;
    }
  }
}
