import { getTranslations } from "next-intl/server";
import { DataTable } from "@/components/ui/data-table";
import { LocalLink } from "@/components/ui/local-link";
import type { Language } from "@/lib/i18n/languages";
import type { ListedCase } from "@/lib/support/queries/cases";
import { formatInstant } from "@/lib/time";
import { CaseClock } from "./case-clock";

interface CasesTableProps {
  caption: string;
  cases: ListedCase[];
  language: Language;
  now: Date;
}

/** Complaints or questions as staff work through them. */
export async function CasesTable({ caption, cases, language, now }: CasesTableProps) {
  const t = await getTranslations("cases");
  const tBills = await getTranslations("bills");
  return (
    <DataTable
      caption={caption}
      captionHidden
      rows={cases}
      rowKey={({ id }) => id}
      columns={[
        {
          key: "code",
          header: t("code"),
          cell: ({ id, caseCode, name }) => (
            <span className="[overflow-wrap:anywhere]">
              <LocalLink
                href={`/staff/complaints/${id}`}
                className="inline-block py-0.5 text-accent underline underline-offset-2"
              >
                {caseCode}
              </LocalLink>
              <span className="block font-normal text-muted text-sm">{name}</span>
            </span>
          ),
        },
        {
          key: "about",
          header: t("desk.about"),
          cell: ({ topic, commodity, companyName, contractNumber }) => (
            <span className="[overflow-wrap:anywhere]">
              {topic ? t(`topics.${topic}`) : commodity ? tBills(`commodity.${commodity}`) : null}
              <span className="block text-muted text-sm">
                {[companyName, contractNumber].filter(Boolean).join(", ")}
              </span>
            </span>
          ),
        },
        {
          key: "received",
          header: t("received"),
          cell: ({ receivedAt }) => formatInstant(receivedAt, language),
        },
        {
          key: "clock",
          header: t("desk.clock"),
          cell: (found) => <CaseClock found={found} language={language} now={now} />,
        },
      ]}
    />
  );
}
