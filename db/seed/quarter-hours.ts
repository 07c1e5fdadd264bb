import { type Dice, diceFor } from "./dice";
import type { Supply, Usage } from "./people";
import { type Day, wintriness } from "./weather";

/** An interval that was not measured, as load profiles hold it (R22). */
const MISSING = -1;

/** A local day of readings in base units, as lib/consumption keeps them. */
export interface Readings {
  localDay: string;
  intervalMinutes: number;
  values: number[];
  /** a actual, e estimated, m missing. */
  quality: string;
}

/** How a household's or a firm's day goes, hour by hour; only the form counts, not the height. */
const WEEKDAY: Record<Usage, number[]> = {
  family: [4, 3, 3, 3, 3, 4, 8, 13, 10, 7, 7, 8, 12, 12, 8, 7, 8, 10, 15, 21, 23, 19, 13, 7],
  couple: [3, 3, 3, 3, 3, 4, 9, 12, 7, 4, 4, 4, 5, 5, 4, 4, 5, 9, 16, 22, 21, 17, 11, 5],
  single: [4, 3, 3, 3, 3, 3, 5, 9, 9, 8, 8, 9, 13, 11, 8, 8, 8, 9, 13, 18, 17, 14, 9, 6],
  "heat-pump": [7, 7, 7, 7, 8, 10, 13, 14, 11, 9, 8, 8, 10, 10, 8, 8, 9, 11, 15, 19, 19, 16, 12, 8],
  producer: [4, 3, 3, 3, 3, 4, 8, 12, 9, 8, 8, 9, 13, 13, 9, 8, 8, 10, 15, 21, 22, 18, 12, 6],
  bakery: [14, 18, 30, 34, 35, 34, 30, 22, 18, 16, 15, 14, 12, 10, 8, 8, 9, 10, 10, 8, 5, 5, 6, 9],
  office: [3, 3, 3, 3, 3, 3, 4, 9, 18, 22, 23, 23, 18, 17, 22, 23, 22, 19, 12, 6, 4, 3, 3, 3],
  "holiday-home": [
    3, 3, 3, 3, 3, 3, 4, 8, 12, 10, 8, 9, 13, 11, 7, 7, 8, 10, 14, 19, 20, 17, 11, 6,
  ],
};
const HOME_WEEKEND = [
  5, 4, 3, 3, 3, 3, 4, 7, 12, 14, 13, 14, 19, 16, 11, 10, 11, 12, 15, 20, 21, 18, 14, 9,
];
const CLOSED = [3, 3, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 3, 3, 3, 3, 3, 3];
const ANNUAL_KWH: Record<Usage, number> = {
  family: 3100,
  couple: 2200,
  single: 1500,
  "heat-pump": 5200,
  producer: 3600,
  bakery: 41_000,
  office: 12_500,
  "holiday-home": 2400,
};

/** Electricity of three years in quarter-hours; a producer's day also has what went to the grid. */
export interface ElectricDay {
  consumption: Readings;
  injection?: Readings;
}

/** The days of one electricity contract, in order, the same on every call. */
export function* electricDays(
  contractNumber: string,
  { usage, event }: Supply,
  days: Day[],
  lastDay: string,
): Generator<ElectricDay> {
  const dice = diceFor(`load ${contractNumber}`);
  const size = dice.between(0.85, 1.15);
  const awayFrom = dice.whole(1, 14);
  const ageOf = (day: Day) =>
    Math.round((Date.parse(lastDay) - Date.parse(day.isoDate)) / 86_400_000);
  for (const day of days) {
    const load = loadOf(day, usage, size, isAway(day, usage, awayFrom), dice);
    const localDay = day.isoDate;
    if (usage === "producer") {
      const sun = sunOf(day);
      const taken = load.map((value, at) => Math.max(0, value - (sun[at] ?? 0)));
      const given = load.map((value, at) => Math.max(0, (sun[at] ?? 0) - value));
      const quality = "a".repeat(load.length);
      yield {
        consumption: { localDay, intervalMinutes: 15, values: taken, quality },
        injection: { localDay, intervalMinutes: 15, values: given, quality },
      };
    } else {
      yield { consumption: told(localDay, load, event, ageOf(day), dice) };
    }
  }
}

