import { getTranslations } from "next-intl/server";
import type { PreviewedMail } from "@/lib/mail/queries/preview-mail";

/** How a mailbox lists the mail: subject and the words beside it, cut where a phone and a computer cut them. */
export async function MailboxLine({ mail }: { mail: PreviewedMail }) {
  const t = await getTranslations("staff.emails");
  return (
    <dl className="grid grid-cols-[minmax(0,1fr)] gap-y-3">
      <div>
        <dt className="text-muted text-sm">{t("subject")}</dt>
        <dd lang={mail.language} className="font-semibold [overflow-wrap:anywhere]">
          {mail.subject}
        </dd>
      </div>
      <div>
        <dt className="text-muted text-sm">{t("preheader")}</dt>
        <dd lang={mail.language} className="font-semibold [overflow-wrap:anywhere]">
          {mail.preheader}
        </dd>
      </div>
      <div>
        <dt className="text-muted text-sm">{t("inMailbox")}</dt>
        <dd
          lang={mail.language}
          className="mt-1 max-w-[360px] rounded-md border border-line bg-panel px-4 py-3"
        >
          <span className="block truncate font-semibold">{mail.subject}</span>
          <span className="block truncate text-muted text-sm">{mail.preheader}</span>
        </dd>
      </div>
    </dl>
  );
}
