import { csvCell } from "@/lib/runs/rules";
import { toUnit, UNIT_IN_FILES } from "../quantity";
import type { ConsumptionDay, MeteredContract } from "../queries";
import { intervalsOf } from "./exported-days";

const HEADER = "contract_number;start;end;value;unit;quality;direction";

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
      const value =
        base === null ? "" : toUnit(base, contract.commodity).toFixed(3).replace(".", ",");
      yield `${number};${start};${end};${value};${unit};${quality};${day.direction}\r\n`;
    }
  }
}