function loadOf(day: Day, usage: Usage, size: number, away: boolean, dice: Dice): number[] {
  const firm = usage === "bakery" || usage === "office";
  const sunday = day.weekday === 0;
  const restDay = sunday || (day.weekday === 6 && usage !== "bakery");
  const form = restDay ? (firm ? CLOSED : HOME_WEEKEND) : WEEKDAY[usage];
  const average = average24(WEEKDAY[usage]);
  const yearly = diceFor(`habits ${usage} ${day.year}`).between(0.94, 1.05);
  const height = (size * yearly * ANNUAL_KWH[usage] * 1000) / (365 * 96) / average;
  const season = seasonOf(day, usage) * dice.between(0.86, 1.14);
  const base = height * 3.2 * size;
  const quarters = day.quarters;
  const values: number[] = [];
  let appliance = 0;
  let appliancePower = 0;
  for (let quarter = 0; quarter < quarters; quarter += 1) {
    const hour = localHour(quarter, quarters);
    const here = form[Math.floor(hour)] ?? 0;
    const next = form[(Math.floor(hour) + 1) % 24] ?? 0;
    const level = here + (next - here) * (hour % 1);
    if (appliance === 0 && !away && !firm && hour > 7 && dice.roll() < 0.02) {
      // An oven or a washing machine.
      appliance = dice.whole(2, 5);
      appliancePower = dice.between(90, 330);
    }
    const wanted = away
      ? base * dice.between(0.7, 1.1)
      : Math.max(base * 0.8, level * height * season * dice.between(0.72, 1.22));
    values.push(Math.round(wanted + (appliance > 0 ? appliancePower : 0)));
    appliance = Math.max(0, appliance - 1);
  }
  return values;
}

/** The local hour at which a quarter begins; the clock jumps at two or goes back at three. */
function localHour(quarter: number, quarters: number): number {
  const hour = quarter / 4;
  if (quarters === 92 && hour >= 2) {
    return hour + 1;
  }
  return quarters === 100 && hour >= 3 ? hour - 1 : hour;
}

function seasonOf(day: Day, usage: Usage): number {
  const cooling = Math.max(0, day.temperature - 22) * 0.035;
  if (usage === "heat-pump") {
    return 0.55 + Math.max(0, 16 - day.temperature) * 0.075 + cooling;
  }
  return 1 + 0.16 * wintriness(day) + cooling;
}

/** Two weeks in August for homes, Christmas for firms; a holiday home is empty but for holidays. */
function isAway(day: Day, usage: Usage, from: number): boolean {
  if (usage === "holiday-home") {
    const season = day.month === 7 || day.month === 8 || (day.month === 12 && day.dayOfMonth > 22);
    return !season && day.weekday !== 0 && day.weekday !== 6;
  }
  if (usage === "bakery" || usage === "office") {
    return (day.month === 8 && day.dayOfMonth >= 9 && day.dayOfMonth <= 22) ||
      (day.month === 12 && day.dayOfMonth > 24)
      ? true
      : day.month === 1 && day.dayOfMonth === 1;
  }
  return day.month === 8 && day.dayOfMonth >= from && day.dayOfMonth < from + 14;
}

/** What 4.5 kW on the roof give, quarter by quarter, in Wh. */
function sunOf(day: Day): number[] {
  const quarters = day.quarters;
  const half = 6.1 - 1.6 * wintriness(day);
  const noon = day.month >= 4 && day.month <= 10 ? 13.3 : 12.3;
  const best = 820 * (1 - 0.3 * wintriness(day)) * (0.18 + 0.82 * day.clearness);
  return Array.from({ length: quarters }, (_, quarter) => {
    const off = (localHour(quarter, quarters) - noon) / half;
    return Math.abs(off) < 1 ? Math.round(best * Math.cos((off * Math.PI) / 2) ** 1.4) : 0;
  });
}

/** The day as the distributor told it: a gap stays a gap, an estimate says so. */
function told(
  localDay: string,
  load: number[],
  event: Supply["event"],
  age: number,
  dice: Dice,
): Readings {
  const estimated = event === "estimates" && (age % 365 < 12 || (age > 95 && age < 108));
  const values = estimated ? smooth(load) : [...load];
  const letters = Array.from(load, (): string => (estimated ? "e" : "a"));
  const lost = (from: number, to: number, value: number, letter: string) => {
    for (let at = from; at < Math.min(to, values.length); at += 1) {
      values[at] = value;
      letters[at] = letter;
    }
  };
  if (event === "gap" && ((age >= 40 && age < 44) || age === 390)) {
    lost(age === 43 ? 58 : 0, age === 40 ? 37 : 100, MISSING, "m");
  } else if (!estimated && dice.roll() < 0.004) {
    const from = dice.whole(8, 80);
    lost(from, from + 6, values[from] ?? 0, "e");
  }
  return { localDay, intervalMinutes: 15, values, quality: letters.join("") };
}

/** An estimate has the day's sum in a form without surprises. */
function smooth(load: number[]): number[] {
  return load.map((_, at) => {
    const hour = load.slice(Math.max(0, at - 4), at + 5);
    return Math.round(hour.reduce((sum, value) => sum + value, 0) / hour.length);
  });
}

const averages = new Map<number[], number>();
function average24(form: number[]): number {
  const known = averages.get(form) ?? form.reduce((sum, value) => sum + value, 0) / form.length;
  averages.set(form, known);
  return known;
}
