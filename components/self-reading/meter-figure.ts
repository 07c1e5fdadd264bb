import type { Commodity } from "@/lib/consumption/quantity";
import { METER_UNITS } from "@/lib/consumption/self-reading";
import type { Language } from "@/lib/i18n/languages";
import { formatNumber } from "@/lib/money";

/** What a meter shows, with its unit: `1.234,567 m³`. */
export const meterFigure = (
  { countThousandths, commodity }: { countThousandths: number; commodity: Commodity },
  language: Language,
) => `${formatNumber(countThousandths / 1000, language, 3)} ${METER_UNITS[commodity]}`;
