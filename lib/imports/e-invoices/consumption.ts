import { isIsoDate } from "@/lib/time";
import { parseAmount, plainNumber } from "./amounts";
import { all, textAt, type XmlNode } from "./xml-tree";

export interface Consumption {
  /** PostgreSQL's `numeric` text. */
  quantity: string;
  unit: "kWh" | "Smc" | "m3";
}

const UNITS: Record<string, Consumption["unit"]> = {
  kwh: "kWh",
  smc: "Smc",
  mc: "m3",
  m3: "m3",
  "m³": "m3",
};

const NO_PERIOD = "/";

interface Part {
  unit: Consumption["unit"];
  period: string;
  quantity: bigint;
}

/**
 * What was consumed. Energy, network, system charges and taxes repeat the same quantity, so lines are not
 * summed: of each period and unit the largest quantity counts, and the periods add up.
 */
export function consumptionOf(body: XmlNode): Consumption | null {
  const parts = new Map<string, Part>();
  for (const line of all(body, "DatiBeniServizi/DettaglioLinee")) {
    const unit = UNITS[(textAt(line, "UnitaMisura") ?? "").toLowerCase().replace(/\.$/, "")];
    const quantity = parseAmount(textAt(line, "Quantita") ?? "");
    if (unit === undefined || quantity === undefined) {
      continue;
    }
    const period = `${textAt(line, "DataInizioPeriodo") ?? ""}/${textAt(line, "DataFinePeriodo") ?? ""}`;
    const key = `${unit} ${period}`;
    const known = parts.get(key);
    if (!known || quantity > known.quantity) {
      parts.set(key, { unit, period, quantity });
    }
  }
  return sumOf(withoutSpans([...parts.values()]));
}

/** A line over several periods, or of none, repeats what their own lines say. */
function withoutSpans(parts: Part[]): Part[] {
  return parts.filter((part) => {
    const [from = "", to = ""] = part.period.split("/");
    return !parts.some((other) => {
      const [start = "", end = ""] = other.period.split("/");
      const within = part.period === NO_PERIOD || (start >= from && end <= to);
      return other !== part && other.unit === part.unit && other.period !== NO_PERIOD && within;
    });
  });
}

function sumOf(parts: Part[]): Consumption | null {
  const [first] = parts;
  if (!first) {
    return null;
  }
  // Gas is measured in m³ and billed in Smc: the billed unit counts.
  const unit = parts.some((part) => part.unit === "Smc") ? "Smc" : first.unit;
  const sum = parts
    .filter((part) => part.unit === unit)
    .reduce((total, { quantity }) => total + quantity, 0n);
  return { quantity: plainNumber(sum), unit };
}

/** From the first to the last day that any line names; null where none does. */
export function periodOf(body: XmlNode): { from: string; to: string } | null {
  const days = (name: string) =>
    all(body, "DatiBeniServizi/DettaglioLinee")
      .map((line) => textAt(line, name)?.slice(0, 10) ?? "")
      .filter(isIsoDate)
      .sort();
  const [from, to] = [days("DataInizioPeriodo")[0], days("DataFinePeriodo").at(-1)];
  return from && to && from <= to ? { from, to } : null;
}
