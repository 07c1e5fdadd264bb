import { getTranslations } from "next-intl/server";
import { Badge } from "@/components/ui/badge";
import type { Language } from "@/lib/i18n/languages";
import { answerDueOn, daysToAnswer, urgencyOf } from "@/lib/support/rules";
import type { CaseKind } from "@/lib/support/schema";
import { formatDate } from "@/lib/time";
import { CaseState } from "./case-state";

interface CaseClockProps {
  found: { kind: CaseKind; receivedAt: Date; answeredAt: Date | null };
  language: Language;
  now: Date;
}

const TONES = { overdue: "danger", pressing: "warning", calm: "info" } as const;

/** How many days are left to answer a complaint, or since when that is over. */
export async function CaseClock({ found, language, now }: CaseClockProps) {
  const t = await getTranslations("cases.desk");
  const { kind, receivedAt, answeredAt } = found;
  if (answeredAt || kind === "question") {
    return <CaseState found={found} language={language} />;
  }
  const days = daysToAnswer(receivedAt, now);
  return (
    <span>
      <Badge tone={TONES[urgencyOf(days)]}>
        {days < 0 ? t("overdue", { days: -days }) : t("daysLeft", { days })}
      </Badge>
      <span className="block text-muted text-sm">
        {t("dueOn", { due: formatDate(answerDueOn(receivedAt), language) })}
      </span>
    </span>
  );
}
