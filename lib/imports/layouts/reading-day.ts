import type { BandTotals } from "@/lib/consumption/rules";

/** Whose readings they are, as the file says it. */
export interface ReadingsOf {
  by: "contract_number" | "supply_point";
  value: string;
}

export type Commodity = "electricity" | "gas" | "water" | "district_heating";
export type Direction = "consumption" | "injection";

/** One local day of one supply, as a readings file tells it (R22). It satisfies `DayProfile`. */
export interface ReadingDay {
  /** The line the day stands on, or its first interval. */
  line: number;
  /** null: the file does not say whose; the caller knows. */
  of: ReadingsOf | null;
  /** null where neither the layout nor the unit tells: kWh may be electricity or heat. */
  commodity: Commodity | null;
  direction: Direction;
  /** `YYYY-MM-DD`, Europe/Rome unless the layout names another zone for its days. */
  localDay: string;
  intervalMinutes: 15 | 30 | 60 | 1440;
  /** Wh, or thousandths of `volume`; MISSING where nothing was measured, never zero. */
  values: number[];
  /** One letter per interval: a actual, e estimated, m missing. */
  quality: string;
  /**
   * What the thousandths are of; null for energy. Of `m3` they are litres of water, and become
   * thousandths of Smc of gas by the contract's coefficient C.
   */
  volume: "m3" | "Smc" | null;
  /** Wh per band where the file holds what the distributor measured (R23). */
  measuredBands?: BandTotals;
  /** The layout's name, which load profiles keep as their source. */
  source: string;
}
