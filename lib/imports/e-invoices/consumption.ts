import { isIsoDate } from "@/lib/time";
import { plainNumber } from "./amounts";
import type { LineTexts } from "./lines";

export interface Consumption {
  /** PostgreSQL's `numeric` text. */
  quantity: string;
  unit: "kWh" | "Smc" | "m3";
}

const UNITS = new Map<string, Consumption["unit"]>([
  ["kWh", "kWh"],
  ["kwh", "kWh"],
  ["Smc", "Smc"],
  ["smc", "Smc"],
  ["mc", "m3"],
  ["m3", "m3"],
  ["m³", "m3"],
]);

const NO_PERIOD = "/";
/** Periods of one invoice; one with more is none that anybody could check. */
const PERIODS_MAX = 1_000;
const BAND = /\bF[1-3]\b/i;

/** What the lines of one unit and period say. */
interface Part {
  unit: Consumption["unit"];
  from: string;
  to: string;
  lines: number;
  /** How often each quantity stands there. */
  quantities: Map<bigint, number>;
  /** One quantity per time band. */
  bands: Map<string, bigint>;
}

/**
 * What was consumed. Energy, network, system charges and taxes repeat the same quantity, so lines are not summed: of
 * each period the quantity that stands there most often counts, or the sum of the bands where only these are billed.
 * Of periods that overlap, the one with more lines counts: a line over all of them repeats what theirs say.
 */
export function consumptionOf(lines: LineTexts[]): Consumption | null {
  const parts = [...partsOf(lines).values()];
  if (parts.length === 0 || parts.length > PERIODS_MAX) {
    return null;
  }
  // Gas is measured in m³ and billed in Smc: the billed unit counts.
  const unit = parts.some((part) => part.unit === "Smc") ? "Smc" : parts[0]?.unit;
  const counted: Part[] = [];
  for (const part of parts
    .filter((one) => one.unit === unit)
    .sort((one, other) => other.lines - one.lines || length(one) - length(other))) {
    if (!counted.some((other) => overlap(part, other))) {
      counted.push(part);
    }
  }
  const sum = counted.reduce((total, part) => total + quantityOf(part), 0n);
  return unit ? { quantity: plainNumber(sum), unit } : null;
}

function partsOf(lines: LineTexts[]): Map<string, Part> {
  const parts = new Map<string, Part>();
  for (const { unit: written = "", quantity, from = "", to = "", description = "" } of lines) {
    const unit = UNITS.get(written) ?? UNITS.get(written.toLowerCase().replace(/\.$/, ""));
    if (unit === undefined || quantity === undefined) {
      continue;
    }
    const key = `${unit} ${from}${NO_PERIOD}${to}`;
    const part = parts.get(key) ?? {
      unit,
      from,
      to,
      lines: 0,
      quantities: new Map(),
      bands: new Map(),
    };
    parts.set(key, part);
    part.lines += 1;
    part.quantities.set(quantity, (part.quantities.get(quantity) ?? 0) + 1);
    const band = BAND.exec(description)?.[0]?.toUpperCase();
    if (band && !part.bands.has(band)) {
      part.bands.set(band, quantity);
    }
  }
  return parts;
}

/** Without a period a line says no more than those that have one. */
const length = ({ from, to }: Part) =>
  from === "" ? Number.MAX_SAFE_INTEGER : Date.parse(to) - Date.parse(from);
const overlap = (one: Part, other: Part) =>
  one.from === "" || other.from === "" || (one.from <= other.to && other.from <= one.to);

function quantityOf({ lines, quantities, bands }: Part): bigint {
  const sum = [...bands.values()].reduce((total, one) => total + one, 0n);
  if (
    bands.size > 1 &&
    (bands.size === lines || quantities.has(sum) || maxOf(quantities) === maxOf(bands))
  ) {
    return sum;
  }
  let [best, often] = [0n, 0];
  for (const [quantity, times] of quantities) {
    if (times > often || (times === often && quantity > best)) {
      [best, often] = [quantity, times];
    }
  }
  return best;
}

/** The largest of what a map's keys or values are quantities. */
function maxOf(map: Map<bigint, number> | Map<string, bigint>): bigint {
  let largest = 0n;
  for (const [key, value] of map) {
    const quantity = typeof key === "bigint" ? key : BigInt(value);
    largest = quantity > largest ? quantity : largest;
  }
  return largest;
}

/** From the first to the last day that any line names; null where none does. */
export function periodOf(lines: LineTexts[]): { from: string; to: string } | null {
  // Most lines name the same two days.
  const days = (end: "from" | "to") =>
    [...new Set(lines.map((line) => line[end]?.slice(0, 10) ?? ""))].filter(isIsoDate).sort();
  const [from, to] = [days("from")[0], days("to").at(-1)];
  return from && to && from <= to ? { from, to } : null;
}
