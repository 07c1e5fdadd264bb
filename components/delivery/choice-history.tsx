import { getTranslations } from "next-intl/server";
import { CHOICES_SHOWN, type PastChoice } from "@/lib/delivery/queries";
import type { Language } from "@/lib/i18n/languages";
import { formatDate, formatInstant, romeDay } from "@/lib/time";

/**
 * The choices for a contract so far, newest first: where each came from, and the notice it was made
 * under (R9).
 */
export async function ChoiceHistory({
  choices,
  language,
}: {
  choices: PastChoice[];
  language: Language;
}) {
  const t = await getTranslations("delivery");
  const wish = ({ mode, email }: PastChoice) => {
    if (mode === "paper") {
      return t("history.paper");
    }
    if (email === null) {
      return t("history.own");
    }
    // After a deletion a pseudonym stands there (R7).
    return email.includes("@") ? t("history.electronic", { email }) : t("history.formerAddress");
  };
  const words = (choice: PastChoice) => {
    switch (choice.origin) {
      case "customer":
        return choice.undoes ? t("history.restored", { choice: wish(choice) }) : wish(choice);
      case "import":
      case "paper_form":
        return t(`history.${choice.origin}`, {
          choice: wish(choice),
          date: formatDate(romeDay(choice.recordedAt), language),
        });
      case "undone":
      case "removed":
      case "account_deleted":
        return t(`history.${choice.origin}`);
      case "holder_changed":
        return wish(choice);
    }
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
            {choice.noticeVersion && !choice.undoes ? (
              <span className="text-muted">
                {`, ${t("history.notice", { version: choice.noticeVersion })}`}
              </span>
            ) : null}
          </li>
        ))}
      </ol>
      {choices.length >= CHOICES_SHOWN ? (
        <p className="mt-2 text-muted text-sm">{t("history.last", { count: CHOICES_SHOWN })}</p>
      ) : null}
    </details>
  );
}
