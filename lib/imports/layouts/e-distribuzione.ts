import { intervalsOfDay } from "@/lib/consumption/bands";
import { MISSING } from "@/lib/consumption/rules";
import { isIsoDate } from "@/lib/time";
import { type FaultList, shown } from "../errors";
import type { CsvLayout } from "./csv-layout";
import type { ReadingDay } from "./reading-day";

/** 80 MW: whoever writes more has another unit in mind. */
const LARGEST_WH = 20_000_000;
/** The quarter-hours from 2 to 3, which the spring's clock change skips. */
const SKIPPED = { from: 8, to: 12 };

const clock = (quarter: number) =>
  `${String(Math.floor(quarter / 4) % 24).padStart(2, "0")}:${String((quarter % 4) * 15).padStart(2, "0")}`;
const COLUMNS = [
  "Giorno",
  ...Array.from({ length: 96 }, (_, quarter) => `${clock(quarter)}-${clock(quarter + 1)}`),
];

/**
 * The distributor's export of a household's quarter-hours: a line per day, 96 columns by Rome's
 * clock, kWh with decimal comma, a stray `;` at the end of data lines.
 *
 * Clock changes: on the spring day the four columns from 02:00 to 03:00 stand for no time and must
 * be empty or zero, so 92 values are kept. The autumn day has 100 quarter-hours, which 96 columns
 * cannot hold: such a line is refused rather than an hour lost (R22).
 */
export const eDistribuzione: CsvLayout = {
  name: "e-distribuzione",
  delimiter: ";",
  example: "Giorno;00:00-00:15;00:15-00:30;…;23:45-00:00",
  claims: (header) => header[0]?.toLowerCase() === "giorno",
  open(header, faults) {
    checkHeader(header, faults);
    // Either every data line ends with the stray `;` or none does: else a short line would pass.
    let cellsPerLine: number | undefined;
    const read = ({ line, cells }: { line: number; cells: string[] }) => {
      cellsPerLine ??= cells.length === COLUMNS.length + 1 ? cells.length : COLUMNS.length;
      if (cells.length !== cellsPerLine || (cells[COLUMNS.length] ?? "") !== "") {
        const stray = cellsPerLine > COLUMNS.length && cells.at(-1) === "" ? 1 : 0;
        const values = cells.length - 1 - stray;
        faults.add({ line, reason: `the line has ${values} values, and a day has 96 columns` });
        return [];
      }
      const day = readDay(line, cells, faults);
      return day ? [day] : [];
    };
    return { read, end: () => [] };
  },
};

function checkHeader(header: string[], faults: FaultList): void {
  const named = header.at(-1) === "" ? header.slice(0, -1) : header;
  for (const [at, expected] of COLUMNS.entries()) {
    if (named[at]?.toLowerCase() !== expected.toLowerCase()) {
      faults.refuse({
        line: 1,
        column: expected,
        reason: `column ${at + 1} must be ${expected}, but ${named[at] === undefined ? "is missing" : `is ${shown(named[at])}`}`,
      });
    }
  }
  if (named.length > COLUMNS.length) {
    const extra = named[COLUMNS.length] ?? "";
    faults.refuse({
      line: 1,
      column: extra.slice(0, 60),
      reason: `this column is unknown; after 23:45-00:00 none may follow`,
    });
  }
}

function readDay(line: number, cells: string[], faults: FaultList): ReadingDay | null {
  const localDay = parseDay(cells[0] ?? "");
  if (localDay === null) {
    faults.add({
      line,
      column: "Giorno",
      reason: `${shown(cells[0] ?? "")} is not a day such as 01/09/2024`,
    });
    return null;
  }
  const intervals = intervalsOfDay(localDay, 15);
  if (intervals > 96) {
    faults.add({
      line,
      column: "Giorno",
      reason: `${cells[0]} has 25 hours, and 96 columns cannot hold its ${intervals} quarter-hours; take the line out and load that day from a layout that can`,
    });
    return null;
  }
  const values: number[] = [];
  let whole = true;
  for (let quarter = 0; quarter < 96; quarter += 1) {
    const column = COLUMNS[quarter + 1] ?? "";
    const { wh, fault } = parseKwh(cells[quarter + 1] ?? "");
    const skipped = intervals < 96 && quarter >= SKIPPED.from && quarter < SKIPPED.to;
    if (fault) {
      faults.add({ line, column, reason: fault });
      whole = false;
    } else if (!skipped) {
      values.push(wh);
    } else if (wh > 0) {
      faults.add({
        line,
        column,
        reason: `the clocks skip this time on ${cells[0]}, so the cell must be empty`,
      });
      whole = false;
    }
  }
  const quality = values.map((value) => (value === MISSING ? "m" : "a")).join("");
  return whole
    ? {
        line,
        of: null,
        commodity: "electricity",
        direction: "consumption",
        localDay,
        intervalMinutes: 15,
        values,
        quality,
        source: "e-distribuzione",
      }
    : null;
}

/** `01/09/2024` to `2024-09-01`; null if there is no such day. */
function parseDay(text: string): string | null {
  const match = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(text);
  const day = match ? `${match[3]}-${match[2]}-${match[1]}` : "";
  return isIsoDate(day) ? day : null;
}

/** kWh with decimal comma or point to whole Wh, digit by digit: no binary fractions come in. */
function parseKwh(text: string): { wh: number; fault?: string } {
  if (text === "") {
    return { wh: MISSING };
  }
  const match = /^(-?)(\d{1,9})(?:[.,](\d+))?$/.exec(text);
  if (!match) {
    return { wh: MISSING, fault: `${shown(text)} is not a number of kWh such as 0,139` };
  }
  const decimals = (match[3] ?? "").replace(/0+$/, "");
  if (match[1]) {
    return { wh: MISSING, fault: `${shown(text)} is negative` };
  }
  if (decimals.length > 3) {
    return { wh: MISSING, fault: `${shown(text)} is finer than a watt-hour (0,001 kWh)` };
  }
  const wh = Number(match[2]) * 1000 + Number(decimals.padEnd(3, "0"));
  return wh > LARGEST_WH
    ? { wh: MISSING, fault: `${shown(text)} kWh in a quarter of an hour is more than any supply` }
    : { wh };
}
