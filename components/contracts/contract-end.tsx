import { getTranslations } from "next-intl/server";
import { Notice } from "@/components/ui/notice";
import type { Language } from "@/lib/i18n/languages";
import { formatDate } from "@/lib/time";

/** Bills are kept for so long from their issue, by law. */
const YEARS_KEPT = 10;

interface ContractEndProps {
  endsOn: string | null;
  /** Europe/Rome */
  today: string;
  /** When the contract's last bill was issued; null without one. */
  lastIssue: string | null;
  language: Language;
}

/** That the supply is over, and until when its archive stays (R26); nothing while it runs on. */
export async function ContractEnd({ endsOn, today, lastIssue, language }: ContractEndProps) {
  const t = await getTranslations("contracts");
  if (endsOn === null) {
    return null;
  }
  const date = formatDate(endsOn, language);
  if (endsOn >= today) {
    return <Notice>{t("endsSoon", { date })}</Notice>;
  }
  return (
    <Notice title={t("endedTitle", { date })}>
      {lastIssue
        ? t("endedStays", { until: formatDate(yearsLater(lastIssue, YEARS_KEPT), language) })
        : t("endedStaysPlain")}
    </Notice>
  );
}

/** The same day so many years later, the 28th for a 29 February. */
function yearsLater(day: string, years: number): string {
  const same = `${Number(day.slice(0, 4)) + years}${day.slice(4)}`;
  return same.endsWith("-02-29") ? same.replace("-29", "-28") : same;
}
