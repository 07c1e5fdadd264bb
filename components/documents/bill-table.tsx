import Link from "next/link";
import { getTranslations } from "next-intl/server";
import { Badge } from "@/components/ui/badge";
import { DataTable } from "@/components/ui/data-table";
import type { BillListItem } from "@/lib/documents/queries/bill-list";
import { paymentWord } from "@/lib/documents/rules";
import { type Language, localizedPath } from "@/lib/i18n/languages";
import { formatCents } from "@/lib/money";
import { formatShortDate } from "@/lib/time";
import { PAYMENT_TONES } from "./payment-badge";

/** The archive's rows; the bill's number leads to it. What a row needs is asked once, not by each. */
export async function BillTable({
  bills,
  language,
}: {
  bills: BillListItem[];
  language: Language;
}) {
  const t = await getTranslations("bills");
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
            <Link
              href={localizedPath(language, `/bills/${bill.id}`)}
              prefetch={false}
              className="text-accent underline underline-offset-2"
            >
              {`${t(`kind.${bill.kind}`)} ${bill.billNumber}`}
            </Link>
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
          cell: (bill) => {
            const word = paymentWord(bill);
            return <Badge tone={PAYMENT_TONES[word]}>{t(`payment.${word}`)}</Badge>;
          },
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
