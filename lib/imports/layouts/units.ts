import type { Commodity } from "./reading-day";

/** What a unit measures, and by how many decimal places it is coarser than the base unit (R22). */
export interface Unit {
  places: number;
  commodity: Commodity | null;
  volume?: "m3";
}

const UNITS: Record<string, Unit> = {
  wh: { places: 0, commodity: null },
  kwh: { places: 3, commodity: null },
  mwh: { places: 6, commodity: null },
  smc: { places: 3, commodity: "gas" },
  m3: { places: 3, commodity: null, volume: "m3" },
  "m³": { places: 3, commodity: null, volume: "m3" },
  mc: { places: 3, commodity: null, volume: "m3" },
  l: { places: 0, commodity: null, volume: "m3" },
};

export const UNIT_NAMES = Object.keys(UNITS);

/** A unit as files write it; undefined for one that is not known. */
export const unitNamed = (text: string): Unit | undefined => UNITS[text.toLowerCase()];

/** Whoever writes more in one interval has another unit in mind: 80 MW for a quarter of an hour. */
const LARGEST = 20_000_000;

/**
 * A number with decimal comma or point to whole base units, digit by digit, so that no binary fraction comes in.
 * Returns what is wrong with it as text.
 */
export function toBaseUnits(text: string, { places }: Unit): number | string {
  let whole = 0;
  let decimals = -1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 44 || code === 46) {
      if (decimals >= 0 || at === 0) {
        return "is not a number such as 0,139";
      }
      decimals = 0;
    } else if (code < 48 || code > 57) {
      return at === 0 && code === 45 ? "is negative" : "is not a number such as 0,139";
    } else if (decimals < 0 || decimals < places) {
      whole = whole * 10 + (code - 48);
      decimals += decimals < 0 ? 0 : 1;
      if (whole > Number.MAX_SAFE_INTEGER / 100) {
        return "is more than any supply";
      }
    } else if (code !== 48) {
      return "is finer than the base unit (a watt-hour, a litre, a thousandth of Smc)";
    }
  }
  const value = whole * 10 ** (places - Math.max(decimals, 0));
  return value > LARGEST ? "is more than any supply uses in one interval" : value;
}
