import { getTranslations } from "next-intl/server";
import { DataTable } from "@/components/ui/data-table";
import { LocalLink } from "@/components/ui/local-link";
import type { BillListItem } from "@/lib/documents/queries/bills";
import type { Language } from "@/lib/i18n/languages";
import { formatCents } from "@/lib/money";
import { formatShortDate } from "@/lib/time";
import { PaymentBadge } from "./payment-badge";

/** The archive's rows; the bill's number leads to it. */
export async function BillTable({
  bills,
  language,
}: {
  bills: BillListItem[];
  language: Language;
}) {
  const t = await getTranslations("bills");
  if (bills.length === 0) {
    return <p>{t("none")}</p>;
  }
  // With one contract its number on every line would say nothing.
  const several = new Set(bills.map(({ contractNumber }) => contractNumber)).size > 1;
  return (
    <DataTable
      caption={t("title")}
      captionHidden
      rows={bills}
      rowKey={(bill) => bill.id}
      columns={[
        {
          key: "number",
          header: t("number"),
          cell: (bill) => (
            <LocalLink
              href={`/bills/${bill.id}`}
              className="text-accent underline underline-offset-2"
            >
              {t(`kind.${bill.kind}`)} {bill.billNumber}
            </LocalLink>
          ),
        },
        {
          key: "supply",
          header: t("supply"),
          cell: (bill) =>
            several
              ? `${t(`commodity.${bill.commodity}`)} · ${bill.contractNumber}`
              : t(`commodity.${bill.commodity}`),
        },
        {
          key: "period",
          header: t("period"),
          cell: (bill) =>
            `${formatShortDate(bill.periodFrom, language)} – ${formatShortDate(bill.periodTo, language)}`,
        },
        { key: "due", header: t("due"), cell: (bill) => formatShortDate(bill.dueDate, language) },
        {
          key: "status",
          header: t("status"),
          cell: (bill) => <PaymentBadge bill={bill} />,
        },
        {
          key: "total",
          header: t("total"),
          numeric: true,
          cell: (bill) => formatCents(bill.totalCents, language),
        },
      ]}
    />
  );
}
