import { addDays } from "@/lib/time";

interface NationalHoliday {
  /** `MM-DD`. */
  day: string;
  /** First year in which it is one; absent: as far back as meters go. */
  since?: number;
}

/** The holidays with a fixed date, as the law has them (facts for ARERA 181/06, R23). */
const FIXED: NationalHoliday[] = [
  { day: "01-01" },
  { day: "01-06" },
  { day: "04-25" },
  { day: "05-01" },
  { day: "06-02" },
  { day: "08-15" },
  // Saint Francis: law 151 of 2025.
  { day: "10-04", since: 2026 },
  { day: "11-01" },
  { day: "12-08" },
  { day: "12-25" },
  { day: "12-26" },
];

/** Easter Sunday of a year as `YYYY-MM-DD` (Gregorian computus, Meeus/Jones/Butcher). */
export function easterSunday(year: number): string {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const ofCentury = year % 100;
  const shift = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const epact = (19 * golden + century - Math.floor(century / 4) - shift + 15) % 30;
  const weekday =
    (32 + 2 * (century % 4) + 2 * Math.floor(ofCentury / 4) - epact - (ofCentury % 4)) % 7;
  const correction = Math.floor((golden + 11 * epact + 22 * weekday) / 451);
  const fromMarch = epact + weekday - 7 * correction + 114;
  const month = String(Math.floor(fromMarch / 31)).padStart(2, "0");
  return `${year}-${month}-${String((fromMarch % 31) + 1).padStart(2, "0")}`;
}

const easterMondays = new Map<number, string>();

/** True on Italy's national holidays; Sundays as such are none (R23). */
export function isNationalHoliday(isoDate: string): boolean {
  const year = Number(isoDate.slice(0, 4));
  const day = isoDate.slice(5);
  if (FIXED.some((holiday) => holiday.day === day && year >= (holiday.since ?? 0))) {
    return true;
  }
  let monday = easterMondays.get(year);
  if (!monday) {
    monday = addDays(easterSunday(year), 1);
    easterMondays.set(year, monday);
  }
  return isoDate === monday;
}
