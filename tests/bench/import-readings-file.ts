import { writeFile } from "node:fs/promises";
import path from "node:path";
import { dayTotals } from "@/lib/consumption/rules";
import type { ImportOrder } from "../faults/import-child";
import { writeLines } from "../faults/import-files";
import { readingDays, wattHours } from "../faults/import-readings-file";

export interface ReadingsFiles {
  orders: ImportOrder[];
  /** The same days packed as COPY takes them. */
  copied: string;
  days: number;
}

/** A row a day with the contract it is of: a declared layout, as an operator would write one. */
const PROFILE = {
  name: "bench",
  shape: "wide",
  commodity: "electricity",
  unit: "kWh",
  of: { by: "contract_number", column: "contract" },
  day: { column: "day", format: "yyyy-MM-dd" },
  intervalMinutes: 15,
  columns: [{ names: "q{n}" }],
};
const QUARTERS = Array.from({ length: 96 }, (_, quarter) => quarter);

/** Writes a year of quarter-hours of many contracts, once for the import and once for COPY. */
export async function writeReadings(
  folder: string,
  company: string,
  contracts: number,
): Promise<ReadingsFiles> {
  const days = [...readingDays("2025-01-01", 365)];
  const layout = path.join(folder, "bench.json");
  await writeFile(layout, JSON.stringify(PROFILE));
  const file = path.join(folder, `readings-${contracts}.csv`);
  await writeLines(file, wideLines(contracts, days));
  const orders: ImportOrder[] = [{ kind: "readings", company, file, options: { layout } }];
  const copied = path.join(folder, `readings-${contracts}.copy`);
  await writeLines(copied, packedLines(contracts, days));
  return { orders, copied, days: contracts * days.length };
}

function* wideLines(contracts: number, days: string[]): Generator<string> {
  yield ["contract", "day", ...QUARTERS.map((quarter) => `q${quarter + 1}`)].join(";");
  for (let contract = 0; contract < contracts; contract += 1) {
    for (const day of days) {
      const values = wattHours(contract, day).map((wh) => `0,${String(wh).padStart(3, "0")}`);
      // The spring's day has no time from 2 to 3.
      const cells =
        values.length < QUARTERS.length
          ? [...values.slice(0, 8), "", "", "", "", ...values.slice(8)]
          : values;
      yield [numberOf(contract), day, ...cells].join(";");
    }
  }
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
