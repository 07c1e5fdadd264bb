/** Shorter ones are found in one piece only: two columns of figures would make them up. */
const SPACED_OUT_MIN = 6;

const DASH = "\\p{Pd}\\u2212";
const GAP = `[\\s${DASH}]`;
const SIGN = "[\\p{L}\\p{N}]";

/**
 * Whether a bill's number stands in a PDF's text. Spaces, line breaks, kinds of dashes and case do not count; a part of
 * a longer number, date or amount does not do: 1234 is neither in 12345 nor in 1.234,56 nor in 1234/2026.
 */
export function showsBillNumber(text: string, billNumber: string): boolean {
  const number = normal(billNumber).trim();
  const groups = number.split(new RegExp(`${GAP}+`, "u")).filter((group) => group !== "");
  if (groups.length === 0) {
    return false;
  }
  const signs = groups.map((group) => [...group].map(escaped));
  const where = normal(text);
  const whole = signs.map((group) => group.join("")).join(`${GAP}*`);
  if (new RegExp(`${before(number)}${whole}${after(number)}`, "u").test(where)) {
    return true;
  }
  if (signs.flat().length < SPACED_OUT_MIN) {
    return false;
  }
  // Where spaces stand between its own signs, one more space does not end it.
  const spaced = signs.flat().join(`${GAP}*`);
  const alone = `(?<!\\p{N}${GAP}*)${before(number)}${spaced}${after(number)}(?!${GAP}*\\p{N})`;
  return new RegExp(alone, "u").test(where);
}

/** Also without what nobody sees: soft hyphens, marks of direction. The sign in n.º is no letter. */
const normal = (text: string): string =>
  text
    .replace(/[ºª]/g, " ")
    .normalize("NFKC")
    .replace(/\p{Cf}/gu, "")
    .toUpperCase();

const escaped = (sign: string): string => sign.replace(/[\\^$.*+?()[\]{}|/-]/u, "\\$&");

const isFigure = (sign: string | undefined) => /^\p{N}$/u.test(sign ?? "");

function before(number: string): string {
  const joined = isFigure(number[0]) ? `(?<!\\p{N}[.,/:'’])` : "";
  return `(?<!${SIGN})(?<!${SIGN}[${DASH}])${joined}`;
}

function after(number: string): string {
  const joined = isFigure(number.at(-1)) ? `(?![.,/:'’]\\p{N})` : "";
  return `(?!${SIGN})(?![${DASH}]${SIGN})${joined}`;
}
