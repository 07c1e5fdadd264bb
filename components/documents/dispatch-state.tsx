import { getTranslations } from "next-intl/server";
import { isFallback } from "@/lib/dispatches/rules";
import type { BillSummary } from "@/lib/documents/queries/bills";
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
  withdrawn: "withdrawn",
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
  const word = dispatch.channel === "paper" ? paperWord(dispatch) : WORDS[dispatch.state];
  const at = dispatch.acceptedAt
    ? t("at", { date: formatInstant(dispatch.acceptedAt, language) })
    : "";
  return (
    <p className="[overflow-wrap:anywhere]">
      {t(`dispatch.${word}`, { email: dispatch.email ?? "", at })}
    </p>
  );
}

/** R19: whoever chose e-mail and gets paper is told why, and that it costs nothing (R13). */
function paperWord({ failure }: NonNullable<BillSummary["dispatch"]>) {
  return isFallback(failure) ? "paperInstead" : "paper";
}
