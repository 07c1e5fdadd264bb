import path from "node:path";
import { dayTotals } from "@/lib/consumption/rules";
import type { ImportOrder } from "../faults/import-child";
import { writeLines } from "../faults/import-files";
import { readingDays, readingLines, wattHours } from "../faults/import-readings-file";

export interface ReadingsFiles {
  /** As an operator has them: in the distributor's layout a contract has a file of its own. */
  orders: ImportOrder[];
  /** The same days packed as COPY takes them. */
  copied: string;
  days: number;
}

/** Writes a year of quarter-hours of many contracts, once for the import and once for COPY. */
export async function writeReadings(
  folder: string,
  company: string,
  contracts: number,
): Promise<ReadingsFiles> {
  const days = [...readingDays("2025-01-01", 365)];
  const orders: ImportOrder[] = [];
  for (let contract = 0; contract < contracts; contract += 1) {
    const file = path.join(folder, `readings-${contract}.csv`);
    await writeLines(file, readingLines(contract, days));
    orders.push({
      kind: "readings",
      company,
      file,
      options: { contractNumber: numberOf(contract) },
    });
  }
  const copied = path.join(folder, `readings-${contracts}.copy`);
  await writeLines(copied, packedLines(contracts, days));
  return { orders, copied, days: contracts * days.length };
}

const numberOf = (contract: number) => `B-${1_000_000 + contract}`;

function* packedLines(contracts: number, days: string[]): Generator<string> {
  for (let contract = 0; contract < contracts; contract += 1) {
    for (const localDay of days) {
      const values = wattHours(contract, localDay);
      const quality = "a".repeat(values.length);
      const totals = dayTotals({ localDay, intervalMinutes: 15, values, quality }, "computed");
      yield [
        ...[numberOf(contract), localDay, `{${values.join()}}`, quality],
        ...[totals.total, totals.f1, totals.f2, totals.f3, totals.peak],
      ].join("\t");
    }
  }
}
