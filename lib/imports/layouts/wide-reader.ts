import { MISSING } from "@/lib/consumption/rules";
import { shown } from "../errors";
import type { LineReader } from "./csv-layout";
import { isRepeated, localDay, minuteOfLabel } from "./local-clock";
import type { Profile } from "./profile";
import { dayOf, intervalColumns, type ProfileCells } from "./profile-cells";
import type { ReadingDay } from "./reading-day";

type Wide = Extract<Profile["layout"], { shape: "wide" }>;

/**
 * Rows of a day each, a column per interval of the clock. The columns of the hour that the spring skips must be
 * empty or zero; the autumn day has an hour that they cannot hold, and is refused rather than cut (R22). A row
 * without any value says nothing and is passed over.
 */
export function wideReader(profile: Profile, layout: Wide, cells: ProfileCells): LineReader {
  const { minutes } = layout;
  const columns = intervalColumns(layout.intervals, minutes);
  const places = columns.map((name) => cells.place(name));
  const dayPlace = cells.place(layout.day);

  function read(record: { line: number; cells: string[] }): ReadingDay[] {
    const { line, cells: row } = record;
    if (!cells.isWhole(record) || places.every((place) => (row[place] ?? "") === "")) {
      return [];
    }
    const text = row[dayPlace] ?? "";
    const day = localDay(dayOf(text, layout.format));
    if (!day) {
      cells.faults.add({
        line,
        column: layout.day,
        reason: `${shown(text)} is not a day (${layout.format})`,
      });
      return [];
    }
    if (day.minutes > columns.length * minutes) {
      cells.faults.add({
        line,
        column: layout.day,
        reason: `${text} has 25 hours, and ${columns.length} columns cannot hold them; take the line out and load that day from a layout that can`,
      });
      return [];
    }
    const of = cells.whose(line, row);
    const direction = cells.direction(line, row);
    const unit = cells.unit(line, row);
    if (of === undefined || !direction || !unit) {
      return [];
    }
    const given = cells.quality(row);
    const values = new Array<number>(day.minutes / minutes).fill(MISSING);
    let whole = true;
    for (const [at, place] of places.entries()) {
      const value = cells.value(line, columns[at] ?? "", row[place] ?? "", unit);
      const label = at * minutes;
      const minute = columns.length * minutes > 1440 ? label : minuteOfLabel(day, label, false);
      whole &&= value !== undefined;
      if (value === undefined) {
        continue;
      }
      if (minute === null || minute >= day.minutes || isRepeated(day, label)) {
        if (value > 0) {
          const reason = `the clocks skip this time on ${text}, so the cell must be empty`;
          cells.faults.add({ line, column: columns[at], reason });
          whole = false;
        }
        continue;
      }
      values[minute / minutes] = given === "m" ? MISSING : value;
    }
    if (!whole) {
      return [];
    }
    return [
      {
        line,
        of,
        commodity: profile.commodity ?? unit.commodity,
        ...(unit.volume ? { volume: unit.volume } : {}),
        direction,
        localDay: day.day,
        intervalMinutes: minutes,
        values,
        quality: values
          .map((value) => (value === MISSING ? "m" : given === "e" ? "e" : "a"))
          .join(""),
        source: profile.name,
      },
    ];
  }
  return { read, end: () => [] };
}
