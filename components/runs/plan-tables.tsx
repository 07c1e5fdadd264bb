import { getTranslations } from "next-intl/server";
import { DataTable } from "@/components/ui/data-table";
import type { Language } from "@/lib/i18n/languages";
import { formatCents, formatNumber } from "@/lib/money";
import type { PlanGroup, PlannedContract } from "@/lib/runs/queries/run-plan";
import { reasonKey } from "./run-words";

/** How many contracts get what, and why. */
export async function PlanGroups({
  groups,
  language,
}: {
  groups: PlanGroup[];
  language: Language;
}) {
  const t = await getTranslations("staff");
  return (
    <DataTable
      caption={t("runs.planGroups")}
      rows={groups}
      rowKey={({ mode, reason }) => `${mode} ${reason}`}
      columns={[
        { key: "mode", header: t("runs.column.mode"), cell: ({ mode }) => t(`mode.${mode}`) },
        {
          key: "reason",
          header: t("runs.column.reason"),
          cell: ({ mode, reason }) => t(`reason.${reasonKey(mode, reason)}`),
        },
        {
          key: "contracts",
          header: t("runs.column.contracts"),
          numeric: true,
          cell: ({ contracts }) => formatNumber(contracts, language),
        },
        {
          key: "discounted",
          header: t("runs.column.discounted"),
          numeric: true,
          cell: ({ discounted }) => formatNumber(discounted, language),
        },
      ]}
    />
  );
}

/** Contract by contract. */
export async function PlanRows({
  rows,
  language,
}: {
  rows: PlannedContract[];
  language: Language;
}) {
  const t = await getTranslations("staff");
  if (rows.length === 0) {
    return <p className="text-muted">{t("runs.nothingFound")}</p>;
  }
  return (
    <DataTable
      caption={t("runs.planRows")}
      captionHidden
      rows={rows}
      rowKey={({ contractNumber }) => contractNumber}
      columns={[
        {
          key: "contract",
          header: t("runs.column.contract"),
          cell: ({ contractNumber }) => contractNumber,
        },
        {
          key: "mode",
          header: t("runs.column.mode"),
          cell: ({ mode, email }) => (
            <span className="[overflow-wrap:anywhere]">
              {t(`mode.${mode}`)}
              {email ? <span className="block text-muted text-sm">{email}</span> : null}
            </span>
          ),
        },
        {
          key: "reason",
          header: t("runs.column.reason"),
          cell: ({ mode, reason }) => t(`reason.${reasonKey(mode, reason)}`),
        },
        {
          key: "discount",
          header: t("runs.column.discount"),
          numeric: true,
          cell: ({ discountCents, discountBasis }) =>
            discountBasis
              ? t(`discount.${discountBasis}`, { amount: formatCents(discountCents, language) })
              : "–",
        },
      ]}
    />
  );
}
