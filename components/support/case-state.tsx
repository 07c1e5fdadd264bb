import { getTranslations } from "next-intl/server";
import type { Language } from "@/lib/i18n/languages";
import { answerDueOn } from "@/lib/support/rules";
import type { CaseKind } from "@/lib/support/schema";
import { formatDate, romeDay } from "@/lib/time";

interface CaseStateProps {
  found: { kind: CaseKind; receivedAt: Date; answeredAt: Date | null };
  language: Language;
}

/** Where a complaint or question stands, in words for whoever sent it. */
export async function CaseState({ found, language }: CaseStateProps) {
  const t = await getTranslations("cases.states");
  const { kind, receivedAt, answeredAt } = found;
  if (answeredAt) {
    return <>{t("answered", { at: formatDate(romeDay(answeredAt), language) })}</>;
  }
  return (
    <>
      {kind === "complaint"
        ? t("dueBy", { due: formatDate(answerDueOn(receivedAt), language) })
        : t("open")}
    </>
  );
}
