import { isIsoDate } from "@/lib/iso-date";
import { parseAmount, plainNumber } from "./amounts";
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
  quantities: Map<string, number>;
  /** One quantity per time band. */
  bands: Map<string, string>;
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
  let part: Part | undefined;
  for (const { unit: written = "", quantity, from = "", to = "", description = "" } of lines) {
    const unit = UNITS.get(written) ?? UNITS.get(written.toLowerCase().replace(/\.$/, ""));
    if (unit === undefined || quantity === undefined) {
      continue;
    }
    // Mostly the one of the line before.
    if (part?.unit !== unit || part.from !== from || part.to !== to) {
      part = partOf(parts, unit, from, to);
    }
    part.lines += 1;
    part.quantities.set(quantity, (part.quantities.get(quantity) ?? 0) + 1);
    const band = BAND.exec(description)?.[0]?.toUpperCase();
    if (band && !part.bands.has(band)) {
      part.bands.set(band, quantity);
    }
  }
  return parts;
}

function partOf(
  parts: Map<string, Part>,
  unit: Consumption["unit"],
  from: string,
  to: string,
): Part {
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
  return part;
}

/** Without a period a line says no more than those that have one. */
const length = ({ from, to }: Part) =>
  from === "" ? Number.MAX_SAFE_INTEGER : Date.parse(to) - Date.parse(from);
const overlap = (one: Part, other: Part) =>
  one.from === "" || other.from === "" || (one.from <= other.to && other.from <= one.to);

function quantityOf({ lines, quantities, bands }: Part): bigint {
  const ofBands = [...bands.values()].map(amountOf);
  const sum = ofBands.reduce((total, one) => total + one, 0n);
  const found = [...quantities].map(([text, times]) => ({ quantity: amountOf(text), times }));
  if (
    bands.size > 1 &&
    (bands.size === lines ||
      found.some(({ quantity }) => quantity === sum) ||
      maxOf(found.map(({ quantity }) => quantity)) === maxOf(ofBands))
  ) {
    return sum;
  }
  let [best, often] = [0n, 0];
  for (const { quantity, times } of found) {
    if (times > often || (times === often && quantity > best)) {
      [best, often] = [quantity, times];
    }
  }
  return best;
}

const amountOf = (plain: string) => parseAmount(plain) ?? 0n;
const maxOf = (amounts: bigint[]) => amounts.reduce((most, one) => (one > most ? one : most), 0n);

/** From the first to the last day that any line names; null where none does. */
export function periodOf(lines: LineTexts[]): { from: string; to: string } | null {
  // Most lines name the same two days.
  const [from, to] = [daysOf(lines, "from")[0], daysOf(lines, "to").at(-1)];
  return from && to && from <= to ? { from, to } : null;
}

function daysOf(lines: LineTexts[], end: "from" | "to"): string[] {
  const written = new Set<string>();
  for (const line of lines) {
    written.add(line[end] ?? "");
  }
  return [...written]
    .map((day) => day.slice(0, 10))
    .filter(isIsoDate)
    .sort();
}
