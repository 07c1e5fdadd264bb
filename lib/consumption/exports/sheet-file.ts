import writeXlsxFile, { type Row } from "write-excel-file/node";
import { lengthOf } from "../period";
import { toUnit, unitOf } from "../quantity";
import type { ConsumptionDay, DayRange, MeteredContract } from "../queries";
import type { Resolution } from "../schema";
import { intervalsOf, measuredOf } from "./exported-days";

/** Headers of the sheets' columns, and their names. */
export interface SheetWords {
  days: string;
  intervals: string;
  day: string;
  direction: string;
  directions: Record<ConsumptionDay["direction"], string>;
  start: string;
  end: string;
  total: string;
  note: string;
  estimated: string;
  missing: string;
}

/** Of more days the workbook has no intervals: while it is made the process does nothing else. */
const MOST_DAYS_BY_INTERVAL = 93;

/**
 * A workbook: a sheet of the days with their totals and bands and, if asked and of up to 93 days, one of their
 * intervals.
 * Numbers are numbers in the unit people read; days are dates, instants texts with their offset.
 */
export async function sheetOfDays(
  { commodity }: MeteredContract,
  range: DayRange & { resolution: Resolution },
  days: AsyncIterable<ConsumptionDay>,
  words: SheetWords,
): Promise<Buffer> {
  const unit = unitOf(commodity);
  const withIntervals =
    range.resolution === "intervals" && lengthOf(range) <= MOST_DAYS_BY_INTERVAL;
  const head = (...names: string[]): Row => names.map((value) => ({ value, fontWeight: "bold" }));
  const dayRows: Row[] = [
    head(
      words.day,
      words.direction,
      `${words.total} (${unit})`,
      "F1",
      "F2",
      "F3",
      words.estimated,
      words.missing,
    ),
  ];
  const intervalRows: Row[] = [
    head(words.start, words.end, words.direction, `${words.total} (${unit})`, words.note),
  ];
  const amount = (base: number | null) => (base === null ? null : toUnit(base, commodity));
  for await (const day of days) {
    const direction = words.directions[day.direction];
    const { total, bands } = measuredOf(day);
    const inBands = [bands?.f1, bands?.f2, bands?.f3].map((band) => amount(band ?? null));
    dayRows.push([
      { value: new Date(`${day.localDay}T00:00:00Z`), type: Date, format: "yyyy-mm-dd" },
      direction,
      amount(total),
      ...inBands,
      day.estimated,
      day.missing,
    ]);
    for (const { start, end, base, quality } of withIntervals ? intervalsOf(day) : []) {
      const note = quality === "actual" ? "" : words[quality];
      intervalRows.push([start, end, direction, amount(base), note]);
    }
  }
  return await writeXlsxFile([
    { data: dayRows, sheet: words.days, stickyRowsCount: 1, columns: [{ width: 12 }] },
    ...(withIntervals
      ? [
          {
            data: intervalRows,
            sheet: words.intervals,
            stickyRowsCount: 1,
            columns: [{ width: 26 }, { width: 26 }],
          },
        ]
      : []),
  ]).toBuffer();
}
