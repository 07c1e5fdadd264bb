import type { Commodity, ReadingDay } from "./reading-day";

/** A unit readings are written in. */
export interface Unit {
  name: string;
  /** Decimal places from the unit to the base unit: 1 kWh = 10^3 Wh. */
  shift: number;
  volume: ReadingDay["volume"];
  /** The commodity where the unit can mean only one. */
  commodity: Commodity | null;
  /** The smallest that can be kept, for messages. */
  finest: string;
}

const energy = (name: string, shift: number, finest: string): Unit => ({
  name,
  shift,
  volume: null,
  commodity: null,
  finest,
});

/** Every unit that converts exactly to Wh or to thousandths of a volume. */
export const UNITS = {
  Wh: energy("Wh", 0, "a watt-hour"),
  kWh: energy("kWh", 3, "a watt-hour (0,001 kWh)"),
  MWh: energy("MWh", 6, "a watt-hour (0,000001 MWh)"),
  m3: { name: "m3", shift: 3, volume: "m3", commodity: null, finest: "a litre (0,001 m3)" },
  l: { name: "l", shift: 0, volume: "m3", commodity: "water", finest: "a litre" },
  Smc: {
    name: "Smc",
    shift: 3,
    volume: "Smc",
    commodity: "gas",
    finest: "a thousandth of a Smc (0,001 Smc)",
  },
} as const satisfies Record<string, Unit>;

export const UNIT_NAMES = ["Wh", "kWh", "MWh", "m3", "l", "Smc"] as const;
