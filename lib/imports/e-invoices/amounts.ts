/**
 * Exact decimals of e-invoices: an amount as a whole number of hundred-millionths, the finest that the schema
 * allows. Undefined for what is no number.
 */
const SCALE = 8;
const CENT = 1_000_000n;
const CENT_NUMBER = Number(CENT);
const ONE = 10 ** SCALE;

/** Digits that a number of the language holds exactly: enough for all amounts of a household's invoice. */
const EXACT_DIGITS = 15;
const [MINUS, POINT, ZERO] = ["-", ".", "0"].map((sign) => sign.charCodeAt(0)) as [
  number,
  number,
  number,
];

export function parseAmount(text: string): bigint | undefined {
  const start = text.charCodeAt(0) === MINUS ? 1 : 0;
  const point = text.indexOf(".", start);
  const whole = (point < 0 ? text.length : point) - start;
  const decimals = point < 0 ? 0 : text.length - point - 1;
  if (whole < 1 || whole > 15 || decimals > SCALE || (point >= 0 && decimals === 0)) {
    return undefined;
  }
  const exact = whole + SCALE <= EXACT_DIGITS;
  let value = 0;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === POINT && at === point) {
      continue;
    }
    if (code < ZERO || code > ZERO + 9) {
      return undefined;
    }
    value = value * 10 + (code - ZERO);
  }
  const amount = exact
    ? BigInt(value * 10 ** (SCALE - decimals))
    : BigInt(text.slice(start).replace(".", "") + "0".repeat(SCALE - decimals));
  return start === 1 ? -amount : amount;
}

/** To whole cents, half away from zero. Undefined where that is more than an invoice can have. */
export function toCents(amount: bigint): number | undefined {
  const short = Number(amount);
  const cents = Number.isSafeInteger(short)
    ? roundedCents(short)
    : Number((amount + (amount < 0n ? -CENT / 2n : CENT / 2n)) / CENT);
  return isTooMuch(cents) ? undefined : cents;
}

function roundedCents(amount: number): number {
  const rounded = Math.floor((Math.abs(amount) + CENT_NUMBER / 2) / CENT_NUMBER);
  return amount < 0 && rounded > 0 ? -rounded : rounded;
}

/** The database's integers end there: twenty million euro. */
export const isTooMuch = (cents: number): boolean => Math.abs(cents) > 2_000_000_000;

/** A quantity without needless zeros, as PostgreSQL's `numeric` reads it. */
export function plainNumber(amount: bigint): string {
  const short = Number(amount);
  if (Number.isSafeInteger(short)) {
    return plainSafe(short);
  }
  const digits = (amount < 0n ? -amount : amount).toString().padStart(SCALE + 1, "0");
  const text = `${digits.slice(0, -SCALE)}.${digits.slice(-SCALE)}`.replace(/\.?0+$/, "");
  return amount < 0n ? `-${text}` : text;
}

/** The same of what a number of the language holds exactly, as nearly all are. */
function plainSafe(amount: number): string {
  const size = Math.abs(amount);
  const rest = size % ONE;
  const whole = `${amount < 0 ? "-" : ""}${(size - rest) / ONE}`;
  if (rest === 0) {
    return whole;
  }
  const digits = (ONE + rest).toString();
  let end = digits.length;
  while (digits.charCodeAt(end - 1) === ZERO) {
    end -= 1;
  }
  return `${whole}.${digits.slice(1, end)}`;
}
