import { getTranslations } from "next-intl/server";
import { DataTable } from "@/components/ui/data-table";
import { LocalLink } from "@/components/ui/local-link";
import { MAIL_TEMPLATES } from "@/lib/mail/schema";

/** Every e-mail there is, and when it goes out. */
export async function MailTemplateTable() {
  const t = await getTranslations("staff.emails");
  return (
    <DataTable
      caption={t("all")}
      rows={[...MAIL_TEMPLATES]}
      rowKey={(template) => template}
      columns={[
        {
          key: "name",
          header: t("template"),
          cell: (template) => (
            <LocalLink
              href={`/staff/emails?template=${template}`}
              className="text-accent underline underline-offset-2"
            >
              {t(`names.${template}`)}
            </LocalLink>
          ),
        },
        { key: "when", header: t("when"), cell: (template) => t(`whens.${template}`) },
      ]}
    />
  );
}
