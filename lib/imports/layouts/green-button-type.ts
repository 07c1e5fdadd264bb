import type { GreenButtonProfile } from "./profile";
import { QuantityReader } from "./quantity";
import type { Commodity, Direction } from "./reading-day";
import { UNITS, type Unit } from "./units";

/** What a ReadingType says of the readings that refer to it. */
export interface ReadingKind {
  quantities: QuantityReader;
  direction: Direction;
  commodity: Commodity | null;
  /** Text of `intervalLength`, seconds; may be empty. */
  intervalLength: string;
  defaultQuality: string;
}

/** Units that convert exactly, by ESPI's `uom`. */
const UOM = new Map<string, Unit>([
  ["72", UNITS.Wh],
  ["42", UNITS.m3],
  ["134", UNITS.l],
  ["167", UNITS.Smc],
]);
/** By ESPI's `flowDirection`: none said and forward, and reverse. */
const FLOW = new Map<string, Direction>([
  ["", "consumption"],
  ["0", "consumption"],
  ["1", "consumption"],
  ["19", "injection"],
]);
/** By ESPI's `commodity`; 1 and 2 are metered electricity, 10 and 12 steam and heating fluid. */
const COMMODITY = new Map<string, Commodity | null>([
  ["", null],
  ["0", null],
  ["1", "electricity"],
  ["2", "electricity"],
  ["7", "gas"],
  ["9", "water"],
  ["10", "district_heating"],
  ["12", "district_heating"],
]);
/** By ESPI's `accumulationBehaviour`: not said, and what an interval adds (delta). */
const PER_INTERVAL = ["", "0", "4"];

/**
 * By ESPI's QualityOfReading. Measured: valid, raw, validated, verified, revenue quality. What was
 * edited, computed, projected, adjusted or doubted counts as estimated.
 */
const QUALITY = new Map([
  ...["0", "14", "17", "18", "19"].map((code) => [code, "a"] as const),
  ...["7", "8", "9", "10", "11", "12", "13", "15", "16"].map((code) => [code, "e"] as const),
]);

/** The letter of a reading with these qualities, the worst of them; null if one is unknown. */
export function qualityOf(codes: readonly string[]): "a" | "e" | null {
  let worst: "a" | "e" = "a";
  for (const code of codes) {
    const letter = QUALITY.get(code);
    if (!letter) {
      return null;
    }
    worst = letter === "e" ? "e" : worst;
  }
  return worst;
}

/** What the fields of a ReadingType come to, or why its readings cannot be taken. */
export function readingKind(
  fields: ReadonlyMap<string, string>,
  rounding: GreenButtonProfile["rounding"],
): ReadingKind | string {
  const field = (name: string) => fields.get(name) ?? "";
  const unit = UOM.get(field("uom"));
  const direction = FLOW.get(field("flowDirection"));
  const commodity = COMMODITY.get(field("commodity"));
  const multiplier = field("powerOfTenMultiplier") || "0";
  const said = (name: string) => `${name} ${field(name).slice(0, 20) || "(none)"}`;
  if (!unit) {
    return `${said("uom")} does not convert exactly; 72 (Wh), 42 (m3), 134 (litre) and 167 (m3 compensated) are read`;
  }
  if (!direction) {
    return `${said("flowDirection")} is neither 1 (forward) nor 19 (reverse)`;
  }
  if (commodity === undefined) {
    return `${said("commodity")} is neither electricity (1, 2), gas (7), water (9) nor heat (10, 12)`;
  }
  if (!PER_INTERVAL.includes(field("accumulationBehaviour"))) {
    return `${said("accumulationBehaviour")} is not 4: the values are not what each interval adds`;
  }
  if (!/^-?\d{1,2}$/.test(multiplier) || Math.abs(Number(multiplier)) > 12) {
    return `${said("powerOfTenMultiplier")} is not a power of ten from -12 to 12`;
  }
  return {
    quantities: new QuantityReader(unit, ".", rounding, Number(multiplier)),
    direction,
    commodity: commodity ?? unit.commodity,
    intervalLength: field("intervalLength"),
    defaultQuality: field("defaultQuality"),
  };
}
