import type { FaultList } from "../errors";
import type { CsvLayout } from "./csv-layout";
import { longReader } from "./long-reader";
import type { Profile } from "./profile";
import { intervalColumns, ProfileCells } from "./profile-cells";
import { wideReader } from "./wide-reader";

/** A declared profile as a layout. */
export function profileLayout(profile: Profile): CsvLayout {
  const columns = columnsOf(profile);
  return {
    name: profile.name,
    delimiter: profile.delimiter,
    example: `${columns.slice(0, 3).join(profile.delimiter)}${profile.delimiter}…`,
    claims: (header) => columns.slice(0, 3).every((name) => header.includes(name)),
    open: (header, faults) => {
      checkHeader(header, profile, columns, faults);
      const cells = new ProfileCells(profile, header, faults);
      return profile.layout.shape === "wide"
        ? wideReader(profile, profile.layout, cells)
        : longReader(profile, profile.layout, cells);
    },
  };
}

function columnsOf({ contract, unit, direction, register, quality, layout }: Profile): string[] {
  const given = [
    contract?.column,
    ...(layout.shape === "long"
      ? [...layout.start, ...(layout.end ?? []), layout.value]
      : [layout.day, ...intervalColumns(layout.intervals, layout.minutes)]),
    "column" in unit ? unit.column : undefined,
    "column" in direction ? direction.column : undefined,
    register?.column,
    quality?.column,
  ];
  return [...new Set(given.filter((name) => name !== undefined))];
}

function checkHeader(
  header: string[],
  { ignored }: Profile,
  columns: string[],
  faults: FaultList,
): void {
  for (const name of columns.filter((column) => !header.includes(column))) {
    faults.add({ line: 1, column: name, reason: "this column is missing" });
  }
  for (const [at, name] of header.entries()) {
    if (
      !columns.includes(name) &&
      !ignored.includes(name) &&
      !(name === "" && at === header.length - 1)
    ) {
      faults.add({
        line: 1,
        column: name.slice(0, 60),
        reason: "this column is unknown to the layout",
      });
    } else if (header.indexOf(name) < at) {
      faults.add({ line: 1, column: name, reason: "this column stands there twice" });
    }
  }
  faults.throwIfAny();
}
