/**
 * Exact decimals of e-invoices: an amount as a whole number of hundred-millionths, the finest that the schema
 * allows. Undefined for what is no number.
 */
const SCALE = 8;
const CENT = 1_000_000n;

export function parseAmount(text: string): bigint | undefined {
  const match = /^(-?)(\d{1,15})(?:\.(\d{1,8}))?$/.exec(text);
  if (!match) {
    return undefined;
  }
  const value = BigInt(match[2] + (match[3] ?? "").padEnd(SCALE, "0"));
  return match[1] ? -value : value;
}

/** To whole cents, half away from zero. Undefined where that is more than an invoice can have. */
export function toCents(amount: bigint): number | undefined {
  const half = amount < 0n ? -CENT / 2n : CENT / 2n;
  const cents = Number((amount + half) / CENT);
  return isTooMuch(cents) ? undefined : cents;
}

/** The database's integers end there: twenty million euro. */
export const isTooMuch = (cents: number): boolean => Math.abs(cents) > 2_000_000_000;

/** A quantity without needless zeros, as PostgreSQL's `numeric` reads it. */
export function plainNumber(amount: bigint): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(SCALE + 1, "0");
  const text = `${digits.slice(0, -SCALE)}.${digits.slice(-SCALE)}`.replace(/\.?0+$/, "");
  return amount < 0n ? `-${text}` : text;
}
