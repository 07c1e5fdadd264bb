import { getTranslations } from "next-intl/server";
import { Badge } from "@/components/ui/badge";
import { DataTable } from "@/components/ui/data-table";
import type { Language } from "@/lib/i18n/languages";
import { formatCents } from "@/lib/money";
import type { DiscountDifference } from "@/lib/runs/queries/discount-differences";
import type { MissingBills, RunBill } from "@/lib/runs/queries/run-bills";

/** The documents of a run, and where each one's sending stands. */
export async function RunBills({ bills, language }: { bills: RunBill[]; language: Language }) {
  const t = await getTranslations("staff");
  if (bills.length === 0) {
    return <p className="text-muted">{t("runs.nothingFound")}</p>;
  }
  return (
    <DataTable
      caption={t("runs.billsTitle")}
      captionHidden
      rows={bills}
      rowKey={({ id }) => id}
      columns={[
        {
          key: "bill",
          header: t("runs.column.bill"),
          cell: ({ billNumber, withdrawnAt }) => (
            <span>
              {billNumber} {withdrawnAt ? <Badge tone="danger">{t("runs.withdrawn")}</Badge> : null}
            </span>
          ),
        },
        {
          key: "contract",
          header: t("runs.column.contract"),
          cell: ({ contractNumber }) => contractNumber,
        },
        {
          key: "total",
          header: t("runs.column.total"),
          numeric: true,
          cell: ({ totalCents }) => formatCents(totalCents, language),
        },
        {
          key: "planned",
          header: t("runs.column.planned"),
          cell: ({ plannedMode }) => (plannedMode ? t(`mode.${plannedMode}`) : "–"),
        },
        {
          key: "sent",
          header: t("runs.column.sent"),
          cell: ({ dispatchState, failure }) => (
            <span>
              {dispatchState ? t(`runs.dispatch.${dispatchState}`) : t("runs.notPublished")}
              {failure ? (
                <span className="block text-muted text-sm">
                  {t.has(`runs.outcomeReason.${failure}`)
                    ? t(`runs.outcomeReason.${failure}`)
                    : failure}
                </span>
              ) : null}
            </span>
          ),
        },
      ]}
    />
  );
}

/** Contracts of the plan for which no document came. */
export async function MissingList({ missing }: { missing: MissingBills }) {
  const t = await getTranslations("staff");
  return (
    <>
      <ul className="grid gap-x-8 @lg:grid-cols-2 @2xl:grid-cols-3">
        {missing.first.map(({ contractNumber, mode }) => (
          <li key={contractNumber}>
            {contractNumber} <span className="text-muted text-sm">({t(`mode.${mode}`)})</span>
          </li>
        ))}
      </ul>
      {missing.count > missing.first.length ? (
        <p className="mt-3 text-muted">
          {t("runs.andMore", { count: missing.count - missing.first.length })}
        </p>
      ) : null}
    </>
  );
}

interface DifferenceTableProps {
  differences: DiscountDifference[];
  count: number;
  language: Language;
}

/** Bills whose discount is not what the frozen plan gives (R13). */
export async function DifferenceTable({ differences, count, language }: DifferenceTableProps) {
  const t = await getTranslations("staff");
  return (
    <>
      <DataTable
        caption={t("runs.differencesTitle")}
        captionHidden
        rows={differences}
        rowKey={({ billNumber }) => billNumber}
        columns={[
          {
            key: "bill",
            header: t("runs.column.bill"),
            cell: ({ billNumber }) => billNumber,
          },
          {
            key: "contract",
            header: t("runs.column.contract"),
            cell: ({ contractNumber }) => contractNumber,
          },
          {
            key: "kind",
            header: t("runs.column.difference"),
            cell: ({ kind }) => t(`runs.difference.${kind}`),
          },
          {
            key: "onBill",
            header: t("runs.column.onBill"),
            numeric: true,
            cell: ({ discountCents }) => formatCents(discountCents, language),
          },
          {
            key: "planned",
            header: t("runs.column.inPlan"),
            numeric: true,
            cell: ({ plannedCents, basis }) =>
              basis
                ? t(`discount.${basis}`, { amount: formatCents(plannedCents, language) })
                : formatCents(plannedCents, language),
          },
        ]}
      />
      {count > differences.length ? (
        <p className="mt-3 text-muted">
          {t("runs.andMore", { count: count - differences.length })}
        </p>
      ) : null}
    </>
  );
}
