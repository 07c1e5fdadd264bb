import { intervalsOfDay } from "@/lib/consumption/bands";
import { addDays } from "@/lib/time";

/** The distributor's layout has a column for each quarter-hour of a day with 24 hours. */
const QUARTERS = Array.from({ length: 96 }, (_, quarter) => quarter);
/** The quarter-hours from 2 to 3, which the spring's day has not. */
const isSkipped = (quarter: number) => quarter >> 2 === 2;

/** Local days from one on, without the autumn's day of 25 hours, which the layout cannot hold. */
export function* readingDays(from: string, days: number): Generator<string> {
  for (let at = 0; at < days; at += 1) {
    const day = addDays(from, at);
    if (intervalsOfDay(day, 15) <= QUARTERS.length) {
      yield day;
    }
  }
}

/** A contract's Wh on a day, one for each quarter-hour there is. */
export function wattHours(contract: number, day: string): number[] {
  const seed = contract * 37 + Number(day.slice(8)) * 7;
  const there = QUARTERS.filter(
    (quarter) => intervalsOfDay(day, 15) === QUARTERS.length || !isSkipped(quarter),
  );
  return there.map((quarter) => 20 + ((seed + quarter * 11) % 400));
}

/** One contract's days as the distributor e-distribuzione writes them. */
export function* readingLines(contract: number, days: Iterable<string>): Generator<string> {
  yield ["Giorno", ...QUARTERS.map((quarter) => `${clock(quarter)}-${clock(quarter + 1)}`)].join(
    ";",
  );
  for (const day of days) {
    const values = wattHours(contract, day).map((wh) => `0,${String(wh).padStart(3, "0")}`);
    const isShort = values.length < QUARTERS.length;
    const cells = QUARTERS.map((quarter) =>
      isShort && isSkipped(quarter) ? "" : (values.shift() ?? ""),
    );
    // The stray `;` at the end is the distributor's.
    yield [day.split("-").reverse().join("/"), ...cells, ""].join(";");
  }
}

const clock = (quarter: number) =>
  `${String(Math.floor(quarter / 4) % 24).padStart(2, "0")}:${String((quarter % 4) * 15).padStart(2, "0")}`;
