import { type FaultList, shown } from "../errors";
import type { CsvProfile } from "./profile";

/** Names are compared without case: exports of one sender differ in it. */
export const sameName = (name: string) => name.trim().toLowerCase();

/** Finds a layout's columns in a file's header, and tells every one that is missing or not known. */
export class Header {
  private readonly names: string[];
  private readonly known = new Set<number>();

  constructor(
    private readonly header: string[],
    private readonly profile: CsvProfile,
    private readonly faults: FaultList,
  ) {
    this.names = header.map(sameName);
    if (profile.trailingDelimiter && this.names.at(-1) === "") {
      this.names.pop();
    }
  }

  /** How many cells a line has. */
  get width(): number {
    return this.names.length;
  }

  /** Where a column stands; -1 if it does not, which is a fault unless it may be left out. */
  at(names: readonly string[], optional = false): number {
    const wanted = names.map(sameName);
    const found = this.names.findIndex((name) => wanted.includes(name));
    if (found >= 0) {
      this.known.add(found);
      const again = this.names.findIndex((name, at) => at > found && wanted.includes(name));
      if (again >= 0) {
        this.known.add(again);
        this.fault(again, "this column stands there twice");
      }
    } else if (!optional) {
      this.faults.add({ line: 1, column: names[0], reason: "this column is missing" });
    }
    return found;
  }

  /** @throws {ImportRefusedError} if a column is missing, twice, or neither named nor to be ignored. */
  check(): void {
    const ignored = new Set(this.profile.ignoredColumns.map(sameName));
    for (const [at, name] of this.names.entries()) {
      const isKnown = this.known.has(at) || ignored.has(name);
      if (!isKnown && this.profile.otherColumns === "refuse") {
        this.fault(at, `the layout ${this.profile.name} does not know this column`);
      }
    }
    this.faults.throwIfAny();
  }

  private fault(at: number, reason: string): void {
    const name = this.header[at] ?? "";
    this.faults.add({ line: 1, column: name ? shown(name) : `number ${at + 1}`, reason });
  }
}
