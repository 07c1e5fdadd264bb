import { getTranslations } from "next-intl/server";
import { Badge } from "@/components/ui/badge";
import { DataTable } from "@/components/ui/data-table";
import { LocalLink } from "@/components/ui/local-link";
import type { UndeliveredBill } from "@/lib/dispatches/queries/worklist";
import type { Language } from "@/lib/i18n/languages";
import { formatInstant, formatShortDate } from "@/lib/time";

const TONES = {
  failed: "danger",
  bounced: "warning",
  set_aside: "danger",
  on_paper: "info",
} as const;

interface UndeliveredTableProps {
  bills: UndeliveredBill[];
  language: Language;
}

/** Bills that could not be delivered: which, whose, why, until when, and what staff did last. */
export async function UndeliveredTable({ bills, language }: UndeliveredTableProps) {
  const t = await getTranslations("desk.undelivered");
  const tRuns = await getTranslations("staff.runs");
  const why = (failure: string | null) =>
    failure && tRuns.has(`outcomeReason.${failure}`)
      ? tRuns(`outcomeReason.${failure}`)
      : (failure ?? "");
  return (
    <DataTable
      caption={t("title")}
      captionHidden
      rows={bills}
      rowKey={({ dispatchId }) => dispatchId}
      columns={[
        {
          key: "bill",
          header: t("bill"),
          cell: ({ documentId, billNumber, contractNumber }) => (
            <span className="[overflow-wrap:anywhere]">
              <LocalLink
                href={`/staff/bills/${documentId}`}
                className="text-accent underline underline-offset-2"
              >
                {billNumber}
              </LocalLink>
              <span className="block font-normal text-muted text-sm">{contractNumber}</span>
            </span>
          ),
        },
        {
          key: "holder",
          header: t("holder"),
          cell: ({ holderName, companyName }) => (
            <span className="[overflow-wrap:anywhere]">
              {holderName}
              <span className="block text-muted text-sm">{companyName}</span>
            </span>
          ),
        },
        {
          key: "why",
          header: t("why"),
          cell: ({ kind, failure, email }) => (
            <span className="[overflow-wrap:anywhere]">
              <Badge tone={TONES[kind]}>{t(`state.${kind}`)}</Badge>
              {why(failure) ? <span className="mt-1 block text-sm">{why(failure)}</span> : null}
              {email ? <span className="block text-muted text-sm">{email}</span> : null}
            </span>
          ),
        },
        {
          key: "safe",
          header: t("latestSafe"),
          cell: ({ latestSafeOn }) => formatShortDate(latestSafeOn, language),
        },
        {
          key: "order",
          header: t("last"),
          cell: ({ order }) =>
            order ? (
              <span>
                {t(`order.${order.kind}`)}
                <span className="block text-muted text-sm">
                  {formatInstant(order.at, language)}
                </span>
              </span>
            ) : (
              "–"
            ),
        },
      ]}
    />
  );
}
