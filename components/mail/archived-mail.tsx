import { getTranslations } from "next-intl/server";
import { Facts } from "@/components/ui/facts";
import { type Language, localizedPath } from "@/lib/i18n/languages";
import { type ArchivedMail as Archived, archivedMailPath } from "@/lib/mail/queries/mail-archive";
import { formatInstant } from "@/lib/time";
import { MailFrame } from "./mail-frame";
import { mailStateWord } from "./mail-state-word";

interface ArchivedMailProps {
  mail: Archived;
  language: Language;
  /** Where the page of its HTML is: `/notifications` or `/staff/notifications`. */
  base: "/notifications" | "/staff/notifications";
}

/** A mail as it was sent: to whom, when, what it said. */
export async function ArchivedMail({ mail, language, base }: ArchivedMailProps) {
  const t = await getTranslations("notifications");
  return (
    <>
      <Facts
        items={[
          { label: t("sent"), value: formatInstant(mail.sentAt, language) },
          { label: t("state"), value: t(`states.${mailStateWord(mail.state)}`) },
          { label: t("to"), value: mail.to },
          { label: t("company"), value: mail.companyName },
          base === "/notifications"
            ? { label: "", value: null }
            : { label: t("version"), value: mail.version.slice(0, 12) },
        ]}
      />
      <div className="mt-6">
        <MailFrame
          title={t("frame", { subject: mail.subject })}
          src={localizedPath(language, `${base}/html/${archivedMailPath(mail.key)}`)}
          narrow={false}
          language={mail.language}
        />
      </div>
      <details className="mt-6">
        <summary className="cursor-pointer py-2 font-semibold">{t("asText")}</summary>
        <pre
          lang={mail.language}
          className="whitespace-pre-wrap rounded-lg border border-line bg-panel p-4 text-sm [overflow-wrap:anywhere]"
        >
          {mail.text}
        </pre>
      </details>
    </>
  );
}
