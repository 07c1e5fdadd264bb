import { getTranslations } from "next-intl/server";
import { LocalLink } from "@/components/ui/local-link";
import { type Language, localizedPath } from "@/lib/i18n/languages";
import { type ArchivedMail, archivedMailPath } from "@/lib/mail/queries/mail-archive";
import { formatInstant } from "@/lib/time";
import type { MailChoice } from "./mail-choice-form";
import { MailFrame } from "./mail-frame";
import { mailStateWord } from "./mail-state-word";

interface LastSentMailProps {
  mail: ArchivedMail | null;
  /** The version of the template that would be sent now. */
  current: string;
  choice: MailChoice;
  language: Language;
}

/** The last mail of the kind that really went out, with its version of the template. */
export async function LastSentMail({ mail, current, choice, language }: LastSentMailProps) {
  const t = await getTranslations("staff.emails");
  const tSent = await getTranslations("notifications");
  if (!mail) {
    return (
      <div className="min-w-0">
        <h3 className="mb-2 font-semibold text-lg">{t("lastSent")}</h3>
        <p className="text-muted">{t("noneSent")}</p>
      </div>
    );
  }
  const path = archivedMailPath(mail.key);
  const same = mail.version === current;
  return (
    <div className="min-w-0">
      <h3 className="mb-2 font-semibold text-lg">{t("lastSent")}</h3>
      <p className="mb-3 text-muted text-sm">
        {t("sentAs", {
          at: formatInstant(mail.sentAt, language),
          to: mail.to,
          state: tSent(`states.${mailStateWord(mail.state)}`),
          version: mail.version.slice(0, 12),
        })}{" "}
        <strong>{t(same ? "sameVersion" : "otherVersion")}</strong>{" "}
        <LocalLink
          href={`/staff/notifications/${path}`}
          className="text-accent underline underline-offset-2"
        >
          {t("openSent")}
        </LocalLink>
      </p>
      <MailFrame
        title={t("sentFrame", { subject: mail.subject })}
        src={localizedPath(language, `/staff/notifications/html/${path}?theme=${choice.theme}`)}
        narrow={choice.width === "narrow"}
        language={mail.language}
      />
    </div>
  );
}
