import { LANGUAGES } from "@/lib/i18n/languages";
import { isIsoDate } from "@/lib/iso-date";
import { addDays, formatMonthName } from "@/lib/time";

/** Both ends included. */
interface Range<Value> {
  from: Value;
  to: Value;
}

/** Everything that somebody may mean by what they typed: each finds its documents. */
export interface BillSearch {
  /** Part of a number. */
  text: string;
  /** Integer cents, without a sign. */
  cents: Range<number> | null;
  /** Days of which a document's period has some. */
  days: Range<string> | null;
  /** 1 to 12: a month of any year. */
  month: number | null;
}

/** What is typed into the archive's search: a number, an amount (R27), a month, a year or a day. */
export function readSearch(typed: string): BillSearch {
  const time = readTime(typed.toLowerCase());
  return { text: typed, cents: readAmount(typed), ...time };
}

/** As Italians and Germans group thousands, as the English do, and without. */
const AMOUNTS = [
  /^-?(?<whole>\d{1,3}(?:\.\d{3})+)(?:,(?<decimals>\d{1,2}))?$/,
  /^-?(?<whole>\d{1,3}(?:,\d{3})+)(?:\.(?<decimals>\d{1,2}))?$/,
  /^-?(?<whole>\d{1,7})(?:[.,](?<decimals>\d{1,2}))?$/,
];

/** An amount with decimals is that one; without, it has any decimals. */
function readAmount(typed: string): Range<number> | null {
  const plain = typed.replace(/€|\beuros?\b|\beur\b|\s/gi, "");
  const { whole, decimals = "" } =
    AMOUNTS.map((pattern) => pattern.exec(plain)?.groups).find((found) => found) ?? {};
  if (whole === undefined) {
    return null;
  }
  const digits = whole.replace(/[.,]/g, "") + decimals;
  return {
    from: Number(digits.padEnd(digits.length + 2 - decimals.length, "0")),
    to: Number(digits.padEnd(digits.length + 2 - decimals.length, "9")),
  };
}

/** Ways to write a time; without a day it is a month, without a month a year, without a year any. */
const TIMES = [
  /^(?<day>\d{1,2})[/.-](?<month>\d{1,2})[/.-](?<year>20\d{2})$/,
  /^(?<year>20\d{2})-(?<month>\d{1,2})-(?<day>\d{1,2})$/,
  /^(?<month>\d{1,2})[/.-](?<year>20\d{2})$/,
  /^(?<year>20\d{2})[/.-](?<month>\d{1,2})$/,
  /^(?<name>\p{L}{3,})\.?(?:\s+(?<year>20\d{2}))?$/u,
  /^(?<year>20\d{2})$/,
];

const two = (text: string | number) => String(text).padStart(2, "0");

function readTime(typed: string): Pick<BillSearch, "days" | "month"> {
  const none = { days: null, month: null };
  const { year, month, name, day } =
    TIMES.map((pattern) => pattern.exec(typed)?.groups).find((found) => found) ?? {};
  const ofYear = name ? monthNamed(name) : month ? Number(month) : null;
  if (year && day && month) {
    const date = `${year}-${two(month)}-${two(day)}`;
    return isIsoDate(date) ? { ...none, days: { from: date, to: date } } : none;
  }
  if (year && !name && !month) {
    return { ...none, days: { from: `${year}-01-01`, to: `${year}-12-31` } };
  }
  if (ofYear === null || ofYear < 1 || ofYear > 12) {
    return none;
  }
  return year ? { ...none, days: daysOfMonth(Number(year), ofYear) } : { ...none, month: ofYear };
}

/** By its whole name or by its beginning, in any of our languages. */
function monthNamed(name: string): number | null {
  const at = MONTHS.findIndex((names) => names.some((known) => known.startsWith(name)));
  return at < 0 ? null : at + 1;
}

const MONTHS = Array.from({ length: 12 }, (_, index) =>
  LANGUAGES.map((language) =>
    formatMonthName(`2026-${two(index + 1)}-01`, language, "long").toLowerCase(),
  ),
);

function daysOfMonth(year: number, month: number): Range<string> {
  const next = month === 12 ? `${year + 1}-01-01` : `${year}-${two(month + 1)}-01`;
  return { from: `${year}-${two(month)}-01`, to: addDays(next, -1) };
}
