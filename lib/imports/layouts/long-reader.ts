import { Temporal } from "temporal-polyfill";
import { MISSING } from "@/lib/consumption/rules";
import { shown } from "../errors";
import type { LineReader } from "./csv-layout";
import { DayGatherer } from "./day-gatherer";
import { type LocalDay, localDay, placeOf } from "./local-clock";
import type { Profile } from "./profile";
import { dayOf, type ProfileCells } from "./profile-cells";
import type { ReadingDay } from "./reading-day";

type Long = Extract<Profile["layout"], { shape: "long" }>;

interface Place {
  day: LocalDay;
  minute: number;
  isLabel: boolean;
}

const INTERVALS = [15, 30, 60, 1440];

/** Rows of an interval each. */
export function longReader(profile: Profile, layout: Long, cells: ProfileCells): LineReader {
  const gatherer = new DayGatherer(profile.name, cells.faults);
  const starts = layout.start.map((name) => cells.place(name));
  const ends = (layout.end ?? []).map((name) => cells.place(name));
  const valuePlace = cells.place(layout.value);
  const registerPlace = profile.register ? cells.place(profile.register.column) : -1;
  const timeText = (row: string[], places: number[]) =>
    places.map((place) => row[place] ?? "").join(" ");

  function read(record: { line: number; cells: string[] }): ReadingDay[] {
    const { line, cells: row } = record;
    if (!cells.isWhole(record)) {
      return [];
    }
    const [column] = layout.start;
    const text = timeText(row, starts);
    const length = lengthOf(text, row, line);
    if (length === undefined) {
      return [];
    }
    const place = parsePlace(text, layout, length);
    if (!place) {
      cells.faults.add({ line, column, reason: `${shown(text)} is not a time (${layout.format})` });
      return [];
    }
    const of = cells.whose(line, row);
    const direction = cells.direction(line, row);
    const unit = cells.unit(line, row);
    if (of === undefined || !direction || !unit) {
      return [];
    }
    const quality = cells.quality(row);
    const value = cells.value(line, layout.value, row[valuePlace] ?? "", unit);
    if (value === undefined) {
      return [];
    }
    return gatherer.add({
      line,
      of,
      direction,
      register: registerPlace < 0 ? "" : (row[registerPlace] ?? ""),
      commodity: profile.commodity ?? unit.commodity,
      volume: unit.volume,
      ...place,
      intervalMinutes: length,
      value: quality === "m" ? MISSING : value,
      quality: value === MISSING ? "m" : quality,
    });
  }

  /** Minutes of an interval: fixed by the layout, or from its start to its end. */
  function lengthOf(start: string, row: string[], line: number): number | undefined {
    if (layout.minutes !== undefined) {
      return layout.minutes;
    }
    const end = timeText(row, ends);
    const [from, to] = [parsePlace(start, layout, 0), parsePlace(end, layout, 0)];
    if (!from || !to) {
      const wrong = from ? end : start;
      const column = from ? layout.end?.[0] : layout.start[0];
      cells.faults.add({
        line,
        column,
        reason: `${shown(wrong)} is not a time (${layout.format})`,
      });
      return undefined;
    }
    const minutes = (to.day.startMs - from.day.startMs) / 60_000 + to.minute - from.minute;
    const length = from.minute === 0 && minutes === from.day.minutes ? 1440 : minutes;
    if (!INTERVALS.includes(length)) {
      cells.faults.add({
        line,
        column: layout.end?.[0],
        reason: `the interval has ${minutes} minutes; 15, 30, 60 or a whole day are known`,
      });
      return undefined;
    }
    return length;
  }

  return { read, end: () => gatherer.end() };
}

function parsePlace(text: string, { format, label }: Long, length: number): Place | undefined {
  if (format === "yyyy-MM-dd HH:mm" || format === "dd/MM/yyyy HH:mm") {
    return parseLabel(text, format, label === "end" ? length : 0);
  }
  const ms = format === "epoch-seconds" ? epochMs(text) : isoMs(text);
  const place = ms === undefined ? undefined : placeOf(label === "end" ? ms - length * 60_000 : ms);
  return place && { ...place, isLabel: false };
}

function parseLabel(text: string, format: string, before: number): Place | undefined {
  const match = /^(\S{10})(?: (\d{2}):(\d{2})(?::\d{2})?)?$/.exec(text);
  const [hour, minute] = [Number(match?.[2] ?? 0), Number(match?.[3] ?? 0)];
  if (!match || hour > 24 || minute > 59) {
    return undefined;
  }
  const label = hour * 60 + minute - before;
  const written = localDay(dayOf(match[1] ?? "", format));
  // The end of a day's last interval is labelled with the next day, or with 24:00.
  const day =
    written && label < 0
      ? localDay(
          new Date(Date.parse(`${written.day}T00:00Z`) - 86_400_000).toISOString().slice(0, 10),
        )
      : written;
  return day && label < 1440
    ? { day, minute: label < 0 ? label + 1440 : label, isLabel: true }
    : undefined;
}

const ISO = /^20\d{2}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.0+)?)?(Z|[+-]\d{2}:\d{2})$/;

function isoMs(text: string): number | undefined {
  if (!ISO.test(text)) {
    return undefined;
  }
  // Date reads what PlainDate would refuse: 31 February.
  try {
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch {
    return undefined;
  }
}

const epochMs = (text: string) =>
  /^\d{9,10}(\.0+)?$/.test(text) ? Number(text) * 1000 : undefined;
