import { type FaultList, shown } from "../errors";
import { type Header, sameName } from "./header";
import type { CsvProfile, WideProfile } from "./profile";
import type { Direction } from "./reading-day";

/** The columns of one direction, in the order of the intervals. */
export interface ColumnSet {
  direction: Direction;
  names: string[];
  /** Where they stand in a line. */
  at: number[];
}

/** Finds the columns of a wide layout. Faults of the header are told, and refused by the caller. */
export function columnSets(profile: WideProfile, header: Header): ColumnSet[] {
  return profile.columns.map((set) => {
    const names = namesOf(set, profile.intervalMinutes);
    return { direction: set.direction, names, at: names.map((name) => header.at([name])) };
  });
}

/** The names of a set: as they are given, or a pattern with {n} from 1, or {start} and {end}. */
function namesOf(set: WideProfile["columns"][number], minutes: number): string[] {
  const { names } = set;
  if (typeof names !== "string") {
    return names;
  }
  return Array.from({ length: set.count ?? 1440 / minutes }, (_, at) =>
    names
      .replaceAll("{n}", String(at + 1))
      .replaceAll("{start}", clock(at * minutes))
      .replaceAll("{end}", clock((at + 1) * minutes)),
  );
}

const clock = (minute: number) =>
  `${String(Math.floor(minute / 60) % 24).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

/**
 * Checks a header whose columns must stand in one order and no others.
 * @throws {ImportRefusedError} with the first column that is not in its place.
 */
export function checkOrder(header: string[], profile: WideProfile, faults: FaultList): void {
  const sets = profile.columns.flatMap((set) => namesOf(set, profile.intervalMinutes));
  const expected = [profile.day.column[0] ?? "", ...sets];
  const named = profile.trailingDelimiter && header.at(-1) === "" ? header.slice(0, -1) : header;
  for (const [at, column] of expected.entries()) {
    const found = named[at];
    if (found === undefined || sameName(found) !== sameName(column)) {
      const is = found === undefined ? "is missing" : `is ${shown(found)}`;
      faults.refuse({
        line: 1,
        column,
        reason: `column ${at + 1} must be ${column}, but ${is}`,
      });
    }
  }
  if (named.length > expected.length) {
    const extra = named[expected.length] ?? "";
    faults.refuse({
      line: 1,
      column: extra.slice(0, 60),
      reason: `this column is unknown; after ${expected.at(-1)} none may follow`,
    });
  }
}

/** Every column a layout cannot do without, by its first name. */
export function columnNames(profile: CsvProfile): string[] {
  const { of, unit, quality, register } = profile;
  const said = [of, typeof unit === "string" ? undefined : unit, quality, register];
  const columns = said.flatMap((one) =>
    one && !("optional" in one && one.optional) ? [one.column] : [],
  );
  if (profile.shape === "long") {
    for (const label of [profile.start, profile.end]) {
      columns.push(...(label ? [label.column, label.timeColumn ?? []] : []));
    }
    columns.push(profile.value);
  } else {
    columns.push(profile.day.column);
    columns.push(
      ...(profile.shape === "positions"
        ? [profile.value]
        : profile.columns.map((set) => namesOf(set, profile.intervalMinutes).slice(0, 1))),
    );
  }
  return columns.flatMap((names) => names.slice(0, 1));
}
