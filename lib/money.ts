import type { Language } from "./i18n/languages";

const LOCALES: Record<Language, string> = { it: "it-IT", en: "en-IE", de: "de-DE" };

const formatters = new Map<string, Intl.NumberFormat>();

function formatter(language: Language, key: string, options: Intl.NumberFormatOptions) {
  const id = `${language} ${key}`;
  let found = formatters.get(id);
  if (!found) {
    // 'always': Italian leaves 1234 ungrouped otherwise.
    found = new Intl.NumberFormat(LOCALES[language], { useGrouping: "always", ...options });
    formatters.set(id, found);
  }
  return found;
}

/** Integer cents as people write euro: `1.234,50 €` (R27). */
export function formatCents(cents: number, language: Language): string {
  return formatter(language, "eur", { style: "currency", currency: "EUR" }).format(cents / 100);
}

/** A number with at most `digits` decimals (default 0), grouped. */
export function formatNumber(value: number, language: Language, digits = 0): string {
  return formatter(language, `n${digits}`, { maximumFractionDigits: digits }).format(value);
}

/** A number with exactly `digits` decimals. */
export function formatFixed(value: number, language: Language, digits: number): string {
  return formatter(language, `f${digits}`, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
}

/** A share from 0 to 1 as a percentage without decimals. */
export function formatShare(share: number, language: Language): string {
  return formatter(language, "share", { style: "percent", maximumFractionDigits: 0 }).format(share);
}

/** A change, 0.05 for 5 % more, with its sign. */
export function formatSignedShare(change: number, language: Language): string {
  return formatter(language, "signed share", {
    style: "percent",
    maximumFractionDigits: 0,
    signDisplay: "exceptZero",
  }).format(change);
}

/**
 * Euro as written in a file, decimal comma or point, to integer cents; null when it is not an
 * amount with at most two decimals.
 */
export function parseEuroCents(text: string): number | null {
  const match = /^(-?)(\d{1,9})(?:[.,](\d{1,2}))?$/.exec(text.trim());
  if (!match) {
    return null;
  }
  const cents = Number(match[2]) * 100 + Number((match[3] ?? "").padEnd(2, "0"));
  return match[1] && cents !== 0 ? -cents : cents;
}

/**
 * Whole numbers, one for each of the exact ones, that add up to their rounded sum: what is left over goes to
 * the largest remainders, of equal ones to the first.
 */
export function apportioned(exact: number[]): number[] {
  const whole = exact.map(Math.floor);
  const sum = Math.round(exact.reduce((total, value) => total + value, 0));
  const left = sum - whole.reduce((total, value) => total + value, 0);
  const byRemainder = exact
    .map((value, at) => ({ at, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder);
  for (const { at } of byRemainder.slice(0, left)) {
    whole[at] = (whole[at] ?? 0) + 1;
  }
  return whole;
}
