import { getTranslations } from "next-intl/server";
import { DataTable } from "@/components/ui/data-table";
import { Notice } from "@/components/ui/notice";
import type { Language } from "@/lib/i18n/languages";
import { formatNumber } from "@/lib/money";
import type { OpenRow, Reconciliation } from "@/lib/runs/queries/reconciliation";

interface ReconciliationSumProps {
  result: Reconciliation;
  language: Language;
}

/** The equation of R20 with its figures, and whether it adds up. */
export async function ReconciliationSum({ result, language }: ReconciliationSumProps) {
  const t = await getTranslations("staff.runs");
  const parts = [
    ["electronic", ""],
    ["delivered", "="],
    ["fallback", "+"],
    ["excluded", "+"],
    ["open", "+"],
  ] as const;
  return (
    <>
      <Notice
        tone={result.balanced ? "success" : "warning"}
        title={t(result.balanced ? "balanced" : "notBalanced", {
          count: formatNumber(result.open, language),
        })}
      >
        <p>{t("equation")}</p>
      </Notice>
      <dl className="grid grid-cols-2 gap-4 @lg:grid-cols-5">
        {parts.map(([name, sign]) => (
          <div key={name} className="rounded-lg border border-line bg-panel p-4">
            <dt className="text-muted text-sm">
              {sign ? <span aria-hidden="true">{sign} </span> : null}
              {t(`category.${name}`)}
            </dt>
            <dd className="font-bold text-2xl tabular-nums">
              {formatNumber(result[name], language)}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

interface ReconciliationTableProps {
  groups: Reconciliation["groups"];
  language: Language;
}

/** Every category by its reasons. */
export async function ReconciliationTable({ groups, language }: ReconciliationTableProps) {
  const t = await getTranslations("staff.runs");
  return (
    <DataTable
      caption={t("byReason")}
      captionHidden
      rows={groups}
      rowKey={({ category, reason }) => `${category} ${reason}`}
      columns={[
        {
          key: "category",
          header: t("column.category"),
          cell: ({ category }) => t(`category.${category}`),
        },
        {
          key: "reason",
          header: t("column.reason"),
          cell: ({ reason }) =>
            t.has(`outcomeReason.${reason}`) ? t(`outcomeReason.${reason}`) : reason,
        },
        {
          key: "count",
          header: t("column.documents"),
          numeric: true,
          cell: ({ count }) => formatNumber(count, language),
        },
      ]}
    />
  );
}

/** What does not add up, by contract and bill. */
export async function OpenTable({ rows, count }: { rows: OpenRow[]; count: number }) {
  const t = await getTranslations("staff.runs");
  return (
    <>
      <DataTable
        caption={t("openTitle")}
        captionHidden
        rows={rows}
        rowKey={({ contractNumber, billNumber }) => `${contractNumber} ${billNumber ?? ""}`}
        columns={[
          {
            key: "contract",
            header: t("column.contract"),
            cell: ({ contractNumber }) => contractNumber,
          },
          { key: "bill", header: t("column.bill"), cell: ({ billNumber }) => billNumber ?? "–" },
          {
            key: "reason",
            header: t("column.reason"),
            cell: ({ reason }) =>
              t.has(`outcomeReason.${reason}`) ? t(`outcomeReason.${reason}`) : reason,
          },
        ]}
      />
      {count > rows.length ? (
        <p className="mt-3 text-muted">{t("andMore", { count: count - rows.length })}</p>
      ) : null}
    </>
  );
}
