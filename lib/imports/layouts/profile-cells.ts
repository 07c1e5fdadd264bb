import { MISSING } from "@/lib/consumption/rules";
import { type FaultList, shown } from "../errors";
import type { Profile } from "./profile";
import type { Direction, Whose } from "./reading-day";
import { toBaseUnits, type Unit, unitNamed } from "./units";

/** The names of a wide profile's interval columns: at most as many as a day has without a clock change. */
export function intervalColumns(intervals: string[] | string, minutes: number): string[] {
  return typeof intervals === "string"
    ? Array.from({ length: 1440 / minutes }, (_, at) => intervals.replace("{n}", String(at + 1)))
    : intervals;
}

/** `31/12/2026` or `2026-12-31` to `2026-12-31`. */
export const dayOf = (text: string, format: string): string =>
  format.startsWith("dd/MM/yyyy")
    ? `${text.slice(6, 10)}-${text.slice(3, 5)}-${text.slice(0, 2)}`
    : text;

/** The cells of a row by what they mean in a profile. */
export class ProfileCells {
  private readonly places: Map<string, number>;

  constructor(
    private readonly profile: Profile,
    private readonly header: string[],
    readonly faults: FaultList,
  ) {
    this.places = new Map(header.map((name, at) => [name, at]));
  }

  /** Where a column stands. */
  place(column: string): number {
    return this.places.get(column) ?? -1;
  }

  /** Whether a row has the header's cells, a stray delimiter at its end apart. */
  isWhole({ line, cells }: { line: number; cells: string[] }): boolean {
    const { length } = this.header;
    if (cells.length === length || (cells.length === length + 1 && cells[length] === "")) {
      return true;
    }
    this.faults.add({
      line,
      reason: `the line has ${cells.length} cells, and the header ${length}`,
    });
    return false;
  }

  whose(line: number, cells: string[]): Whose | null | undefined {
    const { contract } = this.profile;
    if (!contract) {
      return null;
    }
    const value = cells[this.place(contract.column)] ?? "";
    if (value === "" || value.length > 40) {
      this.faults.add({ line, column: contract.column, reason: "is empty, or no number or code" });
      return undefined;
    }
    return { by: contract.by, value };
  }

  direction(line: number, cells: string[]): Direction | undefined {
    const { direction } = this.profile;
    if ("fixed" in direction) {
      return direction.fixed;
    }
    const text = cells[this.place(direction.column)] ?? "";
    const found = direction.values[text];
    if (!found) {
      this.faults.add({
        line,
        column: direction.column,
        reason: `${shown(text)} is none of ${Object.keys(direction.values).join(", ")}`,
      });
    }
    return found;
  }

  unit(line: number, cells: string[]): Unit | undefined {
    const { unit } = this.profile;
    const text = "fixed" in unit ? unit.fixed : (cells[this.place(unit.column)] ?? "");
    const found = unitNamed(text);
    if (!found) {
      this.faults.add({
        line,
        column: "column" in unit ? unit.column : undefined,
        reason: `${shown(text)} is no unit that is known, such as kWh, Smc, m3`,
      });
    }
    return found;
  }

  quality(cells: string[]): "a" | "e" | "m" {
    const { quality } = this.profile;
    return quality ? (quality.values[cells[this.place(quality.column)] ?? ""] ?? "a") : "a";
  }

  /** Base units of a cell, MISSING where it is empty; undefined after its fault was added. */
  value(line: number, column: string, text: string, unit: Unit): number | undefined {
    if (text === "") {
      return MISSING;
    }
    const value = toBaseUnits(text, unit);
    if (typeof value === "string") {
      this.faults.add({ line, column, reason: `${shown(text)} ${value}` });
      return undefined;
    }
    return value;
  }
}
