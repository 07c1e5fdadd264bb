import type { BandTotals } from "@/lib/consumption/rules";

export type Direction = "consumption" | "injection";
export type Commodity = "electricity" | "gas" | "water" | "district_heating";

/** Whose readings a row is of, as the file says. */
export interface Whose {
  by: "contract_number" | "supply_point";
  value: string;
}

/** A local day of readings (Europe/Rome), as any layout gives it. */
export interface ReadingDay {
  /** The line where the file first speaks of it, from 1. */
  line: number;
  /** Null: the file does not say. */
  of: Whose | null;
  /** Null: what its unit measures may be of several. */
  commodity: Commodity | null;
  /** `m3`: values are thousandths of a cubic metre, which gas still has to turn into Smc. */
  volume?: "m3";
  direction: Direction;
  /** `YYYY-MM-DD`. */
  localDay: string;
  intervalMinutes: number;
  /** Base units; MISSING (-1) where nothing was measured. */
  values: number[];
  /** One letter per interval: a actual, e estimated, m missing. */
  quality: string;
  measuredBands?: BandTotals;
  /** The layout's name. */
  source: string;
}
