import { addDays, minutesOfRomeDay } from "@/lib/time";
import { diceFor } from "./dice";

/** A day of the valley: the same for all who live there. */
export interface Day {
  isoDate: string;
  /** 0 Sunday … 6 Saturday. */
  weekday: number;
  /** 1 … 366. */
  dayOfYear: number;
  month: number;
  dayOfMonth: number;
  year: number;
  /** Quarter-hours on Rome's clock: 92, 96 or 100. */
  quarters: number;
  temperature: number;
  /** 0 overcast … 1 clear. */
  clearness: number;
}

/** Where a day stands in the year: 1 in mid-January, -1 in mid-July. */
export const wintriness = ({ dayOfYear }: Day) =>
  Math.cos((2 * Math.PI * (dayOfYear - 16)) / 365.25);

/** The days from `from` to `to`, both included, with their weather. */
export function daysBetween(from: string, to: string): Day[] {
  const days: Day[] = [];
  let drift = 0;
  for (let isoDate = from; isoDate <= to; isoDate = addDays(isoDate, 1)) {
    const date = new Date(`${isoDate}T00:00:00Z`);
    const year = date.getUTCFullYear();
    const dayOfYear = Math.round((date.getTime() - Date.UTC(year, 0, 1)) / 86_400_000) + 1;
    const dice = diceFor(`weather ${isoDate}`);
    drift = drift * 0.8 + dice.between(-2.2, 2.2);
    const day: Day = {
      isoDate,
      weekday: date.getUTCDay(),
      dayOfYear,
      month: date.getUTCMonth() + 1,
      dayOfMonth: date.getUTCDate(),
      year,
      quarters: minutesOfRomeDay(isoDate) / 15,
      temperature: 0,
      clearness: Math.sqrt(dice.roll()),
    };
    day.temperature =
      12.5 - 10.5 * wintriness(day) + drift + diceFor(`year ${year}`).between(-1, 1);
    days.push(day);
  }
  return days;
}
