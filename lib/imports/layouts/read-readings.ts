import type { BandTotals, DayProfile } from "@/lib/consumption/rules";
import { csvRecords } from "../csv";
import { type FaultList, shown } from "../errors";
import { eDistribuzione } from "./e-distribuzione";
import type { ReadingsLayout } from "./layout";

export interface ReadingDay extends DayProfile {
  line: number;
  of: { by: "contract_number" | "supply_point"; value: string } | null;
  commodity: "electricity" | "gas" | "water" | "district_heating" | null;
  volume?: "m3";
  direction: "consumption" | "injection";
  values: number[];
  measuredBands?: BandTotals;
  source: string;
}

const LAYOUTS: ReadingsLayout[] = [eDistribuzione];

export async function* readReadings(
  given: { path: string; layout?: string },
  faults: FaultList,
): AsyncGenerator<ReadingDay> {
  let layout: ReadingsLayout | undefined;
  let readLine: ReturnType<ReadingsLayout["open"]> | undefined;
  for await (const record of csvRecords(given.path, faults)) {
    if (!readLine) {
      layout = chooseLayout(record.cells, given.layout, faults);
      readLine = layout.open(record.cells, faults);
      continue;
    }
    const day = readLine(record);
    if (day && layout) {
      yield {
        ...day,
        line: record.line,
        of: null,
        commodity: "electricity",
        direction: "consumption",
        source: layout.name,
      };
    }
  }
  if (!layout) {
    faults.refuse({ reason: `the file is empty; its first line must be a header (${examples()})` });
  }
}

const examples = () => LAYOUTS.map(({ name, example }) => `${name}: ${example}`).join("; ");

function chooseLayout(header: string[], name: string | undefined, faults: FaultList) {
  const layout = name
    ? LAYOUTS.find((known) => known.name === name)
    : LAYOUTS.find((known) => known.claims(header));
  if (layout) {
    return layout;
  }
  return name
    ? faults.refuse({
        reason: `there is no layout ${shown(name)}; known are ${LAYOUTS.map((known) => known.name).join(", ")}`,
      })
    : faults.refuse({
        line: 1,
        reason: `the header is of no known layout; known are ${examples()}`,
      });
}
