import { getTranslations } from "next-intl/server";
import type { BillSummary } from "@/lib/documents/queries";
import type { Language } from "@/lib/i18n/languages";
import { formatInstant } from "@/lib/time";

const WORDS = {
  queued: "queued",
  batched: "queued",
  accepted: "accepted",
  delayed: "delayed",
  delivered: "delivered",
  failed: "undelivered",
  bounced: "undelivered",
  complained: "complained",
  suppressed: "undelivered",
  paper: "paper",
} as const;

interface DispatchStateProps {
  dispatch: BillSummary["dispatch"];
  language: Language;
}

/** How a document went out and where that stands, in plain words (R18: delivered is not read). */
export async function DispatchState({ dispatch, language }: DispatchStateProps) {
  const t = await getTranslations("bill");
  if (!dispatch) {
    return <p>{t("dispatch.none")}</p>;
  }
  const word = dispatch.channel === "paper" ? "paper" : WORDS[dispatch.state];
  const at = dispatch.acceptedAt
    ? t("at", { date: formatInstant(dispatch.acceptedAt, language) })
    : "";
  return (
    <p className="[overflow-wrap:anywhere]">
      {t(`dispatch.${word}`, { email: dispatch.email ?? "", at })}
    </p>
  );
}
