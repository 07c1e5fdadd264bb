import { getTranslations } from "next-intl/server";
import { type Commodity, toUnit, unitOf } from "@/lib/consumption/quantity";
import type { HourMap } from "@/lib/consumption/views/hours";
import type { Language } from "@/lib/i18n/languages";
import { formatFixed } from "@/lib/money";
import { formatWeekdayName } from "@/lib/time";

interface HourTableProps {
  hours: HourMap;
  commodity: Commodity;
  language: Language;
}

/** A week that begins on a Monday: only its names are used. */
const WEEK = Array.from({ length: 7 }, (_, weekday) => `2024-01-0${weekday + 1}`);
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
/** The deepest shade, per cent of the accent: the figures on it stay readable. */
const DEEPEST = 36;

/** Four digits at most: at 320 px a cell has no room for more. */
function decimalsOf(value: number): 0 | 1 | 2 {
  if (value >= 99.95) {
    return 0;
  }
  return value >= 9.995 ? 1 : 2;
}

/** When in the week it is used: an hour a row, a weekday a column, the more the darker; each with its figure. */
export async function HourTable({ hours, commodity, language }: HourTableProps) {
  const t = await getTranslations("consumption.hours");
  const shade = (value: number) =>
    `color-mix(in oklab, var(--accent) ${Math.round((value / (hours.most || 1)) * DEEPEST)}%, var(--panel))`;
  return (
    <table className="w-full table-fixed border-collapse text-center text-xs max-sm:text-[0.68rem] max-sm:tracking-tight">
      <caption className="mb-2 text-left text-base text-muted tracking-normal">
        {t("caption", { unit: unitOf(commodity), days: hours.days })}
      </caption>
      <thead>
        <tr>
          <th scope="col" className="w-10 py-1 text-left font-semibold text-muted sm:w-12">
            {t("hour")}
          </th>
          {WEEK.map((day) => (
            <th key={day} scope="col" className="py-1 font-semibold text-muted">
              <abbr title={formatWeekdayName(day, language, "long")} className="no-underline">
                {formatWeekdayName(day, language, "short")}
              </abbr>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {HOURS.map((hour) => (
          <tr key={hour}>
            <th scope="row" className="whitespace-nowrap py-0.5 text-left font-normal text-muted">
              {hour}–{hour + 1}
            </th>
            {WEEK.map((day, weekday) => {
              const value = hours.mean[weekday]?.[hour] ?? null;
              const shown = toUnit(value ?? 0, commodity);
              return (
                <td
                  key={day}
                  className="border border-panel py-0.5"
                  style={value === null ? undefined : { background: shade(value) }}
                >
                  {value === null ? "–" : formatFixed(shown, language, decimalsOf(shown))}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
