import { shown } from "../errors";
import type { CsvLayout } from "./csv-layout";
import { type LocalDay, localDay } from "./local-clock";
import { dayOf } from "./profile-cells";
import type { ReadingDay } from "./reading-day";
import { toBaseUnits } from "./units";

const COLUMNS = [
  "PDR",
  "ANNOMESE_RIFERIMENTO",
  "DATA LETTURA",
  "DATA RICEZIONE",
  "FLUSSO",
  "MOTIVAZIONE",
  "LETTURA",
];
const [POINT, , DAY, , , , POSITION] = [0, 1, 2, 3, 4, 5, 6] as const;
const CUBIC_METRES = { places: 3, commodity: "gas", volume: "m3" } as const;

interface Position {
  line: number;
  day: LocalDay;
  litres: number;
}

/**
 * The national consumption portal's gas readings: positions of the meter, m³. Of two on following days the
 * difference is the first day's gas (the gas day runs from 6 to 6). Of two that lie further apart nobody knows how
 * much fell on which day: nothing is made up, and the days stay without a value (R22).
 */
export const gasPositions: CsvLayout = {
  name: "portale-consumi-gas",
  delimiter: ";",
  example: COLUMNS.slice(0, 3).join(";").concat(";…"),
  claims: (header) => header.includes("PDR") && header.includes("LETTURA"),
  open(header, faults) {
    for (const name of COLUMNS.filter((column) => !header.includes(column))) {
      faults.add({ line: 1, column: name, reason: "this column is missing" });
    }
    faults.throwIfAny();
    const places = COLUMNS.map((name) => header.indexOf(name));
    const points = new Map<string, Position[]>();
    return {
      read({ line, cells }) {
        const at = (column: number) => cells[places[column] ?? -1] ?? "";
        const point = at(POINT);
        const day = localDay(dayOf(at(DAY), "dd/MM/yyyy"));
        const litres = toBaseUnits(at(POSITION), { ...CUBIC_METRES, places: 3 });
        if (!/^\d{14}$/.test(point)) {
          faults.add({ line, column: "PDR", reason: `${shown(point)} is not a PDR of 14 digits` });
        } else if (!day) {
          faults.add({
            line,
            column: "DATA LETTURA",
            reason: `${shown(at(DAY))} is not a day such as 01/09/2024`,
          });
        } else if (typeof litres === "string") {
          faults.add({ line, column: "LETTURA", reason: `${shown(at(POSITION))} ${litres}` });
        } else {
          const known = points.get(point) ?? [];
          known.push({ line, day, litres });
          points.set(point, known);
        }
        return [];
      },
      end() {
        const days = [...points].flatMap(([point, positions]) => daysOf(point, positions));
        for (const { line, values } of days) {
          if ((values[0] ?? 0) < 0) {
            faults.add({
              line,
              column: "LETTURA",
              reason: "is less than the reading before; was the meter changed?",
            });
          }
        }
        if (points.size > 0 && days.length === 0) {
          faults.add({
            reason:
              "no two readings are of following days, and what lies further apart says nothing of single days",
          });
        }
        return days;
      },
    };
  },
};

function daysOf(point: string, positions: Position[]): ReadingDay[] {
  const inOrder = positions.toSorted((one, other) => one.day.startMs - other.day.startMs);
  return inOrder.flatMap(({ line, day, litres }, at) => {
    const next = inOrder[at + 1];
    if (!next || next.day.startMs !== day.startMs + day.minutes * 60_000) {
      return [];
    }
    return [
      {
        line,
        of: { by: "supply_point", value: point },
        commodity: "gas",
        volume: "m3",
        direction: "consumption",
        localDay: day.day,
        intervalMinutes: 1440,
        values: [next.litres - litres],
        quality: "a",
        source: "portale-consumi-gas",
      } satisfies ReadingDay,
    ];
  });
}
