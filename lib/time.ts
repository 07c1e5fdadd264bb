import { Temporal } from "temporal-polyfill";
import type { Language } from "./i18n/languages";

/** The zone of every local day and cut-off in Sportello. */
export const ROME = "Europe/Rome";

const LOCALES: Record<Language, string> = { it: "it-IT", en: "en-GB", de: "de-DE" };
const formatters = new Map<string, Intl.DateTimeFormat>();

/** A batch of bills, like a list, has few dates: each is put in words once. */
const words = new Map<string, string>();
const WORDS_KEPT = 2_000;

function format(
  language: Language,
  key: string,
  zone: string,
  options: Intl.DateTimeFormatOptions,
  at: Date,
): string {
  const id = `${language} ${key}`;
  let found = formatters.get(id);
  if (!found) {
    found = new Intl.DateTimeFormat(LOCALES[language], { timeZone: zone, ...options });
    formatters.set(id, found);
  }
  const asked = `${id} ${at.getTime()}`;
  let text = words.get(asked);
  if (text === undefined) {
    text = found.format(at);
    if (words.size >= WORDS_KEPT) {
      words.clear();
    }
    words.set(asked, text);
  }
  return text;
}

const midnight = (isoDate: string) => new Date(`${isoDate}T00:00:00Z`);

/** A date (`2026-12-15`) in words: `15 dicembre 2026`. */
export function formatDate(isoDate: string, language: Language): string {
  return format(language, "date", "UTC", { dateStyle: "long" }, midnight(isoDate));
}

/** A date in figures: `15/12/2026`. */
export function formatShortDate(isoDate: string, language: Language): string {
  const options = { day: "2-digit", month: "2-digit", year: "numeric" } as const;
  return format(language, "short", "UTC", options, midnight(isoDate));
}

/** Both ends included: `9–15 settembre 2024`. */
export function formatDateRange(from: string, to: string, language: Language): string {
  const id = `${language} range`;
  let found = formatters.get(id);
  if (!found) {
    found = new Intl.DateTimeFormat(LOCALES[language], {
      ...{ timeZone: "UTC", day: "numeric", month: "long", year: "numeric" },
    });
    formatters.set(id, found);
  }
  // Italian ranges write `01`, which no date in words does.
  return found.formatRange(midnight(from), midnight(to)).replace(/\b0(?=\d\b)/g, "");
}

/** The month of a date: `dicembre 2026`. */
export function formatMonth(isoDate: string, language: Language): string {
  return format(language, "month", "UTC", { month: "long", year: "numeric" }, midnight(isoDate));
}

/** The month of a date alone: `dicembre`, `dic`, `D`. */
export function formatMonthName(
  isoDate: string,
  language: Language,
  width: "long" | "short" | "narrow",
): string {
  return format(language, `month ${width}`, "UTC", { month: width }, midnight(isoDate));
}

/** A day with its weekday, without the year: `martedì 15 dicembre`. */
export function formatWeekday(isoDate: string, language: Language): string {
  const options = { weekday: "long", day: "numeric", month: "long" } as const;
  return format(language, "weekday", "UTC", options, midnight(isoDate));
}

/** The weekday of a date alone: `martedì`, `mar`. */
export function formatWeekdayName(
  isoDate: string,
  language: Language,
  width: "long" | "short",
): string {
  return format(language, `weekday ${width}`, "UTC", { weekday: width }, midnight(isoDate));
}

/** An instant on Rome's clock: `15 dicembre 2026 alle ore 18:00`. */
export function formatInstant(at: Date, language: Language): string {
  return format(language, "instant", ROME, { dateStyle: "long", timeStyle: "short" }, at);
}

/** The local day in Rome of an instant, as `YYYY-MM-DD`. */
export function romeDay(at: Date): string {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime())
    .toZonedDateTimeISO(ROME)
    .toPlainDate()
    .toString();
}

const offsets = new Map<string, string>();

/** How far Rome's clock is ahead at the beginning of a local day: `+01:00`, `+02:00` in summer. */
export function formatRomeOffset(isoDate: string): string {
  let offset = offsets.get(isoDate);
  if (offset === undefined) {
    offset = Temporal.PlainDate.from(isoDate).toZonedDateTime(ROME).offset;
    offsets.set(isoDate, offset);
  }
  return offset;
}

/** Minutes of a local day in Rome: 1380, 1440 or 1500 on clock-change days (R22). */
export function minutesOfRomeDay(isoDate: string): number {
  return Temporal.PlainDate.from(isoDate).toZonedDateTime(ROME).hoursInDay * 60;
}

/** `isoDate` moved by whole days. */
export function addDays(isoDate: string, days: number): string {
  const date = midnight(isoDate);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}
