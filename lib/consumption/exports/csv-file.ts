import { csvCell } from "@/lib/runs/rules";
import { type Commodity, toUnit, UNIT_IN_FILES } from "../quantity";
import type { ConsumptionDay, MeteredContract } from "../queries";
import { intervalsOf, measuredOf } from "./exported-days";

const HEADER = "contract_number;start;end;value;unit;quality;direction";
const DAYS_HEADER =
  "contract_number;day;direction;total;unit;f1;f2;f3;bands;intervals;estimated;missing";

/**
 * Our own long form of readings: an interval a line, so that what is taken out here can be brought in
 * again (`import readings`). UTF-8, `;`, decimal comma; an interval without a measure has no value (R22).
 */
export async function* csvOfDays(
  contract: MeteredContract,
  days: AsyncIterable<ConsumptionDay>,
): AsyncGenerator<string> {
  const number = csvCell(contract.contractNumber);
  const unit = UNIT_IN_FILES[contract.commodity];
  yield `${HEADER}\r\n`;
  for await (const day of days) {
    for (const { start, end, base, quality } of intervalsOf(day)) {
      const value = decimal(base, contract.commodity);
      yield `${number};${start};${end};${value};${unit};${quality};${day.direction}\r\n`;
    }
  }
}

/**
 * A day a line: what was measured of it, its bands and how they are known, and how many of its intervals
 * were estimated or are missing. Days without data have no line; one of which nothing was measured has no
 * total (R22).
 */
export async function* csvOfTotals(
  contract: MeteredContract,
  days: AsyncIterable<ConsumptionDay>,
): AsyncGenerator<string> {
  const { commodity } = contract;
  const number = csvCell(contract.contractNumber);
  yield `${DAYS_HEADER}\r\n`;
  for await (const day of days) {
    const { total, bands } = measuredOf(day);
    const cells = [
      ...[number, day.localDay, day.direction, decimal(total, commodity)],
      UNIT_IN_FILES[commodity],
      ...[bands?.f1, bands?.f2, bands?.f3].map((band) => decimal(band ?? null, commodity)),
      bands === null ? "" : bands.measured ? "measured" : "computed",
      ...[day.intervals, day.estimated, day.missing],
    ];
    yield `${cells.join(";")}\r\n`;
  }
}

const decimal = (base: number | null, commodity: Commodity) =>
  base === null ? "" : toUnit(base, commodity).toFixed(3).replace(".", ",");
