/**
 * Exact decimals of e-invoices, of at most 15 digits before the point and eight after it, the finest that the schema
 * allows. Undefined for what is no number.
 */
const SCALE = 8;
const CENT = 1_000_000n;

/** Digits that a number of the language holds exactly: enough for all amounts of a household's invoice. */
const EXACT_DIGITS = 15;
const [MINUS, POINT, ZERO] = ["-", ".", "0"].map((sign) => sign.charCodeAt(0)) as [
  number,
  number,
  number,
];

/** As a whole number of hundred-millionths. */
export function parseAmount(text: string): bigint | undefined {
  const plain = plainDecimal(text);
  if (plain === undefined) {
    return undefined;
  }
  const [whole = "", decimals = ""] = plain.split(".");
  return BigInt(whole + decimals.padEnd(SCALE, "0"));
}

/** In whole cents, rounded half away from zero. Undefined too where that is more than an invoice can have. */
export function parseCents(text: string): number | undefined {
  const isNegative = text.charCodeAt(0) === MINUS;
  const start = isNegative ? 1 : 0;
  const point = text.indexOf(".", start);
  const digits = digitsOf(text, start, point);
  if (digits < 0) {
    return undefined;
  }
  if (text.length > EXACT_DIGITS) {
    return toCents(parseAmount(text) ?? 0n);
  }
  const decimals = point < 0 ? 0 : text.length - point - 1;
  const part = 10 ** Math.abs(decimals - 2);
  const cents = decimals > 2 ? Math.floor((digits + part / 2) / part) : digits * part;
  return isTooMuch(cents) ? undefined : isNegative && cents > 0 ? -cents : cents;
}

/** Hundred-millionths to whole cents, by the same rule. */
export function toCents(amount: bigint): number | undefined {
  const cents = Number((amount + (amount < 0n ? -CENT / 2n : CENT / 2n)) / CENT);
  return isTooMuch(cents) ? undefined : cents;
}

/** The database's integers end there: twenty million euro. */
export const isTooMuch = (cents: number): boolean => Math.abs(cents) > 2_000_000_000;

/** Without needless zeros, as PostgreSQL's `numeric` reads it: equal numbers are equal texts. */
export function plainDecimal(text: string): string | undefined {
  const start = text.charCodeAt(0) === MINUS ? 1 : 0;
  const point = text.indexOf(".", start);
  if (digitsOf(text, start, point) < 0) {
    return undefined;
  }
  let end = text.length;
  let from = start;
  while (point >= 0 && text.charCodeAt(end - 1) === ZERO) {
    end -= 1;
  }
  end -= point === end - 1 ? 1 : 0;
  while (text.charCodeAt(from) === ZERO && from + 1 < end && from + 1 !== point) {
    from += 1;
  }
  const plain = text.slice(from, end);
  return start === 1 && plain !== "0" ? `-${plain}` : plain;
}

/** Hundred-millionths in the same way. */
export function plainNumber(amount: bigint): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(SCALE + 1, "0");
  const text = `${digits.slice(0, -SCALE)}.${digits.slice(-SCALE)}`.replace(/\.?0+$/, "");
  return amount < 0n ? `-${text}` : text;
}

/** The digits of a number as one, whatever the point's place; exact while they are few. -1 for what is no number. */
function digitsOf(text: string, start: number, point: number): number {
  const { length } = text;
  const whole = (point < 0 ? length : point) - start;
  const decimals = point < 0 ? 1 : length - point - 1;
  if (whole < 1 || whole > 15 || decimals < 1 || decimals > SCALE) {
    return -1;
  }
  let digits = 0;
  for (let at = start; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= ZERO && code <= ZERO + 9) {
      digits = digits * 10 + (code - ZERO);
    } else if (code !== POINT || at !== point) {
      return -1;
    }
  }
  return digits;
}
