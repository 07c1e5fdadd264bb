import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/ui/action-form";
import { DataTable } from "@/components/ui/data-table";
import { SubmitButton } from "@/components/ui/submit-button";
import { exportMailRoomAction } from "@/lib/dispatches/actions";
import type {
  MailRoomExport,
  MailRoomWaiting as Waiting,
} from "@/lib/dispatches/queries/mail-room";
import { type Language, localizedPath } from "@/lib/i18n/languages";
import { formatNumber } from "@/lib/money";
import { formatDate, formatInstant } from "@/lib/time";

interface WaitingProps {
  waiting: Waiting[];
  mayExport: boolean;
  language: Language;
}

/** How much waits in each company, until when it is in time, and the button that hands it over. */
export async function MailRoomWaiting({ waiting, mayExport, language }: WaitingProps) {
  const t = await getTranslations("desk.mailRoom");
  return (
    <div className="grid gap-4">
      {waiting.map(({ companySlug, companyName, documents, firstSafeOn }) => (
        <section key={companySlug} className="rounded-lg border border-line bg-panel p-5">
          <h2 className="font-semibold text-lg">{companyName}</h2>
          <p className="mt-1 mb-3">
            {t("waiting", {
              count: documents,
              documents: formatNumber(documents, language),
              date: firstSafeOn ? formatDate(firstSafeOn, language) : "",
            })}
          </p>
          {mayExport && documents > 0 ? (
            <ActionForm
              action={exportMailRoomAction}
              errorTitle={t("errorTitle")}
              labels={{}}
              idPrefix={`${companySlug}-`}
            >
              <input type="hidden" name="company" value={companySlug} />
              <SubmitButton>{t("submit", { company: companyName })}</SubmitButton>
            </ActionForm>
          ) : null}
        </section>
      ))}
    </div>
  );
}

interface ExportsProps {
  exports: MailRoomExport[];
  mayRead: boolean;
  language: Language;
}

/** The lists handed over so far; each can be downloaded again. */
export async function MailRoomExports({ exports, mayRead, language }: ExportsProps) {
  const t = await getTranslations("desk.mailRoom");
  if (exports.length === 0) {
    return <p className="text-muted">{t("noExports")}</p>;
  }
  return (
    <DataTable
      caption={t("exports")}
      captionHidden
      rows={exports}
      rowKey={({ id }) => id}
      columns={[
        {
          key: "at",
          header: t("at"),
          cell: ({ exportedAt }) => formatInstant(exportedAt, language),
        },
        { key: "company", header: t("company"), cell: ({ companyName }) => companyName },
        {
          key: "by",
          header: t("by"),
          cell: ({ person }) => t(person.startsWith("staff:") ? "byStaff" : "byShell"),
        },
        {
          key: "documents",
          header: t("documents"),
          numeric: true,
          cell: ({ documents }) => formatNumber(documents, language),
        },
        {
          key: "file",
          header: t("file"),
          cell: ({ companySlug, id }) =>
            mayRead ? (
              <a
                href={localizedPath(language, `/staff/mail-room/${companySlug}/${id}`)}
                className="text-accent underline underline-offset-2"
                download
              >
                {t("download")}
              </a>
            ) : (
              "–"
            ),
        },
      ]}
    />
  );
}
