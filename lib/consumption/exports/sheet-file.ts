import writeXlsxFile, { type Row } from "write-excel-file/node";
import { toUnit, unitOf } from "../quantity";
import type { ConsumptionDay, MeteredContract } from "../queries";
import { intervalsOf } from "./exported-days";

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

/** A sheet of more rows is one that no spreadsheet opens. */
const MOST_ROWS = 1_048_575;

/**
 * A workbook of two sheets: the days with their totals and bands, and their intervals as far as a sheet has
 * rows for them. Numbers are numbers in the unit people read, and dates are dates.
 */
export async function sheetOfDays(
  { commodity }: MeteredContract,
  days: AsyncIterable<ConsumptionDay>,
  words: SheetWords,
): Promise<Buffer> {
  const unit = unitOf(commodity);
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
    dayRows.push([
      { value: new Date(`${day.localDay}T00:00:00Z`), type: Date, format: "yyyy-mm-dd" },
      direction,
      amount(day.total),
      ...[amount(day.f1), amount(day.f2), amount(day.f3)],
      day.estimated,
      day.missing,
    ]);
    for (const { start, end, base, quality } of intervalsOf(day)) {
      if (intervalRows.length < MOST_ROWS) {
        const note = quality === "actual" ? "" : words[quality];
        intervalRows.push([start, end, direction, amount(base), note]);
      }
    }
  }
  return await writeXlsxFile([
    { data: dayRows, sheet: words.days, stickyRowsCount: 1, columns: [{ width: 12 }] },
    {
      data: intervalRows,
      sheet: words.intervals,
      stickyRowsCount: 1,
      columns: [{ width: 26 }, { width: 26 }],
    },
  ]).toBuffer();
}
