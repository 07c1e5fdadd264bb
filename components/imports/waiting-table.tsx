import { getTranslations } from "next-intl/server";
import { DataTable } from "@/components/ui/data-table";
import type { Language } from "@/lib/i18n/languages";
import type { listWaitingInvoices } from "@/lib/imports/queries";
import { formatCents } from "@/lib/money";
import { formatShortDate } from "@/lib/time";

interface WaitingTableProps {
  invoices: Awaited<ReturnType<typeof listWaitingInvoices>>;
  language: Language;
}

/** E-invoices for which no contract was found, and what they name. */
export async function WaitingTable({ invoices, language }: WaitingTableProps) {
  const t = await getTranslations("imports");
  return (
    <DataTable
      caption={t("waitingTitle")}
      captionHidden
      rows={invoices}
      rowKey={({ company, billNumber }) => `${company} ${billNumber}`}
      columns={[
        { key: "number", header: t("column.number"), cell: ({ billNumber }) => billNumber },
        { key: "company", header: t("column.company"), cell: ({ companyName }) => companyName },
        {
          key: "issued",
          header: t("column.issued"),
          cell: ({ issueDate }) => formatShortDate(issueDate, language),
        },
        {
          key: "total",
          header: t("column.total"),
          numeric: true,
          cell: ({ totalCents }) => formatCents(totalCents, language),
        },
        { key: "why", header: t("column.why"), cell: ({ reason }) => t(`waits.${reason}`) },
        {
          key: "names",
          header: t("column.names"),
          cell: ({ named }) => (
            <span className="[overflow-wrap:anywhere]">
              {[...named.points, ...named.codes, ...named.contracts].join(", ") || "–"}
            </span>
          ),
        },
      ]}
    />
  );
}
