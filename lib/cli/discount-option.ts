import { parseEuroCents } from "@/lib/money";
import { romeDay } from "@/lib/time";

export interface NewDiscount {
  commodity: string;
  amountCents: number;
  basis: string;
  validFrom: string;
}

export const DISCOUNT_SHAPE = "electricity=12,00/per_year@2027-01-01";

/** A discount as it is typed, DISCOUNT_SHAPE; without a day it begins today. Null for anything else. */
export function readDiscount(text: string): NewDiscount | null {
  const match = /^([a-z_]+)=([\d.,]+)\/(per_year|per_bill)(?:@(.+))?$/.exec(text);
  const amountCents = match?.[2] === undefined ? null : parseEuroCents(match[2]);
  if (!match?.[1] || !match[3] || amountCents === null) {
    return null;
  }
  const validFrom = match[4] ?? romeDay(new Date());
  return { commodity: match[1], amountCents, basis: match[3], validFrom };
}
