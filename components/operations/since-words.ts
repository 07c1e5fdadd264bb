import { getTranslations } from "next-intl/server";
import type { Language } from "@/lib/i18n/languages";
import { formatNumber } from "@/lib/money";

const UNITS = [
  ["days", 86_400],
  ["hours", 3_600],
  ["minutes", 60],
  ["seconds", 1],
] as const;

/** How long so many seconds are, in the largest unit that fits twice, or in seconds. */
export async function sinceWords(): Promise<(seconds: number) => string> {
  const t = await getTranslations("operations.since");
  return (seconds) => {
    const whole = Math.max(Math.round(seconds), 0);
    const [unit, size] = UNITS.find(([, length]) => whole >= 2 * length) ?? UNITS[3];
    return t(unit, { n: Math.floor(whole / size) });
  };
}

/** A size on disk, in GB or MB. */
export const formatBytes = (bytes: number, language: Language): string =>
  bytes >= 1e9
    ? `${formatNumber(bytes / 1e9, language, 1)} GB`
    : `${formatNumber(bytes / 1e6, language, 1)} MB`;
