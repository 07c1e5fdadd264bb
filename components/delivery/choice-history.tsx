import { getTranslations } from "next-intl/server";
import type { PastChoice } from "@/lib/delivery/queries";
import type { Language } from "@/lib/i18n/languages";
import { formatInstant } from "@/lib/time";

/** One's own choices for a contract, newest first, with the notice each was made under (R9). */
export async function ChoiceHistory({
  choices,
  language,
}: {
  choices: PastChoice[];
  language: Language;
}) {
  const t = await getTranslations("delivery");
  const words = ({ mode, email }: PastChoice) => {
    if (mode === "paper") {
      return t("history.paper");
    }
    return email ? t("history.electronic", { email }) : t("history.own");
  };
  return (
    <details className="mt-6">
      <summary className="cursor-pointer py-2 font-semibold text-accent">
        {t("history.title")}
      </summary>
      <ol className="mt-1 grid gap-2">
        {choices.map((choice) => (
          <li key={choice.id} className="[overflow-wrap:anywhere]">
            <span className="text-muted">{formatInstant(choice.chosenAt, language)}: </span>
            {words(choice)}
            {choice.noticeVersion ? (
              <span className="text-muted">
                {`, ${t("history.notice", { version: choice.noticeVersion })}`}
              </span>
            ) : null}
          </li>
        ))}
      </ol>
    </details>
  );
}
