import { getTranslations } from "next-intl/server";
import { DataTable } from "@/components/ui/data-table";
import { LocalLink } from "@/components/ui/local-link";
import type { Language } from "@/lib/i18n/languages";
import { type ArchivedMailItem, archivedMailPath } from "@/lib/mail/queries/mail-archive";
import { formatInstant } from "@/lib/time";
import { mailStateWord } from "./mail-state-word";

interface MailArchiveListProps {
  mails: ArchivedMailItem[];
  language: Language;
}

/** The mails of the archive: what was said, to which address, when, and whether it arrived. */
export async function MailArchiveList({ mails, language }: MailArchiveListProps) {
  const t = await getTranslations("notifications");
  return (
    <DataTable
      caption={t("title")}
      captionHidden
      rows={mails}
      rowKey={({ key }) => archivedMailPath(key)}
      columns={[
        {
          key: "subject",
          header: t("subject"),
          cell: ({ key, subject, companyName }) => (
            <span className="[overflow-wrap:anywhere]">
              <LocalLink
                href={`/notifications/${archivedMailPath(key)}`}
                className="text-accent underline underline-offset-2"
              >
                {subject}
              </LocalLink>
              <span className="block font-normal text-muted text-sm">{companyName}</span>
            </span>
          ),
        },
        {
          key: "to",
          header: t("to"),
          cell: ({ to }) => <span className="[overflow-wrap:anywhere]">{to}</span>,
        },
        {
          key: "sent",
          header: t("sent"),
          cell: ({ sentAt }) => formatInstant(sentAt, language),
        },
        {
          key: "state",
          header: t("state"),
          cell: ({ state }) => t(`states.${mailStateWord(state)}`),
        },
      ]}
    />
  );
}
