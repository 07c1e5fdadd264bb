import { diceFor } from "./dice";
import type { Commodity } from "./group";
import type { Usage } from "./people";
import type { Readings } from "./quarter-hours";
import type { Day } from "./weather";

/** How much a day and each degree below 18 °C take, in the base unit (R22). */
interface Need {
  perDay: number;
  perDegree: number;
}

const HOME: Record<Exclude<Commodity, "electricity">, Need> = {
  // Thousandths of Smc, Wh of heat, litres: what one person's home needs.
  gas: { perDay: 380, perDegree: 190 },
  district_heating: { perDay: 2300, perDegree: 1700 },
  water: { perDay: 130, perDegree: 0 },
};
const PEOPLE: Record<Usage, number> = {
  single: 1,
  couple: 1.8,
  family: 2.6,
  producer: 2.8,
  "heat-pump": 2.6,
  "holiday-home": 0.9,
  office: 8,
  bakery: 11,
};

/** One value per day for gas, heat and water; a heating season, more garden in summer. */
export function dailyReadings(
  contractNumber: string,
  commodity: Exclude<Commodity, "electricity">,
  usage: Usage,
  days: Day[],
): Readings[] {
  const dice = diceFor(`daily ${contractNumber}`);
  const { perDay, perDegree } = HOME[commodity];
  const size = PEOPLE[usage] * dice.between(0.85, 1.15);
  return days.map((day) => {
    const degrees = day.month >= 5 && day.month <= 9 ? 0 : Math.max(0, 18 - day.temperature);
    const away = usage !== "bakery" && day.month === 8 && day.dayOfMonth > 6 && day.dayOfMonth < 20;
    const garden = commodity === "water" ? Math.max(0, day.temperature - 20) * 0.06 : 0;
    const wanted = (perDay * (1 + garden) + perDegree * degrees) * size * dice.between(0.8, 1.2);
    // A meter of these reports now and then a value it had to guess.
    const guessed = dice.roll() < 0.01;
    return {
      localDay: day.isoDate,
      intervalMinutes: 1440,
      values: [Math.round(away ? wanted * 0.06 : wanted)],
      quality: guessed ? "e" : "a",
    };
  });
}
