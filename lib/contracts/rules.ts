import type { COMMODITIES } from "@/db/schema";

export type Commodity = (typeof COMMODITIES)[number];

/** The unit in which a commodity is billed and its yearly consumption told. */
export const BILLING_UNITS: Record<Commodity, "kWh" | "Smc" | "m³"> = {
  electricity: "kWh",
  gas: "Smc",
  district_heating: "kWh",
  water: "m³",
};

/** An IBAN by its country and last four characters, enough to know it again: `IT•• … 3456`. */
export function maskIban(iban: string): string {
  const plain = iban.replace(/\s/g, "");
  return `${plain.slice(0, 2)}•• … ${plain.slice(-4)}`;
}
