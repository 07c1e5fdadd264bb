import type { COMMODITIES } from "@/db/schema";
import type { Language } from "@/lib/i18n/languages";
import { formatFixed, formatNumber } from "@/lib/money";

export type Commodity = (typeof COMMODITIES)[number];

/** The unit people read, and how many base units (Wh, thousandths of Smc, litres) it has (R22). */
const UNITS: Record<Commodity, { symbol: string; base: number; decimals: number }> = {
  electricity: { symbol: "kWh", base: 1000, decimals: 3 },
  gas: { symbol: "Smc", base: 1000, decimals: 3 },
  district_heating: { symbol: "kWh", base: 1000, decimals: 3 },
  water: { symbol: "m³", base: 1000, decimals: 3 },
};

/** The same unit as files of readings write it (`import readings`), and the base unit by its name. */
export const UNIT_IN_FILES: Record<Commodity, string> = {
  electricity: "kWh",
  gas: "Smc",
  district_heating: "kWh",
  water: "m3",
};
export const BASE_UNITS: Record<Commodity, string> = {
  electricity: "Wh",
  gas: "thousandth of Smc",
  district_heating: "Wh",
  water: "litre",
};

/** The unit's symbol: kWh, Smc, m³. */
export function unitOf(commodity: Commodity): string {
  return UNITS[commodity].symbol;
}

/** Base units as a number in the commodity's unit, for drawing only: sums are made of integers. */
export function toUnit(base: number, commodity: Commodity): number {
  return base / UNITS[commodity].base;
}

/** Base units exactly, without the unit: `269,281`. */
export function formatQuantity(base: number, commodity: Commodity, language: Language): string {
  return formatFixed(toUnit(base, commodity), language, UNITS[commodity].decimals);
}

/** Base units exactly, with the unit and without the zeros of whole ones: `620 kWh`. */
export function formatBilled(base: number, commodity: Commodity, language: Language): string {
  const { decimals, symbol } = UNITS[commodity];
  return `${formatNumber(toUnit(base, commodity), language, decimals)} ${symbol}`;
}

/** Base units exactly, with the unit: `269,281 kWh`. */
export function formatWithUnit(base: number, commodity: Commodity, language: Language): string {
  return `${formatQuantity(base, commodity, language)} ${unitOf(commodity)}`;
}
