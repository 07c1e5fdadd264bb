import type { Commodity } from "../quantity";

/** Grams of CO2 of a thousand base units (a kWh, Smc or m³), from a day on, and who says so. */
export interface EmissionFactor {
  since: string;
  gramsPerUnit: number;
  source: string;
}

/**
 * What burning a unit sets free. Of electricity and heat it depends on the supplier's mix and plant: without a
 * company's own figure nothing is said.
 */
const FACTORS: Partial<Record<Commodity, EmissionFactor[]>> = {
  gas: [
    {
      // 35.253 GJ for 1,000 Sm³ at 55.934 t of CO2 for a TJ.
      since: "2018-01-01",
      gramsPerUnit: 1_972,
      source: "Ministero dell'Ambiente, tabella dei parametri standard nazionali 2018 (ISPRA)",
    },
  ],
};

/** The factor of everybody's commodity that holds on a day, the newest before it; null where none is known. */
export function generalFactor(commodity: Commodity, day: string): EmissionFactor | null {
  return FACTORS[commodity]?.findLast(({ since }) => since <= day) ?? null;
}

/** Kilograms of CO2 of a quantity in base units. */
export const kilograms = (base: number, { gramsPerUnit }: EmissionFactor) =>
  ((base / 1000) * gramsPerUnit) / 1000;
